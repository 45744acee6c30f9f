/**
 * A server of the exchange in memory, written from the rules (S1 to S8, S19, S21): streams, chain,
 * gap check, one effect an op, decisions, feeds without gaps, epochs, forks, pictures in pieces.
 */
import { createHash } from 'node:crypto';
import type { Answer, Chunk, Decision, FeedRow } from '../../../src/lib/sync/types';
import { decide, emptyKnown, type Facts, type Known } from './deciding';
import { openBytes, openOp, readOps } from './framing';

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
const hash = (...parts: (string | Uint8Array)[]): string => {
  const sum = createHash('sha256');
  parts.forEach((part) => sum.update(part));
  return sum.digest('hex');
};
export const chainHash = (previous: string, raw: string): string =>
  hash(Buffer.from(previous, 'hex'), raw);
export const streamHash = (stream: string): string => hash(`stream:${stream}`);

export interface Row {
  id: string;
  raw: string;
  hash: string;
  received_at: number;
}
interface Stream {
  device: string;
  courier: string;
  rows: Row[];
  head: number;
  is_forked: boolean;
}
interface Feed {
  rows: FeedRow[];
  docs: Record<string, { rev: number; doc: unknown }>;
}
interface Blob {
  length: number;
  bytes: number[];
  seal: string | null;
  is_stored: boolean;
  stored_at?: number;
}
interface State {
  epoch: number;
  streams: Record<string, Stream>;
  /** One effect per op id: how often each fact took effect. */
  effects: Record<string, number>;
  decisions: Record<string, Decision[]>;
  feeds: Record<string, Feed>;
  blobs: Record<string, Blob>;
  /** Op ids, or texts that carry none, taken aside for a person. */
  aside: string[];
  /** Which devices' facts name each picture. */
  named: Record<string, string[]>;
  /** Pictures whose phone has said that its copy is gone. */
  let_go: string[];
  known: Known;
}

/** One rule of the server that a planted fault takes away. */
export type ServerFault = 'no_gap_check' | 'doubled_effect' | 'purge_too_early' | 'feed_hole';

export interface Who {
  device: string;
  courier: string;
  /** False for a phone whose session has ended: its signature still pushes. */
  has_session: boolean;
}
export const ME: Who = { device: 'd1', courier: 'me', has_session: true };

interface Request {
  stream: string;
  epoch: number;
  cursor: number;
  head: number;
  first: number;
  prev: string;
  decided?: number;
  feed?: boolean;
  aside?: boolean;
  /** Facts of this batch whose withdrawal comes with a later one. */
  withdrawn?: string[];
  let_go?: string[];
}

const DAY_MS = 86_400_000;
export const KEPT_MS = 14 * DAY_MS;
const DECISIONS_MAX = 500;
const FEED_PAGE = 20;

const answer = (status: number, body: unknown, more: Partial<Answer> = {}): Answer => ({
  status,
  body,
  retry_after_s: null,
  ...more,
});

export class Town {
  state: State = {
    epoch: 1,
    streams: {},
    effects: {},
    decisions: {},
    feeds: {},
    blobs: {},
    aside: [],
    named: {},
    let_go: [],
    known: emptyKnown(),
  };
  /** Wall clock of the server; safe marks follow from it unless `safe` is set by hand. */
  now_ms = 1_800_000_000_000;
  safe: number | null = 0;
  heldKinds = new Set<string>();
  revoked = new Set<string>();
  fault: ServerFault | null = null;
  num_exchanges = 0;
  /** Exchanges of each device. */
  heard: Record<string, number> = {};
  num_asked = 0;

  backup(): State {
    return structuredClone(this.state);
  }

  /** Put an older copy back; the epoch tells the phones. */
  restore(copy: State): void {
    const epoch = this.state.epoch + 1;
    this.state = { ...structuredClone(copy), epoch };
  }

  feed(courier: string): Feed {
    return (this.state.feeds[courier] ??= { rows: [], docs: {} });
  }

  /** Names of the pictures stored whole. */
  get photos(): string[] {
    const blobs = Object.entries(this.state.blobs);
    return blobs.filter(([, blob]) => blob.is_stored).map(([sha]) => sha);
  }

  change(kind: string, ref: string, doc: unknown, courier = 'me'): void {
    const { rows, docs } = this.feed(courier);
    const n = rows.length + 1;
    const key = `${kind}/${ref}`;
    const isDocument = kind !== 'decision' && kind !== 'blob';
    if (isDocument && doc === null) delete docs[key];
    else if (isDocument) docs[key] = { rev: n, doc };
    rows.push({ n, kind, ref, rev: n, doc });
  }

