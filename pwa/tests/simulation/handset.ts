/** A phone of the simulator: the real core, killed at any await, reopened from its disk. */
import * as beginning from '../../src/lib/db/begin';
import { copyRows, emptyRows, memoryDisk, type MemoryRows } from '../../src/lib/db/memory';
import { openOn, type PhoneDb } from '../../src/lib/db/phone';
import { makeUuid7 } from '../../src/lib/phone/ids';
import { makeWithdrawal } from '../../src/lib/phone/undo';
import { record, type Fact } from '../../src/lib/sync/acts';
import { hexOf } from '../../src/lib/sync/chain';
import type { Cipher, Disk, TableName, Tables } from '../../src/lib/sync/disk';
import { EVERY_WITHOUT_QUEUE_MS, startLoop, WIPE_MS_MAX, type Loop } from '../../src/lib/sync/loop';
import type { Network, Ports, StoredOp } from '../../src/lib/sync/types';
import { makeCipher, type Chance, type TestCipher } from '../lib/sync/phones';
import { spoil, type StoreFault } from '../lib/sync/spoiling';
import { sha256 } from '../lib/sync/town';
import type { Clockwork } from './clockwork';

/** One rule of the phone that a planted fault takes away. */
export type PhoneFault =
  | StoreFault
  | 'no_heartbeat'
  | 'gap_accepted'
  /** What the server has is forgotten at once, as if no backup could lack it. */
  | 'picture_forgotten'
  /** The word to wipe is believed before the pictures have gone. */
  | 'wiped_too_early';

/** From the start of a process to its kill. */
interface Life {
  is_dead: boolean;
  steps: number;
  crash_at: number;
  cipher: TestCipher;
  db: PhoneDb | null;
  ports: Ports | null;
  loop: Loop | null;
  /** Wakes who waits for the lock when this life ends with it. */
  release: (() => void) | null;
}

const never = <T>(): Promise<T> => new Promise(() => undefined);

export interface World {
  clockwork: Clockwork;
  chance: Chance;
  network: (handset: Handset) => Network;
  fault: PhoneFault | null;
}

export class Handset {
  rows: MemoryRows = emptyRows();
  private disk: Disk = memoryDisk(this.rows);
  lives: Life[] = [];
  /** Facts somebody saw as saved, in order. */
  saved: { id: string; kind: string; photos: string[] }[] = [];
  /** Ids of facts that were taken back, with the id of the fact that did it. */
  withdrawn: { id: string; by: string }[] = [];
  /** Saved facts this phone does not have any more: its storage was wiped or put back. */
  gone = new Set<string>();
  /** Pictures whose copy went with a storage, or with a wipe that had waited long enough. */
  readonly gonePhotos = new Set<string>();
  /** Pictures whose copy it let go for want of room. */
  readonly letGo = new Set<string>();
  is_wiped = false;
  private told_wipe_at: number | null = null;
  /** What the browser says is free; null: it does not say. */
  free_bytes: number | null = null;
  skew_ms = 0;
  device: string;
  has_session = true;
  private queue: Promise<unknown> = Promise.resolve();
  private num_keys = 0;

  constructor(
    readonly world: World,
    readonly courier: string,
  ) {
    this.device = `${courier}-1`;
  }

  get life(): Life | undefined {
    return this.lives.at(-1);
  }

  /** Start the app, or one more tab of it. `crash_at`: the await at which it is killed. */
  start(crash_at = Infinity): void {
    if (this.is_wiped) return; // it does not know whose it was
    const life: Life = {
      is_dead: false,
      steps: 0,
      crash_at,
      cipher: makeCipher(),
      db: null,
      ports: null,
      loop: null,
      release: null,
    };
    this.lives.push(life);
    void this.open(life);
  }

  kill(): void {
    for (const life of [...this.lives]) this.end(life);
  }

  private end(life: Life): void {
    life.is_dead = true;
    life.loop?.stop();
    life.release?.();
    this.lives = this.lives.filter((one) => one !== life);
  }

  /** Every await of the core passes here: before it and behind it the process may die. */
  private async step<T>(life: Life, work: () => Promise<T>): Promise<T> {
    if (this.tick(life)) return never();
    const result = await work();
    return this.tick(life) ? never() : result;
  }

