/** Tests that a screen shows the office's truth with the phone's own facts laid over, honestly. */
import { expect, test } from 'vitest';
import { listOnHand } from '../../../src/lib/rules/bringing';
import { countDay, listToLoad, stopState } from '../../../src/lib/rules/round';
import { documents, makeAct, makeOp, makeStop, viewRound } from '../../courier/day';

const delivered = makeOp(1, 'result.delivered', { stop: 's1', act: 'a1' });
const decided = (outcome: 'applied' | 'noop' | 'held') => ({
  ...delivered,
  decision: { seq: 1, id: 'op1', n: 1, outcome, reason: null },
});

test.each([
  [delivered, 0, 'saved', 0, 1, 0],
  [delivered, 1, 'sent', 0, 1, 0],
  [decided('held'), 1, 'held', 0, 1, 1],
  [decided('applied'), 1, 'applied', 1, 0, 0],
] as const)(
  'that a fact counts only when decided (S16): %#',
  (op, ack, state, num_done, num_undecided, num_held) => {
    const view = viewRound(documents([makeStop()]), [op], ack);
    expect(view.stops[0]?.acts[0]?.fact?.state).toBe(state);
    expect(view.stops[0]?.state).toBe('done');
    expect(countDay(view)).toMatchObject({ num_done, num_undecided, num_held, num_stops_left: 0 });
  },
);

test.each([
  [null, 'open'],
  ['applied', 'open'],
  ['held', 'done'], // it came too late: the act stands
] as const)('that an act taken back is open again (withdrawal %s)', (outcome, state) => {
  const decision = outcome && { seq: 2, id: 'op2', n: 1, outcome, reason: null };
  const subject = { stop: 's1', act: 'a1', op: 'op1' };
  const back = makeOp(2, 'act.withdrawn', { op: 'op1' }, { subject, decision });
  const view = viewRound(documents([makeStop()]), [delivered, back], 0);
  expect(view.stops[0]?.acts[0]?.state).toBe(state);
  expect(view.stops[0]?.state).toBe(state);
  expect(countDay(view).num_undecided).toBe(outcome === 'held' ? 1 : 0);
});

test('that a newer document of the office wins over a decided fact', () => {
  const reopened = makeStop({ rev: 2, acts: [makeAct({ state: 'open' })] });
  const view = viewRound(documents([reopened]), [decided('applied')], 1);
  expect(view.stops[0]?.acts[0]?.state).toBe('open');
});

test('that a stop taken away is gone, whatever was recorded there', () => {
  expect(viewRound(documents([]), [delivered], 0).stops).toEqual([]);
});

test('that loading moves items into the bag, and what failed must come back', () => {
  const stop = makeStop({ acts: [makeAct({ holder_kind: 'office' })] });
  const loaded = makeOp(1, 'items.loaded', { items: ['i1'] }, { subject: { round: 'r1', rev: 1 } });
  const failed = makeOp(2, 'visit.failed', { reason: 'ABSENT' });
  expect(listToLoad(viewRound(documents([stop]), [], 0))).toHaveLength(1);
  const view = viewRound(documents([stop]), [loaded, failed], 0);
  expect(listToLoad(view)).toHaveLength(0);
  expect(view.stops[0]).toMatchObject({ state: 'failed', acts: [{ reason: 'ABSENT' }] });
  expect(listOnHand([view], 'r1')).toHaveLength(1);
});

test.each([
  [['open'], false, 'open'],
  [['open', 'done'], true, 'arrived'],
  [['done', 'removed'], true, 'done'],
  [['done', 'failed'], true, 'partly'],
  [['failed'], true, 'failed'],
  [['removed'], false, 'removed'],
] as const)('that acts %j make the stop %s → %s', (states, isArrived, expected) => {
  expect(
    stopState(
      states.map((state) => makeAct({ state })),
      isArrived,
    ),
  ).toBe(expected);
});

test.each([
  [[{ paper: 'a', is_taken: true }], null],
  [
    [
      { paper: 'a', is_taken: true },
      { paper: 'b', is_taken: false },
    ],
    'partly',
  ],
  [undefined, null],
] as const)(
  'that a result handed over without a paper taken back is done in part: %#',
  (reclaimed, reason) => {
    const op = makeOp(1, 'result.delivered', { stop: 's1', act: 'a1', reclaimed });
    const view = viewRound(documents([makeStop()]), [op], 0);
    expect(view.stops[0]?.acts[0]).toMatchObject({ state: 'done', reason });
  },
);
