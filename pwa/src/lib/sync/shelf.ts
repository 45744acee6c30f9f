/** Pictures on the disk: each stays until no backup could lack it (S6), or there is no room. */
import type { Disk, Tables } from './disk';
import type { LetGo, PhoneStore } from './types';

/** The server may lack it: to be asked about, though it said once that it has it. */
export const AGAIN = 'again:';
/** Its copy had to go before the time; the server has heard so, or has not. */
export const GONE = 'gone:';

export type Shelf = Pick<Tables, 'meta' | 'blobs'>;

export async function listMarked(meta: Tables['meta'], mark: string): Promise<string[]> {
  const keys = await meta.listKeys();
  return keys.filter((key) => key.startsWith(mark)).map((key) => key.slice(mark.length));
}

/** Ask about every picture the server once had: it is another now, or an older one. */
export async function askAgain({ meta, blobs }: Shelf, isRestored: boolean): Promise<void> {
  for (const state of isRestored ? (['sent', 'stored'] as const) : (['sent'] as const)) {
    for (const sha256 of await blobs.listKeys(state)) await meta.put(AGAIN + sha256, 0);
  }
  if (!isRestored) return;
  for (const name of await listMarked(meta, GONE)) {
    await meta.put(GONE + name, { ...((await meta.get(GONE + name)) as LetGo), is_told: false });
  }
}

/** The server has the picture; every backup had it too where its fact is gone from here. */
export async function letGo({ meta, blobs }: Shelf, sha256: string): Promise<void> {
  await meta.delete(AGAIN + sha256);
  const photo = await blobs.get(sha256);
  if (!photo || photo.state === 'draft') return;
  if (photo.is_safe) await blobs.delete(sha256);
  else if (photo.state !== 'stored') await blobs.put({ ...photo, state: 'stored' });
}

/** No backup lacks the picture: it goes with its fact, unless the server is being asked. */
export async function release({ meta, blobs }: Shelf, sha256: string): Promise<void> {
  await meta.delete(GONE + sha256);
  const photo = await blobs.get(sha256);
  if (!photo || photo.state === 'draft') return;
  const isAsked = (await meta.get(AGAIN + sha256)) !== undefined;
  if (photo.state === 'stored' && !isAsked) await blobs.delete(sha256);
  else await blobs.put({ ...photo, is_safe: true });
}

type ShelfPart = Pick<
  PhoneStore,
  | 'listWaitingPhotos'
  | 'getPhoto'
  | 'countWaitingPhotos'
  | 'markPhoto'
  | 'freeRoom'
  | 'listGone'
  | 'markTold'
>;

/** Wanted by a phone without room alone: fetched then. */
export type FindRoom = () => Promise<Pick<typeof import('./room'), 'freeRoom'>>;

export function shelfOf(disk: Disk, find: FindRoom): ShelfPart {
  return {
    getPhoto: (sha256) =>
      disk.read(['blobs'], async ({ blobs }) => {
        const photo = await blobs.get(sha256);
        // Before pictures were sealed their rows had no `seal`.
        return photo ? { ...photo, seal: photo.seal ?? null } : null;
      }),
    listWaitingPhotos: () =>
      disk.read(['meta', 'blobs'], async ({ meta, blobs }) => [
        ...(await blobs.listKeys('waiting')),
        ...(await listMarked(meta, AGAIN)),
      ]),
    countWaitingPhotos: () =>
      disk.read(
        ['meta', 'blobs'],
        async ({ meta, blobs }) =>
          (await blobs.count('waiting')) + (await listMarked(meta, AGAIN)).length,
      ),
    markPhoto: (sha256, state) =>
      disk.write(['meta', 'blobs'], async (tables) => {
        const { meta, blobs } = tables;
        if (state === 'stored') return letGo(tables, sha256);
        const photo = await blobs.get(sha256);
        const isAsked = (await meta.get(AGAIN + sha256)) !== undefined;
        await meta.delete(AGAIN + sha256);
        if (photo?.state === 'waiting' || (photo && isAsked)) await blobs.put({ ...photo, state });
      }),
    freeRoom: async (num_bytes) => (await find()).freeRoom(disk, num_bytes),
    listGone: () =>
      disk.read(['meta'], async ({ meta }) => {
        const gone: LetGo[] = [];
        for (const name of await listMarked(meta, GONE)) {
          gone.push((await meta.get(GONE + name)) as LetGo);
        }
        return gone;
      }),
    markTold: (gone) =>
      disk.write(['meta'], async ({ meta }) => {
        for (const one of gone) await meta.put(GONE + one.sha256, { ...one, is_told: true });
      }),
  };
}
