/** What the office changed in a round since the courier last looked at it.

Pure: takes what was seen and what is, returns what to tell. A change that the courier's own facts
brought is no news. Until the courier has read it, the list keeps the order that was seen.
*/
import { listWithdrawn } from '../sync/hold';
import type { StoredOp } from '../sync/types';
import {
  ENDING,
  isOpenStop,
  type ActDoc,
  type OneRound,
  type RoundView,
  type StopView,
} from './round';

/** A planned time that moves by less is not worth a sound. */
export const MOVE_MS_MIN = 300_000;

export interface SeenStop {
  id: string;
  position: number;
  name: string;
  planned_at: string;
  acts: { id: string; kind: ActDoc['kind']; is_open: boolean }[];
}

/** The round as it stood when the courier last looked; its stops in order. */
export interface Seen {
  round_id: string;
  stops: SeenStop[];
}

interface Told {
  /** Of which round, by id. */
  round?: string;
  stop: string;
  /** The number under which the courier knows the stop. */
  position: number;
  name: string;
}
export type Change =
  | (Told & { kind: 'removed' })
  | (Told & { kind: 'added' | 'time'; planned_at: string })
  /** `planned_at` is null where the time is (about) the same. */
  | (Told & { kind: 'moved'; to: number; planned_at: string | null })
  | (Told & { kind: 'act_added' | 'act_removed'; act: ActDoc['kind'] })
  /** A round nobody was told of; it does not take the place of the one that is shown. */
  | { kind: 'round'; round: string; service_on: string; num_stops: number };

/** The round as a courier who looks now has seen it; null where there is none. */
export function seeRound(view: RoundView): Seen | null {
  if (view.round === null) return null;
  const stops = view.stops.filter(isShown).map(({ id, position, party, planned_at, acts }) => ({
    id,
    position,
    name: party.name,
    planned_at,
    acts: acts.map((act) => ({ id: act.id, kind: act.kind, is_open: act.state === 'open' })),
  }));
  return { round_id: view.round.id, stops };
}

function isShown(stop: StopView): boolean {
  return stop.state !== 'removed';
}

/** Ids of the acts that this phone's own facts ended. */
export function listOwnActs(ops: readonly StoredOp[]): Set<string> {
  const withdrawn = listWithdrawn(ops);
  const ends = ops.filter((op) => op.kind in ENDING && !withdrawn.has(op.id));
  return new Set(ends.flatMap((op) => op.subject.act ?? []));
}

/** What changed from `seen` to `view`, in the order in which it is told. `own` are acts that this
phone ended itself. Nothing for another round than the one that was seen. */
export function listChanges(seen: Seen, view: RoundView, own: ReadonlySet<string>): Change[] {
  if (view.round?.id !== seen.round_id || view.round.state === 'closed') return [];
  const now = new Map(view.stops.filter(isShown).map((stop) => [stop.id, stop]));
  const known = new Set(seen.stops.map((stop) => stop.id));
  const moved = listMoved(seen, [...now.values()]);
  const removed = seen.stops.flatMap((was) => removal(was, now.get(was.id), own));
  const added = [...now.values()]
    .filter((stop) => !known.has(stop.id) && isOpenStop(stop))
    .map((stop) => ({ kind: 'added' as const, ...told(stop), planned_at: stop.planned_at }));
  const kept = seen.stops.flatMap((was) => {
    const stop = now.get(was.id);
    return stop ? [...actChanges(was, stop, own), ...timing(was, stop, moved.has(was.id))] : [];
  });
  const isMove = (change: Change): boolean => change.kind === 'moved';
  return [
    ...removed,
    ...added,
    ...kept.filter(isMove),
    ...kept.filter((change) => !isMove(change)),
  ].map((change) => ({ ...change, round: seen.round_id }));
}

/** The published rounds of which the courier was not `told` yet. */
export function listNewRounds(views: readonly OneRound[], told: readonly string[]): Change[] {
  return views
    .filter(({ round }) => round.state === 'published' && !told.includes(round.id))
    .map(({ round: { id, service_on, num_stops } }) => ({
      kind: 'round',
      round: id,
      service_on,
      num_stops,
    }));
}

