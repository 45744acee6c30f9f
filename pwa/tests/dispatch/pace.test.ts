import { expect, test } from 'vitest';
import { delayOf, figuresOf, narrowRoutes, viewRoutes } from '../../src/dispatch/state/pace';
import { at, makeBoard, makeDone, makeRoute, makeStop, ms } from './day';

const NOW = ms('09:00');

test('that a courier is as late as their last visit ended', () => {
  const route = makeRoute('An', [makeDone('a', '08:00', '08:20', '08:25'), makeStop('b', '09:30')]);
  expect(delayOf(route, NOW)).toBe(20 * 60);
});

test('that an overdue next stop delays the rest, and an early courier is not called late', () => {
  const overdue = makeRoute('An', [
    makeDone('a', '08:00', '08:00', '08:05'),
    makeStop('b', '08:15'),
  ]);
  expect(delayOf(overdue, NOW)).toBe(45 * 60);
  const early = makeRoute('An', [makeDone('a', '08:30', '08:00', '08:05'), makeStop('b', '10:00')]);
  expect(delayOf(early, NOW)).toBe(0);
});

test('that a visit whose end is held does not hold up the courier who went on', () => {
  const held = makeStop('a', '08:00', { state: 'arrived', arrived_at: at('08:00') });
  const route = makeRoute('An', [
    held,
    makeDone('b', '08:30', '08:30', '08:35'),
    makeStop('c', '10:00'),
  ]);
  const [view] = viewRoutes(makeBoard([route]), NOW);
  expect(view?.delay_s).toBe(0);
  expect(view?.stops[0]?.end_ms).toBe(ms('08:05'));
});

test.each([
  // No window: an hour after the plan is what citizens were told.
  ['09:30', null, 'open'],
  ['08:01', null, 'open'], // if reached now, it is just within the hour
  ['07:59', null, 'late'],
  ['08:50', '09:30', 'open'],
  ['08:50', '09:00', 'risk'], // expected at 09:10 at this pace
  ['08:50', '08:59', 'late'],
])('that a stop planned %s with a window to %s looks %s', (planned, late, look) => {
  const route = makeRoute('An', [
    makeDone('a', '08:00', '08:20', '08:25'),
    makeStop('b', planned, { tw_late_at: late === null ? null : at(late) }),
  ]);
  const [view] = viewRoutes(makeBoard([route]), NOW);
  expect(view?.stops[1]?.look).toBe(look);
});

test('that the figures of the day are the sums of what the stops show', () => {
  const phone = {
    num_unsent: 2,
    last_seen_at: at('08:00'),
    last_occurred_at: null,
    app_version: '',
  };
  const routes = viewRoutes(
    makeBoard([
      makeRoute('Bình', [makeDone('a', '08:00', '08:00', '08:05'), makeStop('x', '09:30')]),
      makeRoute(
        'An',
        [
          makeDone('b', '07:00', '08:30', '08:35'),
          makeStop('c', '08:40', {
            state: 'failed',
            arrived_at: at('08:40'),
            ended_at: at('08:45'),
          }),
          makeStop('d', '09:00', { state: 'removed' }),
        ],
        { phone },
      ),
    ]),
    NOW,
  );
  expect(routes.map(({ route }) => route.courier.display_name)).toEqual(['An', 'Bình']);
  expect(routes[0]?.isSilent).toBe(true);
  expect(figuresOf(routes)).toEqual({
    num_stops: 4,
    num_done: 2,
    num_left: 1,
    num_late: 0,
    num_failed: 1,
    num_unsent: 2,
    on_time_percent: 67,
  });
});

test('that filters find without marks, by courier, and by what a figure counts', () => {
  const stop = makeStop('a', '09:30', { name: 'Đặng Thị Ưởng' });
  const routes = viewRoutes(
    makeBoard([
      makeRoute('Nguyễn An', [stop, makeStop('b', '09:40')]),
      makeRoute('Bình', [makeDone('c', '08:00', '08:00', '08:05')]),
    ]),
    NOW,
  );
  const ids = (filter: Parameters<typeof narrowRoutes>[1]): string[] =>
    narrowRoutes(routes, filter).flatMap(({ stops }) => stops.map((one) => one.stop.id));
  expect(ids({ group: null, courier: '', q: 'dang uong' })).toEqual(['a']);
  expect(ids({ group: null, courier: '', q: 'nguyen an' })).toEqual(['a', 'b']);
  expect(ids({ group: 'done', courier: '', q: '' })).toEqual(['c']);
  expect(ids({ group: null, courier: 'courier-Bình', q: '' })).toEqual(['c']);
  expect(ids({ group: 'unsent', courier: '', q: '' })).toEqual([]);
});