  /** A person of the office decides a held fact. */
  settle(op_id: string, outcome: 'applied' | 'noop', courier: string): void {
    const made = this.state.decisions[op_id];
    const last = made?.at(-1);
    if (!made || last?.outcome !== 'held') return;
    const next: Decision = { ...last, n: last.n + 1, outcome, reason: null };
    made.push(next);
    this.change('decision', op_id, { ...next }, courier);
  }

  exchange(body: string, who: Who = ME): Answer {
    this.num_exchanges += 1;
    this.heard[who.device] = (this.heard[who.device] ?? 0) + 1;
    const request = JSON.parse(body) as Request;
    const stream = (this.state.streams[request.stream] ??= {
      device: who.device,
      courier: who.courier,
      rows: [],
      head: 0,
      is_forked: false,
    });
    if (request.aside === true && stream.courier === who.courier) {
      const texts = readOps(body).map(openOp);
      this.setAside(
        texts.filter((text) => !this.hadEffect(text)),
        who,
      );
      return this.reply(request, { ...stream, is_forked: true }, who);
    }
    if (stream.device !== who.device) return answer(403, { code: 'not_your_stream' });
    stream.head = Math.max(stream.head, request.head);
    const texts = readOps(body).map(openOp);
    if (this.revoked.has(who.device)) return this.leave(request, texts, who);
    if (!stream.is_forked) this.take(request, stream, texts);
    if (stream.is_forked) this.setAside(texts, who);
    this.state.let_go.push(...(request.let_go ?? []));
    return this.reply(request, stream, who);
  }

  private leave(request: Request, texts: (string | null)[], who: Who): Answer {
    this.setAside(texts, who);
    const ack = request.first + texts.length - 1;
    const { epoch } = this.state;
    return answer(403, { code: 'device_revoked', ack, wipe: ack >= request.head, epoch });
  }

  private hadEffect(text: string | null): boolean {
    return text !== null && (JSON.parse(text) as Facts).id in this.state.effects;
  }

  private name({ photos = [] }: Facts, device: string): void {
    for (const photo of photos) (this.state.named[photo] ??= []).push(device);
  }

  private setAside(texts: (string | null)[], { device }: Who): void {
    this.num_asked += texts.length;
    for (const text of texts) {
      if (text !== null) this.name(JSON.parse(text) as Facts, device);
      const id = text === null ? null : (JSON.parse(text) as { id: string }).id;
      if (id !== null && !this.state.aside.includes(id)) this.state.aside.push(id);
    }
  }

  private hashAt(
    request: Pick<Request, 'stream'>,
    stream: Stream,
    seq: number,
  ): string | undefined {
    return seq === 0 ? streamHash(request.stream) : stream.rows[seq - 1]?.hash;
  }

  private take(request: Request, stream: Stream, texts: (string | null)[]): void {
    let known = this.hashAt(request, stream, request.first - 1);
    if (known === undefined && this.fault === 'no_gap_check') known = request.prev;
    if (known === undefined) return; // a gap: what lies between must come first
    if (known !== request.prev) stream.is_forked = true;
    let previous = request.prev;
    const later = (request.withdrawn ?? []).map((op) => ({ id: '', kind: 'act.withdrawn', op }));
    const batch = texts.map((text) => (text === null ? null : (JSON.parse(text) as Facts)));
    for (const [place, raw] of texts.entries()) {
      if (stream.is_forked) return;
      if (raw === null) {
        stream.is_forked = true; // nobody can open it
        return;
      }
      const own = chainHash(previous, raw);
      const seq = request.first + place;
      if (seq <= stream.rows.length) stream.is_forked = this.hashAt(request, stream, seq) !== own;
      else this.record(stream, raw, own, [...batch.slice(place + 1), ...later]);
      previous = own;
    }
  }

  private record(stream: Stream, raw: string, own: string, behind: (Facts | null)[]): void {
    const unreadable = { id: own, kind: 'future.unreadable' };
    const op = { ...unreadable, ...(JSON.parse(raw) as Facts) };
    stream.rows.push({ id: op.id, raw, hash: own, received_at: this.now_ms });
    this.name(op, stream.device);
    const isKnown = this.state.effects[op.id] !== undefined;
    if (isKnown && this.fault !== 'doubled_effect') return;
    this.state.effects[op.id] = (this.state.effects[op.id] ?? 0) + 1;
    const change = (kind: string, ref: string, doc: unknown, courier: string): void =>
      this.change(kind, ref, doc, courier);
    const made = this.heldKinds.has(op.kind)
      ? { outcome: 'held' as const, reason: 'state_conflict' }
      : decide(this.state.known, op, stream.courier, behind, change);
    const seq = stream.rows.length;
    this.state.decisions[op.id] = [{ seq, id: op.id, n: 1, ...made }];
  }

