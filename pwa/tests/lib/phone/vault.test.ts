// @vitest-environment node
/** Tests that a shift's key opens by its PIN alone, and is what the server derives (S19). */
import { expect, test } from 'vitest';
import { openOn } from '../../../src/lib/db/phone';
import { emptyRows, memoryDisk } from '../../../src/lib/db/memory';
import { makeLock } from '../../../src/lib/phone/lock';
import { BadPin, NoServerKey } from '../../../src/lib/phone/shift';
import { expand, makeShiftKey } from '../../../src/lib/phone/shift_key';
import { makeVault } from '../../../src/lib/phone/vault';
import { base64Of, bytesOfBase64 } from '../../../src/lib/sync/base64';
import { utf8 } from '../../../src/lib/sync/chain';
import { makeUuid7 } from '../../../src/lib/phone/ids';
import { sha256 } from '../sync/phones';
import { diskWithin } from './room';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const makeId = (): string => makeUuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

async function makeServerKey(): Promise<{ pair: CryptoKeyPair; text: string }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['deriveBits']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { pair, text: base64Of(raw) };
}

async function openLock() {
  const rows = emptyRows();
  const server = await makeServerKey();
  const start = async () => {
    const vault = makeVault();
    const db = await openOn(memoryDisk(rows), { makeId, sha256 }, vault);
    const lock = await makeLock(
      db.shift,
      vault,
      async () => server.text,
      () => '2027-01-05',
      () => undefined,
    );
    return { db, vault, lock };
  };
  return { rows, start };
}

test('that the server derives the same key from its half, and opens what was sealed', async () => {
  const server = await makeServerKey();
  const key = await makeShiftKey(server.text);
  const point = bytesOfBase64(key.eph);
  const theirs = await crypto.subtle.importKey('raw', point, CURVE, false, []);
  const how = { name: 'ECDH', public: theirs };
  const shared = await crypto.subtle.deriveBits(how, server.pair.privateKey, 256);
  const derived = await expand(new Uint8Array(shared), point);
  expect(point).toHaveLength(65);
  expect(base64Of(derived)).toBe(base64Of(key.raw));
  const vault = makeVault();
  await vault.take(key);
  const sealed = await vault.seal('op:1', utf8('xin chào'));
  const aes = await crypto.subtle.importKey('raw', derived, 'AES-GCM', false, ['decrypt']);
  const iv = sealed.iv as Uint8Array<ArrayBuffer>;
  const open = { name: 'AES-GCM', iv, additionalData: utf8('op:1') as Uint8Array<ArrayBuffer> };
  const clear = await crypto.subtle.decrypt(open, aes, sealed.ct as Uint8Array<ArrayBuffer>);
  expect(new TextDecoder().decode(clear)).toBe('xin chào');
  await expect(vault.open('op:2', sealed)).rejects.toThrow(); // bound to its op
});

test('that the right PIN opens after a restart, a wrong one does not', async () => {
  const { start } = await openLock();
  const one = await start();
  expect(one.lock.state().phase).toBe('no_shift');
  await expect(one.lock.begin('12345')).rejects.toThrow(BadPin);
  await one.db.saveDraft('x', 'nháp');
  await one.lock.begin('246810');
  expect(one.lock.state()).toEqual({
    phase: 'open',
    tries_left: 10,
    must_sign_in: false,
    has_authenticator: false,
    is_day_over: false,
  });
  const two = await start();
  expect(two.lock.state().phase).toBe('locked');
  expect(await two.db.getDraft('x')).toBeNull();
  expect(await two.lock.unlock('000000')).toBe(false);
  expect(two.lock.state().tries_left).toBe(9);
  expect(await two.lock.unlock('246810')).toBe(true);
  expect(await two.db.getDraft('x')).toBe('nháp');
  expect(two.lock.state()).toEqual({
    phase: 'open',
    tries_left: 10,
    must_sign_in: false,
    has_authenticator: false,
    is_day_over: false,
  });
  two.lock.lock();
  expect(two.lock.state().phase).toBe('locked');
});

