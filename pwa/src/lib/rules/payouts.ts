/** Whether a payout may be paid at this door now: told before the door, judged again by the office
(`backend/payouts/rules.py`). Pure. */
import { serviceDay } from '../units';
import { inHand_vnd, listLeases, type CashDoc, type LeaseDoc } from './cash';
import type { StoredOp } from '../sync/types';
import type { NumberKind } from './papers';

export interface ProxyShown {
  name: string;
  valid_from: string | null;
  valid_to: string | null;
  is_certified: boolean;
  must_be_certified: boolean;
  /** Which number the list has of them; `personal` where it does not say. */
  id_kind?: NumberKind;
  last4_check?: string;
}

/** What the phone shows of a payout; no number of a person. */
export interface PayoutShown {
  scheme: string;
  scheme_name: string;
  scheme_name_en: string;
  period: string;
  payee: string;
  amount_vnd: number;
  evidence: { methods: string[]; needs_signature: boolean; num_photos: number };
  id_kind?: NumberKind;
  last4_check?: string;
  /** null: the list names nobody who may receive it instead. */
  proxy: ProxyShown | null;
}

export type PayProblem =
  | 'no_list'
  | 'list_ended'
  | 'not_enough'
  | 'clock'
  /** Nothing has come of the courier's cash yet. */
  | 'no_cash';

export interface PayJudgement {
  lease: LeaseDoc | null;
  hand_vnd: number;
  problems: PayProblem[];
}

export interface PayFacts {
  share_id: string | null;
  amount_vnd: number;
  cash: CashDoc | null;
  ops: readonly StoredOp[];
  now_ms: number;
  /** Server clock minus phone clock; null before it was measured. */
  offset_ms: number | null;
  is_clock_moved: boolean;
}

/** May it be paid: the list is lent to this phone for this instant, and there is enough cash. */
export function judgePay(facts: PayFacts): PayJudgement {
  const { cash, ops } = facts;
  if (cash === null) return { lease: null, hand_vnd: 0, problems: ['no_cash'] };
  const now_ms = facts.now_ms + (facts.offset_ms ?? 0);
  const mine = listLeases(cash, ops).filter((lease) => lease.share_id === facts.share_id);
  const lease = mine.find((one) => Date.parse(one.expires_at) > now_ms) ?? null;
  const hand_vnd = inHand_vnd(cash, ops);
  const problems: PayProblem[] = [];
  if (lease === null) problems.push(mine.length > 0 ? 'list_ended' : 'no_list');
  if (hand_vnd < facts.amount_vnd) problems.push('not_enough');
  if (facts.is_clock_moved) problems.push('clock');
  return { lease, hand_vnd, problems };
}

export type ProxyProblem =
  'proxy_unknown' | 'proxy_not_certified' | 'proxy_too_early' | 'proxy_expired';

/** Why this proxy may not take the money at an instant of the corrected clock, or null. */
export function judgeProxy(
  proxy: ProxyShown | null,
  authority: 'certified' | 'written',
  at_ms: number,
): ProxyProblem | null {
  if (proxy === null || proxy.valid_from === null || proxy.valid_to === null) {
    return 'proxy_unknown';
  }
  const isCertified = proxy.is_certified && authority === 'certified';
  if (proxy.must_be_certified && !isCertified) return 'proxy_not_certified';
  const day = serviceDay(at_ms);
  if (day < proxy.valid_from) return 'proxy_too_early';
  return day > proxy.valid_to ? 'proxy_expired' : null;
}

/** Whether the right end of a number is that of the list; null where the list cannot be asked. */
export async function agreesLast4(
  payout_id: string,
  last4: string,
  check: string | undefined,
  sha256: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<boolean | null> {
  if (check === undefined || check === '') return null;
  const digest = await sha256(new TextEncoder().encode(`${payout_id}:${last4}`));
  const hex = [...digest].map((one) => one.toString(16).padStart(2, '0')).join('');
  return hex.startsWith(check);
}
