/** Room on a phone that has none: the oldest copies go of what the server has (S18). */
import type { Disk, Tables } from './disk';
import { AGAIN, GONE, listMarked, type Shelf } from './shelf';
import type { LetGo } from './types';

/** Forget the oldest copies of what the server has until so many bytes are free; returns how many
are. What it may lack stays. */
export async function freeRoom(disk: Disk, num_bytes: number): Promise<number> {
  const names = await disk.read(['meta', 'blobs'], async ({ meta, blobs }) => {
    const asked = new Set(await listMarked(meta, AGAIN));
    return (await blobs.listKeys('stored')).filter((sha256) => !asked.has(sha256));
  });
  const kept: LetGo[] = [];
  // One by one: all of them together are more than a page may hold.
  for (const sha256 of names) {
    const photo = await disk.read(['blobs'], ({ blobs }) => blobs.get(sha256));
    const size = photo?.bytes.length ?? 0;
    if (photo) kept.push({ sha256, size, taken_at: photo.taken_at, is_told: false });
  }
  kept.sort((a, b) => a.taken_at - b.taken_at);
  let freed = 0;
  const going = kept.filter(({ size }) => freed < num_bytes && (freed += size) > 0);
  return going.length === 0 ? 0 : drop(disk, going);
}

/** Forget these copies, and note whose they were; returns the bytes freed. */
async function drop(disk: Disk, going: readonly LetGo[]): Promise<number> {
  const forget = async ({ meta, blobs }: Shelf): Promise<LetGo[]> => {
    const gone: LetGo[] = [];
    for (const one of going) {
      // Meanwhile the server may have turned out to lack it.
      const isAsked = (await meta.get(AGAIN + one.sha256)) !== undefined;
      if (isAsked || (await blobs.get(one.sha256))?.state !== 'stored') continue;
      await blobs.delete(one.sha256);
      gone.push(one);
    }
    return gone;
  };
  const note = async (meta: Tables['meta'], gone: readonly LetGo[]): Promise<void> => {
    for (const one of gone) await meta.put(GONE + one.sha256, one);
  };
  const both = disk.write(['meta', 'blobs'], async (tables) => {
    const gone = await forget(tables);
    await note(tables.meta, gone);
    return gone;
  });
  const gone = await both.catch(async (error: unknown) => {
    if (!(error instanceof Error) || error.name !== 'QuotaExceededError') throw error;
    // Without any room nothing can be written before something is gone.
    const first = await disk.write(['meta', 'blobs'], forget);
    await disk.write(['meta'], ({ meta }) => note(meta, first));
    return first;
  });
  return gone.reduce((sum, { size }) => sum + size, 0);
}
