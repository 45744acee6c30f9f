/** The device's key (S20): made here, never taken out, known to the server once it is online. */
import { findDevice, type DeviceRecord } from '../db/who';
import { base64Of } from '../sync/base64';
import { utf8 } from '../sync/chain';
import type { Ask, Sign } from './network';

/** The UTF-8 text a device signs for one request. */
export function signedText(method: string, path: string, ms: number, body_sha256: string): string {
  return ['tannoi-v1', method, path, String(ms), body_sha256].join('\n');
}

/** The value of the header `Tannoi-Signature`. */
export async function makeSignature(
  key: CryptoKey,
  device_id: string,
  request: { method: string; path: string; body: Uint8Array },
  ms: number,
): Promise<string> {
  const { method, path, body } = request;
  const digest = await crypto.subtle.digest('SHA-256', body as Uint8Array<ArrayBuffer>);
  const hex = [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, '0')).join('');
  const text = utf8(signedText(method, path, ms, hex)) as Uint8Array<ArrayBuffer>;
  const signed = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, text);
  return `v1;${device_id};${ms};${base64Of(new Uint8Array(signed))}`;
}

export interface Device {
  /** null while the server does not know this device's key. */
  sign: Sign;
  /** Tell the server the key; true when it knows it now. Never throws for an older server. */
  register(ask: Ask): Promise<boolean>;
  /** True once the server said that it knows another key of this device: what lay here is lost. */
  hasLostKey(): boolean;
  /** The server's public key, once it was told. */
  findServerKey(): Promise<string | null>;
}

/** This device, its key read from the disk when first needed. */
export function makeDeviceKey(): Device {
  let known: Promise<DeviceRecord | null> | null = null;
  let hasLostKey = false;
  const find = (): Promise<DeviceRecord | null> => {
    known ??= findDevice().catch(() => null);
    return known;
  };
  return {
    async sign(method, path, body) {
      const record = await find();
      if (!record?.device_id) {
        known = null; // another tab may have registered it meanwhile
        return null;
      }
      const request = { method, path, body: typeof body === 'string' ? utf8(body) : body };
      return makeSignature(record.pair.privateKey, record.device_id, request, Date.now());
    },
    async register(ask) {
      const { registerKey } = await import('./registration');
      const told = await registerKey(await find(), ask);
      hasLostKey = told === 'other_key';
      if (told === null || told === 'other_key') return false;
      known = Promise.resolve(told);
      return true;
    },
    hasLostKey: () => hasLostKey,
    async findServerKey() {
      return (await find())?.server_key ?? null;
    },
  };
}
