/** The beginning of a shift on the disk: what lies there open comes under the new key, at once. */
import type { Disk, Tables } from '../sync/disk';
import { atRest, type DraftRow, type Seals } from '../sync/seals';
import { COUNTERS, readMeta } from '../sync/store';
import type { Meta } from '../sync/types';
import { DRAFT, dropUnsaved, layMarks, SHIFT, type ShiftRecord } from './shift';

/** Fetched together with it: as seldom. */
export { freeRoom } from '../sync/room';

/** Seal everything and keep the wrapped key; pictures, which are large, one by one behind it. */
export async function beginShift(
  disk: Disk,
  seals: Seals,
  record: ShiftRecord,
  eph: string,
): Promise<void> {
  while (!(await beginOnce(disk, seals, record, eph)));
  await sealAllPhotos(disk, seals, eph);
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
    await layMarks(tables.meta);
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

/** Seal pictures that came before the key. */
export async function sealAllPhotos(disk: Disk, seals: Seals, eph: string): Promise<void> {
  for (const state of ['draft', 'waiting', 'sent', 'stored'] as const) {
    const names = await disk.read(['blobs'], ({ blobs }) => blobs.listKeys(state));
    for (const name of names) {
      const photo = await disk.read(['blobs'], ({ blobs }) => blobs.get(name));
      if (!photo || photo.seal) continue;
      const sealed = await seals.sealPhoto(photo, eph);
      await disk.write(['blobs'], async ({ blobs }) => {
        const now = await blobs.get(name);
        if (now && !now.seal) await blobs.put({ ...now, bytes: sealed.bytes, seal: sealed.seal });
      });
    }
  }
}