function told(stop: StopView): Told {
  return { stop: stop.id, position: stop.position, name: stop.party.name };
}

function asSeen(was: SeenStop): Told {
  return { stop: was.id, position: was.position, name: was.name };
}

function removal(was: SeenStop, stop: StopView | undefined, own: ReadonlySet<string>): Change[] {
  const isLost = was.acts.some((act) => act.is_open && !own.has(act.id));
  return stop === undefined && isLost ? [{ kind: 'removed', ...asSeen(was) }] : [];
}

function actChanges(was: SeenStop, stop: StopView, own: ReadonlySet<string>): Change[] {
  const there = new Set(stop.acts.filter((act) => act.state !== 'removed').map((act) => act.id));
  const known = new Set(was.acts.map((act) => act.id));
  const taken = was.acts.filter((act) => act.is_open && !there.has(act.id) && !own.has(act.id));
  const added = stop.acts.filter((act) => act.state === 'open' && !known.has(act.id));
  return [
    ...added.map((act) => ({ kind: 'act_added' as const, ...asSeen(was), act: act.kind })),
    ...taken.map((act) => ({ kind: 'act_removed' as const, ...asSeen(was), act: act.kind })),
  ];
}

function timing(was: SeenStop, stop: StopView, isMoved: boolean): Change[] {
  if (!isOpenStop(stop)) return [];
  const by_ms = Math.abs(Date.parse(stop.planned_at) - Date.parse(was.planned_at));
  const planned_at = by_ms >= MOVE_MS_MIN ? stop.planned_at : null;
  if (isMoved) return [{ kind: 'moved', ...asSeen(was), to: stop.position, planned_at }];
  return planned_at === null ? [] : [{ kind: 'time', ...asSeen(was), planned_at }];
}

/** The open stops that left their place among the others: as few as explain the new order. */
function listMoved(seen: Seen, stops: readonly StopView[]): Set<string> {
  const places = new Map(seen.stops.map((stop, place) => [stop.id, place]));
  const open = stops.filter((stop) => isOpenStop(stop) && places.has(stop.id));
  const order = open.map((stop) => places.get(stop.id) ?? 0);
  // The longest row that is still in the old order stays; quadratic, for a day of stops.
  const length: number[] = [];
  const before: number[] = [];
  order.forEach((place, at) => {
    const fits = order.slice(0, at).map((one, k) => (one < place ? (length[k] ?? 0) : 0));
    const best = Math.max(0, ...fits);
    length.push(best + 1);
    before.push(best === 0 ? -1 : fits.indexOf(best));
  });
  const stays = new Set<number>();
  for (let at = length.indexOf(Math.max(...length)); at >= 0; at = before[at] ?? -1) stays.add(at);
  return new Set(open.filter((_, at) => !stays.has(at)).map((stop) => stop.id));
}

/** A line of the day's list: a stop, or the place of one that is gone. */
export type Row =
  | { id: string; stop: StopView; gone: null; isNew: boolean }
  | { id: string; stop: null; gone: SeenStop; isNew: false };

/** The list as it lies under the finger while `changes` wait to be read: in the order and under
the numbers that were seen, what is gone in its place, what is new at the end. */
export function keepOrder(
  seen: Seen | null,
  stops: readonly StopView[],
  changes: readonly Change[],
): Row[] {
  const shown = stops.filter(isShown);
  const row = (stop: StopView, isNew: boolean): Row => ({ id: stop.id, stop, gone: null, isNew });
  if (seen === null || !changes.some((one) => one.round === seen.round_id))
    return shown.map((stop) => row(stop, false));
  const now = new Map(shown.map((stop) => [stop.id, stop]));
  const gone = new Set(changes.flatMap((one) => (one.kind === 'removed' ? one.stop : [])));
  const kept = seen.stops.flatMap((was): Row[] => {
    const stop = now.get(was.id);
    if (stop) return [row({ ...stop, position: was.position }, false)];
    return gone.has(was.id) ? [{ id: was.id, stop: null, gone: was, isNew: false }] : [];
  });
  const known = new Set(seen.stops.map((was) => was.id));
  return [...kept, ...shown.filter(({ id }) => !known.has(id)).map((stop) => row(stop, true))];
}
