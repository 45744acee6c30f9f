/** Who signed in on this device last: known offline, and to the worker, without asking anybody. */
import { openDB, type IDBPDatabase } from 'idb';

export interface Me {
  staff_id: string;
  display_name: string;
  badge: string;
  role: string;
  office: { id: string; name: string; lat: number; lon: number; phone: string };
}

const KEY = 'me';

async function withDb<T>(work: (db: IDBPDatabase) => Promise<T>): Promise<T> {
  const db = await openDB('tannoi-courier', 1, {
    upgrade: (fresh) => void fresh.createObjectStore('who'),
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
