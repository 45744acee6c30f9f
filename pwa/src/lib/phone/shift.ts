/** The lock of a shift as screens see it: one key a shift, wrapped by a PIN (reliability S19). */

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
}

export interface ShiftLock {
  state(): LockState;
  /** Make a new shift key under a new PIN of six digits. Rejects with `NoServerKey` while the
  server's key was never fetched, with `BadPin` for anything but six digits. */
  begin(pin: string): Promise<void>;
  /** True when the PIN was right. 5 wrong: `must_sign_in`; 10 wrong: the key is destroyed. */
  unlock(pin: string): Promise<boolean>;
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
