/** A money order at a door: what is shown of it, and whether there is enough cash to pay it. */
import { inHand_vnd, type CashDoc } from './cash';
import type { StoredOp } from '../sync/types';

/** What the phone is told; no number of a person, and never the PIN. */
export interface OrderShown {
  reference: string;
  amount_vnd: number;
  /** Of an order to be taken only. */
  fee_vnd?: number;
  purpose?: string;
}

/** What a sender hands over: what is sent, and the fee for it. */
export function totalOf(order: OrderShown): number {
  return order.amount_vnd + (order.fee_vnd ?? 0);
}

export type OrderProblem = 'not_enough' | 'no_cash';

/** Why an order is not paid from the cash in hand; PIN and paper are for the office to judge. */
export function judgeOrder(
  amount_vnd: number,
  cash: CashDoc | null,
  ops: readonly StoredOp[],
): OrderProblem[] {
  if (cash === null) return ['no_cash'];
  return inHand_vnd(cash, ops) < amount_vnd ? ['not_enough'] : [];
}
