/**
 * Who signed in on this device last, and the device's own key: known offline, and to the worker,
 * without asking anybody.
 */
import { openDB, type IDBPDatabase } from 'idb';

export interface Me {
  staff_id: string;
  display_name: string;
  badge: string;
  role: string;
  office: { id: string; name: string; lat: number; lon: number; phone: string };
}

/** The key that says which device speaks (S20); its private half never leaves the browser. */
export interface DeviceRecord {
  pair: CryptoKeyPair;
  /** As the server knows it; null until it was told. */
  device_id: string | null;
  /** The server's public key, for the key of a shift. */
  server_key: string | null;
}

const NAME = 'tannoi-courier';
const KEY = 'me';
const DEVICE = 'device';

/** Work on what all staff of this device share, and close it again. */
export async function withDb<T>(work: (db: IDBPDatabase) => Promise<T>): Promise<T> {
  const db = await openDB(NAME, 2, {
    upgrade(fresh, old) {
      if (old < 1) fresh.createObjectStore('who');
      if (old < 2) fresh.createObjectStore('keys');
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

export function findMe(): Promise<Me | null> {
  return withDb(async (db) => ((await db.get('who', KEY)) as Me | undefined) ?? null);
}

export function saveMe(me: Me): Promise<void> {
  return withDb(async (db) => void (await db.put('who', me, KEY)));
}

/** Forget who it was; the streams stay where they are. */
export function dropMe(): Promise<void> {
  return withDb((db) => db.delete('who', KEY));
}

export function findDevice(): Promise<DeviceRecord | null> {
  return withDb(async (db) => ((await db.get('keys', DEVICE)) as DeviceRecord) ?? null);
}

/** Keep `made` unless another tab was first; returns the one that is kept. */
export function keepDevice(made: DeviceRecord): Promise<DeviceRecord> {
  return withDb(async (db) => {
    const tx = db.transaction('keys', 'readwrite', { durability: 'strict' });
    const known = (await tx.store.get(DEVICE)) as DeviceRecord | undefined;
    if (known === undefined) await tx.store.put(made, DEVICE);
    await tx.done;
    return known ?? made;
  });
}

export function saveDevice(record: DeviceRecord): Promise<void> {
  return withDb(async (db) => void (await db.put('keys', record, DEVICE)));
}

/** Forget who it was and which device it is, for ever. */
export function wipeWho(): Promise<void> {
  return withDb(async (db) => {
    const tx = db.transaction(['who', 'keys'], 'readwrite', { durability: 'strict' });
    await tx.objectStore('who').clear();
    await tx.objectStore('keys').clear();
    await tx.done;
  });
}
