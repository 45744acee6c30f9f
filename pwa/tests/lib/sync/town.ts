/**
 * A server of the exchange in memory, and a network that loses, doubles and breaks off, by a
 * seed.
 */
import { createHash } from 'node:crypto';
import type { Answer, Decision, FeedRow, Network, Ports } from '../../../src/lib/sync/types';
import { openPhone, type PhoneDb } from '../../../src/lib/db/phone';
import { makeUuid7 } from '../../../src/lib/phone/ids';

export type Chance = () => number;

/** Mulberry32: small, and the same on every machine. */
export function makeChance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
const hash = (...parts: (string | Buffer)[]): string => {
  const sum = createHash('sha256');
  parts.forEach((part) => sum.update(part));
  return sum.digest('hex');
};
const next = (previous: string, raw: string): string => hash(Buffer.from(previous, 'hex'), raw);

interface Row {
  id: string;
  raw: string;
  hash: string;
}
interface Stream {
  rows: Row[];
}
interface State {
  epoch: number;
  streams: Record<string, Stream>;
  /** One effect per op id: how often each fact took effect. */
  effects: Record<string, number>;
  feed: FeedRow[];
  docs: Record<string, unknown>;
  photos: string[];
}

/** What the wire carries, cut out of the body as it stands, so that hashes are over exact text. */
function readOps(body: string): string[] {
  const start = body.indexOf('"ops":[') + '"ops":['.length;
  const ops: string[] = [];
  let depth = 0;
  let from = start;
  let isText = false;
  for (let at = start; at < body.length; at += 1) {
    const char = body[at];
    if (isText) {
      if (char === '\\') at += 1;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === '{') {
      if (depth === 0) from = at;
      depth += 1;
    } else if (char === '}') {
      depth -= 1;
      if (depth === 0) ops.push(body.slice(from, at + 1));
    } else if (char === ']' && depth === 0) break;
  }
  return ops;
}

export class Town {
  state: State = { epoch: 1, streams: {}, effects: {}, feed: [], docs: {}, photos: [] };
  /** All streams safe up to here. */
  safe = 0;
  heldKinds = new Set<string>();
  num_exchanges = 0;

  backup(): State {
    return structuredClone(this.state);
  }

  /** Put an older copy back; the epoch tells the phones. */
  restore(copy: State): void {
    const epoch = this.state.epoch + 1;
    this.state = { ...structuredClone(copy), epoch };
  }

  change(kind: string, ref: string, doc: unknown): void {
    if (doc === null) delete this.state.docs[`${kind}/${ref}`];
    else this.state.docs[`${kind}/${ref}`] = doc;
    const n = this.state.feed.length + 1;
    this.state.feed.push({ n, kind, ref, rev: n, doc });
  }

  exchange(body: string): Answer {
    this.num_exchanges += 1;
    const request = JSON.parse(body) as {
      stream: string;
      epoch: number;
      cursor: number;
      first: number;
      prev: string;
    };
    const stream = (this.state.streams[request.stream] ??= { rows: [] });
    const firstHash = hash(`stream:${request.stream}`);
    const hashAt = (seq: number): string | undefined =>
      seq === 0 ? firstHash : stream.rows[seq - 1]?.hash;
    let fork = false;
    const known = hashAt(request.first - 1);
    if (known !== undefined && known !== request.prev) fork = true;
    let previous = request.prev;
    let seq = request.first;
    for (const raw of fork ? [] : readOps(body)) {
      const own = next(previous, raw);
      if (seq <= stream.rows.length) fork ||= hashAt(seq) !== own;
      else if (seq === stream.rows.length + 1 && known !== undefined) {
        const id = (JSON.parse(raw) as { id: string }).id;
        stream.rows.push({ id, raw, hash: own });
        this.state.effects[id] ??= 1;
      } else break;
      if (fork) break;
      previous = own;
      seq += 1;
    }
    return this.reply(request, stream, hashAt, fork);
  }

