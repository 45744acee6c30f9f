/** A shift's key wrapped a second time, by what the phone's authenticator gives out (S19). */
import type { AuthenticatorWrap } from '../db/shift';
import { bytesOfBase64 } from '../sync/base64';
import { expand } from './shift_key';
import { chance, IV_BYTES, type Bytes, type ShiftKey } from './vault';

const LABEL = 'tannoi-prf-v1';
export const SALT_BYTES = 32;
export const OUTPUT_BYTES = 32;

/** What an authenticator gave out for a salt: the same each time, and never without its owner. */
export interface Secret {
  credential_id: Bytes;
  salt: Bytes;
  /** 32 bytes. */
  output: Bytes;
}

async function keyOf(output: Bytes, eph: string, usage: KeyUsage): Promise<CryptoKey> {
  const raw = await expand(output, bytesOfBase64(eph), LABEL);
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, [usage]);
}

/** Wrap `key`; the secret itself is not in what is kept. */
export async function wrapBySecret(key: ShiftKey, secret: Secret): Promise<AuthenticatorWrap> {
  const { credential_id, salt, output } = secret;
  const iv = chance(IV_BYTES);
  const wrapping = await keyOf(output, key.eph, 'encrypt');
  const wrapped = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, wrapping, key.raw);
  return { credential_id, salt, iv, wrapped: new Uint8Array(wrapped) };
}

/** The key of the shift `eph`; null where the output is another, or the record is damaged. */
export async function openBySecret(
  wrap: AuthenticatorWrap,
  eph: string,
  output: Bytes,
): Promise<ShiftKey | null> {
  try {
    const wrapping = await keyOf(output, eph, 'decrypt');
    const how = { name: 'AES-GCM', iv: wrap.iv as Bytes };
    const raw = await crypto.subtle.decrypt(how, wrapping, wrap.wrapped as Bytes);
    return { eph, raw: new Uint8Array(raw) };
  } catch {
    return null;
  }
}
