// @vitest-environment node
/** Tests that the loop tries when it should, waits when it must, and says how much is left. */
import { expect, test } from 'vitest';
import { record } from '../../../src/lib/sync/acts';
import {
  backoff_ms,
  BACKOFF_MAX_MS,
  EVERY_WITHOUT_QUEUE_MS,
  startLoop,
  WATCHDOG_MS,
  type LoopState,
} from '../../../src/lib/sync/loop';
import { hexOf } from '../../../src/lib/sync/chain';
import { makePhone, sha256, Town } from './phones';

const note = { kind: 'note.added', fields: { stop: 's', text: 'x' } };

function makeTimer() {
  const waits: number[] = [];
  return { waits, set: (_work: () => void, ms: number) => waits.push(ms), clear: () => undefined };
}

test.each([
  [1, 0, 0],
  [1, 0.999, 999],
  [4, 0.5, 4_000], // eight seconds at most, half of it by chance
  [30, 1, BACKOFF_MAX_MS], // never above five minutes
])('that after %d failures the wait is jittered (%d → %d ms)', (failures, random, ms) => {
  expect(backoff_ms(failures, random)).toBe(ms);
});

test('that "sync now" ends with the number still on the phone (S15)', async () => {
  const phone = await makePhone(new Town(), 21);
  await record(phone.ports, note);
  await record(phone.ports, note);
  phone.network.faults.lost = 1;
  const states: LoopState[] = [];
  const loop = startLoop(phone.ports, makeTimer(), (state) => states.push(state));
  expect(await loop.syncNow()).toBe(2);
  expect(loop.state().trouble).toBe('no_answer');
  phone.network.faults.lost = 0;
  expect(await loop.syncNow()).toBe(0);
  expect(loop.state()).toMatchObject({ trouble: null, num_unsent: 0, is_running: false });
});

test('that a batch refused as too large is halved until it goes', async () => {
  const phone = await makePhone(new Town(), 22);
  const loop = startLoop(phone.ports, makeTimer(), () => undefined);
  await loop.syncNow();
  for (let at = 0; at < 8; at += 1) await record(phone.ports, note);
  const large = { status: 413, body: null, retry_after_s: null };
  phone.network.faults.answers.push(...Array.from({ length: 7 }, () => large));
  phone.network.seen.length = 0;
  expect(await loop.syncNow()).toBe(0);
  const sizes = phone.network.seen.map((body) => (JSON.parse(body) as { ops: [] }).ops.length);
  expect(sizes.slice(0, 8)).toEqual([8, 8, 8, 8, 8, 6, 3, 1]);
});

test('that the server is not asked before its Retry-After', async () => {
  const phone = await makePhone(new Town(), 23);
  phone.network.faults.answers.push({ status: 503, body: null, retry_after_s: 42 });
  const timer = makeTimer();
  const loop = startLoop(phone.ports, timer, () => undefined);
  await loop.syncNow();
  expect(timer.waits.at(-1)).toBe(42_000);
  await loop.syncNow();
  expect(timer.waits.at(-1)).toBe(EVERY_WITHOUT_QUEUE_MS);
});

test('that a queue without success for 15 minutes is reported stuck (S14)', async () => {
  const phone = await makePhone(new Town(), 24);
  phone.network.faults.lost = 1;
  const loop = startLoop(phone.ports, makeTimer(), () => undefined);
  await record(phone.ports, note);
  await loop.syncNow();
  expect(loop.state().is_stuck).toBe(false);
  phone.clock.now_ms += WATCHDOG_MS;
  await loop.syncNow();
  expect(loop.state().is_stuck).toBe(true);
  phone.network.faults.lost = 0;
  await loop.syncNow();
  expect(loop.state().is_stuck).toBe(false);
});

