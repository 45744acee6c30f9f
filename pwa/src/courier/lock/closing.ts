/** Whether the shift ends with the round that is closed, or what it stays open for (S19). */
import { isLastOut } from '../../lib/rules/bringing';
import { inHand_vnd, listToTake, type CashDoc } from '../../lib/rules/cash';
import type { RoundDoc } from '../../lib/rules/round';
import type { StoredOp } from '../../lib/sync/types';

export type Kept = 'round' | 'cash';

/** What keeps the shift open once the round `closed` is closed; null when nothing does. `rounds`:
the states of all that are not closed, as the phone's own facts have them. */
export function whatKeeps(
  closed: string,
  rounds: Readonly<Record<string, RoundDoc['state']>>,
  cash: CashDoc | null,
  ops: readonly StoredOp[],
): Kept | null {
  if (!isLastOut(closed, rounds)) return 'round';
  return cash && isToCount(cash, ops) ? 'cash' : null;
}

/** Notes in the hand, or on their way to it, of which the courier has not said how many. */
function isToCount(cash: CashDoc, ops: readonly StoredOp[]): boolean {
  if (listToTake(cash, ops).length > 0) return true;
  const isCounted = ops.some((op) => op.kind === 'cash.counted' && op.decision === null);
  if (isCounted) return false;
  return cash.shift ? cash.shift.state === 'open' : inHand_vnd(cash, ops) !== 0;
}
