/** The beginning of a shift on the disk: what lies there open comes under the new key, at once. */
import type { Cipher, Disk, Tables, ViewRow } from '../sync/disk';
import { atRest, Locked, makeSeals, type DraftRow, type Seals } from '../sync/seals';
import { COUNTERS, isReadableOp, readMeta } from '../sync/store';
import type { Document, KeptOp, KeptPhoto, Meta } from '../sync/types';
import { sealAllPhotos } from './pictures';
import { DRAFT, dropUnsaved, layMarks, SHIFT, type ShiftRecord } from './shift';

/** Fetched together with it: as seldom. */
export { freeRoom } from '../sync/room';

/** Seal everything and keep the wrapped key; pictures, which are large, one by one behind it. With
`old`, the cipher of the shift before, what the day still needs is taken over from under its key. */
export async function beginShift(
  disk: Disk,
  seals: Seals,
  record: ShiftRecord,
  eph: string,
  old?: Cipher,
): Promise<void> {
  while (!(await beginOnce(disk, seals, record, eph, old)));
  await sealAllPhotos(disk, seals, eph);
}

/** What stands on the disk under the new key, and what it was made of. */
interface Fresh {
  before: { meta: Meta; drafts: [string, DraftRow][] };
  ops: KeptOp[];
  view: ViewRow[];
  drafts: [string, DraftRow][];
  photos: KeptPhoto[];
}

/** Seal what can be read and switch to the key, in one transaction; false when somebody wrote
meanwhile. What is sealed under a key that is gone stays so. */
async function beginOnce(
  disk: Disk,
  seals: Seals,
  record: ShiftRecord,
  eph: string,
  old?: Cipher,
): Promise<boolean> {
  const fresh = await sealAnew(disk, seals, eph, old);
  return disk.write(['meta', 'ops', 'view', 'blobs'], async (tables) => {
    const now = await readMeta(tables);
    if (!isSame(fresh.before.meta, now)) return false;
    const isDrafted = (rows: [string, DraftRow][]): string =>
      rows.map(([key, row]) => `${key}@${row.saved_at}`).join();
    if (isDrafted(await listDrafts(tables)) !== isDrafted(fresh.before.drafts)) return false;
    // Under a key that is gone, or is given up now, nothing but the facts is of use.
    const isOpen = now.seal === null;
    if (!isOpen) await dropUnsaved(tables);
    for (const op of fresh.ops) await tables.ops.put(op);
    for (const row of fresh.view) await tables.view.put(row);
    for (const [key, row] of fresh.drafts) await tables.meta.put(key, row);
    for (const photo of fresh.photos) await tables.blobs.put(photo);
    await tables.meta.put(SHIFT, record);
    await layMarks(tables.meta);
    // What was taken over serves until the day is fetched anew, without what is past.
    const is_view_lost = now.is_view_lost || !isOpen;
    await tables.meta.put(COUNTERS, { ...now, seal: eph, is_view_lost });
    return true;
  });
}

async function sealAnew(disk: Disk, seals: Seals, eph: string, old?: Cipher): Promise<Fresh> {
  const rows = await disk.read(['meta', 'ops', 'view', 'blobs'], async (tables) => ({
    meta: await readMeta(tables),
    ops: await tables.ops.list(0, Number.MAX_SAFE_INTEGER),
    view: await tables.view.list(),
    drafts: await listDrafts(tables),
    photos: old ? await tables.blobs.list('draft') : [],
  }));
  const { meta } = rows;
  // Somebody has begun or ended a shift meanwhile.
  if (old && meta.seal !== old.eph()) throw new Locked('another_shift');
  const opener = old ? makeSeals(old) : null;
  const isReadable = meta.seal === null || opener !== null;
  const ops = await Promise.all(
    rows.ops
      .filter((op) => (op.sealed ? opener !== null && isUndecided(op) : true))
      .map((op) => opener?.openOp(op) ?? op),
  );
  const docs = isReadable ? await Promise.all(rows.view.map((row) => openDoc(row, opener))) : [];
  return {
    before: rows,
    ops: await Promise.all(
      ops.filter(isReadableOp).map(async (op) => atRest(await seals.sealOp(op, eph))),
    ),
    view: await Promise.all(
      docs.filter((doc) => doc !== null).map((doc) => seals.sealDoc(doc, eph)),
    ),
    drafts: isReadable ? await sealDrafts(rows.drafts, seals, eph, opener) : [],
    photos: await sealPictures(rows.photos, seals, eph, opener),
  };
}

/** The phone shows such a fact beside what the office says, and must not do its act again. */
function isUndecided({ decision }: KeptOp): boolean {
  return decision === null || decision.outcome === 'held';
}

const openDoc = async (row: ViewRow, opener: Seals | null): Promise<Document | null> =>
  opener ? opener.openDoc(row) : row;

async function sealDrafts(
  rows: [string, DraftRow][],
  seals: Seals,
  eph: string,
  opener: Seals | null,
): Promise<[string, DraftRow][]> {
  const anew = rows.map(async ([key, row]): Promise<[string, DraftRow]> => {
    const name = key.slice(DRAFT.length);
    const value = opener ? await opener.openDraft(name, row) : row.value;
    return [key, await seals.sealDraft(name, { saved_at: row.saved_at, value }, eph)];
  });
  return Promise.all(anew);
}

/** Pictures of a half-done act; those of facts go out as they are. */
async function sealPictures(
  photos: KeptPhoto[],
  seals: Seals,
  eph: string,
  opener: Seals | null,
): Promise<KeptPhoto[]> {
  const opened = await Promise.all(photos.map((photo) => opener?.openPhoto(photo) ?? null));
  const anew = opened
    .filter((photo) => photo !== null)
    .map(async (photo) => ({ ...(await seals.sealPhoto(photo, eph)), state: 'draft' as const }));
  return Promise.all(anew);
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
