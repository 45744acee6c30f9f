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

/** The record with what the server told; null when it does not take keys, or knows another. */
export async function registerKey(
  known: DeviceRecord | null,
  ask: Ask,
): Promise<DeviceRecord | null> {
  const record = known ?? (await makeDevice());
  const raw = await crypto.subtle.exportKey('raw', record.pair.publicKey);
  const public_key = base64Of(new Uint8Array(raw));
  const answer = await ask(REGISTER, {
    method: 'PUT',
    body: JSON.stringify({ public_key }),
    headers: { 'content-type': 'application/json' },
  });
  const body = answer.body;
  if (answer.status !== 200 || !isRecord(body)) return null;
  const { device_id, server_key } = body;
  if (typeof device_id !== 'string' || typeof server_key !== 'string') return null;
  const told = { ...record, device_id, server_key };
  await saveDevice(told);
  return told;
}
