/** The moments of a shift's lock, as its screens call them. What speaks to the authenticator is
fetched when it is wanted. */
import { t } from '../../lib/i18n/courier/lock';
import { NoServerKey, type WrapMore } from '../../lib/phone/shift';
import type { Secret } from '../../lib/phone/second_wrap';
import { app, withLock } from '../state.svelte';

const KEY_TRIES_MAX = 16;
const KEY_WAIT_MS = 500;
const findAuthenticator = () => import('../../lib/phone/authenticator');
const findWrap = () => import('../../lib/phone/second_wrap');

/** How a shift's key is wrapped by the secret that `find` gives, if any. */
function wrapBy(find: () => Promise<Secret | null>): WrapMore {
  return async (key) => {
    const secret = await find();
    return secret && (await findWrap()).wrapBySecret(key, secret);
  };
}

/** A new shift under a new PIN, and under a secret of the phone's. Rejects with `NoServerKey` and
`BadPin`. */
export async function beginShift(pin: string, secret: Secret | null = null): Promise<void> {
  const wrapMore = secret ? wrapBy(async () => secret) : undefined;
  for (let num_tries = 1; ; num_tries += 1) {
    try {
      await withLock((lock) => lock.begin(pin, wrapMore));
      return;
    } catch (error) {
      // On a new phone the office's key may still be on its way.
      const isComing = error instanceof NoServerKey && app.isOnline;
      if (!isComing || num_tries === KEY_TRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, KEY_WAIT_MS));
    }
  }
}

/** True when the PIN was right. Where the day is over, a new shift begins under it; `find` asks for
the phone's secret beside it. */
export async function unlock(pin: string, find: () => Promise<Secret | null>): Promise<boolean> {
  const how: [string, WrapMore?] = app.lock.is_day_over ? [pin, wrapBy(find)] : [pin];
  return (await withLock((lock) => lock.unlock(...how))) === true;
}

/** True when the phone's authenticator opened the shift. */
export async function unlockByAuthenticator(): Promise<boolean> {
  const [{ askFor }, { openBySecret }] = await Promise.all([findAuthenticator(), findWrap()]);
  const isOpen = await withLock((lock) =>
    lock.unlockBy(async (wrap, eph) => {
      const output = await askFor(wrap.credential_id, wrap.salt).catch(() => null);
      return output && openBySecret(wrap, eph, output);
    }),
  );
  return isOpen === true;
}

/** Whether the owner wants more than the PIN; null where this phone cannot be asked for a secret. A
phone that fails to say so cannot: nothing of this may stand before the PIN. */
export async function findWish(): Promise<boolean | null> {
  try {
    const { isFit, isWanted } = await findAuthenticator();
    return app.lock.has_authenticator || (await isFit()) ? await isWanted() : null;
  } catch {
    return null;
  }
}

/** Keep the wish; without it the second wrap is destroyed at once. False when that failed. */
export async function setWish(is_wanted: boolean): Promise<boolean> {
  const { forgetCredential, setWanted } = await findAuthenticator();
  if (is_wanted) await setWanted(true);
  else if ((await withLock((lock) => lock.dropAuthenticator())) === false) return false;
  else await forgetCredential();
  return true;
}

/** A secret for the shift that is about to begin. Rejects with `Refused` and `Unfit`. */
export async function makeSecret(): Promise<Secret> {
  const { makeSecret: make } = await findAuthenticator();
  return make(t('finger_account'));
}