  private reply(request: Request, stream: Stream, who: Who): Answer {
    const ack = stream.rows.length;
    const isAckOnly = !who.has_session || request.feed === false;
    const { rows } = this.feed(who.courier);
    const isLost = request.epoch !== this.state.epoch || request.cursor > rows.length;
    const reset = !isAckOnly && isLost;
    const page = rows.slice(request.cursor, request.cursor + FEED_PAGE);
    const isFed = !isAckOnly && !reset;
    // A hole in the middle, as a feed numbered without a lock may have.
    if (this.fault === 'feed_hole' && isFed && page.length > 2) page.splice(1, 1);
    const body = {
      epoch: this.state.epoch,
      ack,
      ack_hash: this.hashAt(request, stream, ack),
      safe: this.safeOf(stream),
      server_at: new Date(this.now_ms).toISOString(),
      decisions: isAckOnly ? [] : this.decisionsOf(request, stream),
      feed: isFed ? page : [],
      cursor: isFed ? (page.at(-1)?.n ?? request.cursor) : request.cursor,
      more: isFed && request.cursor + FEED_PAGE < rows.length,
      reset,
      fork: stream.is_forked,
      ...(isAckOnly ? { ack_only: true } : {}),
    };
    return structuredClone(answer(200, body));
  }

  private decisionsOf(request: Request, stream: Stream): Decision[] {
    const from = request.decided ?? request.first - 1;
    const rows = stream.rows.slice(from, from + DECISIONS_MAX);
    return rows.flatMap((row, index) => {
      const last = this.state.decisions[row.id]?.at(-1);
      return last ? [{ ...last, seq: from + index + 1 }] : [];
    });
  }

  /** The last fact received 14 days ago with its pictures stored by then (S6). */
  private safeOf(stream: Stream): number {
    if (this.fault === 'purge_too_early') return stream.rows.length;
    if (this.safe !== null) return Math.min(this.safe, stream.rows.length);
    let safe = 0;
    for (const row of stream.rows) {
      const { photos = [] } = JSON.parse(row.raw) as Facts;
      const cut_off = this.now_ms - KEPT_MS;
      const isWhole = photos.every(
        (name) => (this.state.blobs[name]?.stored_at ?? Infinity) <= cut_off,
      );
      if (row.received_at > cut_off || !isWhole) break;
      safe += 1;
    }
    return safe;
  }

  snapshot(who: Who = ME): Answer {
    if (this.revoked.has(who.device)) return answer(403, { code: 'device_revoked' });
    if (!who.has_session) return answer(401, null);
    const { rows, docs: kept } = this.feed(who.courier);
    const docs = Object.entries(kept).map(([key, { rev, doc }]) => {
      const [kind = '', ref = ''] = key.split('/');
      return { kind, ref, rev, doc };
    });
    return structuredClone(answer(200, { epoch: this.state.epoch, cursor: rows.length, docs }));
  }

  private isRefused(sha: string, { device }: Who): boolean {
    return this.revoked.has(device) && !this.state.named[sha]?.includes(device);
  }

  headBlob(sha: string, who: Who = ME): Answer {
    if (this.isRefused(sha, who)) return answer(403, { code: 'device_revoked' });
    const blob = this.state.blobs[sha];
    if (!blob) return answer(404, null);
    return answer(200, null, { offset: blob.bytes.length, length: blob.length });
  }

  patchBlob({ sha256: sha, offset, length, bytes, seal }: Chunk, who: Who = ME): Answer {
    if (this.isRefused(sha, who)) return answer(403, { code: 'device_revoked' });
    let blob = this.state.blobs[sha];
    if (!blob && offset === 0) blob = { length, bytes: [], seal, is_stored: false };
    const stored = blob?.bytes.length ?? 0;
    if (!blob || stored !== offset) return answer(409, null, { offset: stored });
    this.state.blobs[sha] = blob;
    if (blob.is_stored) return answer(204, null, { offset: stored });
    for (const byte of bytes) blob.bytes.push(byte);
    if (blob.bytes.length < blob.length) return answer(204, null, { offset: blob.bytes.length });
    const whole = Uint8Array.from(blob.bytes);
    const eph = blob.seal?.split(';')[0];
    const clear = eph === undefined ? whole : openBytes(eph, `blob:${sha}`, whole);
    if (clear === null || hash(clear) !== sha) {
      delete this.state.blobs[sha];
      return answer(422, { code: 'wrong_hash' });
    }
    blob.is_stored = true;
    blob.stored_at = this.now_ms;
    this.change('blob', sha.slice(0, 32), { sha256: sha }, who.courier);
    return answer(204, null, { offset: blob.length });
  }
}
