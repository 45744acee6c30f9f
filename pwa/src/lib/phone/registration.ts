/** Making the device's key and telling the server: once in a phone's life. */
import { keepDevice, saveDevice, type DeviceRecord } from '../db/who';
import { base64Of } from '../sync/base64';
import { isRecord } from '../sync/feed';
import type { Ask } from './network';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const REGISTER = '/api/identity/v1/device/key';

async function makeDevice(): Promise<DeviceRecord> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
  return keepDevice({ pair, device_id: null, server_key: null });
}

/** The record with what the server told; null when it does not take keys. `other_key`: it knows
another key of this device, whose private half was lost with all that lay here (S17). */
export async function registerKey(
  known: DeviceRecord | null,
  ask: Ask,
): Promise<DeviceRecord | 'other_key' | null> {
  const record = known ?? (await makeDevice());
  const raw = await crypto.subtle.exportKey('raw', record.pair.publicKey);
  const public_key = base64Of(new Uint8Array(raw));
  const answer = await ask(REGISTER, {
    method: 'PUT',
    body: JSON.stringify({ public_key }),
    headers: { 'content-type': 'application/json' },
  });
  const body = answer.body;
  if (!isRecord(body)) return null;
  if (answer.status === 409 && body['code'] === 'key_known') return 'other_key';
  if (answer.status !== 200) return null;
  const { device_id, server_key } = body;
  if (typeof device_id !== 'string' || typeof server_key !== 'string') return null;
  const told = { ...record, device_id, server_key };
  await saveDevice(told);
  return told;
}
