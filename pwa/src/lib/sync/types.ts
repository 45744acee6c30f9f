/** The words of the exchange: what travels, what the phone keeps, and what the core is given.

The core knows no browser: storage, network, clock, chance and hashing are passed in, so that the
same code runs in a page, in a service worker, in Node and in a simulator.
*/
import type { Sha256 } from './chain';

/** A fact as it is written down; its JSON text is kept and hashed as it stands. */
export interface Op {
  id: string;
  kind: string;
  v: 1;
  /** Wall clock of the phone, RFC 3339. */
  at: string;
  /** Monotonic milliseconds since `boot`. */
  mono: number;
  boot: string;
  [field: string]: unknown;
}

export interface Decision {
  seq: number;
  id: string;
  n: number;
  outcome: 'applied' | 'noop' | 'held';
  reason: string | null;
}

/** What a fact is about, for the phone's own screens; never sent. */
export interface Subject {
  round?: string;
  stop?: string;
  act?: string;
  /** Id of the fact that this one takes back. */
  op?: string;
  /** Revision of the stop's (or round's) document when the fact was recorded. */
  rev?: number;
}

export interface StoredOp {
  seq: number;
  id: string;
  kind: string;
  /** The exact JSON text; its UTF-8 bytes are what is hashed and sent. */
  raw: string;
  hash: string;
  /** The exact JSON text of the personal part, or null. */
  side: string | null;
  recorded_at: number;
  subject: Subject;
  /** SHA-256 names of the pictures the fact refers to. */
  photos: string[];
  decision: Decision | null;
}

export interface Document {
  kind: string;
  ref: string;
  rev: number;
  doc: unknown;
}

export interface FeedRow {
  n: number;
  kind: string;
  ref: string;
  rev: number;
  /** null is a tombstone: it left this phone. */
  doc: unknown;
}

export interface Reply {
  epoch: number;
  ack: number;
  ack_hash: string;
  safe: number;
  server_at: string;
  decisions: Decision[];
  feed: FeedRow[];
  more: boolean;
  reset: boolean;
  fork?: boolean;
}

export interface Snapshot {
  epoch: number;
  cursor: number;
  docs: Document[];
}

/** The stream's counters. One row; every change to it is one transaction with what it counts. */
export interface Meta {
  stream: string;
  /** 0 before the first snapshot. */
  epoch: number;
  cursor: number;
  head: number;
  head_hash: string;
  ack: number;
  safe: number;
  /** The last op that was purged (or 0 and the stream's first hash). */
  boundary_seq: number;
  boundary_hash: string;
  /** Server clock minus phone clock; null until measured. */
  offset_ms: number | null;
  last_success_at: number | null;
}

/** A reply that was checked, ready to be put into the store in one transaction. */
export interface Change {
  ack: number;
  safe: number;
  decisions: readonly Decision[];
  feed: readonly FeedRow[];
  offset_ms: number | null;
  at: number;
}

export interface Photo {
  sha256: string;
  bytes: Uint8Array;
  media_type: string;
  /** `draft` until a recorded fact names it, `waiting` to be sent, `stored` at the server. */
  state: 'draft' | 'waiting' | 'stored';
  taken_at: number;
}

/** Where a phone keeps its stream. Each method is one transaction, whole or not at all. */
export interface PhoneStore {
  getMeta(): Promise<Meta>;
  /** Add the op at `meta.head + 1` with strict durability, its pictures now waiting to be sent;
  false when another tab was first. */
  append(op: StoredOp, expected: Pick<Meta, 'stream' | 'head'>): Promise<boolean>;
  listOps(from_seq: number, limit: number): Promise<StoredOp[]>;
  /** The stored hash of op `seq` (also of the purge boundary), or null when it is not known. */
  findHash(seq: number): Promise<string | null>;
  /** Apply a reply (S10); false when stream or cursor moved since the request was made. */
  applyChange(change: Change, expected: Pick<Meta, 'stream' | 'cursor'>): Promise<boolean>;
  /** Replace the whole view by a snapshot; ops stay. Photos are to be offered again. */
  replaceView(snapshot: Snapshot, expected: Pick<Meta, 'stream'>): Promise<boolean>;
  /** Begin `meta.stream` with these re-numbered ops in place of the old stream's. */
  startStream(meta: Meta, ops: readonly StoredOp[], expected: Meta): Promise<boolean>;
  findWaitingPhoto(): Promise<Photo | null>;
  countWaitingPhotos(): Promise<number>;
  markPhotoStored(sha256: string): Promise<void>;
}

export interface Answer {
  status: number;
  /** Parsed JSON, or null when there was none. */
  body: unknown;
  retry_after_s: number | null;
}

/** The way to the server. Throws when there is no answer: no network, time over, broken off. */
export interface Network {
  exchange(body: string): Promise<Answer>;
  snapshot(): Promise<Answer>;
  /** Get a new session from the device's cookie; true when there is one again. */
  resume(): Promise<boolean>;
  putPhoto(photo: Photo): Promise<Answer>;
}

export interface Clock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Never goes back while `boot` is the same. */
  mono(): number;
  boot: string;
}

export interface Ports {
  store: PhoneStore;
  network: Network;
  clock: Clock;
  /** UUIDv7 of an op, UUID of a stream. */
  makeId(): string;
  sha256: Sha256;
  /** 0 ≤ x < 1, for the jitter. */
  random(): number;
  /** Run when nobody else does, over all tabs and the worker. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  app_version: string;
}
