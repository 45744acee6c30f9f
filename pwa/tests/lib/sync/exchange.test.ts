// @vitest-environment node
/** Tests that what a courier saw saved reaches the server once, whatever the network does. */
import { describe, expect, test } from 'vitest';
import { OpTooLarge, record } from '../../../src/lib/sync/acts';
import { firstHash, nextHash } from '../../../src/lib/sync/chain';
import { exchangeOnce, OPS_MAX } from '../../../src/lib/sync/exchange';
import { readSnapshot } from '../../../src/lib/sync/feed';
import { UNDO_MS } from '../../../src/lib/sync/hold';
import { makePhone, sha256, Town, type TestPhone } from './phones';

const fact = (text: string, kind = 'note.added') => ({ kind, fields: { stop: 's1', text } });

async function drain(phone: TestPhone): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) {
    const outcome = await exchangeOnce(phone.ports, OPS_MAX);
    if (outcome.kind === 'done' && !outcome.again) return;
  }
  throw new Error('the exchange does not come to rest');
}

const unsent = async (phone: TestPhone): Promise<number> => {
  const meta = await phone.db.getMeta();
  return meta.head - meta.ack;
};

describe('record', () => {
  test('that a fact is chained over the exact text it is sent as (S7, S9)', async () => {
    const phone = await makePhone(new Town(), 1);
    const one = await record(phone.ports, fact('Gửi bác “Sáu” \u2028 ở ngõ 12'));
    const two = await record(phone.ports, fact('hai'));
    const meta = await phone.db.getMeta();
    const h0 = await firstHash(sha256, meta.stream);
    const h1 = await nextHash(sha256, h0, one.raw);
    expect([one.seq, two.seq, meta.head]).toEqual([1, 2, 2]);
    expect([one.hash, two.hash]).toEqual([h1, await nextHash(sha256, h1, two.raw)]);
    expect(meta.head_hash).toBe(two.hash);
    await exchangeOnce(phone.ports, OPS_MAX);
    expect(phone.network.seen[0]).toContain(one.raw);
  });

  test('that tabs recording at once share one unbroken stream (S12)', async () => {
    const phone = await makePhone(new Town(), 2);
    await Promise.all(Array.from({ length: 12 }, (_, at) => record(phone.ports, fact(`${at}`))));
    const ops = await phone.db.listAllOps();
    expect(ops.map((op) => op.seq)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    let hash = await firstHash(sha256, (await phone.db.getMeta()).stream);
    for (const op of ops) {
      hash = await nextHash(sha256, hash, op.raw);
      expect(op.hash).toBe(hash);
    }
  });

  test('that a failed write keeps nothing and says so', async () => {
    const phone = await makePhone(new Town(), 3);
    const broken = { ...phone.db, append: () => Promise.reject(new Error('disk full')) };
    const ports = { ...phone.ports, store: broken };
    await expect(record(ports, fact('x'))).rejects.toThrow('disk full');
    expect((await phone.db.getMeta()).head).toBe(0);
    await expect(record(phone.ports, fact('x'.repeat(40_000)))).rejects.toThrow(OpTooLarge);
  });

  test.each([
    ['half an emoji', 'cửa \ud83d xanh', 'cửa \ufffd xanh'],
    ['its other half', '\ude00 nhà', '\ufffd nhà'],
    ['a whole one', 'cười 😀', 'cười 😀'],
    ['NUL', 'một\0hai', 'một\ufffdhai'],
  ])(
    'that %s is text for every database, and the hash is over what is sent',
    async (_, text, kept) => {
      const phone = await makePhone(new Town(), 6);
      const op = await record(phone.ports, { ...fact(text), side: { name: text } });
      expect((JSON.parse(op.raw) as { text: string }).text).toBe(kept);
      expect(JSON.parse(op.side ?? '')).toEqual({ name: kept });
      expect(op.raw).not.toMatch(/\\u(d[89a-f]|0000)/i);
      const h0 = await firstHash(sha256, (await phone.db.getMeta()).stream);
      expect(op.hash).toBe(await nextHash(sha256, h0, op.raw));
    },
  );

  test('that the personal part travels beside the fact, which has its hash (A16)', async () => {
    const phone = await makePhone(new Town(), 4);
    const op = await record(phone.ports, { ...fact('x'), side: { name: 'Nguyễn Thị Sáu' } });
    expect(op.raw).not.toContain('Sáu');
    await exchangeOnce(phone.ports, OPS_MAX);
    const body = JSON.parse(phone.network.seen[0] ?? '') as { side: Record<string, unknown> };
    expect(body.side).toEqual({ 1: { name: 'Nguyễn Thị Sáu' } });
  });
});

describe('exchange', () => {
  test('that the first exchange takes the whole view, then follows the feed', async () => {
    const town = new Town();
    town.change('round', 'r1', { id: 'r1' });
    const phone = await makePhone(town, 5);
    await drain(phone);
    expect((await phone.db.listView()).map((row) => row.ref)).toEqual(['r1']);
    town.change('stop', 's1', { id: 's1' });
    town.change('round', 'r1', null);
    await drain(phone);
    expect((await phone.db.listView()).map((row) => row.ref)).toEqual(['s1']);
    expect((await phone.db.getMeta()).cursor).toBe(3);
  });

  test('that a lost reply and a doubled request count once', async () => {
    const town = new Town();
    const phone = await makePhone(town, 6);
    await drain(phone);
    const op = await record(phone.ports, fact('một'));
    phone.network.faults.reply_lost = 1;
    expect((await exchangeOnce(phone.ports, OPS_MAX)).kind).toBe('retry');
    expect(await unsent(phone)).toBe(1);
    phone.network.faults.reply_lost = 0;
    phone.network.faults.doubled = 1;
    await drain(phone);
    expect(await unsent(phone)).toBe(0);
    expect(town.state.effects).toEqual({ [op.id]: 1 });
  });

  test('that the phone follows the acknowledgement down after a restore (S5)', async () => {
    const town = new Town();
    const phone = await makePhone(town, 7);
    await drain(phone);
    await record(phone.ports, fact('một'));
    await drain(phone);
    const backup = town.backup();
    const later = await record(phone.ports, fact('hai'));
    await drain(phone);
    expect(await unsent(phone)).toBe(0);
    town.restore(backup);
    expect(town.state.effects[later.id]).toBeUndefined();
    await drain(phone); // an empty heartbeat is enough to notice
    expect(town.state.effects[later.id]).toBe(1);
    expect((await phone.db.getMeta()).epoch).toBe(2);
  });

  test('that an answer of before a restore is not applied after it', async () => {
    const town = new Town();
    const phone = await makePhone(town, 71);
    await drain(phone);
    const backup = town.backup();
    town.change('stop', 's1', {});
    let release = (): void => undefined;
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((go) => (asked = go));
    const { exchange } = phone.network;
    phone.ports.network.exchange = async (body) => {
      const answer = await exchange(body);
      asked();
      await new Promise<void>((go) => (release = go));
      return answer;
    };
    const late = exchangeOnce(phone.ports, OPS_MAX);
    await isAsked;
    phone.ports.network.exchange = exchange;
    town.restore(backup);
    await drain(phone);
    town.change('stop', 's2', {});
    release();
    await late;
    await drain(phone);
    // The same number of the feed, but not the same news.
    expect((await phone.db.listView()).map((row) => row.ref)).toEqual(['s2']);
  });

  test('that acknowledged is not purgeable: ops go only up to safe (S6)', async () => {
    const town = new Town();
    const phone = await makePhone(town, 8);
    for (const text of ['1', '2', '3']) await record(phone.ports, fact(text));
    await drain(phone);
    expect(await phone.db.listAllOps()).toHaveLength(3);
    town.safe = 2;
    await drain(phone);
    expect((await phone.db.listAllOps()).map((op) => op.seq)).toEqual([3]);
    await record(phone.ports, fact('4'));
    await drain(phone); // the hash at the boundary still joins the chain
    expect(await unsent(phone)).toBe(0);
  });

  test('that a gap in the feed drops the reply whole (S10)', async () => {
    const town = new Town();
    const phone = await makePhone(town, 9);
    await drain(phone);
    await record(phone.ports, fact('một'));
    town.change('stop', 's1', {});
    town.change('stop', 's2', {});
    const answer = structuredClone(town.exchange(JSON.stringify({ stream: 'x', first: 1 })));
    const meta = await phone.db.getMeta();
    const reply = answer.body as Record<string, unknown>;
    const gap = { n: 2, kind: 'stop', ref: 's2', rev: 2, doc: {} };
    Object.assign(reply, {
      fork: false,
      ack: 0,
      ack_hash: meta.boundary_hash,
      reset: false,
      feed: [gap],
    });
    phone.network.faults.answers.push({ ...answer, body: reply });
    const outcome = await exchangeOnce(phone.ports, OPS_MAX);
    expect(outcome).toMatchObject({ kind: 'retry', cause: 'feed_gap' });
    expect(await phone.db.getMeta()).toEqual({ ...meta, sent: 1 });
    await drain(phone);
    expect(await phone.db.listView()).toHaveLength(2);
  });

  test('that a forked stream goes on under a new one with the same op ids', async () => {
    const town = new Town();
    const phone = await makePhone(town, 10);
    await record(phone.ports, fact('một'));
    await drain(phone);
    const stream = (await phone.db.getMeta()).stream;
    // A copy of this phone recorded something else as number 2.
    const other = { id: 'other', raw: '{}', hash: '00'.repeat(32), received_at: 0 };
    town.state.streams[stream]?.rows.push(other);
    const two = await record(phone.ports, fact('hai'));
    await drain(phone);
    const meta = await phone.db.getMeta();
    expect(meta.stream).not.toBe(stream);
    expect(await unsent(phone)).toBe(0);
    expect(town.state.effects[two.id]).toBe(1);
    expect((await phone.db.listAllOps()).map((op) => op.decision?.outcome)).toEqual([
      'applied',
      'applied',
    ]);
  });

  test.each([
    [{ status: 401, body: null, retry_after_s: null }, { kind: 'sign_in' }],
    [{ status: 403, body: { code: 'device_revoked' }, retry_after_s: null }, { kind: 'revoked' }],
    [{ status: 413, body: null, retry_after_s: null }, { kind: 'smaller' }],
    [{ status: 426, body: null, retry_after_s: null }, { kind: 'update' }],
    [
      { status: 503, body: null, retry_after_s: 7 },
      { kind: 'retry', after_s: 7 },
    ],
    [
      { status: 200, body: '<html>', retry_after_s: null },
      { kind: 'retry', cause: 'unreadable' },
    ],
  ])('that the answer %o keeps every op', async (answer, outcome) => {
    const phone = await makePhone(new Town(), 11);
    await record(phone.ports, fact('một'));
    phone.network.faults.answers.push(answer);
    expect(await exchangeOnce(phone.ports, OPS_MAX)).toMatchObject(outcome);
    expect(await phone.db.listAllOps()).toHaveLength(1);
    expect(await unsent(phone)).toBe(1);
  });

  test('that a 401 is tried again with the session the device brings', async () => {
    const phone = await makePhone(new Town(), 12);
    phone.network.resume = async () => true;
    phone.network.faults.answers.push({ status: 401, body: null, retry_after_s: null });
    expect((await exchangeOnce(phone.ports, OPS_MAX)).kind).toBe('done');
  });

  test('that a body stays under its limit and a single large op still goes', async () => {
    const phone = await makePhone(new Town(), 13);
    await drain(phone);
    for (let at = 0; at < 12; at += 1) await record(phone.ports, fact('ế'.repeat(10_000)));
    await drain(phone);
    expect(Math.max(...phone.network.seen.map((body) => Buffer.byteLength(body)))).toBeLessThan(
      256 * 1024,
    );
    expect(await unsent(phone)).toBe(0);
  });

  test('that what a person decided while the view was lost is asked for again (S11)', async () => {
    const town = new Town();
    town.heldKinds.add('visit.failed');
    const phone = await makePhone(town, 4516);
    await record(phone.ports, fact('một', 'visit.failed'));
    await record(phone.ports, fact('hai'));
    phone.clock.now_ms += UNDO_MS;
    await drain(phone);
    const [op] = await phone.db.listAllOps();
    town.settle(op?.id ?? '', 'applied', 'me');
    // The row that tells so is skipped by a snapshot, and the next answer tells no decisions.
    const snapshot = readSnapshot(town.snapshot(phone.network.who).body);
    await phone.db.replaceView(snapshot!, await phone.db.getMeta());
    expect((await phone.db.listAllOps())[0]?.decision?.outcome).toBe('held');
    phone.network.who.has_session = false;
    await exchangeOnce(phone.ports, OPS_MAX);
    phone.network.who.has_session = true;
    await drain(phone);
    const decisions = (await phone.db.listAllOps()).map(({ decision }) => decision);
    expect(decisions).toMatchObject([
      { n: 2, outcome: 'applied' },
      { n: 1, outcome: 'applied' },
    ]);
    expect((await phone.db.getMeta()).decided).toBe(2);
  });

  test('that a held fact lets those behind it through (S2)', async () => {
    const town = new Town();
    town.heldKinds.add('visit.failed');
    const phone = await makePhone(town, 14);
    await record(phone.ports, fact('một', 'visit.failed'));
    await record(phone.ports, fact('hai'));
    phone.clock.now_ms += UNDO_MS;
    await drain(phone);
    const outcomes = (await phone.db.listAllOps()).map((op) => op.decision?.outcome);
    expect(outcomes).toEqual(['held', 'applied']);
    const [op] = await phone.db.listAllOps();
    const decision = { seq: 1, id: op?.id, n: 2, outcome: 'applied', reason: null };
    town.change('decision', op?.id ?? '', decision);
    await drain(phone); // a person's decision comes by the feed
    expect((await phone.db.listAllOps())[0]?.decision).toMatchObject({ n: 2, outcome: 'applied' });
  });
});
