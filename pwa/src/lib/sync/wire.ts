/** The texts of an exchange: the request as it is hashed and sent, the reply as it is believed. */
import { base64Of } from './base64';
import { utf8 } from './chain';
import { isRecord } from './feed';
import type { KeptOp, Meta, Ports, Reply, Sealed } from './types';

/** Of the 256 KiB a body may have; the rest is left for the envelope. */
export const BODY_BYTES_MAX = 240 * 1024;

/** A sealed thing as it travels. */
const travelling = ({ eph, iv, ct }: Sealed): Record<string, string> => ({
  eph,
  iv: base64Of(iv),
  ct: base64Of(ct),
});

/** The op as it stands in the body: the text that was hashed, or its seal. */
function opText(op: KeptOp): string {
  if (op.raw !== null) return op.raw;
  if (op.sealed === null) throw new Error(`op ${op.seq} is neither readable nor sealed`);
  return JSON.stringify({ seq: op.seq, id: op.id, ...travelling(op.sealed.op) });
}

function sideText(op: KeptOp): string | null {
  if (op.raw !== null) return op.side;
  const side = op.sealed?.side ?? null;
  return side === null ? null : JSON.stringify(travelling(side));
}

/** How many of the ops fit into one body; always at least one. */
export function countFitting(ops: readonly KeptOp[]): number {
  let bytes = 0;
  const count = ops.findIndex((op, index) => {
    bytes += utf8(opText(op)).length + utf8(sideText(op) ?? '').length + 32;
    return index > 0 && bytes > BODY_BYTES_MAX;
  });
  return count === -1 ? ops.length : count;
}

export interface Batch {
  first: number;
  prev: string;
  ops: readonly KeptOp[];
  /** Ids of those of the ops whose withdrawal comes with a later batch. */
  parted?: readonly string[];
  /** False for a phone that is locked or closed: it only pushes. */
  isFeedWanted: boolean;
  /** Of a stream that ended here: to be kept for a person, not counted. */
  isAside?: boolean;
  /** Pictures whose copy had to go before its time. */
  gone?: readonly string[];
}

/** The request. Ops and sides are pasted as the text that was hashed. */
export function makeBody(
  ports: Pick<Ports, 'clock' | 'app_version' | 'restarts'>,
  meta: Meta,
  batch: Batch,
  sent_at: number,
): string {
  const { ops } = batch;
  const sides = ops.flatMap((op) => {
    const side = sideText(op);
    return side === null ? [] : [`"${op.seq}":${side}`];
  });
  const envelope = JSON.stringify({
    v: 1,
    app: ports.app_version,
    stream: meta.stream,
    // A view that was put away with its key is asked for like that of a phone without any.
    epoch: meta.is_view_lost ? 0 : meta.epoch,
    cursor: meta.is_view_lost ? 0 : meta.cursor,
    // Another tab may have recorded since `meta` was read.
    head: Math.max(meta.head, ops.at(-1)?.seq ?? 0),
    sent_at: new Date(sent_at).toISOString(),
    mono: Math.round(ports.clock.mono()),
    boot: ports.clock.boot,
    // With nothing to send this is `head + 1`, because then everything is acknowledged.
    first: batch.first,
    prev: batch.prev,
    decided: meta.decided,
    ...(ports.restarts ? { restarts: ports.restarts } : {}),
    ...(batch.parted?.length ? { withdrawn: batch.parted } : {}),
    ...(batch.isFeedWanted ? {} : { feed: false }),
    ...(batch.isAside ? { aside: true } : {}),
    ...(batch.gone?.length ? { let_go: batch.gone } : {}),
  });
  const pasted = ops.map(opText).join(',');
  return `${envelope.slice(0, -1)},"ops":[${pasted}],"side":{${sides.join(',')}}}`;
}

/** The reply when it is one, whole: half of one, or somebody else's page, is null. */
export function readReply(body: unknown): Reply | null {
  if (!isRecord(body)) return null;
  const { epoch, ack, ack_hash, safe, server_at, decisions, feed, more, reset } = body;
  const isCounted = [epoch, ack, safe].every((one) => Number.isSafeInteger(one));
  if (!isCounted || typeof ack_hash !== 'string' || typeof server_at !== 'string') return null;
  if (typeof more !== 'boolean' || typeof reset !== 'boolean') return null;
  if (!Array.isArray(decisions) || !Array.isArray(feed)) return null;
  if (!decisions.every(isDecision) || !feed.every(isFeedRow)) return null;
  return body as unknown as Reply;
}

function isDecision(row: unknown): boolean {
  if (!isRecord(row)) return false;
  const { seq, id, n, outcome } = row;
  return (
    typeof seq === 'number' &&
    typeof id === 'string' &&
    typeof n === 'number' &&
    typeof outcome === 'string'
  );
}

function isFeedRow(row: unknown): boolean {
  if (!isRecord(row)) return false;
  return typeof row['n'] === 'number' && typeof row['kind'] === 'string' && 'doc' in row;
}

/** What a phone out of service is told. */
export interface Farewell {
  /** How far its facts were taken aside. */
  ack: number | null;
  wipe: boolean;
  /** Another one: the server was put back meanwhile. */
  epoch: number | null;
}

/** The answer to a phone out of service; null when the answer is something else. */
export function readRevoked(body: unknown): Farewell | null {
  if (!isRecord(body) || body['code'] !== 'device_revoked') return null;
  const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return {
    ack: numberOf(body['ack']),
    wipe: body['wipe'] === true,
    epoch: numberOf(body['epoch']),
  };
}