  private async write<T>(names: TableName[], work: (tables: Tables) => Promise<T>): Promise<T> {
    const had = this.rows.meta.size > 0;
    const left = [...this.rows.left.values()].map(({ op }) => op.id);
    const pictures = [...this.rows.blobs.keys()];
    const result = await this.disk.write(names, work);
    for (const key of this.rows.meta.keys()) {
      if (key.startsWith('gone:')) this.letGo.add(key.slice('gone:'.length));
    }
    if (this.world.fault === 'picture_forgotten') {
      for (const { sha256: name, state } of [...this.rows.blobs.values()]) {
        if (state === 'stored') this.rows.blobs.delete(name);
      }
    }
    if (had && this.rows.meta.size === 0) {
      this.is_wiped = true;
      // What no stream carries and nobody can read any more ends with the phone: counted, not kept.
      left.forEach((id) => this.gone.add(id));
      const waited_ms = this.world.clockwork.now - (this.told_wipe_at ?? Infinity);
      if (waited_ms >= WIPE_MS_MAX) pictures.forEach((name) => this.gonePhotos.add(name));
    }
    return result;
  }

  private tick(life: Life): boolean {
    life.steps += 1;
    if (!life.is_dead && life.steps >= life.crash_at) this.end(life);
    return life.is_dead;
  }

  private async open(life: Life): Promise<void> {
    const { clockwork, chance } = this.world;
    const booted_at = clockwork.now;
    const disk: Disk = {
      read: (names, work) => this.step(life, () => this.disk.read(names, work)),
      write: (names, work) => this.step(life, () => this.write(names, work)),
      close: () => undefined,
    };
    const bytes = (): Uint8Array =>
      Uint8Array.from({ length: 10 }, () => Math.floor(chance() * 256));
    const makeId = (): string => makeUuid7(clockwork.now, bytes());
    const hash = (one: Uint8Array): Promise<Uint8Array> => this.step(life, () => sha256(one));
    const db = await openOn(disk, { makeId, sha256: hash }, life.cipher, async () => beginning);
    const ports: Ports = {
      store: spoil(db, this.world.fault),
      network: this.gate(life, this.world.network(this)),
      clock: {
        now: () => clockwork.now + this.skew_ms,
        mono: () => clockwork.now - booted_at,
        boot: `b${booted_at}`,
      },
      makeId,
      sha256: hash,
      random: chance,
      alone: (work) => this.alone(life, work),
      wipe: async () => {
        await db.shift.wipe();
        this.kill();
      },
      app_version: 'simulator',
      findFree: async () => this.free_bytes,
    };
    life.db = db;
    life.ports = ports;
    const isHeartless = this.world.fault === 'no_heartbeat';
    const timer = {
      set: (work: () => void, ms: number) =>
        isHeartless && ms >= EVERY_WITHOUT_QUEUE_MS
          ? 0
          : clockwork.after(ms, () => {
              if (!life.is_dead) work();
            }),
      clear: (id: number) => clockwork.cancel(id),
    };
    life.loop = startLoop(ports, timer, () => undefined);
    life.loop.wake();
  }

  /** Web Locks: one at a time over all tabs; a tab that dies gives its lock back. */
  private alone<T>(life: Life, work: () => Promise<T>): Promise<T> {
    const before = this.queue;
    let done: () => void = () => undefined;
    this.queue = new Promise<void>((resolve) => (done = resolve));
    return before.then(async () => {
      if (life.is_dead) {
        done();
        return never<T>();
      }
      life.release = done;
      try {
        return await work();
      } finally {
        life.release = null;
        done();
      }
    });
  }

  private gate(life: Life, line: Network): Network {
    const step = <T>(work: () => Promise<T>): Promise<T> => this.step(life, work);
    return {
      exchange: async (body) => {
        const answer = await step(() => line.exchange(body));
        if (this.world.fault === 'gap_accepted') renumber(body, answer.body);
        const { wipe } = (answer.body ?? {}) as { wipe?: boolean };
        if (answer.status === 403 && wipe) this.told_wipe_at ??= this.world.clockwork.now;
        return answer;
      },
      snapshot: () => step(() => line.snapshot()),
      resume: () => step(() => line.resume()),
      register: () => step(() => line.register()),
      isOurs: () => step(() => line.isOurs()),
      headBlob: (sha) =>
        this.world.fault === 'wiped_too_early' && this.told_wipe_at !== null
          ? step(async () => ({ status: 403, body: null, retry_after_s: null }))
          : step(() => line.headBlob(sha)),
      patchBlob: (chunk) => step(() => line.patchBlob(chunk)),
    };
  }