test('that pictures go after the facts that name them, and only those', async () => {
  const town = new Town();
  const phone = await makePhone(town, 25);
  const picture = async (bytes: number[]) => {
    const whole = Uint8Array.from(bytes);
    const sha = hexOf(await sha256(whole));
    const photo = { sha256: sha, bytes: whole, media_type: 'image/jpeg', taken_at: 0 };
    await phone.db.keepPhoto({ ...photo, state: 'draft' });
    return sha;
  };
  const named = await picture([1, 2, 3]);
  await picture([4]);
  const loop = startLoop(phone.ports, makeTimer(), () => undefined);
  await record(phone.ports, { kind: 'note.added', fields: { photos: [named] } });
  expect(await loop.syncNow()).toBe(0);
  expect(town.photos).toEqual([named]);
  expect((await phone.db.getPhoto(named))?.state).toBe('stored');
  const copy = town.backup();
  copy.blobs = {};
  town.restore(copy);
  await loop.syncNow();
  await loop.syncNow(); // after a restore the pictures are offered again
  expect(town.photos).toEqual([named]);
});

test('that a wake during a try brings one more try, not one after another for ever', async () => {
  const phone = await makePhone(new Town(), 26);
  const works: (() => void)[] = [];
  const timer = { set: (work: () => void) => works.push(work), clear: () => undefined };
  const loop = startLoop(phone.ports, timer, () => undefined);
  await loop.syncNow();
  phone.network.seen.length = 0;
  loop.wake();
  loop.wake(); // while the first runs
  for (let turn = 0; turn < 30; turn += 1) await new Promise((done) => setTimeout(done, 1));
  expect(phone.network.seen).toHaveLength(2);
});

test('that a try without an end is given up, begun anew, and told (S14)', async () => {
  const phone = await makePhone(new Town(), 27);
  const works: { work: () => void; ms: number }[] = [];
  const timer = {
    set: (work: () => void, ms: number) => works.push({ work, ms }),
    clear: () => undefined,
  };
  const exchange = phone.network.exchange.bind(phone.network);
  phone.network.exchange = () => new Promise(() => undefined);
  const loop = startLoop(phone.ports, timer, () => undefined);
  await record(phone.ports, note);
  loop.wake();
  await new Promise((done) => setTimeout(done, 20));
  phone.network.seen.length = 0;
  phone.network.exchange = exchange;
  works.findLast(({ ms }) => ms === WATCHDOG_MS)?.work();
  expect(await loop.syncNow()).toBe(0);
  const [first] = phone.network.seen;
  expect((JSON.parse(first ?? '{}') as { restarts?: number }).restarts).toBe(1);
});

/** Long enough for a try to begin and end, if one begins. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setTimeout(done, 1));
}

async function makeRefused(status: number, retry_after_s: number | null) {
  const phone = await makePhone(new Town(), 28);
  const works: (() => void)[] = [];
  const timer = { set: (work: () => void) => works.push(work), clear: () => undefined };
  const loop = startLoop(phone.ports, timer, () => undefined);
  await loop.syncNow();
  const refused = { status, body: null, retry_after_s };
  phone.network.faults.answers.push(...Array.from({ length: 9 }, () => refused));
  await loop.syncNow();
  phone.network.seen.length = 0;
  return { phone, loop, works, num: () => phone.network.seen.length };
}

test('that a Retry-After is obeyed by every sign but the courier’s own press (R4)', async () => {
  const { phone, loop, works, num } = await makeRefused(503, 42);
  loop.wake();
  await record(phone.ports, note);
  loop.recorded();
  await settle();
  expect(num()).toBe(0);
  await loop.syncNow();
  expect(num()).toBe(1);
  works.at(-1)?.(); // its time has come
  await settle();
  expect(num()).toBe(2);
});

test('that a server in trouble is asked once more for each new fact only', async () => {
  const { phone, loop, num } = await makeRefused(500, null);
  for (let at = 0; at < 5; at += 1) loop.wake();
  await settle();
  expect(num()).toBe(0);
  await record(phone.ports, note);
  loop.recorded();
  for (let at = 0; at < 5; at += 1) {
    loop.wake(); // fingers and focus while it tries, and afterwards
    await settle();
  }
  expect(num()).toBe(1);
});

test('that a sign of a network ends the wait for one', async () => {
  const { phone, loop, num } = await makeRefused(500, null);
  phone.network.faults.answers.length = 0;
  phone.network.faults.lost = 1;
  await loop.syncNow();
  phone.network.faults.lost = 0;
  phone.network.seen.length = 0;
  loop.wake();
  await settle();
  expect(num()).toBeGreaterThan(0);
  expect(loop.state().trouble).toBeNull();
});