  private reply(
    request: { epoch: number; cursor: number; first: number },
    stream: Stream,
    hashAt: (seq: number) => string | undefined,
    fork: boolean,
  ): Answer {
    const ack = stream.rows.length;
    const reset = request.epoch !== this.state.epoch || request.cursor > this.state.feed.length;
    const decisions: Decision[] = stream.rows.slice(request.first - 1).map((row, index) => {
      const kind = (JSON.parse(row.raw) as { kind: string }).kind;
      const isHeld = this.heldKinds.has(kind);
      return {
        seq: request.first + index,
        id: row.id,
        n: 1,
        outcome: isHeld ? 'held' : 'applied',
        reason: isHeld ? 'state_conflict' : null,
      };
    });
    return {
      status: 200,
      retry_after_s: null,
      body: {
        epoch: this.state.epoch,
        ack,
        ack_hash: hashAt(ack),
        safe: Math.min(this.safe, ack),
        server_at: new Date(1_800_000_000_000).toISOString(),
        decisions,
        feed: reset ? [] : this.state.feed.slice(request.cursor),
        more: false,
        reset,
        fork,
      },
    };
  }

  snapshot(): Answer {
    const docs = Object.entries(this.state.docs).map(([key, doc]) => {
      const [kind = '', ref = ''] = key.split('/');
      return { kind, ref, rev: 1, doc };
    });
    const body = { epoch: this.state.epoch, cursor: this.state.feed.length, docs };
    return { status: 200, retry_after_s: null, body };
  }
}

export interface Faults {
  /** The next answers, instead of what the town says. */
  answers: (Answer | Error)[];
  /** Chance that a request is lost, a reply is lost, a request arrives twice. */
  lost: number;
  reply_lost: number;
  doubled: number;
}

export function makeNetwork(
  town: Town,
  chance: Chance,
): Network & { faults: Faults; seen: string[] } {
  const faults: Faults = { answers: [], lost: 0, reply_lost: 0, doubled: 0 };
  const seen: string[] = [];
  return {
    faults,
    seen,
    async exchange(body) {
      seen.push(body);
      const planned = faults.answers.shift();
      if (planned instanceof Error) throw planned;
      if (planned) return planned;
      if (chance() < faults.lost) throw new Error('request lost');
      const answer = structuredClone(town.exchange(body));
      if (chance() < faults.doubled) town.exchange(body);
      if (chance() < faults.reply_lost) throw new Error('reply lost');
      return answer;
    },
    async snapshot() {
      if (chance() < faults.lost) throw new Error('request lost');
      return structuredClone(town.snapshot());
    },
    resume: async () => false,
    async putPhoto(photo) {
      town.state.photos.push(photo.sha256);
      return { status: 201, body: null, retry_after_s: null };
    },
  };
}

export interface TestPhone {
  ports: Ports;
  db: PhoneDb;
  network: ReturnType<typeof makeNetwork>;
  clock: { now_ms: number };
}

let num_phones = 0;

/** A phone of its own name; give the name of an older one to open its store again. */
export async function makePhone(town: Town, seed: number, name?: string): Promise<TestPhone> {
  const chance = makeChance(seed);
  const network = makeNetwork(town, chance);
  const clock = { now_ms: 1_800_000_000_000 };
  const bytes = (): Uint8Array => Uint8Array.from({ length: 10 }, () => Math.floor(chance() * 256));
  const makeId = (): string => makeUuid7(clock.now_ms++, bytes());
  num_phones += 1;
  const db = await openPhone(name ?? `phone-${num_phones}-${seed}`, { makeId, sha256 });
  let queue: Promise<unknown> = Promise.resolve();
  const ports: Ports = {
    store: db,
    network,
    clock: { now: () => clock.now_ms, mono: () => clock.now_ms - 1_700_000_000_000, boot: 'b1' },
    makeId,
    sha256,
    random: chance,
    alone(work) {
      const mine = queue.then(() => work());
      queue = mine.catch(() => undefined);
      return mine;
    },
    app_version: 'test',
  };
  return { ports, db, network, clock };
}
