/** The phone's stream in IndexedDB: stores `meta`, `ops`, `view`, `blobs` (reliability 1.4). */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { makeStream } from '../sync/acts';
import { decisionOf } from '../sync/feed';
import type {
  Change,
  Decision,
  Document,
  Meta,
  Photo,
  PhoneStore,
  Ports,
  Snapshot,
  StoredOp,
} from '../sync/types';

interface Draft {
  saved_at: number;
  value: unknown;
}

interface Schema extends DBSchema {
  meta: { key: string; value: Meta | Draft };
  ops: { key: number; value: StoredOp; indexes: { id: string } };
  view: { key: [string, string]; value: Document };
  blobs: { key: string; value: Photo; indexes: { state: string } };
}

type StoreName = 'meta' | 'ops' | 'view' | 'blobs';
type Write = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

const COUNTERS = 'stream';
const DRAFT = 'draft:';
/**
 * Browsers default to `relaxed`, where a crash of the machine may forget a finished transaction.
 */
const STRICT = { durability: 'strict' } as const;
/** Pictures the server has are kept for a while, newest first, in case it is restored. */
const KEPT_PHOTOS_MAX = 60;

export interface PhoneDb extends PhoneStore {
  listView(): Promise<Document[]>;
  listAllOps(): Promise<StoredOp[]>;
  keepPhoto(photo: Photo): Promise<void>;
  findPhoto(sha256: string): Promise<Photo | null>;
  /** Forget a picture no fact names. */
  dropPhoto(sha256: string): Promise<void>;
  getDraft(key: string): Promise<unknown>;
  saveDraft(key: string, value: unknown): Promise<void>;
  dropDraft(key: string): Promise<void>;
  close(): void;
}

/** Open (or make) the database of one staff member on this device. */
export async function openPhone(
  name: string,
  ports: Pick<Ports, 'makeId' | 'sha256'>,
): Promise<PhoneDb> {
  const db = await openDB<Schema>(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('meta');
      fresh.createObjectStore('ops', { keyPath: 'seq' }).createIndex('id', 'id');
      fresh.createObjectStore('view', { keyPath: ['kind', 'ref'] });
      fresh.createObjectStore('blobs', { keyPath: 'sha256' }).createIndex('state', 'state');
    },
    // A newer version of the app wants to migrate: do not stand in its way.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  // Hashing cannot wait inside a transaction, so the counters are made first; `add` lets one win.
  if ((await db.get('meta', COUNTERS)) === undefined) {
    const fresh = await makeStream(ports);
    const tx = db.transaction('meta', 'readwrite', STRICT);
    if ((await tx.store.get(COUNTERS)) === undefined) await tx.store.put(fresh, COUNTERS);
    await tx.done;
  }
  return {
    ...streamOf(db),
    ...viewOf(db),
    ...photosOf(db),
    ...draftsOf(db),
    close: () => db.close(),
  };
}

async function readMeta(tx: Write): Promise<Meta> {
  const meta = (await tx.objectStore('meta').get(COUNTERS)) as Meta | undefined;
  if (meta === undefined) throw new Error('the counters of the stream are gone');
  return meta;
}

type PhotoStore = 'findWaitingPhoto' | 'countWaitingPhotos' | 'markPhotoStored';
type StreamPart = Omit<PhoneStore, PhotoStore>;

function streamOf(db: IDBPDatabase<Schema>): StreamPart {
  const write = (...stores: StoreName[]): Write => db.transaction(stores, 'readwrite', STRICT);
  return {
    async getMeta() {
      const meta = (await db.get('meta', COUNTERS)) as Meta | undefined;
      if (meta === undefined) throw new Error('the counters of the stream are gone');
      return meta;
    },
    async append(op, expected) {
      const tx = write('meta', 'ops', 'blobs');
      const meta = await readMeta(tx);
      const isFirst = meta.stream === expected.stream && meta.head === expected.head;
      if (isFirst) {
        for (const sha256 of op.photos) {
          const photo = await tx.objectStore('blobs').get(sha256);
          if (photo?.state === 'draft') {
            void tx.objectStore('blobs').put({ ...photo, state: 'waiting' });
          }
        }
        void tx.objectStore('ops').add(op);
        void tx.objectStore('meta').put({ ...meta, head: op.seq, head_hash: op.hash }, COUNTERS);
      }
      await tx.done;
      return isFirst;
    },
    async listOps(from_seq, limit) {
      const count = Math.min(limit, 2 ** 32 - 1);
      return db.getAll('ops', IDBKeyRange.lowerBound(from_seq), count);
    },
    async findHash(seq) {
      const meta = (await db.get('meta', COUNTERS)) as Meta;
      if (seq === meta.boundary_seq) return meta.boundary_hash;
      return (await db.get('ops', seq))?.hash ?? null;
    },
    async applyChange(change, expected) {
      const tx = write('meta', 'ops', 'view');
      const meta = await readMeta(tx);
      const isCurrent = meta.stream === expected.stream && meta.cursor === expected.cursor;
      if (isCurrent) await applyInside(tx, meta, change);
      await tx.done;
      return isCurrent;
    },
    async replaceView(snapshot, expected) {
      const tx = write('meta', 'view', 'blobs');
      const meta = await readMeta(tx);
      const isCurrent = meta.stream === expected.stream;
      if (isCurrent) await replaceInside(tx, meta, snapshot);
      await tx.done;
      return isCurrent;
    },
    async startStream(meta, ops, expected) {
      const tx = write('meta', 'ops');
      const now = await readMeta(tx);
      const isCurrent = now.stream === expected.stream && now.head === expected.head;
      if (isCurrent) {
        void tx.objectStore('ops').clear();
        for (const op of ops) void tx.objectStore('ops').add(op);
        void tx.objectStore('meta').put(meta, COUNTERS);
      }
      await tx.done;
      return isCurrent;
    },
  };
}

