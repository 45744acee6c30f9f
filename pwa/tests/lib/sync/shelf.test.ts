// @vitest-environment node
/** Tests how long a picture stays on the phone: until no backup lacks it, or there is no room. */
import { describe, expect, test } from 'vitest';
import { emptyRows, memoryDisk } from '../../../src/lib/db/memory';
import { openOn } from '../../../src/lib/db/phone';
import { record } from '../../../src/lib/sync/acts';
import { hexOf } from '../../../src/lib/sync/chain';
import type { Disk, Tables } from '../../../src/lib/sync/disk';
import {
  ROOM_BYTES_MIN,
  startLoop,
  WIPE_MS_MAX,
  type Loop,
  type Timer,
} from '../../../src/lib/sync/loop';
import { makePhone, sha256, Town, type TestPhone } from './phones';

const DAY_MS = 86_400_000;
/** What was kept at most before: a day's pictures. */
const MANY = 75;
const NEVER: Timer = { set: () => 0, clear: () => undefined };

async function takePicture(phone: TestPhone, number: number, size = 300): Promise<string> {
  const bytes = Uint8Array.from({ length: size }, (_, at) => (number + at) % 251);
  bytes[0] = number % 256;
  bytes[1] = Math.floor(number / 256);
  const name = hexOf(await sha256(bytes));
  const taken_at = phone.clock.now_ms + number;
  const photo = { sha256: name, bytes, media_type: 'image/jpeg', state: 'draft' as const };
  await phone.db.keepPhoto({ ...photo, taken_at });
  await record(phone.ports, { kind: 'note.added', fields: { photos: [name] } });
  return name;
}

async function takePictures(phone: TestPhone, num: number): Promise<string[]> {
  const names = [];
  for (let at = 0; at < num; at += 1) names.push(await takePicture(phone, at));
  return names;
}

async function begin(seed: number): Promise<{ town: Town; phone: TestPhone; loop: Loop }> {
  const town = new Town();
  town.safe = null;
  const phone = await makePhone(town, seed);
  const loop = startLoop(phone.ports, NEVER, () => undefined);
  await loop.syncNow();
  return { town, phone, loop };
}

const kept = async (phone: TestPhone, names: readonly string[]): Promise<string[]> => {
  const found = await Promise.all(names.map((name) => phone.db.getPhoto(name)));
  return names.filter((_, at) => found[at] !== null);
};

test('that a backup of last week gets back every picture, however many there are', async () => {
  const { town, phone, loop } = await begin(401);
  const first = await takePictures(phone, 5);
  await loop.syncNow();
  const backup = town.backup();
  const names = [...first, ...(await takePictures(phone, MANY)).slice(5)];
  await loop.syncNow();
  phone.clock.now_ms += 7 * DAY_MS;
  town.now_ms += 7 * DAY_MS;
  await loop.syncNow();
  expect(await kept(phone, names)).toEqual(names);
  town.restore(backup);
  let num_pieces = 0;
  const { patchBlob } = phone.network;
  phone.network.patchBlob = (chunk) => {
    num_pieces += 1;
    return patchBlob(chunk);
  };
  expect(await loop.syncNow()).toBe(0);
  expect(town.photos.sort()).toEqual([...names].sort());
  // What the backup has is asked about, and not sent again.
  expect(num_pieces).toBe(MANY - 5);
});

test('that a picture goes with its fact once no backup lacks it', async () => {
  const { town, phone, loop } = await begin(402);
  const [old = ''] = await takePictures(phone, 1);
  await loop.syncNow();
  town.now_ms += 13 * DAY_MS;
  const fresh = await takePicture(phone, 9);
  await loop.syncNow();
  expect(await kept(phone, [old, fresh])).toEqual([old, fresh]);
  town.now_ms += 1 * DAY_MS;
  await loop.syncNow();
  expect(await kept(phone, [old, fresh])).toEqual([fresh]);
  expect((await phone.db.getMeta()).boundary_seq).toBe(1);
});

