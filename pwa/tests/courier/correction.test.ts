/** Tests that a report is corrected by a fact of its own, and what it opens at once. */
import { expect, test } from 'vitest';
import {
  listCorrections,
  makeCorrection,
  takesEffect,
  type Wrong,
} from '../../src/courier/visit/correction';
import { makeReceipt } from '../../src/courier/visit/receipt';
import { countDay } from '../../src/lib/rules/round';
import { listWithdrawn } from '../../src/lib/sync/hold';
import type { StoredOp } from '../../src/lib/sync/types';
import { documents, makeAct, makeOp, makeStop, viewRound } from './day';

const failed = makeOp(1, 'visit.failed', { reason: 'ABSENT', stop: 's1', act: 'a1' });
const delivered = makeOp(1, 'result.delivered', { stop: 's1', act: 'a1' });

function correct(
  of: StoredOp,
  state: 'failed' | 'done',
  {
    wrong = 'not_so' as Wrong,
    kind = 'result.deliver' as const,
    isAtOnce = state === 'failed',
  } = {},
): StoredOp {
  const stop = { id: 's1', rev: 1 };
  const fact = makeCorrection(stop, { id: 'a1', kind, state }, of, wrong, ' Nhầm nhà ', isAtOnce);
  return makeOp(2, fact.kind, fact.fields, { subject: fact.subject ?? {} });
}

const decide = (op: StoredOp, outcome: 'applied' | 'held', reason: string | null = null) => ({
  ...op,
  decision: { seq: op.seq, id: op.id, n: 1, outcome, reason },
});

test('that a visit in vain is open again at once, with no network', () => {
  const view = viewRound(documents([makeStop()]), [failed, correct(failed, 'failed')], 0);
  expect(view.stops[0]).toMatchObject({
    state: 'open',
    ended_at: null,
    acts: [{ state: 'open', reason: null, fact: null }],
  });
  expect(countDay(view)).toMatchObject({ num_failed: 0, num_undecided: 0, num_stops_left: 1 });
});

test('that it is open again also where the office already shows it as failed', () => {
  const stop = makeStop({
    rev: 2,
    state: 'failed',
    acts: [makeAct({ state: 'failed', reason: 'ABSENT' })],
  });
  const back = {
    ...correct(failed, 'failed'),
    subject: { stop: 's1', act: 'a1', rev: 2, op: 'op1' },
  };
  const view = viewRound(documents([stop]), [decide(failed, 'applied'), back], 1);
  expect(view.stops[0]).toMatchObject({ state: 'arrived', acts: [{ state: 'open' }] });
});

test('that what comes after it ends the act as it truly did', () => {
  const after = { ...delivered, seq: 3, id: 'op3' };
  const view = viewRound(documents([makeStop()]), [failed, correct(failed, 'failed'), after], 0);
  expect(view.stops[0]).toMatchObject({ state: 'done', acts: [{ state: 'done' }] });
});

test.each([
  [null, 'done'],
  ['held', 'done'],
  ['applied', 'open'],
] as const)('that papers stand until the office agrees (%s)', (outcome, state) => {
  const asked = correct(delivered, 'done');
  const op = outcome === null ? asked : decide(asked, outcome, 'correction_asked');
  const view = viewRound(documents([makeStop()]), [delivered, op], 0);
  expect(view.stops[0]?.acts[0]?.state).toBe(state);
});

test.each([
  ['held', 'failed'],
  [null, 'open'],
] as const)('that a refusal of the office brings the failed visit back (%s)', (outcome, state) => {
  const back = correct(failed, 'failed');
  const op = outcome === null ? back : decide(back, outcome, 'errand_on_round');
  const view = viewRound(documents([makeStop()]), [failed, op], 0);
  expect(view.stops[0]?.acts[0]?.state).toBe(state);
});

test.each([
  [correct(delivered, 'done', { wrong: 'details' }), 0],
  [correct(delivered, 'done', { kind: 'payout.pay' as never }), 0],
  [correct(failed, 'failed', { isAtOnce: false }), 0], // the round is closed: the office looks
  [correct(failed, 'failed', { kind: 'payout.pay' as never }), 1],
])('that details and money which changed hands are never taken back here: %#', (op, num) => {
  const of = num === 1 || op.subject.op === undefined ? failed : delivered;
  expect(listWithdrawn([of, op]).size).toBe(num);
});

test.each([
  ['failed', 'open', true],
  ['failed', 'closed', false],
  ['done', 'open', false],
] as const)('that only a visit in vain on a round that is out opens at once: %s %s', (a, r, is) => {
  expect(takesEffect({ state: a }, { state: r })).toBe(is);
});

test('that the receipt keeps what was said beside the act', () => {
  const ops = [delivered, correct(delivered, 'done', { wrong: 'details' })];
  const view = viewRound(documents([makeStop()]), ops, 0);
  const [line] = makeReceipt(view.stops[0]!, ops, 0).lines;
  expect(line?.op?.id).toBe('op1');
  expect(line?.corrections).toMatchObject([{ wrong: 'details', reason: 'Nhầm nhà' }]);
  expect(listCorrections(ops, 'a2')).toEqual([]);
});

test('that the withdrawal of a forgotten fact opens nothing (seed 791872712)', () => {
  const subject = { stop: 's1', act: 'a1', rev: 1, op: 'gone' };
  const back = makeOp(2, 'act.withdrawn', {}, { subject });
  const view = viewRound(documents([makeStop()]), [failed, back], 0);
  expect(view.stops[0]).toMatchObject({ state: 'failed', acts: [{ state: 'failed' }] });
});
