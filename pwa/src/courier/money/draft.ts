/** A payment or a collection in the making, kept at every change. Money is keyed, never swiped. */
import { emptyIdentity, missingIdentity, type IdentityDraft } from '../drafts';
import { judgeProxy, type PayoutShown, type ProxyProblem } from '../../lib/rules/payouts';
import { fold } from '../../lib/text';
import type { Seen } from '../visit/seen';

export interface PayDraft {
  step: string;
  identity: IdentityDraft;
  /** Number of the proxy's paper. */
  paper: string;
  /** Digits of the amount as keyed. */
  keyed: string;
  sign_citizen: string;
  photos: string[];
}

export interface CollectDraft {
  step: string;
  method: 'cash' | 'qr' | null;
  keyed: string;
  /** The code was opened for the payer. */
  is_qr_shown: boolean;
  payer_sign: string;
}

export function moneyKey(act_id: string): string {
  return `money/${act_id}`;
}

/** Whether a paper seen for another act of this visit counts here: the citizen's, or that of the
proxy whom the list names and whose authority holds. */
export function countsForPayout(
  seen: IdentityDraft,
  { evidence, proxy }: PayoutShown,
  at_ms: number,
): boolean {
  if (!evidence.methods.includes(seen.method)) return false;
  if (seen.who === 'self') return true;
  const isNamed = proxy !== null && fold(proxy.name) === fold(seen.proxy_name);
  return isNamed && judgeProxy(proxy, seen.proxy_authority, at_ms) === null;
}

/** `seen` is a paper that counts here, looked at for another act of this visit. */
export function emptyPay(seen: Seen | null = null): PayDraft {
  return {
    step: 'due',
    identity: seen?.identity ?? emptyIdentity(),
    paper: seen?.paper ?? '',
    keyed: '',
    sign_citizen: '',
    photos: [],
  };
}

export function emptyCollect(): CollectDraft {
  return { step: 'due', method: null, keyed: '', is_qr_shown: false, payer_sign: '' };
}

/** Whole đồng of the digits keyed; null where there are none. */
export function readAmount(keyed: string): number | null {
  const digits = keyed.replace(/\D/g, '');
  return digits === '' ? null : Number(digits);
}

export type MoneyMissing =
  'may' | 'paper' | 'proxy_rule' | 'amount' | 'sign' | 'photo' | 'method' | 'qr' | 'receipt';
export type PayStep = 'due' | 'identity' | 'amount' | 'sign' | 'confirm';
export const PAY_STEPS: readonly PayStep[] = ['due', 'identity', 'amount', 'sign', 'confirm'];

export interface PayDemands {
  amount_vnd: number;
  mayPay: boolean;
  proxyProblem: ProxyProblem | null;
  needsSignature: boolean;
  num_photos: number;
}

/** What the step of a payment lacks beside what the identity step itself asks for. */
export function missingPay(step: PayStep, draft: PayDraft, demands: PayDemands): MoneyMissing[] {
  const isProxy = draft.identity.who === 'proxy';
  const missing: MoneyMissing[] = [];
  if (step === 'due' && !demands.mayPay) missing.push('may');
  if (step === 'identity' && isProxy) {
    if (draft.paper.trim() === '') missing.push('paper');
    if (demands.proxyProblem !== null) missing.push('proxy_rule');
  }
  if (step === 'amount' && readAmount(draft.keyed) !== demands.amount_vnd) missing.push('amount');
  if (step === 'sign') {
    if (demands.needsSignature && draft.sign_citizen === '') missing.push('sign');
    if (draft.photos.length < demands.num_photos) missing.push('photo');
  }
  // What was right on its own step may be so no longer: the list has ended, the cash is gone.
  if (step === 'confirm' && (!demands.mayPay || isUnsound(draft, demands))) missing.push('may');
  return missing;
}

function isUnsound(draft: PayDraft, demands: PayDemands): boolean {
  const steps: PayStep[] = ['identity', 'amount', 'sign'];
  const isShort = steps.some((step) => missingPay(step, draft, demands).length > 0);
  return isShort || missingIdentity(draft.identity).length > 0;
}

export type CollectStep = 'due' | 'method' | 'confirm';
export const COLLECT_STEPS: readonly CollectStep[] = ['due', 'method', 'confirm'];

export interface CollectDemands {
  amount_vnd: number;
  /** A receipt must bear a number, and one is here. */
  needsReceipt: boolean;
  hasNumber: boolean;
}

export function missingCollect(
  step: CollectStep,
  draft: CollectDraft,
  demands: CollectDemands,
): MoneyMissing[] {
  if (step === 'due') return [];
  const missing: MoneyMissing[] = [];
  if (draft.method === null) missing.push('method');
  if (draft.method === 'qr' && !draft.is_qr_shown) missing.push('qr');
  if (draft.method === 'cash') {
    if (readAmount(draft.keyed) !== demands.amount_vnd) missing.push('amount');
    if (demands.needsReceipt && !demands.hasNumber) missing.push('receipt');
  }
  return missing;
}
