// @vitest-environment node
/** Tests that the second wrap opens by the authenticator's own output, under the lock's rules. */
import { expect, test } from 'vitest';
import { openOn } from '../../../src/lib/db/phone';
import { emptyRows } from '../../../src/lib/db/memory';
import type { AuthenticatorWrap } from '../../../src/lib/db/shift';
import { makeUuid7 } from '../../../src/lib/phone/ids';
import { makeLock } from '../../../src/lib/phone/lock';
import type { OpenWrap } from '../../../src/lib/phone/shift';
import { openBySecret, wrapBySecret, type Secret } from '../../../src/lib/phone/second_wrap';
import { makeShiftKey } from '../../../src/lib/phone/shift_key';
import { chance, makeVault } from '../../../src/lib/phone/vault';
import { base64Of } from '../../../src/lib/sync/base64';
import { sha256 } from '../sync/phones';
import { diskWithin } from './room';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const PIN = '246810';
const makeId = (): string => makeUuid7(Date.now(), chance(10));
const makeSecret = (): Secret => ({
  credential_id: chance(16),
  salt: chance(32),
  output: chance(32),
});

async function makeServerKey(): Promise<string> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['deriveBits']);
  return base64Of(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
}

/** A phone whose shift was begun with a second wrap; `room` can be used up. */
async function beginTwice() {
  const rows = emptyRows();
  const server_key = await makeServerKey();
  const secret = makeSecret();
  const room = { isFull: false };
  const day = { today: '2027-01-05' };
  const start = async () => {
    const vault = makeVault();
    const db = await openOn(diskWithin(room, rows), { makeId, sha256 }, vault);
    const findKey = async () => server_key;
    const lock = await makeLock(
      db.shift,
      vault,
      findKey,
      () => day.today,
      () => undefined,
    );
    return { db, lock };
  };
  const { db, lock } = await start();
  await db.saveDraft('x', 'nháp');
  await lock.begin(PIN, (key) => wrapBySecret(key, secret));
  return { rows, room, day, secret, start };
}

/** An authenticator that gives out `output`, whatever it is asked. */
const gives =
  (output: Secret['output']): OpenWrap =>
  (wrap, eph) =>
    openBySecret(wrap, eph, output);

test('that the authenticator opens what was sealed after a restart, and the PIN too', async () => {
  const { secret, start } = await beginTwice();
  const one = await start();
  expect(one.lock.state()).toMatchObject({ phase: 'locked', has_authenticator: true });
  expect(await one.db.getDraft('x')).toBeNull();
  const asked: AuthenticatorWrap[] = [];
  const isOpen = await one.lock.unlockBy((wrap, eph) => {
    asked.push(wrap);
    return openBySecret(wrap, eph, secret.output);
  });
  expect(isOpen).toBe(true);
  expect(asked).toMatchObject([{ credential_id: secret.credential_id, salt: secret.salt }]);
  expect(await one.db.getDraft('x')).toBe('nháp');
  const two = await start();
  expect(await two.lock.unlock(PIN)).toBe(true);
  expect(await two.db.getDraft('x')).toBe('nháp');
});

test('that what is kept tells neither the secret nor the key', async () => {
  const { rows, secret } = await beginTwice();
  const kept = JSON.stringify([...rows.meta], (_, value: unknown) =>
    value instanceof Uint8Array ? base64Of(value) : value,
  );
  expect(kept).toContain(base64Of(secret.salt));
  expect(kept).not.toContain(base64Of(secret.output));
});

