// @vitest-environment node
/** Tests that the key of a shift ends with its day, and that nothing still of use goes with it. */
import { expect, test } from 'vitest';
import { openOn } from '../../../src/lib/db/phone';
import { emptyRows } from '../../../src/lib/db/memory';
import { makeLock } from '../../../src/lib/phone/lock';
import { wrapBySecret, type Secret } from '../../../src/lib/phone/second_wrap';
import { chance, makeVault } from '../../../src/lib/phone/vault';
import { base64Of } from '../../../src/lib/sync/base64';
import { record } from '../../../src/lib/sync/acts';
import { hexOf } from '../../../src/lib/sync/chain';
import { makePhone, sha256, Town } from '../sync/phones';
import { diskWithin } from './room';

const PIN = '246810';
const MONDAY = '2027-01-04';
const TUESDAY = '2027-01-05';
const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;

async function makeServerKey(): Promise<string> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['deriveBits']);
  return base64Of(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
}

/** A phone in its courier's hand; `start` opens the app anew. */
async function makeHandset() {
  const rows = emptyRows();
  const world = { today: MONDAY, server_key: (await makeServerKey()) as string | null };
  const room = { isFull: false };
  const { ports: shared } = await makePhone(new Town(), 61);
  const start = async () => {
    const vault = makeVault();
    const db = await openOn(diskWithin(room, rows), shared, vault);
    const lock = await makeLock(
      db.shift,
      vault,
      async () => world.server_key,
      () => world.today,
      () => undefined,
    );
    return { db, lock, ports: { ...shared, store: db } };
  };
  return { rows, world, room, start };
}

type App = Awaited<ReturnType<Awaited<ReturnType<typeof makeHandset>>['start']>>;

const note = (text: string) => ({ kind: 'note.added', fields: { stop: 's1', text } });
const textsOf = async ({ db }: App): Promise<string[]> =>
  (await db.listAllOps()).map((op) => (JSON.parse(op.raw) as { text: string }).text);

/** The office's answer to everything so far, with one stop of the day. */
async function answer({ db }: App, ack: number, outcomes: ('applied' | 'held')[]): Promise<void> {
  const meta = await db.getMeta();
  const ops = await db.listAllOps();
  const decisions = outcomes.map((outcome, at) => {
    const { seq, id } = ops[at] ?? { seq: 0, id: '' };
    return { seq, id, n: 1, outcome, reason: null };
  });
  const row = { n: 1, kind: 'stop', ref: 's1', rev: 1, doc: { name: 'Nguyễn Thị Sáu' } };
  const feed = meta.cursor === 0 ? [row] : [];
  const change = { ack, safe: 0, decisions, feed, offset_ms: 0, at: 1 };
  expect(await db.applyChange(change, meta)).toBe(true);
}

async function keepPicture({ db }: App, bytes: number[]): Promise<string> {
  const whole = Uint8Array.from(bytes);
  const name = hexOf(await sha256(whole));
  const photo = { sha256: name, bytes: whole, media_type: 'image/jpeg', taken_at: 0 };
  await db.keepPhoto({ ...photo, state: 'draft' });
  return name;
}

test('that on the same day the PIN opens the same shift', async () => {
  const { world, rows, start } = await makeHandset();
  await (await start()).lock.begin(PIN);
  const key = JSON.stringify(rows.meta.get('shift'));
  const app = await start();
  expect(app.lock.state()).toMatchObject({ phase: 'locked', is_day_over: false });
  expect(await app.lock.unlock(PIN)).toBe(true);
  expect(JSON.stringify(rows.meta.get('shift'))).toBe(key);
  world.today = TUESDAY; // midnight passes while it is open
  expect(app.lock.state()).toMatchObject({ phase: 'open', is_day_over: true });
});

