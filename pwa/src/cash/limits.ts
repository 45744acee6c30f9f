/** A courier's cash against its limit. */
import type { HandoverRow, HandRow } from './wire';

export type Load = 'none' | 'calm' | 'near' | 'over';
const NEAR_SHARE = 0.8;

/** What part of the limit a balance is; without a limit any cash is over it. */
export function shareOf(balance_vnd: number, limit_vnd: number): number {
  if (limit_vnd <= 0) return balance_vnd > 0 ? 1 : 0;
  return balance_vnd / limit_vnd;
}

export function loadOf(balance_vnd: number, limit_vnd: number): Load {
  if (balance_vnd > limit_vnd) return 'over';
  if (balance_vnd === 0) return 'none';
  return shareOf(balance_vnd, limit_vnd) >= NEAR_SHARE ? 'near' : 'calm';
}

/** What is offered to a courier and not counted by them yet, đồng: the limit counts it (L5). */
export function comingTo(courier_id: string, handovers: readonly HandoverRow[]): number {
  return handovers
    .filter(({ taker_id, state }) => taker_id === courier_id && state === 'pending')
    .reduce((sum, { amount_vnd }) => sum + amount_vnd, 0);
}

/** What a courier would have with `amount_vnd` more, and by how much that is over the limit. */
export function afterIssue(
  hand: HandRow,
  handovers: readonly HandoverRow[],
  amount_vnd: number,
): { total_vnd: number; coming_vnd: number; over_vnd: number } {
  const coming_vnd = comingTo(hand.courier_id, handovers);
  const total_vnd = hand.balance_vnd + coming_vnd + amount_vnd;
  return { total_vnd, coming_vnd, over_vnd: Math.max(0, total_vnd - hand.limit_vnd) };
}