test('that five wrong PINs want a sign-in, and ten destroy the key', async () => {
  const { start, rows } = await openLock();
  const { lock } = await start();
  await lock.begin('246810');
  lock.lock();
  for (let at = 0; at < 5; at += 1) expect(await lock.unlock('111111')).toBe(false);
  expect(lock.state()).toEqual({
    phase: 'locked',
    tries_left: 5,
    must_sign_in: true,
    has_authenticator: false,
    is_day_over: false,
  });
  expect(await lock.unlock('246810')).toBe(false); // not even the right one
  expect(lock.state().tries_left).toBe(5); // and it was not counted
  await lock.signedIn();
  for (let at = 0; at < 5; at += 1) expect(await lock.unlock('111111')).toBe(false);
  expect(lock.state().phase).toBe('burnt');
  expect(JSON.stringify([...rows.meta])).not.toContain('wrapped');
  expect(await lock.unlock('246810')).toBe(false);
  const again = await start();
  expect(again.lock.state().phase).toBe('burnt');
  await again.lock.begin('135791');
  expect(again.lock.state().phase).toBe('open');
}, 60_000);

test('that a kill in the middle of a try does not give it back', async () => {
  const { start } = await openLock();
  const { lock, db } = await start();
  await lock.begin('246810');
  const record = await db.shift.find();
  if (record) await db.shift.save({ ...record, tries: 10 });
  expect((await start()).lock.state().phase).toBe('burnt');
});

async function openFullable() {
  const rows = emptyRows();
  const server = await makeServerKey();
  const room = { isFull: false };
  const start = async () => {
    const vault = makeVault();
    const db = await openOn(diskWithin(room, rows), { makeId, sha256 }, vault);
    return makeLock(
      db.shift,
      vault,
      async () => server.text,
      () => '2027-01-05',
      () => undefined,
    );
  };
  const begun = await start();
  await begun.begin('246810');
  return { rows, room, start };
}

test('that a phone without room counts wrong PINs over reloads, and opens by its PIN', async () => {
  const { room, start } = await openFullable();
  room.isFull = true;
  const lock = await start();
  expect(await lock.unlock('000000')).toBe(false);
  expect(await lock.unlock('000001')).toBe(false);
  expect(lock.state().tries_left).toBe(8);
  const again = await start();
  expect(again.state().tries_left).toBe(8);
  expect(await again.unlock('246810')).toBe(true);
  room.isFull = false;
  const later = await start();
  expect(await later.unlock('246810')).toBe(true);
  expect((await start()).state().tries_left).toBe(10); // with room again a right PIN gives all back
}, 30_000);

test('that ten wrong PINs burn the key of a phone without room, whatever is reloaded', async () => {
  const { rows, room, start } = await openFullable();
  room.isFull = true;
  for (let number = 0; number < 5; number += 1) await (await start()).unlock('000000');
  expect((await start()).state()).toMatchObject({ phase: 'locked', must_sign_in: true });
  room.isFull = false;
  await (await start()).signedIn();
  room.isFull = true;
  for (let number = 0; number < 5; number += 1) await (await start()).unlock('000000');
  expect((await start()).state().phase).toBe('burnt');
  expect(rows.meta.has('shift')).toBe(false);
  room.isFull = false;
  const next = await start();
  await next.begin('135791');
  expect(next.state()).toMatchObject({ phase: 'open', tries_left: 10 });
}, 60_000);

test('that a shift ends on a phone without room, and is not called burnt', async () => {
  const { rows, room, start } = await openFullable();
  room.isFull = true;
  const lock = await start();
  await lock.unlock('246810');
  await lock.end();
  expect(rows.meta.has('shift')).toBe(false);
  expect((await start()).state().phase).toBe('no_shift');
}, 30_000);

test('that without the server’s key no shift begins', async () => {
  const vault = makeVault();
  const db = await openOn(memoryDisk(emptyRows()), { makeId, sha256 }, vault);
  const lock = await makeLock(
    db.shift,
    vault,
    async () => null,
    () => '2027-01-05',
    () => undefined,
  );
  await expect(lock.begin('246810')).rejects.toThrow(NoServerKey);
  expect(lock.state().phase).toBe('no_shift');
});
