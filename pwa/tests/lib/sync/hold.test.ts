// @vitest-environment node
/** Tests that an act can be taken back for ten seconds, and that no batch tears the two apart. */
import { describe, expect, test } from 'vitest';
import { makeWithdrawal } from '../../../src/lib/phone/undo';
import { record, TooLate } from '../../../src/lib/sync/acts';
import { exchangeOnce, OPS_MAX } from '../../../src/lib/sync/exchange';
import { countSendable, UNDO_MS, undoable_ms, waiting_ms } from '../../../src/lib/sync/hold';
import { startLoop } from '../../../src/lib/sync/loop';
import type { StoredOp } from '../../../src/lib/sync/types';
import { makePhone, Town } from './phones';

const NOW = 1_000_000;
const op = (seq: number, kind: string, age_ms: number, takes?: number): StoredOp => ({
  seq,
  id: `op${seq}`,
  kind,
  raw: '{}',
  hash: '',
  side: null,
  recorded_at: NOW - age_ms,
  subject: takes === undefined ? {} : { op: `op${takes}` },
  photos: [],
  decision: null,
});
const note = (seq: number, age_ms = 60_000): StoredOp => op(seq, 'note.added', age_ms);
const done = (seq: number, age_ms = 60_000): StoredOp => op(seq, 'result.delivered', age_ms);
const back = (seq: number, takes: number): StoredOp => op(seq, 'act.withdrawn', 50_000, takes);

test.each([
  ['result.delivered', 0, UNDO_MS],
  ['dossier.accepted', 9_999, 1],
  ['visit.failed', 10_000, 0], // its ten seconds are over
  ['note.added', 0, 0], // nothing ends by a note
  ['payout.paid', 0, 0], // acts of money have no undo
  ['charge.collected', 0, 0],
  ['order.taken', 0, 0],
  ['order.paid', 0, 0],
  ['cash.accepted', 0, 0],
  ['cash.passed', 0, 0],
  ['cash.counted', 0, 0],
  ['lease.released', 0, 0],
  ['result.delivered', -3_600_000, 0], // the clock went back: nothing may wait for an hour
])('that a fact of %s waits as long as it can be taken back (%d ms old)', (kind, age_ms, left) => {
  expect(waiting_ms(op(1, kind, age_ms), NOW)).toBe(left);
});

test.each<[string, StoredOp[], number, number]>([
  ['nothing waits', [note(1), done(2), note(3)], 200, 3],
  ['what stands behind a waiting act waits too', [note(1), done(2, 5_000), note(3, 0)], 200, 1],
  ['a pair goes together', [note(1), done(2), back(3, 2)], 200, 3],
  ['a pair that does not fit goes with the next batch', [note(1), done(2), back(3, 2)], 2, 1],
  ['a pair at the head goes whole', [done(1), note(2), back(3, 1), note(4)], 1, 3],
  ['two pairs laced', [done(1), done(2), back(3, 1), back(4, 2), note(5)], 1, 4],
  ['a pair behind a pair', [done(1), back(2, 1), done(3), note(4), back(5, 3)], 4, 2],
  ['nothing at all', [], 200, 0],
])('that a batch is cut where it may be: %s', (_name, ops, num_max, num) => {
  expect(countSendable(ops, num_max, NOW)).toBe(num);
});

test('that what was sent or taken back cannot be taken back (again)', () => {
  const fresh = done(4, 2_000);
  expect(undoable_ms(fresh, [fresh], 3, NOW)).toBe(8_000);
  expect(undoable_ms(fresh, [fresh], 4, NOW)).toBe(0);
  expect(undoable_ms(fresh, [fresh, back(5, 4)], 3, NOW)).toBe(0);
});

test('that money leaves at once and is not taken back, whatever stands before it was ended', () => {
  const paid = op(2, 'payout.paid', 0);
  expect(countSendable([note(1), paid], 200, NOW)).toBe(2);
  expect(undoable_ms(paid, [note(1), paid], 0, NOW)).toBe(0);
});

describe('on a phone', () => {
  const act = { kind: 'result.delivered', fields: { stop: 's', act: 'a' }, subject: { stop: 's' } };

  test('that the act and its withdrawal reach the server in one batch', async () => {
    const town = new Town();
    const phone = await makePhone(town, 31);
    await exchangeOnce(phone.ports, OPS_MAX);
    const kept = await record(phone.ports, act);
    await exchangeOnce(phone.ports, OPS_MAX);
    expect((await phone.db.getMeta()).ack).toBe(0);
    const taken = await record(phone.ports, makeWithdrawal(kept));
    phone.clock.now_ms += UNDO_MS;
    await exchangeOnce(phone.ports, 1);
    expect(town.state.decisions[kept.id]?.[0]).toMatchObject({ outcome: 'noop' });
    expect(town.state.decisions[taken.id]?.[0]).toMatchObject({ outcome: 'applied' });
  });

  test('that it is too late once the act is on its way, answered or not', async () => {
    const phone = await makePhone(new Town(), 32);
    const kept = await record(phone.ports, act);
    phone.clock.now_ms += UNDO_MS;
    phone.network.faults.lost = 1;
    await exchangeOnce(phone.ports, OPS_MAX);
    await expect(record(phone.ports, makeWithdrawal(kept))).rejects.toThrow(TooLate);
    expect((await phone.db.getMeta()).head).toBe(1);
  });

  test('that a withdrawal recorded while the batch is put together stops the batch', async () => {
    const phone = await makePhone(new Town(), 33);
    const kept = await record(phone.ports, act);
    phone.clock.now_ms += UNDO_MS;
    const { markSent } = phone.db;
    const store = {
      ...phone.db,
      markSent: async (seq: number, expected: { stream: string; ack: number }) => {
        store.markSent = markSent;
        await record(phone.ports, makeWithdrawal(kept));
        return markSent(seq, expected);
      },
    };
    const outcome = await exchangeOnce({ ...phone.ports, store }, OPS_MAX);
    expect(outcome).toEqual({ kind: 'done', again: true });
    expect(phone.network.seen).toEqual([]);
  });

  test('that "sync now" says what waits, and the loop comes back for it', async () => {
    const phone = await makePhone(new Town(), 34);
    const waits: number[] = [];
    const timer = { set: (_: () => void, ms: number) => waits.push(ms), clear: () => undefined };
    const loop = startLoop(phone.ports, timer, () => undefined);
    await record(phone.ports, { kind: 'note.added', fields: {} });
    await record(phone.ports, act);
    await record(phone.ports, { kind: 'note.added', fields: {} });
    expect(await loop.syncNow()).toBe(2);
    expect(loop.state()).toMatchObject({ num_unsent: 2, num_waiting: 2, trouble: null });
    expect(waits.at(-1)).toBeLessThanOrEqual(UNDO_MS);
    phone.clock.now_ms += UNDO_MS;
    expect(await loop.syncNow()).toBe(0);
    expect(loop.state().num_waiting).toBe(0);
  });
});
