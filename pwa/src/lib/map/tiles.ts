/** The map of an office's area, where the operator gives one: a PMTiles file of our own site. */

const CACHE = 'tannoi-tiles';

export function tilesAddress(office_id: string): string {
  return `/tiles/${encodeURIComponent(office_id)}.pmtiles`;
}

/** The file kept on this phone, or null. */
export async function findTiles(office_id: string): Promise<Blob | null> {
  if (typeof caches === 'undefined') return null;
  const kept = await (await caches.open(CACHE)).match(tilesAddress(office_id));
  return kept ? kept.blob() : null;
}

export async function hasTiles(office_id: string): Promise<boolean> {
  if (typeof caches === 'undefined') return false;
  const kept = await (await caches.open(CACHE)).match(tilesAddress(office_id));
  return kept !== undefined;
}

/** `PMTiles` version 3 begins so; anything else is a page of somebody's, not a map. */
const MAGIC = [0x50, 0x4d, 0x54, 0x69, 0x6c, 0x65, 0x73, 0x03];

export async function isTilesFile(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, MAGIC.length).arrayBuffer());
  return head.length === MAGIC.length && MAGIC.every((byte, at) => head[at] === byte);
}

export type FetchedTiles = 'kept' | 'unchanged' | 'none' | 'bad' | 'no_answer' | 'full';

/** Fetch the file where the operator gives one, and keep it; the old one stays till then. */
export async function fetchTiles(
  office_id: string,
  ask: typeof fetch = fetch,
): Promise<FetchedTiles> {
  const address = tilesAddress(office_id);
  const cache = await caches.open(CACHE);
  const old = await cache.match(address);
  const etag = old?.headers.get('etag') ?? null;
  const headers: Record<string, string> = etag ? { 'if-none-match': etag } : {};
  let answer: Response;
  try {
    answer = await ask(address, { headers, cache: 'no-store' });
  } catch {
    return 'no_answer';
  }
  if (answer.status === 304) return 'unchanged';
  if (!answer.ok) return 'none';
  try {
    const file = await answer.blob();
    if (!(await isTilesFile(file))) return 'bad';
    const kept: Record<string, string> = { 'content-type': 'application/octet-stream' };
    const fresh = answer.headers.get('etag');
    if (fresh) kept['etag'] = fresh;
    await cache.put(address, new Response(file, { headers: kept }));
    return 'kept';
  } catch {
    return 'full';
  }
}