test('that another output, another shift and a damaged record open nothing', async () => {
  const server = await makeServerKey();
  const [key, other] = [await makeShiftKey(server), await makeShiftKey(server)];
  const secret = makeSecret();
  const wrap = await wrapBySecret(key, secret);
  const opened = await openBySecret(wrap, key.eph, secret.output);
  expect(base64Of(opened?.raw ?? chance(1))).toBe(base64Of(key.raw));
  expect(await openBySecret(wrap, key.eph, chance(32))).toBeNull();
  expect(await openBySecret(wrap, other.eph, secret.output)).toBeNull();
  const flipped = wrap.wrapped.map((byte, at) => (at === 3 ? byte ^ 1 : byte));
  for (const damaged of [
    { ...wrap, wrapped: flipped },
    { ...wrap, wrapped: wrap.wrapped.slice(0, 9) },
    { ...wrap, iv: new Uint8Array(0) },
    { ...wrap, wrapped: undefined as unknown as Uint8Array },
  ]) {
    expect(await openBySecret(damaged, key.eph, secret.output)).toBeNull();
  }
});

test('that an authenticator that refuses or errs costs no try, and leaves the PIN', async () => {
  const { start } = await beginTwice();
  const { lock } = await start();
  expect(await lock.unlockBy(async () => null)).toBe(false);
  for (let at = 0; at < 12; at += 1) expect(await lock.unlockBy(gives(chance(32)))).toBe(false);
  expect(lock.state()).toMatchObject({ phase: 'locked', tries_left: 10 });
  expect(await lock.unlock(PIN)).toBe(true);
});

test('that after five wrong PINs the authenticator does not open either', async () => {
  const { secret, start } = await beginTwice();
  const { lock } = await start();
  for (let at = 0; at < 5; at += 1) expect(await lock.unlock('111111')).toBe(false);
  const asked: string[] = [];
  const open: OpenWrap = (wrap, eph) => {
    asked.push(eph);
    return openBySecret(wrap, eph, secret.output);
  };
  expect(await lock.unlockBy(open)).toBe(false);
  expect(asked).toEqual([]); // it is not even asked
  await lock.signedIn();
  expect(await lock.unlockBy(open)).toBe(true);
  expect(lock.state().tries_left).toBe(10);
}, 30_000);

test('that PINs tried in another tab meanwhile count', async () => {
  const { secret, start } = await beginTwice();
  const [here, there] = [await start(), await start()];
  const isOpen = await here.lock.unlockBy(async (wrap, eph) => {
    for (let at = 0; at < 5; at += 1) await there.lock.unlock('111111');
    return openBySecret(wrap, eph, secret.output);
  });
  expect(isOpen).toBe(false);
  expect(here.lock.state()).toMatchObject({ phase: 'locked', must_sign_in: true });
}, 30_000);

test.each(['ten wrong PINs', 'the end of the shift'])(
  'that %s destroy both wraps',
  async (how) => {
    const { rows, secret, start } = await beginTwice();
    const { lock } = await start();
    if (how === 'the end of the shift') await lock.end();
    else {
      for (let at = 0; at < 5; at += 1) await lock.unlock('111111');
      await lock.signedIn();
      for (let at = 0; at < 5; at += 1) await lock.unlock('111111');
    }
    expect(lock.state().has_authenticator).toBe(false);
    expect(JSON.stringify([...rows.meta])).not.toContain('wrapped');
    expect(await lock.unlockBy(gives(secret.output))).toBe(false);
  },
  60_000,
);

test('that the second wrap can be taken away, and the PIN still opens', async () => {
  const { rows, room, secret, start } = await beginTwice();
  const { lock } = await start();
  await lock.unlock(PIN);
  room.isFull = true;
  expect(await lock.dropAuthenticator()).toBe(false); // what stays is not called gone
  expect(lock.state().has_authenticator).toBe(true);
  room.isFull = false;
  expect(await lock.dropAuthenticator()).toBe(true);
  expect(lock.state()).toMatchObject({ phase: 'open', has_authenticator: false });
  expect(JSON.stringify([...rows.meta])).not.toContain('credential_id');
  const again = await start();
  expect(await again.lock.unlockBy(gives(secret.output))).toBe(false);
  expect(await again.lock.unlock(PIN)).toBe(true);
});
