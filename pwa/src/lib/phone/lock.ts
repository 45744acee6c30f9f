/** The lock of a shift: who knows the PIN reads and records; what is unsent goes out either way. */
import type { ShiftRecord, ShiftShelf } from '../db/shift';
import type { Cipher } from '../sync/disk';
import {
  BadPin,
  NoServerKey,
  PIN_TRIES_BEFORE_SIGN_IN,
  PIN_TRIES_MAX,
  type LockState,
  type ShiftLock,
  type WrapMore,
} from './shift';
import { makeVault, unwrapKey, type ShiftKey, type Vault } from './vault';

const FRESH = { tries: 0, is_signed_in: false };

export interface PhoneLock extends ShiftLock {
  /** Read again what another tab did. */
  refresh(): Promise<void>;
  /** The office took the phone out of service, or back. */
  setRevoked(is_revoked: boolean): void;
}

/** The lock over what `shelf` keeps; `onchange` runs when its state changed. `today` is the service
day by the phone's clock, as `YYYY-MM-DD`. */
export async function makeLock(
  shelf: ShiftShelf,
  vault: Vault,
  findServerKey: () => Promise<string | null>,
  today: () => string,
  onchange: () => void,
): Promise<PhoneLock> {
  let record = await shelf.find();
  let isRevoked = false;

  function shut(): void {
    vault.shut();
    shelf.forget();
  }

  async function destroy(state: 'ended' | 'burnt'): Promise<void> {
    shut();
    await shelf.end(state);
    record = await shelf.find();
    onchange();
  }

  /** A tab killed in the middle of the tenth try has not spared the key. */
  async function burnWhenSpent(): Promise<void> {
    if (record?.state === 'kept' && record.tries >= PIN_TRIES_MAX) await destroy('burnt');
  }
  await burnWhenSpent();

  /** Keep the count, for which the shelf has a way on a phone without any room too. */
  async function save(counted: ShiftRecord): Promise<void> {
    record = counted;
    await shelf.save(counted);
  }

  async function tryPin(kept: ShiftRecord, pin: string, wrapMore?: WrapMore): Promise<boolean> {
    if (kept.key === null) return false;
    // Counted before it is tried: a kill must not give a try back.
    const counted = { ...kept, tries: kept.tries + 1 };
    // The slow part may run while the disk writes.
    const [, key] = await Promise.all([save(counted), unwrapKey(kept.key, pin)]);
    if (key === null) {
      await burnWhenSpent();
      onchange();
      return false;
    }
    return isOver() ? replace(kept, key, pin, wrapMore) : take(kept, key);
  }

  async function makeShift(pin: string, wrapMore?: WrapMore, old?: Cipher): Promise<void> {
    const server_key = await findServerKey();
    if (server_key === null) throw new NoServerKey();
    const { makeWrapped } = await import('./shift_key');
    const { key, wrapped } = await makeWrapped(server_key, pin, wrapMore);
    const { eph } = key;
    shut();
    await vault.take(key);
    const fresh: ShiftRecord = { state: 'kept', key: wrapped, day: today(), ...FRESH };
    try {
      await shelf.begin(fresh, eph, old);
    } catch (error) {
      shut();
      throw error;
    }
    record = fresh;
    onchange();
  }

  /** A new shift in the place of yesterday's, whose key goes with it. */
  async function replace(
    kept: ShiftRecord,
    key: ShiftKey,
    pin: string,
    wrapMore?: WrapMore,
  ): Promise<boolean> {
    await save({ ...kept, ...FRESH });
    const old = makeVault();
    await old.take({ eph: key.eph, raw: key.raw.slice() });
    try {
      await makeShift(pin, wrapMore, old);
      key.raw.fill(0);
      return true;
    } catch {
      // No room, or no key of the office yet: the day must begin all the same.
      const now = await findShut();
      return now?.key?.eph === key.eph ? take(now, key) : isOpen();
    } finally {
      old.shut();
    }
  }

  async function take(kept: ShiftRecord, key: ShiftKey): Promise<true> {
    const { eph } = key;
    await vault.take(key);
    await save({ ...kept, ...FRESH });
    // Pictures that came before the key may have been left open by a kill.
    void shelf.sealPhotos(eph).catch(() => undefined);
    onchange();
    return true;
  }

  const state = (): LockState => stateOf(record, vault.eph(), isRevoked, today());
  const isOver = (): boolean => state().is_day_over;
  const isOpen = (): boolean => state().phase === 'open';

  /** What lies on the disk now; null where it is open, gone, or may not be tried. */
  async function findShut(): Promise<ShiftRecord | null> {
    const kept = await shelf.find();
    const isCounted = kept?.key?.eph === record?.key?.eph;
    const tries = Math.max(kept?.tries ?? 0, isCounted ? (record?.tries ?? 0) : 0);
    record = kept && { ...kept, tries };
    await burnWhenSpent();
    const { phase, must_sign_in } = state();
    return phase === 'locked' && !must_sign_in ? record : null;
  }

  return {
    state,
    async begin(pin, wrapMore) {
      if (!/^\d{6}$/.test(pin)) throw new BadPin();
      await makeShift(pin, wrapMore);
    },
    async unlock(pin, wrapMore) {
      const kept = await findShut();
      return kept ? tryPin(kept, pin, wrapMore) : isOpen();
    },
    async unlockBy(openWrap) {
      const wrapped = (await findShut())?.key;
      if (!wrapped?.by_authenticator || isOver()) return isOpen();
      const key = await openWrap(wrapped.by_authenticator, wrapped.eph);
      // A minute may have gone by, in which another tab tried PINs or closed the shift.
      const kept = key && (await findShut());
      return kept && kept.key?.eph === key.eph ? take(kept, key) : isOpen();
    },
    async dropAuthenticator() {
      record = await shelf.find();
      if (!record?.key?.by_authenticator) return true;
      const { by_authenticator: _, ...key } = record.key;
      await save({ ...record, key });
      record = await shelf.find();
      onchange();
      return !record?.key?.by_authenticator;
    },
    async signedIn() {
      record = await shelf.find();
      if (record?.state !== 'kept') return;
      await save({ ...record, is_signed_in: true });
      onchange();
    },
    lock() {
      shut();
      onchange();
    },
    async end() {
      // Without a key there is nothing to destroy, and nothing to seal what is here with.
      if (record?.state === 'kept') await destroy('ended');
    },
    async refresh() {
      record = await shelf.find();
      if (record?.key?.eph !== vault.eph()) shut();
      onchange();
    },
    setRevoked(now) {
      if (now === isRevoked) return;
      isRevoked = now;
      onchange();
    },
  };
}

function stateOf(
  record: ShiftRecord | null,
  eph: string | null,
  isRevoked: boolean,
  today: string,
): LockState {
  const tries = record?.tries ?? 0;
  const isKept = record?.state === 'kept' && record.key !== null;
  const isOpen = isKept && eph === record.key?.eph;
  const phase = isKept ? (isOpen ? 'open' : 'locked') : 'no_shift';
  return {
    phase: isRevoked ? 'revoked' : record?.state === 'burnt' ? 'burnt' : phase,
    tries_left: Math.max(0, PIN_TRIES_MAX - tries),
    must_sign_in: isKept && tries >= PIN_TRIES_BEFORE_SIGN_IN && record.is_signed_in === false,
    has_authenticator: isKept && record.key?.by_authenticator !== undefined,
    is_day_over: isKept && record.day !== today,
  };
}
