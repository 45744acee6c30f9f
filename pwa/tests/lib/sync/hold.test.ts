// @vitest-environment node
/** Tests that an act can be taken back for ten seconds, and that no batch tears the two apart. */
import { describe, expect, test } from 'vitest';
import { makeWithdrawal } from '../../../src/lib/phone/undo';
import { record, TooLate } from '../../../src/lib/sync/acts';
import { exchangeOnce, OPS_MAX } from '../../../src/lib/sync/exchange';
import { countSendable, UNDO_MS, undoable_ms, waiting_ms } from '../../../src/lib/sync/hold';
import { startLoop } from '../../../src/lib/sync/loop';
import type { StoredOp } from '../../../src/lib/sync/types';
import { beginShift, makePhone, Town, type TestPhone } from './phones';

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
  ['a pair at the head goes whole', [done(1), note(2), back(3, 1), note(4)], 2, 3],
  ['two pairs laced', [done(1), done(2), back(3, 1), back(4, 2), note(5)], 2, 4],
  ['the smallest batch parts a pair', [done(1), note(2), back(3, 1), note(4)], 1, 1],
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
    await exchangeOnce(phone.ports, 2);
    expect(town.state.decisions[kept.id]?.[0]).toMatchObject({ outcome: 'noop' });
    expect(town.state.decisions[taken.id]?.[0]).toMatchObject({ outcome: 'applied' });
  });

  /** What a door of many acts with large signatures comes to, all of them taken back at once. */
  async function recordUndone(phone: TestPhone, num: number): Promise<StoredOp[]> {
    const signed = { ...act, fields: { ...act.fields, sign_citizen: 'M1 1'.repeat(4_500) } };
    const kept: StoredOp[] = [];
    for (let at = 0; at < num; at += 1) kept.push(await record(phone.ports, signed));
    for (const one of [...kept].reverse()) await record(phone.ports, makeWithdrawal(one));
    phone.clock.now_ms += UNDO_MS;
    return kept;
  }

  test.each([false, true])(
    'that acts too large to go with their withdrawals go apart (sealed: %s)',
    async (isSealed) => {
      const town = new Town();
      const phone = await makePhone(town, 35);
      if (isSealed) await beginShift(phone, 'shift-1');
      const loop = startLoop(
        phone.ports,
        { set: () => 0, clear: () => undefined },
        () => undefined,
      );
      await loop.syncNow();
      const kept = await recordUndone(phone, 16);
      phone.network.seen.length = 0;
      expect(await loop.syncNow()).toBe(0);
      expect(loop.state().trouble).toBeNull();
      const sizes = phone.network.seen.map((body) => body.length);
      expect(sizes.length).toBeGreaterThan(1);
      expect(Math.max(...sizes)).toBeLessThan(256 * 1024);
      // None counts, although none had its withdrawal in the same request.
      for (const { id } of kept) {
        expect(town.state.decisions[id]).toMatchObject([{ outcome: 'noop', reason: 'withdrawn' }]);
      }
      const made = Object.values(town.state.decisions).map((one) => one.at(-1)?.outcome);
      expect(made.filter((one) => one === 'applied')).toHaveLength(kept.length);
    },
  );

  test('that a way that takes one fact at a time takes a pair, answers lost or not', async () => {
    const town = new Town();
    const phone = await makePhone(town, 36);
    const { exchange } = phone.network;
    const large = { status: 413, body: null, retry_after_s: null };
    phone.ports.network = {
      ...phone.network,
      exchange: async (body) => {
        const { ops } = JSON.parse(body) as { ops: unknown[] };
        return ops.length > 1 ? large : exchange(body);
      },
    };
    const loop = startLoop(phone.ports, { set: () => 0, clear: () => undefined }, () => undefined);
    const [kept] = await recordUndone(phone, 1);
    phone.network.faults.reply_lost = 0.5;
    for (let tries = 0; tries < 20; tries += 1) await loop.syncNow();
    phone.network.faults.reply_lost = 0;
    expect(await loop.syncNow()).toBe(0);
    expect(town.state.decisions[kept?.id ?? '']).toMatchObject([{ reason: 'withdrawn' }]);
    expect(
      Object.values(town.state.decisions)
        .flat()
        .map(({ outcome }) => outcome),
    ).toEqual(['noop', 'applied']);
  });

  test('that a withdrawal recorded after a pair was parted stops that batch too', async () => {
    const phone = await makePhone(new Town(), 37);
    const [first] = await recordUndone(phone, 1);
    const second = await record(phone.ports, act);
    phone.clock.now_ms += UNDO_MS;
    const meta = await phone.db.getMeta();
    expect(await phone.db.markSent(1, meta, [])).toBe(false);
    await record(phone.ports, makeWithdrawal(second));
    expect(await phone.db.markSent(3, meta, [first?.id ?? ''])).toBe(false);
    expect(await phone.db.markSent(1, meta, [first?.id ?? ''])).toBe(true);
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
      markSent: async (...about: Parameters<typeof markSent>) => {
        store.markSent = markSent;
        await record(phone.ports, makeWithdrawal(kept));
        return markSent(...about);
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
