/** A new stream in place of one the server knows otherwise: the same facts under the same ids. */
import { firstHash, nextHash } from './chain';
import { isReadableOp } from './store';
import type { KeptOp, LeftOp, Meta, Ports } from './types';
import { countFitting, makeBody, readReply } from './wire';

export type Reissued =
  | 'done'
  /** Facts of the running shift cannot be read: somebody must unlock first. */
  | 'locked'
  /** What nobody can read any more could not be handed to the server yet. */
  | 'retry';

/** Open a new stream and write everything still kept here into it, under the same op ids.

Acknowledged ops go along: their effect exists once for ever, and a server restored later may need
them. Decisions stay as known until the new stream's come. Facts whose key is gone cannot be hashed
anew: they are pushed once more on the old stream, where a server that knows another one takes them
aside for a person, and stay here beside the new stream.
*/
export async function reissue(ports: Ports, meta: Meta): Promise<Reissued> {
  const kept = await ports.store.listOps(1, Number.MAX_SAFE_INTEGER);
  const sealed = kept.filter((op) => op.raw === null);
  const isLocked = (op: KeptOp): boolean => op.sealed?.op.eph === meta.seal;
  if (sealed.some(isLocked)) return 'locked';
  const waiting = kept.filter((op) => op.seq > meta.ack);
  const hasLeft = waiting.some((op) => op.raw === null);
  const pushed = hasLeft ? await pushAside(ports, meta, waiting) : 'taken';
  if (pushed === 'retry') return 'retry';
  const left: LeftOp[] = sealed.map((op) => ({
    stream: meta.stream,
    op,
    is_set_aside: pushed === 'taken' || op.seq <= meta.ack,
  }));
  const stream = ports.makeId();
  let hash = await firstHash(ports.sha256, stream);
  const fresh: Meta = {
    ...meta,
    stream,
    ack: 0,
    safe: 0,
    sent: 0,
    decided: 0,
    boundary_seq: 0,
    boundary_hash: hash,
  };
  const ops: KeptOp[] = [];
  for (const op of kept.filter(isReadableOp)) {
    hash = await nextHash(ports.sha256, hash, op.raw);
    if (op.seq <= meta.sent) fresh.sent = ops.length + 1;
    ops.push({ ...op, seq: ops.length + 1, hash });
  }
  fresh.head = ops.length;
  fresh.head_hash = hash;
  await ports.store.startStream(fresh, ops, left, meta);
  return 'done';
}

type Offered = 'taken' | 'not_taken' | 'retry';

/** Offer the server everything it has not on the stream it knows otherwise. `taken`: it said of
every part that it set it aside. */
async function pushAside(ports: Ports, meta: Meta, waiting: readonly KeptOp[]): Promise<Offered> {
  const first = waiting[0]?.seq ?? 1;
  const prev = await ports.store.findHash(first - 1);
  return prev === null ? 'not_taken' : offer(ports, meta, prev, waiting);
}

/** Hand over what ended streams left here and nobody has set aside (S15); false when refused. */
export async function offerLeft(ports: Ports): Promise<boolean> {
  const rows = (await ports.store.listLeft()).sort((a, b) => a.op.seq - b.op.seq);
  const meta = await ports.store.getMeta();
  let isRefused = false;
  for (const stream of new Set(rows.map((row) => row.stream))) {
    const ops = rows.filter((row) => row.stream === stream).map((row) => row.op);
    // Numbers of a batch have no gap; where what was acknowledged stood between, it is cut.
    for (let from = 0, until = 1; from < ops.length; from = until++) {
      while (until < ops.length && ops[until]?.seq === (ops[until - 1]?.seq ?? 0) + 1) until += 1;
      const part = ops.slice(from, until);
      const offered = await offer(ports, { ...meta, stream, head: 0 }, '0'.repeat(64), part, true);
      if (offered === 'retry') return true;
      if (offered === 'taken') await ports.store.markSetAside(stream, part);
      else isRefused = true;
    }
  }
  return !isRefused;
}

async function offer(
  ports: Ports,
  meta: Meta,
  prev: string,
  all: readonly KeptOp[],
  isAside = false,
): Promise<Offered> {
  let isTaken = true;
  for (let from = 0; from < all.length;) {
    const rest = all.slice(from, from + 200);
    const ops = rest.slice(0, countFitting(rest));
    const before = from === 0 ? prev : (all[from - 1]?.hash ?? prev);
    const first = ops[0]?.seq ?? 1;
    const batch = { first, prev: before, ops, isFeedWanted: false, isAside };
    try {
      const body = makeBody(ports, meta, batch, ports.clock.now());
      const answer = await ports.network.exchange(body);
      if (answer.status === 403 && !answer.is_portal) return 'not_taken';
      const reply = answer.status === 200 ? readReply(answer.body) : null;
      if (reply === null) return 'retry';
      isTaken &&= reply.fork === true;
    } catch {
      return 'retry';
    }
    from += ops.length;
  }
  return isTaken ? 'taken' : 'not_taken';
}
