/** The phone's database: the stream, the view, pictures, drafts, and the key of the shift. */
import { makeStream } from '../sync/acts';
import type { Cipher, Disk } from '../sync/disk';
import { isReadableOp, ensureMeta, makeStore, readMeta } from '../sync/store';
import { makeSeals, type DraftRow, type Seals } from '../sync/seals';
import type { Document, KeptOp, LeftOp, Photo, PhoneStore, Ports, StoredOp } from '../sync/types';
import { openDisk } from './indexed';
import { shelfOf, type FindBegin, type ShiftShelf } from './shift';

const DRAFT = 'draft:';

export interface PhoneDb extends PhoneStore {
  /** Nothing while the phone is locked. */
  listView(): Promise<Document[]>;
  /** The facts that can be read: none while the phone is locked. */
  listAllOps(): Promise<StoredOp[]>;
  /** All facts as they lie on the disk, those of ended streams too, for the export. */
  listKept(): Promise<{ ops: KeptOp[]; left: LeftOp[] }>;
  keepPhoto(photo: Photo): Promise<void>;
  findPhoto(sha256: string): Promise<Photo | null>;
  /** Forget a picture no fact names. */
  dropPhoto(sha256: string): Promise<void>;
  getDraft(key: string): Promise<unknown>;
  saveDraft(key: string, value: unknown): Promise<void>;
  dropDraft(key: string): Promise<void>;
  /** The wrapped key of the shift, and what changes with it. */
  shift: ShiftShelf;
  close(): void;
}

/** A phone that is never sealed: tests, and servers without keys. */
export const NO_CIPHER: Cipher = {
  eph: () => null,
  seal: () => Promise.reject(new Error('there is no key')),
  open: async () => null,
};

/** Open (or make) the database of one staff member on this device. With `is_sealed`, a new one
takes nothing readable before a shift is begun. */
export async function openPhone(
  name: string,
  ports: Pick<Ports, 'makeId' | 'sha256'>,
  cipher: Cipher = NO_CIPHER,
  is_sealed = false,
): Promise<PhoneDb> {
  const disk = await openDisk(name);
  try {
    if (is_sealed) await ensureMeta(disk, async () => ({ ...(await makeStream(ports)), seal: '' }));
    return await openOn(disk, ports, cipher);
  } catch (error) {
    disk.close();
    throw error;
  }
}

/** The phone on a disk of its own. `begin` finds what is needed seldom: at the beginning of a
shift, and where there is no room. */
export async function openOn(
  disk: Disk,
  ports: Pick<Ports, 'makeId' | 'sha256'>,
  cipher: Cipher = NO_CIPHER,
  begin: FindBegin = () => import('./begin'),
): Promise<PhoneDb> {
  await ensureMeta(disk, () => makeStream(ports));
  const seals = makeSeals(cipher);
  return {
    ...makeStore(disk, seals, begin),
    ...viewOf(disk, seals),
    ...photosOf(disk, seals),
    ...draftsOf(disk, seals),
    shift: shelfOf(disk, seals, begin),
    close: () => disk.close(),
  };
}

function viewOf(disk: Disk, seals: Seals): Pick<PhoneDb, 'listView' | 'listAllOps' | 'listKept'> {
  return {
    async listView() {
      const rows = await disk.read(['view'], ({ view }) => view.list());
      const docs = await Promise.all(rows.map(seals.openDoc));
      return docs.filter((doc) => doc !== null);
    },
    async listAllOps() {
      const read = disk.read(['meta', 'ops'], async (tables) => ({
        meta: await readMeta(tables),
        rows: await tables.ops.list(0, Number.MAX_SAFE_INTEGER),
      }));
      const { meta, rows } = await read;
      if (!seals.isReadable(meta)) return [];
      const ops = await Promise.all(rows.map(seals.openOp));
      return ops.filter(isReadableOp);
    },
    listKept: () =>
      disk.read(['ops', 'left'], async (tables) => ({
        ops: await tables.ops.list(0, Number.MAX_SAFE_INTEGER),
        left: await tables.left.list(),
      })),
  };
}

function photosOf(
  disk: Disk,
  seals: Seals,
): Pick<PhoneDb, 'keepPhoto' | 'findPhoto' | 'dropPhoto'> {
  return {
    async keepPhoto(photo) {
      for (;;) {
        const { seal } = await disk.read(['meta'], readMeta);
        const kept = await seals.sealPhoto(photo, seal);
        const isKept = await disk.write(['meta', 'blobs'], async (tables) => {
          if ((await readMeta(tables)).seal !== seal) return false;
          if ((await tables.blobs.get(photo.sha256)) === undefined) await tables.blobs.put(kept);
          return true;
        });
        if (isKept) return;
      }
    },
    async findPhoto(sha256) {
      const photo = await disk.read(['blobs'], ({ blobs }) => blobs.get(sha256));
      return photo ? seals.openPhoto(photo) : null;
    },
    dropPhoto: (sha256) =>
      disk.write(['blobs'], async ({ blobs }) => {
        if ((await blobs.get(sha256))?.state === 'draft') await blobs.delete(sha256);
      }),
  };
}

function draftsOf(disk: Disk, seals: Seals): Pick<PhoneDb, 'getDraft' | 'saveDraft' | 'dropDraft'> {
  return {
    async getDraft(key) {
      const row = await disk.read(['meta'], ({ meta }) => meta.get(DRAFT + key));
      return row === undefined ? null : seals.openDraft(key, row as DraftRow);
    },
    async saveDraft(key, value) {
      const { seal } = await disk.read(['meta'], readMeta);
      const row = await seals.sealDraft(key, { saved_at: Date.now(), value }, seal);
      await disk.write(['meta'], async (tables) => {
        if ((await readMeta(tables)).seal === seal) await tables.meta.put(DRAFT + key, row);
      });
    },
    dropDraft: (key) => disk.write(['meta'], ({ meta }) => meta.delete(DRAFT + key)),
  };
}
