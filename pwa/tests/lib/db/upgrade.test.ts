// @vitest-environment node
/** Tests that an earlier version's database opens with every fact, and a broken one never. */
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { openPhone } from '../../../src/lib/db/phone';
import { makeStream, record } from '../../../src/lib/sync/acts';
import { nextHash } from '../../../src/lib/sync/chain';
import { exchangeOnce, OPS_MAX } from '../../../src/lib/sync/exchange';
import { BrokenStore } from '../../../src/lib/sync/store';
import { beginShift, makePhone, sha256, Town } from '../sync/phones';

const makeId = (): string => crypto.randomUUID();

/** As version 1 of the app wrote it: no seals, no counters of what was sent or decided. */
async function writeVersion1(name: string, num_ops: number): Promise<void> {
  const db = await openDB(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('meta');
      fresh.createObjectStore('ops', { keyPath: 'seq' }).createIndex('id', 'id');
      fresh.createObjectStore('view', { keyPath: ['kind', 'ref'] });
      fresh.createObjectStore('blobs', { keyPath: 'sha256' }).createIndex('state', 'state');
    },
  });
  const { stream, boundary_hash } = await makeStream({ makeId, sha256 });
  let hash = boundary_hash;
  for (let seq = 1; seq <= num_ops; seq += 1) {
    const id = makeId();
    const raw = JSON.stringify({ id, kind: 'note.added', v: 1, text: `số ${seq}` });
    hash = await nextHash(sha256, hash, raw);
    await db.put('ops', {
      seq,
      id,
      kind: 'note.added',
      raw,
      hash,
      side: null,
      recorded_at: 1,
      subject: {},
      photos: [],
      decision: null,
    });
  }
  const old = {
    stream,
    epoch: 0,
    cursor: 0,
    head: num_ops,
    head_hash: hash,
    ack: 0,
    safe: 0,
    boundary_seq: 0,
    boundary_hash,
    offset_ms: null,
    last_success_at: null,
  };
  await db.put('meta', old, 'stream');
  const bytes = Uint8Array.from([7]);
  const photo = { sha256: 'p', bytes, media_type: 'image/jpeg', state: 'waiting', taken_at: 1 };
  await db.put('blobs', photo);
  db.close();
}

test('that a queue of version 1 survives upgrade, seal and exchange (S11)', async () => {
  await writeVersion1('upgraded', 40);
  const town = new Town();
  const phone = await makePhone(town, 61, 'upgraded');
  const before = await phone.db.listAllOps();
  expect(before).toHaveLength(40);
  expect(await phone.db.listWaitingPhotos()).toEqual(['p']);
  expect((await phone.db.getPhoto('p'))?.seal).toBeNull();
  await record(phone.ports, { kind: 'note.added', fields: { text: 'mới' } });
  await beginShift(phone, 'k1');
  expect((await phone.db.listAllOps()).slice(0, 40).map((op) => op.raw)).toEqual(
    before.map((op) => op.raw),
  );
  for (let turn = 0; turn < 5; turn += 1) await exchangeOnce(phone.ports, OPS_MAX);
  expect(Object.keys(town.state.effects)).toHaveLength(41);
  expect(await phone.db.getMeta()).toMatchObject({ head: 41, ack: 41, decided: 41 });
});

test('that a phone whose counters are gone is never begun afresh (S18)', async () => {
  await writeVersion1('broken', 3);
  const db = await openDB('broken', 1);
  await db.delete('meta', 'stream');
  db.close();
  await expect(openPhone('broken', { makeId, sha256 })).rejects.toThrow(BrokenStore);
  const after = await openDB('broken');
  expect(await after.count('ops')).toBe(3);
  after.close();
});

test('that a database of a newer app is not touched', async () => {
  const newer = await openDB('newer', 9, { upgrade: (db) => void db.createObjectStore('x') });
  newer.close();
  await expect(openPhone('newer', { makeId, sha256 })).rejects.toThrow();
});

test('that a full disk keeps nothing of the fact and says so', async () => {
  const phone = await makePhone(new Town(), 62);
  const { append } = phone.db;
  const full = new DOMException('no room', 'QuotaExceededError');
  const store = { ...phone.db, append: () => Promise.reject(full) };
  const fact = { kind: 'note.added', fields: {} };
  await expect(record({ ...phone.ports, store }, fact)).rejects.toThrow('no room');
  expect((await phone.db.getMeta()).head).toBe(0);
  store.append = append as never;
  expect((await record({ ...phone.ports, store }, fact)).seq).toBe(1);
});
