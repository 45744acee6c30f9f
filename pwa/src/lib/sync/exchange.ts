/** One exchange with the server: what the phone has up, what the server says down (S3 to S12). */
import { isGapless, readSnapshot } from './feed';
import { countSendable, listParted, waiting_ms } from './hold';
import { reissue } from './reissue';
import { LOOKAHEAD } from './store';
import type { Answer, KeptOp, Meta, Ports, Reply } from './types';
import { countFitting, makeBody, readReply, readRevoked, type Farewell } from './wire';

export const OPS_MAX = 200;
const GONE_MAX = 200;
/** An answer slower than this says nothing about the clocks (reliability 1.6). */
const ROUND_TRIP_MS_MAX = 5_000;

export type Outcome =
  /** The reply was applied. `again`: there is more to send or to fetch. */
  | { kind: 'done'; again: boolean }
  | { kind: 'sign_in' }
  /** `again`: facts are left to be taken aside. `wipe`: all were, forget everything (S21). */
  | { kind: 'revoked'; again: boolean; wipe: boolean }
  | { kind: 'update' }
  /** The batch was too large: send fewer. */
  | { kind: 'smaller' }
  /** The stream must be begun anew, and that wants the shift's key. */
  | { kind: 'locked' }
  | { kind: 'retry'; after_s: number | null; cause: string };

/** What a phone out of service remembers while it hands over what it has. */
export interface Leaving {
  /** The server's, to which all is being handed over; undefined: this life has not begun to. */
  epoch?: number | null;
  /** Facts and pictures have gone: a word that says so still is the last. */
  isDone?: boolean;
}

/** Do one exchange with at most `num_ops_max` ops. Throws only when storage fails. */
export async function exchangeOnce(
  ports: Ports,
  num_ops_max: number,
  leaving?: Leaving,
): Promise<Outcome> {
  const meta = await ports.store.getMeta();
  const kept = await ports.store.listOps(meta.ack + 1, num_ops_max + LOOKAHEAD);
  const prev = await ports.store.findHash(meta.ack);
  if (prev === null || (kept[0] !== undefined && kept[0].seq !== meta.ack + 1)) {
    // The server wants what was purged here: only an older backup than we ever go back to.
    return beginAnew(ports, meta);
  }
  const ops = chooseOps(ports, meta, kept, num_ops_max);
  const parted = listParted(kept, ops.length);
  const last = ops.at(-1);
  if (last && !(await ports.store.markSent(last.seq, meta, parted))) {
    return { kind: 'done', again: true };
  }
  const isFeedWanted = ports.store.isReadable(meta);
  const sent_at = ports.clock.now();
  const sent_mono = ports.clock.mono();
  const untold = (await ports.store.listGone()).filter((one) => !one.is_told).slice(0, GONE_MAX);
  const gone = untold.map(({ sha256 }) => sha256);
  const batch = { first: meta.ack + 1, prev, ops, parted, isFeedWanted, gone };
  const answer = await ask(ports, () =>
    ports.network.exchange(makeBody(ports, meta, batch, sent_at)),
  );
  if ('kind' in answer) {
    if (answer.kind === 'revoked') return leave(ports, meta, answer, ops.length, leaving);
    const isOther = answer.kind === 'retry' && answer.cause === 'not_your_stream';
    return isOther ? changeDevice(ports, meta) : answer;
  }
  const reply = readReply(answer.body);
  if (reply === null) return { kind: 'retry', after_s: null, cause: 'unreadable' };
  // What a new epoch has not heard yet is marked so again with its snapshot.
  if (untold.length > 0) await ports.store.markTold(untold);
  const round_trip_ms = ports.clock.mono() - sent_mono;
  const offset_ms = offsetOf(reply, sent_at, round_trip_ms) ?? meta.offset_ms;
  return applyReply(ports, meta, reply, offset_ms, isFeedWanted);
}

/** What leaves now: in order, without what can still be taken back, in one body. A phone out of
service keeps nothing back. */
function chooseOps(
  ports: Ports,
  meta: Meta,
  kept: readonly KeptOp[],
  num_ops_max: number,
): readonly KeptOp[] {
  const now = meta.is_revoked ? Number.MAX_SAFE_INTEGER : ports.clock.now();
  const count = countSendable(kept, num_ops_max, now);
  const fitting = countFitting(kept.slice(0, count));
  if (fitting === count) return kept.slice(0, count);
  // Pairs that are too large together part: nothing may stand in the way for ever (S2).
  return kept.slice(0, Math.min(fitting, countSendable(kept, fitting, now)));
}

type Refused = Exclude<Outcome, { kind: 'revoked' }> | Revoked;
type Revoked = { kind: 'revoked' } & Farewell;

/** Ask once; after a 401 once more with the session the device's cookie brings. */
async function ask(ports: Ports, request: () => Promise<Answer>): Promise<Answer | Refused> {
  try {
    let answer = await request();
    if (answer.status === 401 && (await ports.network.resume())) answer = await request();
    if (answer.is_portal === true) return { kind: 'retry', after_s: null, cause: 'portal' };
    return answer.status === 200 ? answer : refusalOf(answer);
  } catch (error) {
    const isTls = error instanceof Error && error.name === 'TlsError';
    return { kind: 'retry', after_s: null, cause: isTls ? 'tls' : 'no_answer' };
  }
}

