/** What a finger that moved sideways meant. */

export type SwipeSide = 'right' | 'left' | null;

const SHARE = 0.35;
const LEAST_PX = 96;
/** Under this a touch is a tap or the beginning of a scroll. */
export const SLACK_PX = 12;

/** How far a card of `width_px` must be moved before it counts. */
export function threshold_px(width_px: number): number {
  return Math.max(LEAST_PX, width_px * SHARE);
}

export function sideOf(dx_px: number, width_px: number): SwipeSide {
  if (Math.abs(dx_px) < threshold_px(width_px)) return null;
  return dx_px > 0 ? 'right' : 'left';
}

/** True when the movement is sideways rather than a scroll. */
export function isSideways(dx_px: number, dy_px: number): boolean {
  return Math.abs(dx_px) > SLACK_PX && Math.abs(dx_px) > 1.5 * Math.abs(dy_px);
}