test('that a picture whose fact is gone waits for the word of a restored server', async () => {
  const { town, phone, loop } = await begin(403);
  const [name = ''] = await takePictures(phone, 1);
  await loop.syncNow();
  town.now_ms += 13 * DAY_MS;
  town.restore(town.backup());
  phone.network.headBlob = () => Promise.reject(new Error('no answer'));
  await loop.syncNow();
  town.now_ms += 1 * DAY_MS;
  await loop.syncNow();
  expect((await phone.db.getMeta()).boundary_seq).toBe(1);
  expect(await kept(phone, [name])).toEqual([name]);
  expect(await phone.db.countWaitingPhotos()).toBe(1);
  phone.network.headBlob = async (sha) => town.headBlob(sha);
  expect(await loop.syncNow()).toBe(0);
  expect(await kept(phone, [name])).toEqual([]);
});

describe('a phone without room', () => {
  test('lets the oldest copies go that the server has, and tells whose', async () => {
    const { town, phone, loop } = await begin(404);
    const names = await takePictures(phone, 4);
    await loop.syncNow();
    const unsent = await takePicture(phone, 50);
    phone.network.patchBlob = () => Promise.reject(new Error('no answer'));
    const free_bytes = ROOM_BYTES_MIN - 500;
    phone.ports.findFree = async () => free_bytes;
    await loop.syncNow();
    expect(await kept(phone, [...names, unsent])).toEqual([...names, unsent]);
    phone.network.patchBlob = async (chunk) => town.patchBlob(chunk);
    await loop.syncNow();
    expect(await kept(phone, [...names, unsent])).toEqual([...names.slice(2), unsent]);
    phone.ports.findFree = async () => null;
    await loop.syncNow();
    expect(town.state.let_go.sort()).toEqual(names.slice(0, 2).sort());
    expect((await phone.db.listGone()).map((one) => one.is_told)).toEqual([true, true]);
    await loop.syncNow();
    expect(town.state.let_go).toHaveLength(2);
  });

  test('tells a restored server once more', async () => {
    const { town, phone, loop } = await begin(405);
    const [name = ''] = await takePictures(phone, 1);
    await loop.syncNow();
    const backup = town.backup();
    expect(await phone.db.freeRoom(1)).toBe(300);
    await loop.syncNow();
    expect(town.state.let_go).toEqual([name]);
    town.restore(backup);
    await loop.syncNow();
    expect(town.state.let_go).toEqual([name]);
  });

  test('keeps what a restored server may lack', async () => {
    const { town, phone, loop } = await begin(406);
    const empty = town.backup();
    const names = await takePictures(phone, 3);
    await loop.syncNow();
    town.restore(empty);
    phone.network.headBlob = () => Promise.reject(new Error('no answer'));
    phone.ports.findFree = async () => 0;
    await loop.syncNow();
    expect(await phone.db.freeRoom(1e9)).toBe(0);
    expect(await kept(phone, names)).toEqual(names);
  });

  test('can let go although nothing can be written', async () => {
    const rows = emptyRows();
    const disk = memoryDisk(rows);
    let is_full = false;
    // As a browser does: room counts once a transaction with a deletion has ended.
    const tight = (tables: Tables): Tables => ({
      ...tables,
      meta: {
        ...tables.meta,
        put: async (key, value) => {
          if (is_full) throw new DOMException('no room', 'QuotaExceededError');
          await tables.meta.put(key, value);
        },
      },
    });
    const full: Disk = {
      ...disk,
      write: (names, work) =>
        disk
          .write(names, (tables) => work(tight(tables)))
          .then((done) => {
            if (rows.blobs.size < 2) is_full = false;
            return done;
          }),
    };
    const db = await openOn(full, { makeId: () => 's', sha256 });
    for (const number of [1, 2]) {
      const photo = { bytes: new Uint8Array(40), media_type: 'image/jpeg', taken_at: number };
      await db.keepPhoto({ ...photo, sha256: `p${number}`, state: 'stored' });
    }
    is_full = true;
    expect(await db.freeRoom(10)).toBe(40);
    expect([...rows.blobs.keys()]).toEqual(['p2']);
    expect((await db.listGone()).map(({ sha256: name }) => name)).toEqual(['p1']);
  });
});

