/** The stream on the disk: every change of its counters is one transaction with what it counts. */
import type { Disk, TableName, Tables, ViewRow } from './disk';
import { decisionOf, storedPhotoOf } from './feed';
import { WITHDRAWN } from './hold';
import { atRest, type Seals } from './seals';
import { askAgain, letGo, release, shelfOf, type FindRoom } from './shelf';
import type { Change, Decision, KeptOp, LeftOp, Meta, PhoneStore, Snapshot } from './types';

export const COUNTERS = 'stream';
/** How many facts may lie between one and its withdrawal: ten seconds of a courier's hands. */
export const LOOKAHEAD = 50;

const keptAt = (key: string): string => `kept:${key}`;

/** Counters that versions before this one did not write. */
const LATER_COUNTERS = {
  sent: 0,
  decided: 0,
  seal: null,
  is_view_lost: false,
  is_clock_moved: false,
  is_revoked: false,
};

/** The store is not what it was: facts without counters, or none of either. */
export class BrokenStore extends Error {
  override name = 'BrokenStore';
}

export async function readMeta(tables: Pick<Tables, 'meta'>): Promise<Meta> {
  const meta = (await tables.meta.get(COUNTERS)) as Meta | undefined;
  if (meta === undefined) throw new BrokenStore('counters_gone');
  return { ...LATER_COUNTERS, ...meta };
}

/** The store over `disk`, opening what it reads while the key is at hand. */
export function makeStore(disk: Disk, seals: Seals, find: FindRoom): PhoneStore {
  return {
    ...streamOf(disk, seals),
    ...repliesOf(disk, seals),
    ...leftOf(disk),
    ...shelfOf(disk, find),
  };
}

type StreamPart = Pick<
  PhoneStore,
  | 'getMeta'
  | 'isReadable'
  | 'append'
  | 'findKept'
  | 'changeKept'
  | 'listOps'
  | 'findHash'
  | 'markSent'
>;

function streamOf(disk: Disk, seals: Seals): StreamPart {
  return {
    getMeta: () => disk.read(['meta'], readMeta),
    isReadable: seals.isReadable,
    async append(op, expected, spent) {
      const kept = await seals.sealOp(op, expected.seal);
      return disk.write(['meta', 'ops', 'blobs'], async (tables) => {
        const meta = await readMeta(tables);
        if (meta.stream !== expected.stream || meta.head !== expected.head) return 'again';
        if (meta.seal !== expected.seal || meta.is_revoked) return 'again';
        if (await isLate(tables, op.kind, op.subject.op, meta)) return 'late';
        if (spent) {
          const now = await tables.meta.get(keptAt(spent.key));
          if (JSON.stringify(now) !== JSON.stringify(spent.before)) return 'again';
          await tables.meta.put(keptAt(spent.key), spent.left);
        }
        for (const sha256 of op.photos) {
          const photo = await tables.blobs.get(sha256);
          if (photo?.state === 'draft') await tables.blobs.put({ ...photo, state: 'waiting' });
        }
        await tables.ops.put(kept);
        await tables.meta.put(COUNTERS, { ...meta, head: op.seq, head_hash: op.hash });
        return 'saved';
      });
    },
    findKept: (key) => disk.read(['meta'], ({ meta }) => meta.get(keptAt(key))),
    changeKept: (key, work) =>
      disk.write(['meta'], async ({ meta }) =>
        meta.put(keptAt(key), work(await meta.get(keptAt(key)))),
      ),
    async listOps(from_seq, limit) {
      const rows = await disk.read(['ops'], (tables) => tables.ops.list(from_seq, limit));
      return Promise.all(rows.map(seals.openOp));
    },
    findHash: (seq) =>
      disk.read(['meta', 'ops'], async (tables) => {
        const meta = await readMeta(tables);
        if (seq === meta.boundary_seq) return meta.boundary_hash;
        return (await tables.ops.get(seq))?.hash ?? null;
      }),
    markSent: (seq, expected, parted) =>
      disk.write(['meta', 'ops'], async (tables) => {
        const meta = await readMeta(tables);
        if (meta.stream !== expected.stream || meta.ack !== expected.ack) return false;
        // Somebody may have taken an act back after the batch was put together.
        for (const later of await tables.ops.list(seq + 1, LOOKAHEAD)) {
          const taken = later.kind === WITHDRAWN ? later.subject.op : undefined;
          if (parted.includes(taken ?? '')) continue;
          const op = taken === undefined ? undefined : await tables.ops.findById(taken);
          if (op && op.seq <= seq && op.seq > meta.sent) return false;
        }
        if (seq > meta.sent) await tables.meta.put(COUNTERS, { ...meta, sent: seq });
        return true;
      }),
  };
}

