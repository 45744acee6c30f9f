/** How a day goes: each stop's look, each courier's delay, the figures of the day. Pure. */
import { fold } from '../../lib/text';
import type { Board, BoardRoute, BoardStop } from '../wire';

/** What a stop looks like at a glance. */
export type Look = 'open' | 'risk' | 'late' | 'arrived' | 'done' | 'partly' | 'failed';
export const LOOKS: readonly Look[] = [
  'open',
  'risk',
  'late',
  'arrived',
  'done',
  'partly',
  'failed',
];

/** A group of looks that a figure of the day filters by. */
export type Group = 'left' | 'late' | 'done' | 'failed' | 'unsent';
const GROUP_LOOKS: Readonly<Record<Exclude<Group, 'unsent'>, readonly Look[]>> = {
  left: ['open', 'risk', 'late', 'arrived'],
  late: ['risk', 'late'],
  done: ['done'],
  failed: ['failed', 'partly'],
};
export const GROUPS: readonly Group[] = ['left', 'late', 'done', 'failed', 'unsent'];

export interface StopView {
  stop: BoardStop;
  look: Look;
  /** When the visit began or is to be expected at the courier's pace, in ms. */
  expected_ms: number;
  /** When it ended or will, in ms. */
  end_ms: number;
  isOnTime: boolean;
}

export interface RouteView {
  route: BoardRoute;
  /** Place among the day's routes; gives the colour. */
  index: number;
  delay_s: number;
  stops: StopView[];
  num_done: number;
  num_failed: number;
  num_late: number;
  num_left: number;
  num_unsent: number;
  /** On the road, yet nothing was heard of the phone for long. */
  isSilent: boolean;
}

export interface Figures {
  num_stops: number;
  num_done: number;
  num_left: number;
  num_late: number;
  num_failed: number;
  num_unsent: number;
  /** Of the visits made, in whole percent; null before the first. */
  on_time_percent: number | null;
}

/** A stop without a window counts as late an hour after its plan: what citizens were told. */
const GRACE_MS = 3_600_000;
const SILENCE_MS = 15 * 60_000;

const ms = (instant: string): number => Date.parse(instant);
const isEnded = (stop: BoardStop): boolean => ['done', 'partly', 'failed'].includes(stop.state);
const limitOf = (stop: BoardStop): number =>
  stop.tw_late_at === null ? ms(stop.planned_at) + GRACE_MS : ms(stop.tw_late_at);

/** How far a courier is behind, in seconds; never negative, for windows keep the early waiting. */
export function delayOf(route: BoardRoute, now_ms: number): number {
  if (route.state === 'closed') return 0;
  let delay_ms = 0;
  const last = lastEnded(route);
  if (last?.ended_at) {
    delay_ms = ms(last.ended_at) - ms(last.planned_at) - last.service_duration_s * 1000;
  }
  const next = route.stops.find(
    (stop) => stop.state === 'open' || (stop.state === 'arrived' && !isLeft(stop, last)),
  );
  if (next !== undefined) {
    // Longer at a door than planned delays the rest as much as coming late does.
    const begun_ms =
      next.arrived_at === null
        ? now_ms
        : Math.max(ms(next.arrived_at), now_ms - next.service_duration_s * 1000);
    delay_ms = Math.max(delay_ms, begun_ms - ms(next.planned_at));
  }
  return Math.max(0, Math.round(delay_ms / 1000));
}

/** A visit whose end is held or unsent: the courier has finished another one since. */
const isLeft = (stop: BoardStop, last: BoardStop | null): boolean =>
  last?.ended_at != null && stop.arrived_at !== null && ms(last.ended_at) > ms(stop.arrived_at);

function lastEnded(route: BoardRoute): BoardStop | null {
  return route.stops
    .filter((stop) => isEnded(stop) && stop.ended_at !== null)
    .reduce<BoardStop | null>(
      (latest, stop) =>
        latest === null || ms(stop.ended_at ?? '') > ms(latest.ended_at ?? '') ? stop : latest,
      null,
    );
}

