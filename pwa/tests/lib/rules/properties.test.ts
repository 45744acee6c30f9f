// @vitest-environment node
/** Tests what holds for any day and any facts, by chance (P3). Failures print a seed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countDay } from '../../../src/lib/rules/round';
import { countSendable, listWithdrawn, waiting_ms } from '../../../src/lib/sync/hold';
import type { StoredOp } from '../../../src/lib/sync/types';
import { documents, makeAct, makeOp, makeStop, viewRound } from '../../courier/day';

const KINDS = [
  'round.opened',
  'items.loaded',
  'stop.arrived',
  'dossier.accepted',
  'result.delivered',
  'visit.failed',
  'act.withdrawn',
  'act.corrected',
  'pin.moved',
  'note.added',
  'round.closed',
  'future.thing',
];
const NOW = 1_000_000_000;
const stops = ['s1', 's2', 's3'].map((id, at) =>
  makeStop({
    id,
    position: at + 1,
    acts: ['a', 'b'].map((act) => makeAct({ id: `${id}-${act}`, item_id: `${id}-${act}-i` })),
  }),
);
const day = documents(stops);

const facts = fc.record({
  kind: fc.constantFrom(...KINDS),
  stop: fc.constantFrom('s1', 's2', 's3', 'gone'),
  act: fc.constantFrom('a', 'b', 'x'),
  /** How many facts back lies the one that is taken back. */
  back: fc.integer({ min: 1, max: 5 }),
  age_ms: fc.integer({ min: -5_000, max: 30_000 }),
  outcome: fc.constantFrom(null, 'applied', 'noop', 'held'),
});
type Made = typeof facts extends fc.Arbitrary<infer T> ? T : never;

function makeOps(made: readonly Made[]): StoredOp[] {
  const ages = made.map((fact) => fact.age_ms).sort((a, b) => b - a);
  return made.map(({ kind, stop, act, back, outcome }, at) => {
    // Only an act at a door is ever taken back.
    const isOfAct = !made[at - back]?.kind.startsWith('act.');
    const op = kind.startsWith('act.') && isOfAct ? `op${at + 1 - back}` : undefined;
    const fields = { reason: 'ABSENT', items: [`${stop}-${act}-i`], text: 'x', lat: 21, lon: 106 };
    return makeOp(at + 1, kind, fields, {
      subject: { round: 'r1', stop, act: `${stop}-${act}`, rev: 1, ...(op ? { op } : {}) },
      recorded_at: NOW - (ages[at] ?? 0),
      decision: outcome && { seq: at + 1, id: `op${at + 1}`, n: 1, outcome, reason: null },
    });
  });
}

const anyOps = fc.array(facts, { maxLength: 30 }).map(makeOps);

test('that the view is made from documents and facts alone, and changes neither', () => {
  fc.assert(
    fc.property(anyOps, fc.nat(30), (ops, ack) => {
      const before = JSON.stringify([day, ops]);
      const view = viewRound(day, ops, ack);
      expect(viewRound(day, ops, ack)).toEqual(view);
      expect(JSON.stringify([day, ops])).toBe(before);
    }),
  );
});

test('that a fact and its withdrawal leave nothing on the screen', () => {
  fc.assert(
    fc.property(anyOps, fc.nat(30), (ops, ack) => {
      const withdrawn = listWithdrawn(ops);
      const takes = (op: StoredOp): boolean =>
        op.kind === 'act.withdrawn' || withdrawn.has(op.subject.op ?? '');
      const standing = ops.filter((op) => !withdrawn.has(op.id) && !takes(op));
      expect(viewRound(day, ops, ack)).toEqual(viewRound(day, standing, ack));
    }),
  );
});

test('that a correction of a fact long sent does not open what failed since', () => {
  const fields = { reason: 'ABSENT' };
  const subject = { round: 'r1', stop: 's1', act: 's1-a', rev: 1 };
  const decision = { seq: 2, id: 'op2', n: 1, outcome: 'applied' as const, reason: null };
  const failed = makeOp(1, 'visit.failed', fields, { subject });
  const taken = makeOp(2, 'act.corrected', fields, {
    subject: { ...subject, op: 'op0' },
    decision,
  });
  expect(viewRound(day, [failed, taken], 0)).toEqual(viewRound(day, [failed], 0));
});

test('that every act is counted at most once, and undecided ones beside the day (S16)', () => {
  fc.assert(
    fc.property(anyOps, fc.nat(30), (ops, ack) => {
      const view = viewRound(day, ops, ack);
      const count = countDay(view);
      const num_acts = stops.flatMap((stop) => stop.acts).length;
      expect(count.num_done + count.num_failed + count.num_undecided).toBeLessThanOrEqual(num_acts);
      expect(count.num_held).toBeLessThanOrEqual(count.num_undecided);
    }),
  );
});

test('that no batch holds back what is free, or tears a fact from its withdrawal', () => {
  fc.assert(
    fc.property(anyOps, fc.integer({ min: 2, max: 12 }), (ops, num_max) => {
      const count = countSendable(ops, num_max, NOW);
      const sent = ops.slice(0, count);
      expect(sent.every((op) => waiting_ms(op, NOW) === 0)).toBe(true);
      const isFree = ops[0] !== undefined && waiting_ms(ops[0], NOW) === 0;
      if (isFree) expect(count).toBeGreaterThan(0);
      const waits = ops.findIndex((op) => waiting_ms(op, NOW) > 0);
      const free = waits === -1 ? ops.length : waits;
      for (const later of ops.slice(count, free)) {
        const taken = later.kind === 'act.withdrawn' ? later.subject.op : undefined;
        expect(sent.some((op) => op.id === taken)).toBe(false);
      }
    }),
  );
});