async function applyInside(tx: Write, meta: Meta, change: Change): Promise<void> {
  for (const decision of change.decisions) await putDecision(tx, decision);
  const view = tx.objectStore('view');
  for (const row of change.feed) {
    const decision = decisionOf(row);
    if (decision) await putDecision(tx, decision);
    else if (row.doc === null) await view.delete([row.kind, row.ref]);
    else await view.put({ kind: row.kind, ref: row.ref, rev: row.rev, doc: row.doc });
  }
  const next: Meta = {
    ...meta,
    ack: change.ack,
    safe: change.safe,
    cursor: meta.cursor + change.feed.length,
    offset_ms: change.offset_ms,
    last_success_at: change.at,
  };
  const purge = Math.min(change.safe, change.ack);
  if (purge > meta.boundary_seq) {
    const last = await tx.objectStore('ops').get(purge);
    if (last) {
      await tx.objectStore('ops').delete(IDBKeyRange.upperBound(purge));
      next.boundary_seq = purge;
      next.boundary_hash = last.hash;
    }
  }
  await tx.objectStore('meta').put(next, COUNTERS);
}

/** By op id: after a fork the same fact has another number. A later decision stands. */
async function putDecision(tx: Write, decision: Decision): Promise<void> {
  const ops = tx.objectStore('ops');
  const op = await ops.index('id').get(decision.id);
  if (op === undefined || (op.decision?.n ?? 0) > decision.n) return;
  // A fact sent again under a new stream is a noop there; what it did the first time still holds.
  if (op.decision?.n === decision.n && decision.outcome === 'noop') return;
  await ops.put({ ...op, decision });
}

async function replaceInside(tx: Write, meta: Meta, snapshot: Snapshot): Promise<void> {
  const view = tx.objectStore('view');
  await view.clear();
  for (const row of snapshot.docs) await view.put(row);
  const isRestored = meta.epoch !== 0 && meta.epoch !== snapshot.epoch;
  if (isRestored) {
    const blobs = tx.objectStore('blobs');
    for (const photo of await blobs.index('state').getAll('stored')) {
      await blobs.put({ ...photo, state: 'waiting' });
    }
  }
  const next = { ...meta, epoch: snapshot.epoch, cursor: snapshot.cursor };
  await tx.objectStore('meta').put(next, COUNTERS);
}

function viewOf(db: IDBPDatabase<Schema>): Pick<PhoneDb, 'listView' | 'listAllOps'> {
  return {
    listView: () => db.getAll('view'),
    listAllOps: () => db.getAll('ops'),
  };
}

function photosOf(
  db: IDBPDatabase<Schema>,
): Pick<PhoneDb, 'keepPhoto' | 'findPhoto' | 'dropPhoto' | PhotoStore> {
  return {
    async keepPhoto(photo) {
      const tx = db.transaction('blobs', 'readwrite', STRICT);
      if ((await tx.store.get(photo.sha256)) === undefined) await tx.store.put(photo);
      await tx.done;
    },
    async findPhoto(sha256) {
      return (await db.get('blobs', sha256)) ?? null;
    },
    async dropPhoto(sha256) {
      const tx = db.transaction('blobs', 'readwrite', STRICT);
      if ((await tx.store.get(sha256))?.state === 'draft') await tx.store.delete(sha256);
      await tx.done;
    },
    async findWaitingPhoto() {
      return (await db.getFromIndex('blobs', 'state', 'waiting')) ?? null;
    },
    countWaitingPhotos: () => db.countFromIndex('blobs', 'state', 'waiting'),
    async markPhotoStored(sha256) {
      const tx = db.transaction('blobs', 'readwrite', STRICT);
      const photo = await tx.store.get(sha256);
      if (photo) await tx.store.put({ ...photo, state: 'stored' });
      const stored = await tx.store.index('state').getAll('stored');
      const old = stored.sort((a, b) => b.taken_at - a.taken_at).slice(KEPT_PHOTOS_MAX);
      for (const one of old) await tx.store.delete(one.sha256);
      await tx.done;
    },
  };
}

function draftsOf(db: IDBPDatabase<Schema>): Pick<PhoneDb, 'getDraft' | 'saveDraft' | 'dropDraft'> {
  return {
    async getDraft(key) {
      return ((await db.get('meta', DRAFT + key)) as Draft | undefined)?.value ?? null;
    },
    async saveDraft(key, value) {
      await db.put('meta', { saved_at: Date.now(), value }, DRAFT + key);
    },
    dropDraft: (key) => db.delete('meta', DRAFT + key),
  };
}