test('that on another day the PIN begins a new shift, with all that is unsent', async () => {
  const { world, start } = await makeHandset();
  const monday = await start();
  await monday.lock.begin(PIN);
  const texts = ['xong', 'chờ xử lý', 'chưa quyết'];
  for (const text of texts) await record(monday.ports, note(text));
  await answer(monday, 2, ['applied', 'held']);
  await monday.db.saveDraft('stop/s1', { step: 'seal' });
  const picture = await keepPicture(monday, [1, 2, 3]);
  const hashes = (await monday.db.listKept()).ops.map((op) => op.hash);
  const old = (await monday.db.getMeta()).seal;

  world.today = TUESDAY;
  const tuesday = await start();
  expect(tuesday.lock.state()).toMatchObject({ phase: 'locked', is_day_over: true });
  expect(await tuesday.lock.unlock(PIN)).toBe(true);
  expect(tuesday.lock.state()).toMatchObject({ phase: 'open', is_day_over: false });
  const meta = await tuesday.db.getMeta();
  expect(meta).toMatchObject({ head: 3, ack: 2, is_view_lost: true });
  expect(meta.seal).not.toBe(old);
  // What the office has applied is past; what it has not, or is held, must not be done again.
  expect(await textsOf(tuesday)).toEqual(['chờ xử lý', 'chưa quyết']);
  expect((await tuesday.db.listView())[0]?.doc).toEqual({ name: 'Nguyễn Thị Sáu' });
  expect(await tuesday.db.getDraft('stop/s1')).toEqual({ step: 'seal' });
  expect((await tuesday.db.findPhoto(picture))?.bytes).toEqual(Uint8Array.from([1, 2, 3]));
  const kept = (await tuesday.db.listKept()).ops;
  expect(kept.map((op) => op.hash)).toEqual(hashes);
  expect(kept.map((op) => op.sealed?.op.eph === old)).toEqual([true, false, false]);
  await record(tuesday.ports, note('ngày mới'));
  expect((await tuesday.db.getMeta()).head).toBe(4);
});

test('that the key of the day before opens nothing any more', async () => {
  const { world, rows, start } = await makeHandset();
  const monday = await start();
  await monday.lock.begin(PIN);
  await record(monday.ports, note('hôm qua'));
  await answer(monday, 1, ['applied']);
  const old = JSON.stringify(rows.meta.get('shift'));
  world.today = TUESDAY;
  await (await start()).lock.unlock(PIN);
  expect(JSON.stringify([...rows.meta])).not.toContain(old);
  expect(await textsOf(await start())).toEqual([]);
});

test('that a wrong PIN begins no shift, and counts', async () => {
  const { world, start } = await makeHandset();
  await (await start()).lock.begin(PIN);
  world.today = TUESDAY;
  const app = await start();
  const old = (await app.db.getMeta()).seal;
  expect(await app.lock.unlock('000000')).toBe(false);
  expect(app.lock.state()).toMatchObject({ tries_left: 9, is_day_over: true });
  expect((await app.db.getMeta()).seal).toBe(old);
});

test('that the finger of the day before begins no shift, and one is asked for anew', async () => {
  const { world, start } = await makeHandset();
  const secret: Secret = { credential_id: chance(16), salt: chance(32), output: chance(32) };
  const wrap = (key: Parameters<typeof wrapBySecret>[0]) => wrapBySecret(key, secret);
  await (await start()).lock.begin(PIN, wrap);
  world.today = TUESDAY;
  const app = await start();
  const asked: string[] = [];
  const isOpen = await app.lock.unlockBy(async (_, eph) => (asked.push(eph), null));
  expect([isOpen, asked]).toEqual([false, []]);
  expect(await app.lock.unlock(PIN, wrap)).toBe(true);
  expect(app.lock.state()).toMatchObject({ has_authenticator: true, is_day_over: false });
});

test.each(['no room', 'no key of the office'])(
  'that with %s the day begins under the old key, and the next try replaces it',
  async (what) => {
    const { world, room, start } = await makeHandset();
    await (await start()).lock.begin(PIN);
    const server_key = world.server_key;
    world.today = TUESDAY;
    if (what === 'no room') room.isFull = true;
    else world.server_key = null;
    const app = await start();
    expect(await app.lock.unlock(PIN)).toBe(true);
    expect(app.lock.state()).toMatchObject({ phase: 'open', is_day_over: true });
    Object.assign(world, { server_key });
    room.isFull = false;
    app.lock.lock();
    expect(await app.lock.unlock(PIN)).toBe(true);
    expect(app.lock.state()).toMatchObject({ phase: 'open', is_day_over: false });
  },
  30_000,
);

test('that a shift another tab has begun meanwhile is not replaced', async () => {
  const { world, start } = await makeHandset();
  await (await start()).lock.begin(PIN);
  world.today = TUESDAY;
  const [one, two] = [await start(), await start()];
  const slow = one.lock.unlock(PIN, async () => {
    await two.lock.unlock(PIN);
    await record(two.ports, note('thẻ kia'));
    return null;
  });
  expect(await slow).toBe(false);
  expect(one.lock.state().phase).toBe('locked');
  expect(await one.lock.unlock(PIN)).toBe(true);
  expect(await textsOf(one)).toEqual(['thẻ kia']);
}, 30_000);

test('that a shift begun by an earlier version is of another day', async () => {
  const { rows, start } = await makeHandset();
  await (await start()).lock.begin(PIN);
  const { day: _, ...old } = rows.meta.get('shift') as { day: string };
  rows.meta.set('shift', old);
  expect((await start()).lock.state().is_day_over).toBe(true);
});