export function viewStop(
  stop: BoardStop,
  delay_s: number,
  now_ms: number,
  last: BoardStop | null = null,
): StopView {
  const limit_ms = limitOf(stop);
  const service_ms = stop.service_duration_s * 1000;
  if (isEnded(stop)) {
    const end_ms = ms(stop.ended_at ?? stop.planned_at);
    const begun_ms = stop.arrived_at === null ? end_ms - service_ms : ms(stop.arrived_at);
    const look = stop.state as 'done' | 'partly' | 'failed';
    return { stop, look, expected_ms: begun_ms, end_ms, isOnTime: begun_ms <= limit_ms };
  }
  if (stop.state === 'arrived') {
    const begun_ms = ms(stop.arrived_at ?? stop.planned_at);
    const least_ms = begun_ms + service_ms;
    const end_ms = isLeft(stop, last) ? least_ms : Math.max(least_ms, now_ms);
    return { stop, look: 'arrived', expected_ms: begun_ms, end_ms, isOnTime: begun_ms <= limit_ms };
  }
  const expected_ms = ms(stop.planned_at) + delay_s * 1000;
  const look: Look = now_ms > limit_ms ? 'late' : expected_ms > limit_ms ? 'risk' : 'open';
  return { stop, look, expected_ms, end_ms: expected_ms + service_ms, isOnTime: look === 'open' };
}

export function viewRoute(route: BoardRoute, index: number, now_ms: number): RouteView {
  const delay_s = delayOf(route, now_ms);
  const last = lastEnded(route);
  const stops = route.stops
    .filter((stop) => stop.state !== 'removed')
    .map((stop) => viewStop(stop, delay_s, now_ms, last));
  const count = (group: Exclude<Group, 'unsent'>): number =>
    stops.filter(({ look }) => GROUP_LOOKS[group].includes(look)).length;
  const seen_ms = route.phone === null ? null : ms(route.phone.last_seen_at);
  return {
    route,
    index,
    delay_s,
    stops,
    num_done: count('done'),
    num_failed: count('failed'),
    num_late: count('late'),
    num_left: count('left'),
    num_unsent: route.phone?.num_unsent ?? 0,
    isSilent: route.state === 'open' && (seen_ms === null || now_ms - seen_ms > SILENCE_MS),
  };
}

/** Return the day's routes in the order of couriers' names, each with its place and pace. */
export function viewRoutes(board: Board, now_ms: number): RouteView[] {
  const order = new Intl.Collator('vi');
  return [...board.routes]
    .sort((a, b) => order.compare(a.courier.display_name, b.courier.display_name))
    .map((route, index) => viewRoute(route, index, now_ms));
}

export function figuresOf(routes: readonly RouteView[]): Figures {
  const sum = (pick: (route: RouteView) => number): number =>
    routes.reduce((total, route) => total + pick(route), 0);
  const ended = routes.flatMap(({ stops }) => stops.filter(({ stop }) => isEnded(stop)));
  const num_on_time = ended.filter(({ isOnTime }) => isOnTime).length;
  return {
    num_stops: sum(({ stops }) => stops.length),
    num_done: sum(({ num_done }) => num_done),
    num_left: sum(({ num_left }) => num_left),
    num_late: sum(({ num_late }) => num_late),
    num_failed: sum(({ num_failed }) => num_failed),
    num_unsent: sum(({ num_unsent }) => num_unsent),
    on_time_percent: ended.length === 0 ? null : Math.round((100 * num_on_time) / ended.length),
  };
}

export interface Filter {
  group: Group | null;
  courier: string;
  q: string;
}

function matches({ stop }: StopView, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const codes = stop.acts.map((act) => act.item_code ?? '').join(' ');
  const key = fold(`${stop.name} ${stop.address} ${stop.commune ?? ''} ${codes}`);
  return words.every((word) => key.includes(word));
}

/** Return the routes and stops that a filter leaves; a route without any is left out. */
export function narrowRoutes(routes: readonly RouteView[], filter: Filter): RouteView[] {
  const { group, courier, q } = filter;
  const words = fold(q)
    .split(' ')
    .filter((word) => word !== '');
  return routes
    .filter(({ route }) => courier === '' || route.courier.id === courier)
    .filter((view) => group !== 'unsent' || view.num_unsent > 0 || view.isSilent)
    .map((view) => {
      const looks = group === null || group === 'unsent' ? LOOKS : GROUP_LOOKS[group];
      const name = fold(view.route.courier.display_name);
      const isNamed = words.length > 0 && words.every((word) => name.includes(word));
      const stops = view.stops.filter(
        (stop) => looks.includes(stop.look) && (isNamed || matches(stop, words)),
      );
      return { ...view, stops };
    })
    .filter(({ stops }) => stops.length > 0 || (group === null && words.length === 0));
}
