/** The key of a shift (S19): agreed with the server's key, wrapped by a PIN, gone at the close. */
import type { WrappedKey } from '../db/shift';
import { utf8 } from '../sync/chain';
import type { Cipher } from '../sync/disk';
import type { Sealed } from '../sync/types';

/** OWASP's figure for PBKDF2 with SHA-256 (2023). */
const ROUNDS = 600_000;
export const IV_BYTES = 12;
export const KEY_BITS = 256;

export type Bytes = Uint8Array<ArrayBuffer>;
export const chance = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

/** A shift's key as it is agreed: to be wrapped, then taken into the vault. */
export interface ShiftKey {
  /** The phone's public half, base64url of 65 bytes. */
  eph: string;
  raw: Bytes;
}

export async function keyOfPin(pin: string, salt: Uint8Array, usage: KeyUsage): Promise<CryptoKey> {
  const text = utf8(pin) as Bytes;
  const key = await crypto.subtle.importKey('raw', text, 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: salt as Bytes, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, key, { name: 'AES-GCM', length: KEY_BITS }, false, [usage]);
}

/** The key, or null when the PIN is not the one. */
export async function unwrapKey(record: WrappedKey, pin: string): Promise<ShiftKey | null> {
  const pinKey = await keyOfPin(pin, record.salt, 'decrypt');
  try {
    const how = { name: 'AES-GCM', iv: record.iv as Bytes };
    const raw = await crypto.subtle.decrypt(how, pinKey, record.wrapped as Bytes);
    return { eph: record.eph, raw: new Uint8Array(raw) };
  } catch {
    return null;
  }
}

/** A key at hand, as another tab of the same browser may take it over. */
export interface OpenKey {
  eph: string;
  key: CryptoKey;
}

export interface Vault extends Cipher {
  open(bound: string, sealed: Sealed): Promise<Uint8Array | null>;
  take(key: ShiftKey): Promise<void>;
  /** Take the key from, or give it to, another tab; it cannot be read out of either. */
  adopt(open: OpenKey): void;
  share(): OpenKey | null;
  shut(): void;
}

export function makeVault(): Vault {
  let held: OpenKey | null = null;
  return {
    eph: () => held?.eph ?? null,
    async seal(bound, bytes) {
      if (held === null) throw new Error('the vault is shut');
      const { eph, key } = held;
      const iv = chance(IV_BYTES);
      const how = { name: 'AES-GCM', iv, additionalData: utf8(bound) as Bytes };
      const ct = await crypto.subtle.encrypt(how, key, bytes as Bytes);
      return { eph, iv, ct: new Uint8Array(ct) };
    },
    async open(bound, sealed) {
      if (held === null || held.eph !== sealed.eph) return null;
      const iv = sealed.iv as Bytes;
      const how = { name: 'AES-GCM', iv, additionalData: utf8(bound) as Bytes };
      return new Uint8Array(await crypto.subtle.decrypt(how, held.key, sealed.ct as Bytes));
    },
    async take({ eph, raw }) {
      const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, [
        'encrypt',
        'decrypt',
      ]);
      raw.fill(0);
      held = { eph, key };
    },
    adopt(open) {
      held = open;
    },
    share: () => held,
    shut() {
      held = null;
    },
  };
}
