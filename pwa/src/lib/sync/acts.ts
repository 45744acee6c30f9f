/** Recording: a fact is on the phone, whole and chained, before any screen says so (S9). */
import { firstHash, nextHash, textHash, utf8 } from './chain';
import { Locked } from './seals';
import type { Meta, Op, Ports, Spent, StoredOp, Subject } from './types';

/** One op is at most this long, so that a batch of one always fits (reliability 1.3). */
export const OP_BYTES_MAX = 32 * 1024;

/** What a screen hands over; the core adds id, times and the chain. */
export interface Fact {
  kind: string;
  fields: Readonly<Record<string, unknown>>;
  /** Personal data that may be deleted later; only its hash enters the chain (A16). */
  side?: Readonly<Record<string, string>>;
  subject?: Subject;
  /** What lies beside the stream and is used up by the fact, such as the number of a receipt. */
  spend?: Spend;
}

export interface Spend {
  /** Under which it is kept. */
  key: string;
  /** What the fact says of it and what is left afterwards; throws when it is used up. Taken anew
  whenever another tab was first. */
  take(kept: unknown): { fields: Readonly<Record<string, unknown>>; left: unknown };
}

function photosOf(fact: Fact): string[] {
  const photos = fact.fields['photos'];
  return Array.isArray(photos) ? photos.filter((name) => typeof name === 'string') : [];
}

/** Half a character (of a cut emoji) and the character NUL are no text for a database: both become
the sign for what cannot be read, before anything is hashed. */
const UNWRITABLE = /\0|\p{Surrogate}/gu;

function toText(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'string' ? one.replace(UNWRITABLE, '\ufffd') : one,
  );
}

export class OpTooLarge extends Error {
  override name = 'OpTooLarge';
}

/** What the fact would take back has left the phone already. */
export class TooLate extends Error {
  override name = 'TooLate';
}

/** The counters of a stream nothing was recorded in yet. */
export async function makeStream(ports: Pick<Ports, 'makeId' | 'sha256'>): Promise<Meta> {
  const stream = ports.makeId();
  const hash = await firstHash(ports.sha256, stream);
  return {
    stream,
    epoch: 0,
    cursor: 0,
    head: 0,
    head_hash: hash,
    ack: 0,
    safe: 0,
    boundary_seq: 0,
    boundary_hash: hash,
    offset_ms: null,
    last_success_at: null,
    sent: 0,
    decided: 0,
    seal: null,
    is_view_lost: false,
    is_clock_moved: false,
    is_revoked: false,
  };
}

async function take(
  { store }: Pick<Ports, 'store'>,
  spend: Spend | undefined,
): Promise<{ fields: object; spent?: Spent }> {
  if (!spend) return { fields: {} };
  const before = await store.findKept(spend.key);
  const { fields, left } = spend.take(before);
  return { fields, spent: { key: spend.key, before, left } };
}

/**
 * Record `fact` and return it as stored. When this returns it is on the disk; when it throws,
 * nothing was kept (`Locked` where no shift is open). The text is made once: number and hash
 * depend on what other tabs recorded first.
 */
export async function record(ports: Ports, fact: Fact): Promise<StoredOp> {
  const now = ports.clock.now();
  const side = fact.side ? toText(fact.side) : null;
  const op: Op = {
    id: ports.makeId(),
    kind: fact.kind,
    v: 1,
    at: new Date(now).toISOString(),
    mono: Math.round(ports.clock.mono()),
    boot: ports.clock.boot,
    ...fact.fields,
    ...(side === null ? {} : { side_hash: await textHash(ports.sha256, side) }),
  };
  for (;;) {
    const meta = await ports.store.getMeta();
    // What a phone out of service recorded after its last batch would be wiped unheard.
    if (!ports.store.isReadable(meta) || meta.is_revoked) throw new Locked(fact.kind);
    const { fields, spent } = await take(ports, fact.spend);
    const raw = toText({ ...op, ...fields });
    if (utf8(raw).length > OP_BYTES_MAX) throw new OpTooLarge(`${fact.kind}: ${raw.length}`);
    const stored: StoredOp = {
      seq: meta.head + 1,
      id: op.id,
      kind: op.kind,
      raw,
      hash: await nextHash(ports.sha256, meta.head_hash, raw),
      side,
      recorded_at: now,
      subject: fact.subject ?? {},
      photos: photosOf(fact),
      decision: null,
    };
    const outcome = await ports.store.append(stored, meta, spent);
    if (outcome === 'saved') return stored;
    if (outcome === 'late') throw new TooLate(fact.kind);
  }
}