  /** Record a fact; what comes back is what somebody saw as saved. */
  act(fact: Fact): void {
    const { life } = this;
    if (!life?.ports) return;
    void record(life.ports, fact)
      .then((op) => this.note(op, life))
      .catch(() => undefined);
  }

  private note(op: StoredOp, life: Life): void {
    this.saved.push({ id: op.id, kind: op.kind, photos: op.photos });
    life.loop?.recorded();
  }

  /** Take a picture and record a fact that names it. */
  photograph(bytes: Uint8Array, fact: Fact): void {
    const { life } = this;
    const { db } = life ?? {};
    if (!db) return;
    void (async () => {
      const name = hexOf(await sha256(bytes));
      const photo = { sha256: name, bytes, media_type: 'image/jpeg', taken_at: 0 };
      await db.keepPhoto({ ...photo, state: 'draft' });
      this.act({ ...fact, fields: { ...fact.fields, photos: [name] } });
    })().catch(() => undefined);
  }

  /** Take the last act back, if that is still possible. */
  withdraw(): void {
    const { life } = this;
    const { ports, db } = life ?? {};
    if (!ports || !db) return;
    void (async () => {
      const ops = await db.listAllOps();
      const op = ops.findLast((one) => ['result.delivered', 'visit.failed'].includes(one.kind));
      const isTaken = ops.some((one) => one.subject.op === op?.id);
      if (!op || isTaken || ports.clock.now() - op.recorded_at >= 10_000) return;
      const taken = await record(ports, makeWithdrawal(op));
      this.saved.push({ id: taken.id, kind: taken.kind, photos: [] });
      this.withdrawn.push({ id: op.id, by: taken.id });
    })().catch(() => undefined);
  }

  lock(): void {
    for (const life of this.lives) {
      life.cipher.key = null;
      life.db?.shift.forget();
    }
  }

  /** Key in the right PIN, as the disk knows the key. */
  unlock(): void {
    for (const life of this.lives) {
      void life.db?.shift.find().then((shift) => {
        if (shift?.state !== 'kept' || !shift.key) return;
        life.cipher.key = shift.key.eph;
        life.loop?.wake();
      });
    }
  }

  beginShift(old?: Cipher): void {
    const { life } = this;
    if (!life?.db) return;
    const eph = `${this.courier}-k${++this.num_keys}`;
    life.cipher.key = eph;
    const nothing = new Uint8Array();
    const key = { eph, salt: nothing, iv: nothing, wrapped: nothing };
    const shift = { state: 'kept' as const, key, tries: 0, is_signed_in: false };
    void life.db.shift
      .begin(shift, eph, old)
      .then(() => life.loop?.wake())
      .catch(() => undefined);
  }

  /** The PIN on another day: a new shift in the place of the one that lies there. */
  renewShift(): void {
    const { life } = this;
    void life?.db?.shift.find().then((shift) => {
      if (shift?.state !== 'kept' || !shift.key) return;
      const old = makeCipher();
      old.key = shift.key.eph;
      this.beginShift(old);
    });
  }

  endShift(): void {
    const { life } = this;
    this.lock();
    void life?.db?.shift.end('ended').catch(() => undefined);
  }

  copy(): MemoryRows {
    return copyRows(this.rows);
  }

  /** The storage is another: empty, or an older copy of itself. */
  replace(rows: MemoryRows): void {
    this.kill();
    this.rows = copyRows(rows);
    this.disk = memoryDisk(this.rows);
    this.queue = Promise.resolve();
    this.is_wiped = false;
    const here = new Set([...this.rows.ops.values()].map((op) => op.id));
    for (const { op } of this.rows.left.values()) here.add(op.id);
    this.told_wipe_at = null;
    for (const { id, photos } of this.saved) {
      if (!here.has(id)) this.gone.add(id);
      for (const name of photos) if (!this.rows.blobs.has(name)) this.gonePhotos.add(name);
    }
  }
}

/** A phone that takes any numbers for a feed without gaps. */
function renumber(request: string, body: unknown): void {
  const { cursor } = JSON.parse(request) as { cursor: number };
  const { feed = [] } = (body ?? {}) as { feed?: { n: number }[] };
  feed.forEach((row, index) => (row.n = cursor + index + 1));
}