function refusalOf(answer: Answer): Refused {
  if (answer.status === 401) return { kind: 'sign_in' };
  const revoked = answer.status === 403 ? readRevoked(answer.body) : null;
  if (revoked) return { kind: 'revoked', ...revoked };
  if (answer.status === 413) return { kind: 'smaller' };
  if (answer.status === 426) return { kind: 'update' };
  const { code } = (answer.body ?? {}) as { code?: unknown };
  const cause = typeof code === 'string' ? code : `http_${answer.status}`;
  return { kind: 'retry', after_s: answer.retry_after_s, cause };
}

/** Out of service: everything that is kept here is handed over once more before it is wiped, since
a server restored meanwhile may not have what it once acknowledged. Hence the wipe is believed only
in answer to the last of these facts, or once more after the pictures; from one server all along. */
async function leave(
  ports: Ports,
  meta: Meta,
  answer: Revoked,
  num_ops: number,
  leaving: Leaving = { epoch: answer.epoch },
): Promise<Outcome> {
  const isHandedOver = num_ops > 0 || meta.head === meta.boundary_seq || leaving.isDone === true;
  const isOther = answer.epoch !== leaving.epoch;
  try {
    if (!meta.is_revoked || isOther || (answer.wipe && !isHandedOver)) {
      leaving.epoch = answer.epoch;
      await ports.store.markRevoked(meta.boundary_seq, meta);
      return { kind: 'revoked', again: true, wipe: false };
    }
    if (answer.ack !== null) await ports.store.markRevoked(answer.ack, meta);
    const now = await ports.store.getMeta();
    return { kind: 'revoked', again: !answer.wipe && now.ack > meta.ack, wipe: answer.wipe };
  } catch (error) {
    // The browser has cleared the storage on the office's word: the rest must go too.
    if (answer.wipe && num_ops > 0) return { kind: 'revoked', again: false, wipe: true };
    throw error;
  }
}

/** The stream is another device's: this phone was enrolled anew, or somebody else signed in. */
async function changeDevice(ports: Ports, meta: Meta): Promise<Outcome> {
  const isOurs = await ports.network.isOurs().catch(() => null);
  if (isOurs === null) return { kind: 'retry', after_s: null, cause: 'no_answer' };
  return isOurs ? beginAnew(ports, meta) : { kind: 'sign_in' };
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
  isFeedWanted: boolean,
): Promise<Outcome> {
  if (reply.fork === true || (await isForked(ports, reply))) return beginAnew(ports, meta);
  // A locked phone takes no feed, also from a server that sends one all the same.
  const isAckOnly = reply.ack_only === true || !isFeedWanted;
  const isReset = !isAckOnly && (reply.reset || reply.epoch !== meta.epoch || meta.is_view_lost);
  const isFed = !isAckOnly && !isReset;
  if (isFed && !isGapless(meta.cursor, reply.feed)) {
    return { kind: 'retry', after_s: null, cause: 'feed_gap' };
  }
  const isApplied = await ports.store.applyChange(
    {
      ack: reply.ack,
      safe: reply.safe,
      decisions: isAckOnly ? [] : reply.decisions,
      feed: isFed ? reply.feed : [],
      offset_ms,
      at: ports.clock.now(),
    },
    meta,
  );
  if (!isApplied) return { kind: 'done', again: true };
  if (isReset) return takeSnapshot(ports, meta);
  const now = await ports.store.getMeta();
  const isToldMore = isFed && (reply.more || (now.decided > meta.decided && now.decided < now.ack));
  if (isToldMore || (await hasSendable(ports, now))) return { kind: 'done', again: true };
  // The facts went by the device's signature alone; to be told anything takes a session.
  if (isFeedWanted && isAckOnly) {
    const isBack = await ports.network.resume().catch(() => false);
    return isBack ? { kind: 'done', again: true } : { kind: 'sign_in' };
  }
  return { kind: 'done', again: false };
}

/** True when the server's stream is not this phone's: it knows more, or another text. */
async function isForked(ports: Ports, reply: Reply): Promise<boolean> {
  const head = (await ports.store.getMeta()).head;
  if (reply.ack > head) return true;
  const own = await ports.store.findHash(reply.ack);
  return own !== null && own !== reply.ack_hash;
}

/** True when something may leave now. */
async function hasSendable(ports: Ports, meta: Meta): Promise<boolean> {
  if (meta.head <= meta.ack) return false;
  const [next] = await ports.store.listOps(meta.ack + 1, 1);
  return next !== undefined && waiting_ms(next, ports.clock.now()) === 0;
}

/** A new epoch or a lost cursor: the whole view anew, swapped in at once (S11). */
async function takeSnapshot(ports: Ports, meta: Meta): Promise<Outcome> {
  const answer = await ask(ports, () => ports.network.snapshot());
  if ('kind' in answer) {
    return answer.kind === 'revoked' ? { ...answer, again: false, wipe: false } : answer;
  }
  const snapshot = readSnapshot(answer.body);
  if (snapshot === null) return { kind: 'retry', after_s: null, cause: 'unreadable' };
  await ports.store.replaceView(snapshot, meta);
  return { kind: 'done', again: true };
}

async function beginAnew(ports: Ports, meta: Meta): Promise<Outcome> {
  const outcome = await reissue(ports, meta);
  if (outcome === 'locked') return { kind: 'locked' };
  if (outcome === 'retry') return { kind: 'retry', after_s: null, cause: 'no_answer' };
  return { kind: 'done', again: true };
}
