/** Whether a day with no signal can begin: each thing the phone needs, and whether it has it. */
import type { CashDoc } from '../../lib/rules/cash';
import { inHand_vnd, listToTake } from '../../lib/rules/cash';
import { isMoney, listToLoad, type ActView, type RoundView } from '../../lib/rules/round';
import { ROOM_BYTES_MIN } from '../../lib/sync/loop';
import type { StoredOp } from '../../lib/sync/types';

export type CheckName =
  | 'stops'
  | 'places'
  | 'map'
  | 'scanner'
  | 'codes'
  | 'storage'
  | 'room'
  | 'clock'
  | 'lists'
  | 'numbers'
  | 'float'
  | 'shift';
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
  isInstalled: boolean;
  free_bytes: number | null;
  /** Server clock minus phone clock; null before it was measured. */
  offset_ms: number | null;
  cash: CashDoc | null;
  ops: readonly StoredOp[];
  /** Open payouts whose list is not lent to this phone. */
  num_unlent: number;
  /** Receipts that today's charges need, by kind, and the numbers on the phone. */
  numbers: readonly { needed: number; left: number }[];
}

export { ROOM_BYTES_MIN };
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
    { name: 'storage', state: storageState(facts), count: 0 },
    { name: 'room', state: isRoomy ? 'good' : 'bad', count: megabytes(facts.free_bytes) },
    { name: 'clock', state: isClockGood ? 'good' : 'warn', count: minutes(facts.offset_ms) },
    ...checkMoney(facts),
  ];
}

/** Money leaves with an installed app whose storage is kept, or by a dispatcher's word (S18). */
export function storageState({
  view,
  isPersisted,
  isInstalled,
}: Pick<Facts, 'view' | 'isPersisted' | 'isInstalled'>): 'good' | 'warn' | 'bad' {
  if (isPersisted && isInstalled) return 'good';
  const acts = view.stops.flatMap((stop) => stop.acts);
  const hasMoney = acts.some((act) => isMoney(act) && act.state === 'open');
  const isRequired = hasMoney && view.round?.storage === 'required';
  if (isRequired) return 'bad';
  return isPersisted ? 'good' : 'warn';
}

/** True where the round may be opened on this phone. */
export function mayLeave(
  view: RoundView,
  { persisted, installed }: { persisted: boolean; installed: boolean },
): boolean {
  return storageState({ view, isPersisted: persisted, isInstalled: installed }) !== 'bad';
}

/** Lists, receipt numbers, the float and the cash shift; nothing of it where no money is due. */
function checkMoney({ view, cash, ops, num_unlent, numbers }: Facts): Check[] {
  const open = view.stops.flatMap((stop) => stop.acts).filter((act) => act.state === 'open');
  const acts = open.filter(isMoney);
  const payouts = acts.filter((act: ActView) => act.kind === 'payout.pay');
  const isWaiting = cash !== null && listToTake(cash, ops).length > 0;
  const needed_vnd = acts.reduce((sum, act) => sum + (act.cash_out_vnd ?? 0), 0);
  const lacks_vnd = needed_vnd - (cash ? inHand_vnd(cash, ops) : 0);
  const lacking = numbers.reduce((sum, { needed, left }) => sum + Math.max(0, needed - left), 0);
  const left = numbers.reduce((sum, one) => sum + one.left, 0);
  const list = payouts.length === 0 ? 'none' : num_unlent > 0 ? 'bad' : 'good';
  const number = numbers.length === 0 ? 'none' : lacking > 0 ? 'bad' : 'good';
  const shift = acts.length === 0 && !cash?.shift ? 'none' : cash?.shift ? 'good' : 'warn';
  const float = floatState(isWaiting, needed_vnd, lacks_vnd);
  return [
    { name: 'lists', state: list, count: list === 'bad' ? num_unlent : payouts.length },
    { name: 'numbers', state: number, count: lacking > 0 ? lacking : left },
    { name: 'float', state: float, count: float === 'warn' ? lacks_vnd : 0 },
    { name: 'shift', state: shift, count: 0 },
  ];
}

function floatState(isWaiting: boolean, needed_vnd: number, lacks_vnd: number): CheckState {
  if (isWaiting) return 'bad';
  if (needed_vnd === 0) return 'none';
  return lacks_vnd > 0 ? 'warn' : 'good';
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
