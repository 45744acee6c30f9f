/** One exchange with the server: what the phone has up, what the server says down (S3 to S12). */
import { firstHash, nextHash, utf8 } from './chain';
import { isGapless, isRecord, readSnapshot } from './feed';
import type { Answer, Meta, Ports, Reply, StoredOp } from './types';

export const OPS_MAX = 200;
/** Of the 256 KiB a body may have; the rest is left for the envelope. */
export const BODY_BYTES_MAX = 240 * 1024;
/** An answer slower than this says nothing about the clocks (reliability 1.6). */
const ROUND_TRIP_MS_MAX = 5_000;

export type Outcome =
  /** The reply was applied. `again`: there is more to send or to fetch. */
  | { kind: 'done'; again: boolean }
  | { kind: 'sign_in' }
  | { kind: 'revoked' }
  | { kind: 'update' }
  /** The batch was too large: send fewer. */
  | { kind: 'smaller' }
  | { kind: 'retry'; after_s: number | null; cause: string };

/** Do one exchange with at most `num_ops_max` ops. Throws only when storage fails. */
export async function exchangeOnce(ports: Ports, num_ops_max: number): Promise<Outcome> {
  const meta = await ports.store.getMeta();
  const ops = fitting(await ports.store.listOps(meta.ack + 1, num_ops_max));
  const prev = await ports.store.findHash(meta.ack);
  if (prev === null || (ops[0] !== undefined && ops[0].seq !== meta.ack + 1)) {
    // The server wants what was purged here: only an older backup than we ever go back to.
    return reissue(ports, meta);
  }
  const sent_at = ports.clock.now();
  const sent_mono = ports.clock.mono();
  const answer = await ask(ports, () =>
    ports.network.exchange(makeBody(ports, meta, ops, prev, sent_at)),
  );
  if ('kind' in answer) return answer;
  const reply = readReply(answer.body);
  if (reply === null) return { kind: 'retry', after_s: null, cause: 'unreadable' };
  const round_trip_ms = ports.clock.mono() - sent_mono;
  return applyReply(ports, meta, reply, offsetOf(reply, sent_at, round_trip_ms) ?? meta.offset_ms);
}

/** The ops that fit into one body; always at least one. */
function fitting(ops: readonly StoredOp[]): StoredOp[] {
  let bytes = 0;
  const count = ops.findIndex((op, index) => {
    bytes += utf8(op.raw).length + utf8(op.side ?? '').length + 32;
    return index > 0 && bytes > BODY_BYTES_MAX;
  });
  return ops.slice(0, count === -1 ? ops.length : count);
}

/** The request. Ops and sides are pasted as the text that was hashed. */
function makeBody(
  ports: Ports,
  meta: Meta,
  ops: readonly StoredOp[],
  prev: string,
  sent_at: number,
): string {
  const sides = ops.filter((op) => op.side !== null).map((op) => `"${op.seq}":${op.side}`);
  const envelope = JSON.stringify({
    v: 1,
    app: ports.app_version,
    stream: meta.stream,
    epoch: meta.epoch,
    cursor: meta.cursor,
    // Another tab may have recorded since `meta` was read.
    head: Math.max(meta.head, ops.at(-1)?.seq ?? 0),
    sent_at: new Date(sent_at).toISOString(),
    mono: Math.round(ports.clock.mono()),
    boot: ports.clock.boot,
    // With nothing to send this is `head + 1`, because then everything is acknowledged.
    first: meta.ack + 1,
    prev,
  });
  const pasted = ops.map((op) => op.raw).join(',');
  return `${envelope.slice(0, -1)},"ops":[${pasted}],"side":{${sides.join(',')}}}`;
}

/** Ask once; after a 401 once more with the session the device's cookie brings. */
async function ask(ports: Ports, request: () => Promise<Answer>): Promise<Answer | Outcome> {
  try {
    let answer = await request();
    if (answer.status === 401 && (await ports.network.resume())) answer = await request();
    return answer.status === 200 ? answer : refusalOf(answer);
  } catch {
    return { kind: 'retry', after_s: null, cause: 'no_answer' };
  }
}

