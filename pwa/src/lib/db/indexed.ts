/** The browser's disk: IndexedDB, written with strict durability (reliability S9). */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import type { Disk, TableName, Tables, ViewRow } from '../sync/disk';
import type { KeptOp, KeptPhoto, LeftOp } from '../sync/types';

interface Schema extends DBSchema {
  meta: { key: string; value: unknown };
  ops: { key: number; value: KeptOp; indexes: { id: string } };
  view: { key: [string, string]; value: ViewRow };
  blobs: { key: string; value: KeptPhoto; indexes: { state: string } };
  left: { key: [string, number]; value: LeftOp };
}

type Transaction = IDBPTransaction<Schema, TableName[], 'readwrite'>;

/** 2 added `left`; what version 1 wrote stays as it is. */
const VERSION = 2;
/**
 * Browsers default to `relaxed`, where a crash of the machine may forget a finished transaction.
 */
const STRICT = { durability: 'strict' } as const;

/** Open (or make) the database `name`. */
export async function openDisk(name: string): Promise<Disk> {
  const db = await openDB<Schema>(name, VERSION, {
    upgrade(fresh, old) {
      if (old < 1) {
        fresh.createObjectStore('meta');
        fresh.createObjectStore('ops', { keyPath: 'seq' }).createIndex('id', 'id');
        fresh.createObjectStore('view', { keyPath: ['kind', 'ref'] });
        fresh.createObjectStore('blobs', { keyPath: 'sha256' }).createIndex('state', 'state');
      }
      if (old < 2) fresh.createObjectStore('left', { keyPath: ['stream', 'op.seq'] });
    },
    // A newer version of the app wants to migrate: do not stand in its way.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  return {
    read: (names, work) => transact(db, names, 'readonly', work),
    write: (names, work) => transact(db, names, 'readwrite', work),
    close: () => db.close(),
  };
}

async function transact<T>(
  db: IDBPDatabase<Schema>,
  names: TableName[],
  mode: 'readonly' | 'readwrite',
  work: (tables: Tables) => Promise<T>,
): Promise<T> {
  const tx = db.transaction(names, mode, mode === 'readwrite' ? STRICT : {});
  // `done` may fail while `work` still runs; it is looked at below.
  tx.done.catch(() => undefined);
  let result: T;
  try {
    result = await work(tablesOf(tx as unknown as Transaction));
  } catch (error) {
    if (mode === 'readwrite') abort(tx as unknown as Transaction);
    throw error;
  }
  await tx.done;
  return result;
}

function abort(tx: Transaction): void {
  try {
    tx.abort();
  } catch {
    // It failed by itself already.
  }
}

const nothing = (): undefined => undefined;

function tablesOf(tx: Transaction): Tables {
  return {
    meta: {
      get: (key) => tx.objectStore('meta').get(key),
      listKeys: () => tx.objectStore('meta').getAllKeys(),
      put: (key, value) => tx.objectStore('meta').put(value, key).then(nothing),
      delete: (key) => tx.objectStore('meta').delete(key),
    },
    ops: {
      get: (seq) => tx.objectStore('ops').get(seq),
      findById: (id) => tx.objectStore('ops').index('id').get(id),
      list: (from_seq, limit) =>
        tx
          .objectStore('ops')
          .getAll(IDBKeyRange.lowerBound(from_seq), Math.min(limit, 2 ** 32 - 1)),
      count: () => tx.objectStore('ops').count(),
      put: (op) => tx.objectStore('ops').put(op).then(nothing),
      deleteUpTo: (seq) => tx.objectStore('ops').delete(IDBKeyRange.upperBound(seq)),
      clear: () => tx.objectStore('ops').clear(),
    },
    view: {
      list: () => tx.objectStore('view').getAll(),
      put: (row) => tx.objectStore('view').put(row).then(nothing),
      delete: (kind, ref) => tx.objectStore('view').delete([kind, ref]),
      clear: () => tx.objectStore('view').clear(),
    },
    blobs: {
      get: (sha256) => tx.objectStore('blobs').get(sha256),
      list: (state) => tx.objectStore('blobs').index('state').getAll(state),
      listKeys: (state) => tx.objectStore('blobs').index('state').getAllKeys(state),
      count: (state) => tx.objectStore('blobs').index('state').count(state),
      put: (photo) => tx.objectStore('blobs').put(photo).then(nothing),
      delete: (sha256) => tx.objectStore('blobs').delete(sha256),
    },
    left: {
      list: () => tx.objectStore('left').getAll(),
      put: (row) => tx.objectStore('left').put(row).then(nothing),
      delete: (stream, seq) => tx.objectStore('left').delete([stream, seq]),
    },
  };
}