describe('a phone called lost', () => {
  test('sends its pictures before it believes the word to wipe', async () => {
    const { town, phone, loop } = await begin(407);
    const told = await takePicture(phone, 1);
    const isTold = phone.network.patchBlob;
    phone.network.patchBlob = () => Promise.reject(new Error('no answer'));
    await loop.syncNow();
    const untold = await takePicture(phone, 2);
    town.revoked.add('d1');
    expect(await loop.syncNow()).toBeGreaterThan(0);
    expect([phone.wiped, town.photos]).toEqual([0, []]);
    phone.network.patchBlob = isTold;
    await loop.syncNow();
    expect(town.photos.sort()).toEqual([told, untold].sort());
    expect(phone.wiped).toBe(1);
  });

  test('sends what a restored server lacks again', async () => {
    const { town, phone, loop } = await begin(408);
    const empty = town.backup();
    const names = await takePictures(phone, 3);
    await loop.syncNow();
    town.restore(empty);
    town.revoked.add('d1');
    await loop.syncNow();
    expect(town.photos.sort()).toEqual([...names].sort());
    expect(phone.wiped).toBe(1);
  });

  test('killed before the wipe, sends once more what a restored server lacks', async () => {
    const { town, phone, loop } = await begin(410);
    const empty = town.backup();
    const names = await takePictures(phone, 3);
    town.revoked.add('d1');
    const { wipe } = phone.ports;
    phone.ports.wipe = () => Promise.reject(new Error('killed'));
    await loop.syncNow();
    expect(town.photos.sort()).toEqual([...names].sort());
    town.restore(empty);
    phone.ports.wipe = wipe;
    await startLoop(phone.ports, NEVER, () => undefined).syncNow();
    expect(town.photos.sort()).toEqual([...names].sort());
    expect(phone.wiped).toBe(1);
  });

  test.each(['while the pictures go', 'as the last of them has gone', 'in the next life'])(
    'is not wiped on the word of an office put back %s (simulator, seeds 4836 and 5061)',
    async (moment) => {
      const { town, phone, loop } = await begin(411);
      const empty = town.backup();
      const names = await takePictures(phone, 3);
      town.revoked.add('d1');
      let num_pieces = 0;
      const { patchBlob } = phone.network;
      phone.network.patchBlob = async (chunk) => {
        num_pieces += 1;
        if (num_pieces === 2 && moment !== 'as the last of them has gone') town.restore(empty);
        if (num_pieces === 2 && moment === 'in the next life') throw new Error('killed');
        const answer = await patchBlob(chunk);
        if (num_pieces === 3 && moment === 'as the last of them has gone') town.restore(empty);
        return answer;
      };
      await loop.syncNow();
      expect(phone.wiped).toBe(0);
      await startLoop(phone.ports, NEVER, () => undefined).syncNow();
      expect(town.state.aside).toHaveLength(3);
      expect(town.photos.sort()).toEqual([...names].sort());
      expect(phone.wiped).toBe(1);
    },
  );

  test('is wiped where its storage was cleared while the pictures went', async () => {
    const { town, phone, loop } = await begin(412);
    await takePictures(phone, 2);
    town.revoked.add('d1');
    phone.ports.store.markPhoto = () => Promise.reject(new Error('the store is gone'));
    await loop.syncNow();
    expect(phone.wiped).toBe(1);
  });

  test.each([
    ['nobody takes a picture', 0],
    ['they cannot go for long enough', WIPE_MS_MAX],
  ])('is wiped all the same when %s', async (_, wait_ms) => {
    const { town, phone, loop } = await begin(409);
    await takePicture(phone, 1);
    town.revoked.add('d1');
    const refusal = { status: 403, body: { code: 'device_revoked' }, retry_after_s: null };
    phone.network.headBlob = async () => {
      if (wait_ms === 0) return refusal;
      throw new Error('no answer');
    };
    await loop.syncNow();
    expect(phone.wiped).toBe(wait_ms === 0 ? 1 : 0);
    phone.clock.now_ms += wait_ms;
    if (wait_ms > 0) await loop.syncNow();
    expect(phone.wiped).toBe(1);
    expect(town.photos).toEqual([]);
  });
});
