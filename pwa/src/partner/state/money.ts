/** How a list's money closes. */
import type { PayoutList, Reconciliation, Side } from '../wire';

/** What came is what was paid, went back and is left; anything else is a difference. */
export const gapOf = (side: Side): number =>
  side.funded_vnd - side.paid_vnd - side.given_back_vnd - side.left_vnd;

export const SIDE_KEYS = [
  'funded_vnd',
  'paid_vnd',
  'given_back_vnd',
  'left_vnd',
  'in_doubt_vnd',
] as const satisfies readonly (keyof Side)[];
export type SideKey = (typeof SIDE_KEYS)[number];

/** Rows and ledger beside each other, with what they differ by. */
export function compare({ rows, ledger }: Pick<Reconciliation, 'rows' | 'ledger'>) {
  return SIDE_KEYS.map((key) => ({
    key,
    rows_vnd: rows[key],
    ledger_vnd: ledger[key],
    difference_vnd: rows[key] - ledger[key],
  }));
}

export const isClosed = (found: Reconciliation): boolean =>
  found.difference_vnd === 0 && gapOf(found.rows) === 0 && gapOf(found.ledger) === 0;

/** What is to come for a draft before it balances; below 0: too much came. */
export const lackingOf = (list: Pick<PayoutList, 'total_vnd' | 'funded_vnd' | 'carried_in_vnd'>) =>
  list.total_vnd - list.funded_vnd - list.carried_in_vnd;

/** Share of the rows that are paid, whole percent, 100 only when all are. */
export function percentPaid({ num_paid, num_rows }: Pick<PayoutList, 'num_paid' | 'num_rows'>) {
  return num_rows === 0 ? 0 : Math.floor((num_paid * 100) / num_rows);
}