/** True when `op` would take back what is on its way already. */
async function isLate(
  tables: Pick<Tables, 'ops'>,
  kind: string,
  op_id: string | undefined,
  meta: Meta,
): Promise<boolean> {
  if (kind !== WITHDRAWN || op_id === undefined) return false;
  const op = await tables.ops.findById(op_id);
  return op === undefined || op.seq <= meta.sent;
}

type ReplyPart = Pick<PhoneStore, 'applyChange' | 'replaceView' | 'startStream' | 'markRevoked'>;
const OF_REPLIES: TableName[] = ['meta', 'ops', 'view', 'blobs'];

function repliesOf(disk: Disk, seals: Seals): ReplyPart {
  return {
    async applyChange(change, expected) {
      const rows = await Promise.all(
        change.feed.map((row) => (row.doc === null ? null : seals.sealDoc(row, expected.seal))),
      );
      return disk.write(OF_REPLIES, async (tables) => {
        const meta = await readMeta(tables);
        if (meta.stream !== expected.stream || meta.cursor !== expected.cursor) return false;
        // An answer of before a restore counts as another cursor would.
        if (meta.seal !== expected.seal || meta.epoch !== expected.epoch) return false;
        await applyInside(tables, meta, change, rows);
        return true;
      });
    },
    async replaceView(snapshot, expected) {
      const rows = await Promise.all(snapshot.docs.map((row) => seals.sealDoc(row, expected.seal)));
      return disk.write(OF_REPLIES, async (tables) => {
        const meta = await readMeta(tables);
        if (meta.stream !== expected.stream || meta.seal !== expected.seal) return false;
        await replaceInside(tables, meta, snapshot, rows);
        return true;
      });
    },
    startStream: (meta, ops, left, expected) =>
      disk.write(['meta', 'ops', 'left'], async (tables) => {
        const now = await readMeta(tables);
        if (now.stream !== expected.stream || now.head !== expected.head) return false;
        // A shift begun or ended meanwhile has sealed these facts otherwise.
        if (now.seal !== expected.seal) return false;
        await tables.ops.clear();
        for (const op of ops) await tables.ops.put(atRest(op));
        for (const row of left) await tables.left.put({ ...row, op: atRest(row.op) });
        await tables.meta.put(COUNTERS, meta);
        return true;
      }),
    markRevoked: (ack, expected) =>
      disk.write(['meta', 'blobs'], async (tables) => {
        const meta = await readMeta(tables);
        if (meta.stream !== expected.stream) return;
        // Everything is handed over once more: a server restored meanwhile may lack pictures too.
        if (ack <= meta.boundary_seq) await askAgain(tables, true);
        await tables.meta.put(COUNTERS, {
          ...meta,
          ack: Math.min(ack, meta.head),
          is_revoked: true,
        });
      }),
  };
}

async function applyInside(
  tables: Tables,
  meta: Meta,
  change: Change,
  rows: readonly (ViewRow | null)[],
): Promise<void> {
  const next: Meta = {
    ...meta,
    ack: change.ack,
    safe: change.safe,
    cursor: meta.cursor + change.feed.length,
    offset_ms: change.offset_ms,
    last_success_at: change.at,
    is_revoked: false,
  };
  next.is_clock_moved = isMoved(meta, change);
  if (change.ack < meta.ack) {
    // A restored server: what it does not have it has not decided either (S5).
    await undecide(tables, change.ack + 1);
    next.decided = Math.min(meta.decided, change.ack);
  }
  for (const decision of change.decisions) await putDecision(tables, decision);
  for (const [index, row] of change.feed.entries()) {
    const decision = decisionOf(row);
    const photo = storedPhotoOf(row);
    const sealed = rows[index];
    if (decision) await putDecision(tables, decision);
    else if (photo) await letGo(tables, photo);
    else if (sealed) await tables.view.put(sealed);
    else await tables.view.delete(row.kind, row.ref);
  }
  next.decided = await countDecided(tables, next.decided, next.ack);
  await purge(tables, next, Math.min(change.safe, change.ack));
  await tables.meta.put(COUNTERS, next);
}

const CLOCK_JUMP_MS_MAX = 60_000;

/** True while the phone's clock is known to have moved against the server's. */
function isMoved(meta: Meta, change: Change): boolean {
  if (meta.offset_ms === null || change.offset_ms === null) return meta.is_clock_moved;
  if (meta.offset_ms === change.offset_ms) return meta.is_clock_moved;
  return Math.abs(change.offset_ms - meta.offset_ms) > CLOCK_JUMP_MS_MAX;
}

