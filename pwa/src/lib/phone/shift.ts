/** The lock of a shift as screens see it: one key a shift, wrapped by a PIN (reliability S19). */
import type { AuthenticatorWrap } from '../db/shift';
import type { ShiftKey } from './vault';

export type LockPhase =
  /** No key was made yet, or the shift was closed. */
  | 'no_shift'
  | 'locked'
  | 'open'
  /** Ten wrong PINs: the key is gone; what is unsent still goes out sealed. */
  | 'burnt'
  /** The office has taken this phone out of service (S21). */
  | 'revoked';

export interface LockState {
  phase: LockPhase;
  /** Wrong PINs left before the key is destroyed. */
  tries_left: number;
  /** After five wrong PINs nobody opens the shift without having signed in online. */
  must_sign_in: boolean;
  /** The phone's authenticator opens it too (a finger, a face). */
  has_authenticator: boolean;
  /** The shift is of another service day: the PIN begins a new one in its place. */
  is_day_over: boolean;
}

/** Wraps a shift's key a second time; null where its owner wants the PIN alone. */
export type WrapMore = (key: ShiftKey) => Promise<AuthenticatorWrap | null>;
/** The key out of the second wrap of the shift `eph`; null when the authenticator refuses, or gives
what does not open it. */
export type OpenWrap = (wrap: AuthenticatorWrap, eph: string) => Promise<ShiftKey | null>;

export interface ShiftLock {
  state(): LockState;
  /** Make a new shift key under a new PIN of six digits, and under what `wrapMore` adds. Rejects
  with `NoServerKey` while the server's key was never fetched, with `BadPin` for anything but six
  digits. */
  begin(pin: string, wrapMore?: WrapMore): Promise<void>;
  /** True when the PIN was right. 5 wrong: `must_sign_in`; 10 wrong: the key is destroyed. A shift
  of another day is replaced by a new one under the same PIN and what `wrapMore` adds; where that
  cannot be, the old one opens once more. */
  unlock(pin: string, wrapMore?: WrapMore): Promise<boolean>;
  /** True when the authenticator opened it. It does not where a PIN may not be tried either, nor a
  shift of another day; that it refuses is no wrong PIN. */
  unlockBy(openWrap: OpenWrap): Promise<boolean>;
  /** From now on the PIN alone opens this shift; false where the disk does not take that. */
  dropAuthenticator(): Promise<boolean>;
  /** Somebody signed in online as the owner of this phone: five more PINs may be tried. */
  signedIn(): Promise<void>;
  /** Put the phone away: readable again only with the PIN. */
  lock(): void;
  /** Close of shift: the key is destroyed, what is unsent still goes out sealed. */
  end(): Promise<void>;
}

export const PIN_TRIES_MAX = 10;
export const PIN_TRIES_BEFORE_SIGN_IN = 5;

/** The server's key is not known here yet: this phone must be online once. */
export class NoServerKey extends Error {
  override name = 'NoServerKey';
}

export class BadPin extends Error {
  override name = 'BadPin';
}

export { Locked } from '../sync/seals';
