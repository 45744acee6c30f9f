/** The key of a shift on the disk, and the moments at which everything comes under it or goes. */
import type { Disk, Tables } from '../sync/disk';
import { atRest, type DraftRow, type Seals } from '../sync/seals';
import { COUNTERS, readMeta } from '../sync/store';
import type { Meta } from '../sync/types';

/** A key under a PIN: nobody reads it without one of a million tries of 600 000 rounds each. */
export interface WrappedKey {
  eph: string;
  salt: Uint8Array;
  iv: Uint8Array;
  wrapped: Uint8Array;
}

export interface ShiftRecord {
  state: 'kept' | 'ended' | 'burnt';
  /** null once it was destroyed. */
  key: WrappedKey | null;
  /** Wrong PINs since the last right one. */
  tries: number;
  /** Somebody signed in online after the fifth wrong PIN. */
  is_signed_in: boolean;
}

export interface ShiftShelf {
  find(): Promise<ShiftRecord | null>;
  save(record: ShiftRecord): Promise<void>;
  /** Put everything readable under `record`'s key, which the cipher has at hand. */
  begin(record: ShiftRecord, eph: string): Promise<void>;
  /** Destroy the key and all that only it could read, but for the facts and their pictures. */
  end(state: 'ended' | 'burnt'): Promise<void>;
  /** Seal pictures that came before the key. */
  sealPhotos(eph: string): Promise<void>;
  /** Forget what was read: the key was put away. */
  forget(): void;
  /** Forget everything (S21). */
  wipe(): Promise<void>;
}

const SHIFT = 'shift';
const DRAFT = 'draft:';

export function shelfOf(disk: Disk, seals: Seals): ShiftShelf {
  const sealPhotos = (eph: string): Promise<void> => sealAllPhotos(disk, seals, eph);
  return {
    find: () =>
      disk.read(['meta'], async ({ meta }) => ((await meta.get(SHIFT)) as ShiftRecord) ?? null),
    save: (record) => disk.write(['meta'], ({ meta }) => meta.put(SHIFT, record)),
    async begin(record, eph) {
      while (!(await beginOnce(disk, seals, record, eph)));
      await sealPhotos(eph);
    },
    async end(state) {
      seals.forget();
      await disk.write(['meta', 'view', 'blobs'], async (tables) => {
        const meta = await readMeta(tables);
        const record: ShiftRecord = { state, key: null, tries: 0, is_signed_in: false };
        await tables.meta.put(SHIFT, record);
        await tables.meta.put(COUNTERS, { ...meta, seal: '', is_view_lost: true });
        await dropUnsaved(tables);
      });
    },
    sealPhotos,
    forget: () => seals.forget(),
    async wipe() {
      seals.forget();
      await disk.write(['meta', 'ops', 'view', 'blobs', 'left'], async (tables) => {
        await tables.view.clear();
        await tables.ops.clear();
        for (const state of ['draft', 'waiting', 'sent', 'stored'] as const) {
          for (const name of await tables.blobs.listKeys(state)) await tables.blobs.delete(name);
        }
        for (const { stream, op } of await tables.left.list()) {
          await tables.left.delete(stream, op.seq);
        }
        for (const key of await tables.meta.listKeys()) await tables.meta.delete(key);
      });
    },
  };
}

/** The view, half-done acts and their pictures: what a shift leaves behind besides its facts. */
async function dropUnsaved(tables: Pick<Tables, 'meta' | 'view' | 'blobs'>): Promise<void> {
  await tables.view.clear();
  for (const key of await tables.meta.listKeys()) {
    if (key.startsWith(DRAFT)) await tables.meta.delete(key);
  }
  for (const name of await tables.blobs.listKeys('draft')) await tables.blobs.delete(name);
}

/** Seal what lies there open and switch to the key, in one transaction; false when somebody wrote
meanwhile. What is sealed under an older key stays so. */
async function beginOnce(
  disk: Disk,
  seals: Seals,
  record: ShiftRecord,
  eph: string,
): Promise<boolean> {
  const before = await disk.read(['meta', 'ops', 'view'], async (tables) => ({
    meta: await readMeta(tables),
    ops: await tables.ops.list(0, Number.MAX_SAFE_INTEGER),
    view: await tables.view.list(),
    drafts: await listDrafts(tables),
  }));
  const { meta } = before;
  const isOpen = meta.seal === null;
  const ops = await Promise.all(
    before.ops
      .filter((op) => !op.sealed && op.raw !== null)
      .map(async (op) => atRest(await seals.sealOp({ ...op, raw: op.raw ?? '' }, eph))),
  );
  const view = isOpen ? await Promise.all(before.view.map((row) => seals.sealDoc(row, eph))) : [];
  const drafts = isOpen
    ? await Promise.all(
        before.drafts.map(async ([key, row]): Promise<[string, DraftRow]> => [
          key,
          await seals.sealDraft(key.slice(DRAFT.length), row, eph),
        ]),
      )
    : [];
  return disk.write(['meta', 'ops', 'view', 'blobs'], async (tables) => {
    const now = await readMeta(tables);
    if (!isSame(meta, now)) return false;
    const isDrafted = (rows: [string, DraftRow][]): string =>
      rows.map(([key, row]) => `${key}@${row.saved_at}`).join();
    if (isDrafted(await listDrafts(tables)) !== isDrafted(before.drafts)) return false;
    // Under a key that is gone, or is given up now, nothing but the facts is of use.
    if (!isOpen) await dropUnsaved(tables);
    for (const op of ops) await tables.ops.put(op);
    for (const row of view) await tables.view.put(row);
    for (const [key, row] of drafts) await tables.meta.put(key, row);
    await tables.meta.put(SHIFT, record);
    const is_view_lost = now.is_view_lost || !isOpen;
    await tables.meta.put(COUNTERS, { ...now, seal: eph, is_view_lost });
    return true;
  });
}

async function listDrafts(tables: Pick<Tables, 'meta'>): Promise<[string, DraftRow][]> {
  const keys = (await tables.meta.listKeys()).filter((key) => key.startsWith(DRAFT));
  const rows: [string, DraftRow][] = [];
  for (const key of keys) rows.push([key, (await tables.meta.get(key)) as DraftRow]);
  return rows;
}

function isSame(a: Meta, b: Meta): boolean {
  const isSameStream = a.stream === b.stream && a.head === b.head && a.ack === b.ack;
  return isSameStream && a.decided === b.decided && a.cursor === b.cursor && a.seal === b.seal;
}

async function sealAllPhotos(disk: Disk, seals: Seals, eph: string): Promise<void> {
  for (const state of ['draft', 'waiting', 'sent', 'stored'] as const) {
    const names = await disk.read(['blobs'], ({ blobs }) => blobs.listKeys(state));
    for (const name of names) {
      const photo = await disk.read(['blobs'], ({ blobs }) => blobs.get(name));
      if (!photo || photo.seal) continue;
      const sealed = await seals.sealPhoto(photo, eph);
      await disk.write(['blobs'], async ({ blobs }) => {
        const now = await blobs.get(name);
        if (now && !now.seal) await blobs.put({ ...sealed, state: now.state });
      });
    }
  }
}
