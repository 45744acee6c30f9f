/** A money order in the making, and its fact. Neither has the PIN: the office gives a grant. */
import { t as money } from '../../lib/i18n/courier/money';
import type { ActView, StopView } from '../../lib/rules/round';
import { totalOf, type OrderShown } from '../../lib/rules/orders';
import type { Fact } from '../../lib/sync/acts';
import { isRecord } from '../../lib/sync/feed';
import type { Answer } from '../../lib/sync/types';
import {
  emptyIdentity,
  identityFields,
  identitySide,
  missingIdentity,
  type IdentityDraft,
} from '../drafts';
import type { Seen } from '../visit/seen';
import { readAmount } from './draft';

export interface OrderDraft {
  step: string;
  identity: IdentityDraft;
  /** Digits of the amount as keyed. */
  keyed: string;
  sign_citizen: string;
}

export type OrderStep = 'due' | 'identity' | 'pin' | 'amount' | 'sign' | 'confirm';
export const TAKE_STEPS: readonly OrderStep[] = ['due', 'identity', 'amount', 'sign', 'confirm'];
export const PAY_ORDER_STEPS: readonly OrderStep[] = [
  'due',
  'identity',
  'pin',
  'amount',
  'sign',
  'confirm',
];
/** Papers that count where money is sent; to know a face is not enough. */
export const ORDER_PAPERS: readonly string[] = ['cccd', 'vneid', 'passport', 'residence'];
export const ORDER_PIN_LENGTH = 6;
const JUDGE = '/api/sync/v1/orders/judge';

/** Whether a paper seen for another act of this visit counts here: nobody stands in for whoever
sends or gets an order. */
export const countsForOrder = ({ who, method }: IdentityDraft): boolean =>
  who === 'self' && ORDER_PAPERS.includes(method);

/** `seen` is a paper that counts here, looked at for another act of this visit. */
export function emptyOrder(seen: Seen | null): OrderDraft {
  return { step: 'due', identity: seen?.identity ?? emptyIdentity(), keyed: '', sign_citizen: '' };
}

/** A kept payment begins before the PIN again: the grant is gone, and the office is asked anew. */
export function reopenPay(kept: OrderDraft): OrderDraft {
  const isBehind = PAY_ORDER_STEPS.indexOf(kept.step as OrderStep) > PAY_ORDER_STEPS.indexOf('pin');
  return isBehind ? { ...kept, step: 'pin' } : kept;
}

export interface OrderDemands {
  /** What changes hands, with the fee. */
  total_vnd: number;
  mayPay: boolean;
  /** The office said that PIN and paper are right; true where none is needed. */
  isProven: boolean;
}

export type OrderMissing = 'may' | 'pin' | 'amount' | 'sign';

/** What a step lacks beside what the identity step itself asks for. */
export function missingOrder(
  step: OrderStep,
  draft: OrderDraft,
  { total_vnd, mayPay, isProven }: OrderDemands,
): OrderMissing[] {
  if (step === 'due') return mayPay ? [] : ['may'];
  if (step === 'pin') return isProven ? [] : ['pin'];
  if (step === 'amount') return readAmount(draft.keyed) === total_vnd ? [] : ['amount'];
  if (step === 'sign') return draft.sign_citizen === '' ? ['sign'] : [];
  if (step === 'identity') return [];
  const demands = { total_vnd, mayPay, isProven };
  const steps: OrderStep[] = ['due', 'pin', 'amount', 'sign'];
  const missing = steps.flatMap((one) => missingOrder(one, draft, demands));
  return missingIdentity(draft.identity).length > 0 ? ['may', ...missing] : missing;
}

/** How the office answered; `no_answer` where nobody can say. */
export type PinAnswer =
  | 'right'
  | 'wrong_pin'
  | 'pin_locked'
  | 'wrong_identity'
  | 'paper_of_other_kind'
  | 'order_settled'
  | 'order_not_taken'
  | 'order_amount_differs'
  | 'aml_fields_missing'
  | 'refused'
  | 'too_often'
  | 'no_answer';
