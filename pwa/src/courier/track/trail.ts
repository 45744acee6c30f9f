/** Where the courier was on shift: as few points as will do, in a fact every five minutes. */

export interface TrailPoint {
  at: string;
  lat: number;
  lon: number;
  accuracy_m: number;
}

export interface Fix {
  at_ms: number;
  lat: number;
  lon: number;
  accuracy_m: number;
}

export const FACT_EVERY_MS = 300_000;
export const POINTS_MAX = 60;
const FINE_EVERY_MS = 60_000;
const COARSE_EVERY_MS = 300_000;
const BATTERY_LOW = 0.2;
/** Standing still needs no second point. */
const MOVED_M = 50;

export interface Battery {
  level: number;
  charging: boolean;
}

/** True when the battery must last: seldom and roughly then. */
export function isCoarse(battery: Battery | null): boolean {
  return battery !== null && !battery.charging && battery.level < BATTERY_LOW;
}

export function lookEvery_ms(isRough: boolean): number {
  return isRough ? COARSE_EVERY_MS : FINE_EVERY_MS;
}

export interface Trail {
  points: readonly TrailPoint[];
  /** When the last fact was made, or the trail begun. */
  since_ms: number;
}

export function beginTrail(now_ms: number): Trail {
  return { points: [], since_ms: now_ms };
}

/** The trail with `fix` behind it, unless the courier stands where the last point is. */
export function extend(trail: Trail, fix: Fix, isRough: boolean): Trail {
  const last = trail.points.at(-1);
  if (last && metresBetween(last, fix) < MOVED_M) return trail;
  // Five digits are a metre, three a hundred.
  const digits = isRough ? 3 : 5;
  const point: TrailPoint = {
    at: new Date(fix.at_ms).toISOString(),
    lat: Number(fix.lat.toFixed(digits)),
    lon: Number(fix.lon.toFixed(digits)),
    accuracy_m: Math.round(isRough ? Math.max(100, fix.accuracy_m) : fix.accuracy_m),
  };
  return { ...trail, points: [...trail.points, point].slice(-POINTS_MAX) };
}

/** The points for a fact that is due now, and the trail that goes on; null while none is due. */
export function takeDue(
  trail: Trail,
  now_ms: number,
  isEnd = false,
): { points: TrailPoint[]; rest: Trail } | null {
  const isDue = now_ms - trail.since_ms >= FACT_EVERY_MS;
  if (trail.points.length === 0 || !(isDue || isEnd)) return null;
  return { points: [...trail.points], rest: beginTrail(now_ms) };
}

function metresBetween(
  one: { lat: number; lon: number },
  two: { lat: number; lon: number },
): number {
  const rad = Math.PI / 180;
  const x = (two.lon - one.lon) * rad * Math.cos(((one.lat + two.lat) / 2) * rad);
  return Math.hypot(x, (two.lat - one.lat) * rad) * 6_371_000;
}