function refusalOf(answer: Answer): Outcome {
  const code = isRecord(answer.body) ? answer.body['code'] : null;
  if (answer.status === 401) return { kind: 'sign_in' };
  if (answer.status === 403 && code === 'device_revoked') return { kind: 'revoked' };
  if (answer.status === 413) return { kind: 'smaller' };
  if (answer.status === 426) return { kind: 'update' };
  const cause = typeof code === 'string' ? code : `http_${answer.status}`;
  return { kind: 'retry', after_s: answer.retry_after_s, cause };
}

function readReply(body: unknown): Reply | null {
  if (!isRecord(body)) return null;
  const { epoch, ack, ack_hash, safe, decisions, feed } = body;
  if (typeof epoch !== 'number' || typeof ack !== 'number' || typeof safe !== 'number') return null;
  if (typeof ack_hash !== 'string' || !Array.isArray(decisions) || !Array.isArray(feed))
    return null;
  return body as unknown as Reply;
}

function offsetOf(reply: Reply, sent_at: number, round_trip_ms: number): number | null {
  const server_at = Date.parse(reply.server_at);
  if (Number.isNaN(server_at) || round_trip_ms > ROUND_TRIP_MS_MAX) return null;
  return Math.round(server_at - (sent_at + round_trip_ms / 2));
}

async function applyReply(
  ports: Ports,
  meta: Meta,
  reply: Reply,
  offset_ms: number | null,
): Promise<Outcome> {
  if (reply.fork === true || (await isForked(ports, reply))) return reissue(ports, meta);
  const isReset = reply.reset || reply.epoch !== meta.epoch;
  if (!isReset && !isGapless(meta.cursor, reply.feed)) {
    return { kind: 'retry', after_s: null, cause: 'feed_gap' };
  }
  const isApplied = await ports.store.applyChange(
    {
      ack: reply.ack,
      safe: reply.safe,
      decisions: reply.decisions,
      feed: isReset ? [] : reply.feed,
      offset_ms,
      at: ports.clock.now(),
    },
    meta,
  );
  if (!isApplied) return { kind: 'done', again: true };
  if (isReset) return takeSnapshot(ports, meta);
  return { kind: 'done', again: reply.more || (await hasUnsent(ports)) };
}

/** True when the server's stream is not this phone's: it knows more, or another text. */
async function isForked(ports: Ports, reply: Reply): Promise<boolean> {
  const head = (await ports.store.getMeta()).head;
  if (reply.ack > head) return true;
  const own = await ports.store.findHash(reply.ack);
  return own !== null && own !== reply.ack_hash;
}

async function hasUnsent(ports: Ports): Promise<boolean> {
  const meta = await ports.store.getMeta();
  return meta.head > meta.ack;
}

/** A new epoch or a lost cursor: the whole view anew, swapped in at once (S11). */
async function takeSnapshot(ports: Ports, meta: Meta): Promise<Outcome> {
  const answer = await ask(ports, () => ports.network.snapshot());
  if ('kind' in answer) return answer;
  const snapshot = readSnapshot(answer.body);
  if (snapshot === null) return { kind: 'retry', after_s: null, cause: 'unreadable' };
  await ports.store.replaceView(snapshot, meta);
  return { kind: 'done', again: true };
}

/** Open a new stream and write everything still kept here into it, under the same op ids.

Acknowledged ops go along: their effect exists once for ever, and a server restored later may need
them. Decisions stay as known until the new stream's come.
*/
async function reissue(ports: Ports, meta: Meta): Promise<Outcome> {
  const stream = ports.makeId();
  let hash = await firstHash(ports.sha256, stream);
  const fresh: Meta = {
    ...meta,
    stream,
    ack: 0,
    safe: 0,
    boundary_seq: 0,
    boundary_hash: hash,
  };
  const kept = await ports.store.listOps(1, Number.MAX_SAFE_INTEGER);
  const ops: StoredOp[] = [];
  for (const op of kept) {
    hash = await nextHash(ports.sha256, hash, op.raw);
    ops.push({ ...op, seq: ops.length + 1, hash });
  }
  fresh.head = ops.length;
  fresh.head_hash = hash;
  await ports.store.startStream(fresh, ops, meta);
  return { kind: 'done', again: true };
}