const REASONS: readonly string[] = [
  'wrong_pin',
  'pin_locked',
  'wrong_identity',
  'paper_of_other_kind',
  'order_settled',
  'order_not_taken',
  'order_amount_differs',
  'aml_fields_missing',
] satisfies PinAnswer[];

/** What the law wants of the payee of a large sum; no draft and no fact has it. */
export interface Said {
  birth_on: string;
  address: string;
  nationality: string;
}
export type SaidField = keyof Said;
const SAID_FIELDS: readonly SaidField[] = ['birth_on', 'address', 'nationality'];
export const emptySaid = (): Said => ({
  birth_on: '',
  address: '',
  nationality: money('home_nation'),
});

export interface Proven {
  answer: PinAnswer;
  /** Which fields of the payee the office asks for. */
  missing: readonly SaidField[];
  /** What the fact bears in the place of a right PIN; empty otherwise. */
  grant: string;
}

export function readAnswer({ status, body }: Pick<Answer, 'status' | 'body'>): Proven {
  const said = isRecord(body) ? body : {};
  const grant = status === 200 && typeof said['grant'] === 'string' ? said['grant'] : '';
  const missing: SaidField[] = [];
  if (grant !== '') return { answer: 'right', missing, grant };
  if (status === 429) return { answer: 'too_often', missing, grant };
  if (status !== 409) return { answer: 'no_answer', missing, grant };
  const code = String(said['code']);
  const answer = REASONS.includes(code) ? (code as PinAnswer) : 'refused';
  if (answer === 'aml_fields_missing') missing.push(...readFields(said['params']));
  return { answer, missing, grant };
}

function readFields(params: unknown): SaidField[] {
  const named = isRecord(params) ? String(params['fields']).split(',') : [];
  return SAID_FIELDS.filter((field) => named.includes(field));
}

export type AskOffice = (
  method: 'POST',
  path: string,
  body: string,
) => Promise<Pick<Answer, 'status' | 'body'>>;

/** Ask the office whether this PIN and paper are the payee's, before any note is handed over. */
export async function provePin(
  ask: AskOffice,
  where: { stop: string; act: string },
  pin: string,
  amount_vnd: number,
  { method, last4 }: IdentityDraft,
  payee: { said: Said; asked: readonly SaidField[] } = { said: emptySaid(), asked: [] },
): Promise<Proven> {
  const told = Object.fromEntries(payee.asked.map((field) => [field, payee.said[field].trim()]));
  const asked = { ...where, pin, amount_vnd, identity: { method, last4 } };
  const body = payee.asked.length === 0 ? asked : { ...asked, said: told };
  try {
    return readAnswer(await ask('POST', JUDGE, JSON.stringify(body)));
  } catch {
    return { answer: 'no_answer', missing: [], grant: '' };
  }
}

export function makeTaking(
  stop: StopView,
  act: ActView,
  order: OrderShown,
  draft: OrderDraft,
): Fact {
  const fee_vnd = order.fee_vnd ?? 0;
  return makeFact('order.taken', stop, act, draft, {
    amount_vnd: (readAmount(draft.keyed) ?? totalOf(order)) - fee_vnd,
    fee_vnd,
    receipt: null,
  });
}

export function makeOrderPayment(
  stop: StopView,
  act: ActView,
  draft: OrderDraft,
  grant: string,
): Fact {
  return makeFact('order.paid', stop, act, draft, {
    grant,
    amount_vnd: readAmount(draft.keyed) ?? 0,
  });
}

function makeFact(
  kind: string,
  stop: StopView,
  act: ActView,
  draft: OrderDraft,
  fields: Record<string, unknown>,
): Fact {
  return {
    kind,
    fields: {
      stop: stop.id,
      act: act.id,
      ...fields,
      identity: identityFields(draft.identity).identity,
      sign_citizen: draft.sign_citizen,
    },
    side: identitySide({ ...draft.identity, who: 'self' }, stop.party.name),
    subject: { stop: stop.id, act: act.id, rev: stop.rev },
  };
}
