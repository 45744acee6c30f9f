/** Whether the shift ends with the round that is closed, or what it stays open for (S19). */
import { inHand_vnd, listToTake, type CashDoc } from '../../lib/rules/cash';
import type { RoundDoc } from '../../lib/rules/round';
import type { Document, StoredOp } from '../../lib/sync/types';

export type Kept = 'round' | 'cash';

/** What keeps the shift open once the round `closed` is closed; null when nothing does. */
export function whatKeeps(
  closed: string,
  documents: readonly Document[],
  cash: CashDoc | null,
  ops: readonly StoredOp[],
): Kept | null {
  const rounds = documents.filter((row) => row.kind === 'round').map((row) => row.doc as RoundDoc);
  if (rounds.some((round) => round.id !== closed && round.state === 'open')) return 'round';
  return cash && isToCount(cash, ops) ? 'cash' : null;
}

/** Notes in the hand, or on their way to it, of which the courier has not said how many. */
function isToCount(cash: CashDoc, ops: readonly StoredOp[]): boolean {
  if (listToTake(cash, ops).length > 0) return true;
  const isCounted = ops.some((op) => op.kind === 'cash.counted' && op.decision === null);
  if (isCounted) return false;
  return cash.shift ? cash.shift.state === 'open' : inHand_vnd(cash, ops) !== 0;
}
