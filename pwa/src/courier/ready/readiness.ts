/** Whether a day with no signal can begin: each thing the phone needs, and whether it has it. */
import { listToLoad, type RoundView } from '../../lib/rules/round';

export type CheckName =
  'stops' | 'places' | 'map' | 'scanner' | 'codes' | 'storage' | 'room' | 'clock' | 'float';
export type CheckState =
  /** There. */
  | 'good'
  /** Not as it should be; the day can begin. */
  | 'warn'
  /** Must be mended before leaving. */
  | 'bad'
  /** Does not apply yet. */
  | 'none';

export interface Check {
  name: CheckName;
  state: CheckState;
  /** A figure for its words. */
  count: number;
}

export interface Facts {
  view: RoundView;
  /** Today, as `YYYY-MM-DD`. */
  today: string;
  hasMap: boolean;
  hasTiles: boolean;
  hasScanner: boolean;
  isPersisted: boolean;
  free_bytes: number | null;
  /** Server clock minus phone clock; null before it was measured. */
  offset_ms: number | null;
}

/** Below this no more pictures are taken (reliability S18). */
export const ROOM_BYTES_MIN = 50 * 1024 * 1024;
const OFFSET_MS_MAX = 300_000;

export function checkDay(facts: Facts): Check[] {
  const stops = facts.view.stops.filter((stop) => stop.state !== 'removed');
  const isToday = facts.view.round?.service_on === facts.today;
  const unplaced = stops.filter((stop) => stop.point.lat === null).length;
  const items = stops.flatMap((stop) => stop.acts).filter((act) => act.kind === 'result.deliver');
  const uncoded = items.filter((act) => !act.item_code && !act.seal_number).length;
  const toLoad = listToLoad(facts.view).length;
  const isClockGood = facts.offset_ms !== null && Math.abs(facts.offset_ms) < OFFSET_MS_MAX;
  const isRoomy = facts.free_bytes === null || facts.free_bytes >= ROOM_BYTES_MIN;
  const codes = uncoded > 0 || toLoad > 0 ? 'warn' : 'good';
  return [
    { name: 'stops', state: isToday && stops.length > 0 ? 'good' : 'bad', count: stops.length },
    { name: 'places', state: unplaced === 0 ? 'good' : 'warn', count: unplaced },
    { name: 'codes', state: codes, count: toLoad > 0 ? toLoad : items.length - uncoded },
    { name: 'map', state: mapState(facts), count: 0 },
    { name: 'scanner', state: facts.hasScanner ? 'good' : 'bad', count: 0 },
    { name: 'storage', state: facts.isPersisted ? 'good' : 'warn', count: 0 },
    { name: 'room', state: isRoomy ? 'good' : 'bad', count: megabytes(facts.free_bytes) },
    { name: 'clock', state: isClockGood ? 'good' : 'warn', count: minutes(facts.offset_ms) },
    { name: 'float', state: 'none', count: 0 },
  ];
}

function mapState(facts: Facts): CheckState {
  if (!facts.hasMap) return 'bad';
  return facts.hasTiles ? 'good' : 'warn';
}

function megabytes(bytes: number | null): number {
  return bytes === null ? 0 : Math.floor(bytes / 1024 / 1024);
}

function minutes(offset_ms: number | null): number {
  return offset_ms === null ? 0 : Math.round(Math.abs(offset_ms) / 60_000);
}

/** The worst of all, which speaks for the day. */
export function verdict(checks: readonly Check[]): 'good' | 'warn' | 'bad' {
  const states = new Set(checks.map((check) => check.state));
  if (states.has('bad')) return 'bad';
  return states.has('warn') ? 'warn' : 'good';
}
