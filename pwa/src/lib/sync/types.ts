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

/** Bytes under the key of a shift (S19). */
export interface Sealed {
  /** Which key: the phone's public half of the shift, base64url. */
  eph: string;
  iv: Uint8Array;
  ct: Uint8Array;
}

/** A fact as it lies on the disk: readable, or sealed and perhaps for ever so on this phone. */
export interface KeptOp extends Omit<StoredOp, 'raw'> {
  /** null: sealed, and the key is not here. */
  raw: string | null;
  sealed: { op: Sealed; side: Sealed | null } | null;
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
  /** Facts were taken, nothing is told: no session, or the phone asked for it (`feed:false`). */
  ack_only?: boolean;
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
  /** Every fact up to here has been put into a request: it cannot be taken back any more. */
  sent: number;
  /** The decisions of all facts up to here are known. */
  decided: number;
  /** The key everything is sealed under; null: no shift was ever begun and nothing is sealed;
  empty: the shift is over, nothing readable may be written. */
  seal: string | null;
  /** The view was put away with its key: it must be fetched anew. */
  is_view_lost: boolean;
  /** The server's clock was seen to move against this one by over 60 s. */
  is_clock_moved: boolean;
  /** The office took this phone out of service (S21). */
  is_revoked: boolean;
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
  /** `draft` until a recorded fact names it, `waiting` to be sent, `sent` whole, `stored` when the
  server said by its feed that it has it. */
  state: 'draft' | 'waiting' | 'sent' | 'stored';
  taken_at: number;
  /** No backup lacks it any more, and its fact is gone: the server's word alone is waited for. */
  is_safe?: boolean;
}

/** A copy that had to go before its time, because the phone had no room. */
export interface LetGo {
  sha256: string;
  size: number;
  taken_at: number;
  is_told: boolean;
}

/** A picture as it lies on the disk: with `seal`, `bytes` are sealed. */
export interface KeptPhoto extends Photo {
  seal: { eph: string; iv: Uint8Array } | null;
}

/** What a fact uses up: `again` where it is not what it was any more. */
export interface Spent {
  key: string;
  before: unknown;
  left: unknown;
}

/** Where a phone keeps its stream. Each method is one transaction, whole or not at all. */
export interface PhoneStore {
  getMeta(): Promise<Meta>;
  /** True when what `meta` speaks of can be read and written here: not locked, not closed. */
  isReadable(meta: Pick<Meta, 'seal'>): boolean;
  /** Add the op at `meta.head + 1` with strict durability, its pictures now waiting to be sent.
  `again`: another tab was first. `late`: what it takes back has left the phone. */
  append(
    op: StoredOp,
    expected: Pick<Meta, 'stream' | 'head' | 'seal'>,
    spent?: Spent,
  ): Promise<'saved' | 'again' | 'late'>;
  /** What lies beside the stream under `key`; undefined before anything does. */
  findKept(key: string): Promise<unknown>;
  /** Change it in one transaction; `work` must not wait. */
  changeKept(key: string, work: (kept: unknown) => unknown): Promise<void>;
  listOps(from_seq: number, limit: number): Promise<KeptOp[]>;
  /** The stored hash of op `seq` (also of the purge boundary), or null when it is not known. */
  findHash(seq: number): Promise<string | null>;
  /** Note that everything up to `seq` leaves now; false when one of it was just taken back, but
  for those of which the server is told (`parted`). */
  markSent(
    seq: number,
    expected: Pick<Meta, 'stream' | 'ack'>,
    parted: readonly string[],
  ): Promise<boolean>;
  /** Apply a reply (S10); false when stream, epoch, cursor or key moved since the request was
  made. */
  applyChange(
    change: Change,
    expected: Pick<Meta, 'stream' | 'epoch' | 'cursor' | 'seal'>,
  ): Promise<boolean>;
  /** Replace the whole view by a snapshot; ops stay. Photos are to be offered again. */
  replaceView(snapshot: Snapshot, expected: Pick<Meta, 'stream' | 'seal'>): Promise<boolean>;
  /** Begin `meta.stream` with these re-numbered ops in place of the old stream's; `left` cannot be
  read here any more and stays aside. */
  startStream(
    meta: Meta,
    ops: readonly KeptOp[],
    left: readonly LeftOp[],
    expected: Meta,
  ): Promise<boolean>;
  /** The office took the phone out of service; its facts up to `ack` need not be sent again. */
  markRevoked(ack: number, expected: Pick<Meta, 'stream'>): Promise<void>;
  /** Names of the pictures to be sent, and of those the server may lack again. */
  listWaitingPhotos(): Promise<string[]>;
  getPhoto(sha256: string): Promise<KeptPhoto | null>;
  countWaitingPhotos(): Promise<number>;
  /** Facts that no stream carries any more and nobody has set aside. */
  countLeft(): Promise<number>;
  listLeft(): Promise<LeftOp[]>;
  /** The server took these facts of an ended stream aside for a person. */
  markSetAside(stream: string, ops: readonly KeptOp[]): Promise<void>;
  markPhoto(sha256: string, state: 'sent' | 'stored'): Promise<void>;
  /** Forget copies of pictures the server has, the oldest first, until so many bytes are free;
  returns how many are. Only for a phone without room: a backup may lack them. */
  freeRoom(num_bytes: number): Promise<number>;
  /** Copies that went before their time. */
  listGone(): Promise<LetGo[]>;
  /** The server has heard which. */
  markTold(gone: readonly LetGo[]): Promise<void>;
}

/** A fact of a stream that ended, sealed under a key that is gone. */
export interface LeftOp {
  stream: string;
  op: KeptOp;
  /** The server took it aside for a person. */
  is_set_aside: boolean;
}

export interface Answer {
  status: number;
  /** Parsed JSON, or null when there was none. */
  body: unknown;
  retry_after_s: number | null;
  /** `Upload-Offset` and `Upload-Length` of a picture. */
  offset?: number | null;
  length?: number | null;
  /** Somebody else answered: a page of the network's own, or a redirection to one. */
  is_portal?: boolean;
}

/** Part of a picture on its way (tus). */
export interface Chunk {
  sha256: string;
  offset: number;
  /** Of the whole. */
  length: number;
  bytes: Uint8Array;
  /** `<eph>;<iv>` when the bytes are sealed. */
  seal: string | null;
}

/** The way to the server. Throws when there is no answer: no network, time over, broken off; an
error named `TlsError` says that the server was not who it should be. */
export interface Network {
  exchange(body: string): Promise<Answer>;
  snapshot(): Promise<Answer>;
  /** Get a new session from the device's cookie and make the device's key known; true when there
  is a session again. */
  resume(): Promise<boolean>;
  /** Make the device's key known; true when the server knows it now. */
  register(): Promise<boolean>;
  /** True when the session is that of the person whose facts these are. */
  isOurs(): Promise<boolean>;
  headBlob(sha256: string): Promise<Answer>;
  patchBlob(chunk: Chunk): Promise<Answer>;
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
  /** Run when nobody else does, over all tabs and the worker; with `isForced` although somebody
  seems to (it hangs). */
  alone<T>(work: () => Promise<T>, isForced?: boolean): Promise<T>;
  /** Forget everything that is on this phone: keys, databases, caches, worker (S21). */
  wipe(): Promise<void>;
  app_version: string;
  /** Bytes that are left for us on this phone, or null where nobody knows. */
  findFree?(): Promise<number | null>;
  /** How often the loop was begun anew since the app was opened: told with each request (S14). */
  restarts?: number;
}
