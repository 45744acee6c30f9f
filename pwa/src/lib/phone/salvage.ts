/** What can still be read of a store that does not open: its facts, as a file for the office. */
import { openDisk } from '../db/indexed';
import { findDevice, findMe } from '../db/who';
import { COUNTERS } from '../sync/store';
import type { Meta } from '../sync/types';
import { makeExport, unsentIn, type Counters, type KeptFacts } from './export';
import { APP_VERSION, databaseOf } from './page';

export interface Salvage {
  badge: string;
  count: number;
  file: Blob;
}

/** The facts that lie readable or sealed on this phone; null where there are none, or nothing can
be read. It makes no database and changes none. */
export async function salvage(now: number): Promise<Salvage | null> {
  const me = await findMe();
  const name = me && databaseOf(me.staff_id);
  const isThere = (await indexedDB.databases()).some((one) => one.name === name);
  if (!name || !isThere) return null;
  const kept = await readKept(name);
  const device = (await findDevice())?.device_id ?? undefined;
  // Without counters nobody knows what was sent: all of it goes, and the office tells it apart.
  const meta = kept.meta ?? makeCounters(device ?? me.staff_id, kept);
  const { ops, left } = unsentIn(meta.ack, kept);
  const count = ops.length + left.length;
  if (count === 0) return null;
  const text = makeExport(meta, kept, APP_VERSION, now, kept.meta ? undefined : device);
  return { badge: me.badge, count, file: new Blob([text], { type: 'application/json' }) };
}

async function readKept(name: string): Promise<KeptFacts & { meta: Meta | undefined }> {
  const disk = await openDisk(name);
  try {
    return await disk.read(['meta', 'ops', 'left'], async (tables) => ({
      meta: (await tables.meta.get(COUNTERS)) as Meta | undefined,
      ops: await tables.ops.list(0, Number.MAX_SAFE_INTEGER),
      left: await tables.left.list(),
    }));
  } finally {
    disk.close();
  }
}

/** The name of the stream is gone with its counters: the same one each time stands in for it, so
that a file made twice is one at the office. */
function makeCounters(stream: string, { ops }: KeptFacts): Counters {
  const head = ops.at(-1)?.seq ?? 0;
  return { stream, epoch: 0, ack: 0, head, boundary_seq: 0, boundary_hash: '' };
}
