/** A new key for a shift: agreed with the server's, wrapped by the PIN. Wanted once a day. */
import type { WrappedKey } from '../db/shift';
import { base64Of, bytesOfBase64 } from '../sync/base64';
import { utf8 } from '../sync/chain';
import type { WrapMore } from './shift';
import { chance, IV_BYTES, KEY_BITS, keyOfPin, type Bytes, type ShiftKey } from './vault';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const LABEL = 'tannoi-shift-v1';

/** Agree on a new key with the server. The private half is never kept. */
export async function makeShiftKey(server_key: string): Promise<ShiftKey> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  const theirs = await crypto.subtle.importKey('raw', bytesOfBase64(server_key), CURVE, false, []);
  const shared = await crypto.subtle.deriveBits(
    { name: 'ECDH', public: theirs },
    pair.privateKey,
    KEY_BITS,
  );
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { eph: base64Of(point), raw: await expand(new Uint8Array(shared), point) };
}

/** HKDF-SHA-256, bound to what it is for and to the phone's half of this shift. */
export async function expand(shared: Bytes, point: Uint8Array, label = LABEL): Promise<Bytes> {
  const use = utf8(label);
  const info = new Uint8Array(use.length + point.length);
  info.set(use);
  info.set(point, use.length);
  const key = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits']);
  const salt = new Uint8Array(32);
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, KEY_BITS));
}

export async function wrapKey({ eph, raw }: ShiftKey, pin: string): Promise<WrappedKey> {
  const salt = chance(16);
  const iv = chance(IV_BYTES);
  const pinKey = await keyOfPin(pin, salt, 'encrypt');
  const wrapped = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, pinKey, raw);
  return { eph, salt, iv, wrapped: new Uint8Array(wrapped) };
}

/** A new key, wrapped by the PIN and by what `wrapMore` adds. */
export async function makeWrapped(
  server_key: string,
  pin: string,
  wrapMore?: WrapMore,
): Promise<{ key: ShiftKey; wrapped: WrappedKey }> {
  const key = await makeShiftKey(server_key);
  const wrapped = await wrapKey(key, pin);
  const more = await wrapMore?.(key);
  return { key, wrapped: more ? { ...wrapped, by_authenticator: more } : wrapped };
}