async function undecide(tables: Pick<Tables, 'ops'>, from_seq: number): Promise<void> {
  for (const op of await tables.ops.list(from_seq, Number.MAX_SAFE_INTEGER)) {
    if (op.decision !== null) await tables.ops.put({ ...op, decision: null });
  }
}

/** A person may have decided what was held, and the row that told so is skipped: it shows as held
until the office has told anew. */
async function doubtHeld(tables: Pick<Tables, 'ops'>): Promise<void> {
  for (const op of await tables.ops.list(0, Number.MAX_SAFE_INTEGER)) {
    if (op.decision?.outcome === 'held')
      await tables.ops.put({ ...op, decision: { ...op.decision, n: 0 } });
  }
}

/** The last number up to which every decision is known. */
async function countDecided(
  tables: Pick<Tables, 'ops'>,
  from: number,
  ack: number,
): Promise<number> {
  let decided = from;
  while (decided < ack) {
    const op = await tables.ops.get(decided + 1);
    if (!op?.decision?.n) break;
    decided += 1;
  }
  return decided;
}

/** Forget what no backup could lack (S6); the hash at the boundary stays. */
async function purge(tables: Tables, next: Meta, up_to: number): Promise<void> {
  if (up_to <= next.boundary_seq) return;
  const last = await tables.ops.get(up_to);
  if (!last) return;
  const { boundary_seq } = next;
  for (const op of await tables.ops.list(boundary_seq + 1, up_to - boundary_seq)) {
    for (const sha256 of op.photos) await release(tables, sha256);
  }
  await tables.ops.deleteUpTo(up_to);
  next.boundary_seq = up_to;
  next.boundary_hash = last.hash;
  next.decided = Math.max(next.decided, up_to);
}

/** By op id: after a fork the same fact has another number. A later decision stands. */
async function putDecision(tables: Pick<Tables, 'ops'>, decision: Decision): Promise<void> {
  const op = await tables.ops.findById(decision.id);
  if (op === undefined || (op.decision?.n ?? 0) > decision.n) return;
  // A fact sent again under a new stream is a noop there; what it did the first time still holds.
  if (op.decision?.n === decision.n && decision.outcome === 'noop') return;
  await tables.ops.put({ ...op, decision });
}

async function replaceInside(
  tables: Tables,
  meta: Meta,
  snapshot: Snapshot,
  rows: readonly ViewRow[],
): Promise<void> {
  await tables.view.clear();
  for (const row of rows) await tables.view.put(row);
  // A phone that was never told an epoch may have sent pictures all the same.
  const isRestored = meta.epoch !== snapshot.epoch;
  await (isRestored ? undecide(tables, 0) : doubtHeld(tables));
  // The feed rows between the old cursor and the new are not told any more: ask for what they said.
  await askAgain(tables, isRestored);
  await tables.meta.put(COUNTERS, {
    ...meta,
    epoch: snapshot.epoch,
    cursor: snapshot.cursor,
    decided: meta.boundary_seq,
    is_view_lost: false,
  });
}

function leftOf(disk: Disk): Pick<PhoneStore, 'countLeft' | 'listLeft' | 'markSetAside'> {
  return {
    countLeft: () => disk.read(['left'], async (tables) => (await leftIn(tables)).length),
    listLeft: () => disk.read(['left'], leftIn),
    markSetAside: (stream, ops) =>
      disk.write(['left'], async (tables) => {
        const seqs = new Set(ops.map((op) => op.seq));
        for (const row of await leftIn(tables)) {
          const isMeant = row.stream === stream && seqs.has(row.op.seq);
          if (isMeant) await tables.left.put({ ...row, is_set_aside: true });
        }
      }),
  };
}

async function leftIn({ left }: Pick<Tables, 'left'>): Promise<LeftOp[]> {
  return (await left.list()).filter((row) => !row.is_set_aside);
}

/** Make the counters of a fresh disk; a disk with facts but no counters is not fresh (S18). */
export async function ensureMeta(disk: Disk, make: () => Promise<Meta>): Promise<void> {
  const isThere = (tables: Pick<Tables, 'meta'>): Promise<boolean> =>
    tables.meta.get(COUNTERS).then((meta) => meta !== undefined);
  if (await disk.read(['meta'], isThere)) return;
  // Hashing cannot wait inside a transaction, so the counters are made first; one tab wins.
  const fresh = await make();
  await disk.write(['meta', 'ops'], async (tables) => {
    if (await isThere(tables)) return;
    if ((await tables.ops.count()) > 0) throw new BrokenStore('facts_without_counters');
    await tables.meta.put(COUNTERS, fresh);
  });
}

export function isReadableOp(op: KeptOp): op is KeptOp & { raw: string } {
  return op.raw !== null;
}
