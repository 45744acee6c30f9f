/** The lock of a shift: who knows the PIN reads and records; what is unsent goes out either way. */
import type { ShiftRecord, ShiftShelf } from '../db/shift';
import {
  BadPin,
  NoServerKey,
  PIN_TRIES_BEFORE_SIGN_IN,
  PIN_TRIES_MAX,
  type LockState,
  type ShiftLock,
} from './shift';
import { unwrapKey, type ShiftKey, type Vault } from './vault';

const FRESH = { tries: 0, is_signed_in: false };

export interface PhoneLock extends ShiftLock {
  /** Read again what another tab did. */
  refresh(): Promise<void>;
  /** The office took the phone out of service, or back. */
  setRevoked(is_revoked: boolean): void;
}

/** The lock over what `shelf` keeps; `onchange` runs when its state changed. */
export async function makeLock(
  shelf: ShiftShelf,
  vault: Vault,
  findServerKey: () => Promise<string | null>,
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

  async function tryPin(kept: ShiftRecord, pin: string): Promise<boolean> {
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
    return take(kept, key);
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

  const state = (): LockState => stateOf(record, vault.eph(), isRevoked);
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
      const server_key = await findServerKey();
      if (server_key === null) throw new NoServerKey();
      const { makeShiftKey, wrapKey } = await import('./shift_key');
      const key = await makeShiftKey(server_key);
      const wrapped = await wrapKey(key, pin);
      if (wrapMore) wrapped.by_authenticator = await wrapMore(key);
      const { eph } = key;
      shut();
      await vault.take(key);
      const fresh: ShiftRecord = { state: 'kept', key: wrapped, ...FRESH };
      try {
        await shelf.begin(fresh, eph);
      } catch (error) {
        shut();
        throw error;
      }
      record = fresh;
      onchange();
    },
    async unlock(pin) {
      const kept = await findShut();
      return kept ? tryPin(kept, pin) : isOpen();
    },
    async unlockBy(openWrap) {
      const wrapped = (await findShut())?.key;
      if (!wrapped?.by_authenticator) return isOpen();
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

function stateOf(record: ShiftRecord | null, eph: string | null, isRevoked: boolean): LockState {
  const tries = record?.tries ?? 0;
  const isKept = record?.state === 'kept' && record.key !== null;
  const isOpen = isKept && eph === record.key?.eph;
  const phase = isKept ? (isOpen ? 'open' : 'locked') : 'no_shift';
  return {
    phase: isRevoked ? 'revoked' : record?.state === 'burnt' ? 'burnt' : phase,
    tries_left: Math.max(0, PIN_TRIES_MAX - tries),
    must_sign_in: isKept && tries >= PIN_TRIES_BEFORE_SIGN_IN && record.is_signed_in === false,
    has_authenticator: isKept && record.key?.by_authenticator !== undefined,
  };
}
