/** A courier's day on one phone: records, is killed, comes back, sends until all is known. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openOn, openPhone, type PhoneDb } from '../../../pwa/src/lib/db/phone';
import { makeLock, type PhoneLock } from '../../../pwa/src/lib/phone/lock';
import { makeVault } from '../../../pwa/src/lib/phone/vault';
import { makeUuid7 } from '../../../pwa/src/lib/phone/ids';
import { record, type Fact } from '../../../pwa/src/lib/sync/acts';
import { startLoop, type Loop } from '../../../pwa/src/lib/sync/loop';
import type { Document, Ports } from '../../../pwa/src/lib/sync/types';
import { between, bytesOf, makeChance, pictureOf, type Chance } from './chance';
import { Life } from './life';
import { emptyRows, openQuick } from './quick';
import { Witness, type Row } from './witness';
import { makeKeychain, networkOf, type Keychain, type Way } from './wire';

export interface Plan {
  device_id: string;
  office_id: string;
  staff_id: string;
  session: string;
  seed: number;
  /** In the browser's own store (over fake-indexeddb) instead of the quick one. */
  is_indexed: boolean;
  /** Under the key of a shift, locked now and then, its end coming before all is sent. */
  is_sealed: boolean;
  facts: [string, Record<string, unknown>][];
}

export interface Run {
  host: string;
  port: number;
  timeout_ms: number;
  /** Waits are divided by this. */
  pace: number;
  /** A life ends after at most so many steps; 0: no kills. */
  num_steps_max: number;
  /** Of the facts that name a picture, how many have one. */
  photo_share: number;
  /** Pictures of each such fact. */
  num_photos: number;
  /** Planted: only so many of those the server has are kept; 0: as the core does. */
  num_kept_max: number;
  /** Facts recorded at a time; more than the half of it unsent: the courier waits. */
  num_burst_max: number;
  /** More pictures than this unsent: the courier waits; null: pictures follow as they can. */
  num_behind_max: number | null;
  is_restoring: boolean;
}

/** What a phone ends with, for the checkers. */
export interface Ended {
  device_id: string;
  head: number;
  ack: number;
  view: Document[];
  snapshot: Document[];
  received: Row[];
  faults: string[];
  num_lowered: number;
  num_forks: number;
  num_resets: number;
  num_deaths: number;
  num_sent_again: number;
  num_waiting_photos: number;
  /** Pictures of facts that a backup may lack, and the phone too. */
  num_forgotten_photos: number;
}

/** Heartbeats without news, after the faults have stopped, that end a phone's day. */
const NUM_QUIET = 2;
const UNDO_MS = 10_000;
const PIN = '246810';
/** After a burst, how often a sealed phone is put away, and for how long at most. */
const LOCK_SHARE = 0.2;
const LOCKED_MS_MAX = 500;
const SIDE = { name: 'Ngô Văn Mẫu' };

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

/** The app as it is open in one life. */
interface App {
  store: PhoneDb;
  /** null on a phone that is never sealed. */
  lock: PhoneLock | null;
}

export class Courier {
  num_deaths = 0;
  private at = 0;
  private isAllSent = false;
  private readonly rows = emptyRows();
  private readonly keys: Keychain;
  /** Pictures that are on the phone, unlike those that facts only name. */
  private readonly taken = new Set<string>();
  private readonly named = new Set<string>();
  private readonly chance: Chance;
  private readonly witness: Witness;
  private readonly way: Way;

  private readonly plan: Plan;
  private readonly run: Run;
  private readonly isOver: () => boolean;

  /** `isOver` tells when the faults have stopped. */
  constructor(plan: Plan, run: Run, isOver: () => boolean, file: number) {
    this.plan = plan;
    this.run = run;
    this.isOver = isOver;
    this.chance = makeChance(plan.seed);
    this.witness = new Witness(file, run.is_restoring);
    const { host, port, timeout_ms } = run;
    this.keys = makeKeychain(plan.device_id);
    this.way = { host, port, timeout_ms, cookie: `__Host-tannoi=${plan.session}` };
  }

  get acked(): number {
    return this.witness.acked;
  }

  get isDone(): boolean {
    return this.isAllSent;
  }

  /** Work the day, life after life, to its end. */
  async work(): Promise<Ended> {
    for (;;) {
      const { num_steps_max } = this.run;
      const num_steps = num_steps_max === 0 ? 0 : between(this.chance, 20, num_steps_max);
      const life = new Life(this.isOver() ? 0 : num_steps, this.chance() < 0.5);
      const app = await Promise.race([this.open(life), life.over]);
      if (!app) continue;
      const ports = this.makePorts(life, this.forgetting(this.witness.watch(app.store)));
      const loop = startLoop(ports, life.timer(this.run.pace), () => {});
      const isEnded = await Promise.race([
        life.over.then(() => false),
        this.live(ports, loop, app.lock).then(() => true),
      ]);
      loop.stop();
      life.kill();
      if (isEnded) return this.tell();
      this.num_deaths += 1;
      await this.rest();
    }
  }

  /** Lie dead for a moment; for longer with nothing left to send, for others work beside it. */
  private async rest(): Promise<void> {
    await sleep(between(this.chance, 1, 20));
    let num_rests = this.isAllSent ? between(this.chance, 10, 100) : 0;
    for (; num_rests > 0 && !this.isOver(); num_rests -= 1) await sleep(50);
  }

  private async open(life: Life): Promise<App> {
    const ports = { makeId: this.makeId, sha256 };
    const vault = makeVault();
    // A kill drops what the app holds; the database is opened anew.
    const store = this.plan.is_indexed
      ? await openPhone(`tannoi-courier-${this.plan.device_id}`, ports, vault)
      : await openOn(openQuick(this.rows, life.step), ports, vault);
    if (!this.plan.is_sealed) return { store, lock: null };
    const lock = await makeLock(
      store.shift,
      vault,
      async () => this.keys.server_key,
      () => '',
      () => {},
    );
    return { store, lock };
  }

  /** Open the shift by its PIN, or begin one; what is unsent goes out before, sealed. */
  private async unlock(lock: PhoneLock | null): Promise<void> {
    if (lock === null) return;
    while (this.keys.server_key === null) await sleep(between(this.chance, 5, 25));
    // A try is counted before it is made, so kills in the middle of five ask for a sign-in online.
    if (lock.state().must_sign_in) await lock.signedIn();
    const { phase } = lock.state();
    if (phase === 'no_shift' || phase === 'burnt') await lock.begin(PIN);
    else if (!(await lock.unlock(PIN))) this.witness.faults.push('the right PIN was refused');
  }

  private readonly makeId = (): string => makeUuid7(Date.now(), bytesOf(this.chance, 12));

  private makePorts(life: Life, store: PhoneDb): Ports {
    const boot = `b${this.num_deaths}`;
    const booted_at = performance.now();
    return {
      store: life.bind(store),
      network: life.bind(networkOf(this.way, this.keys, this.plan.staff_id)),
      clock: { now: () => Date.now(), mono: () => performance.now() - booted_at, boot },
      makeId: this.makeId,
      sha256: (bytes) => life.step(() => sha256(bytes)),
      random: this.chance,
      alone: (work) => work(),
      wipe: async () => void this.witness.faults.push('told to wipe itself'),
      app_version: '0.1.0',
    };
  }

  /** With the planted fault, a store that keeps the newest pictures only, backup or not. */
  private forgetting(store: PhoneDb): PhoneDb {
    const { num_kept_max } = this.run;
    if (num_kept_max === 0) return store;
    return {
      ...store,
      applyChange: async (change, expected) => {
        const isApplied = await store.applyChange(change, expected);
        const stored = [...this.rows.blobs.values()].filter(({ state }) => state === 'stored');
        const old = stored.sort((a, b) => b.taken_at - a.taken_at).slice(num_kept_max);
        for (const { sha256: name } of old) this.rows.blobs.delete(name);
        return isApplied;
      },
    };
  }

  private async live(ports: Ports, loop: Loop, lock: PhoneLock | null): Promise<void> {
    loop.wake();
    await this.unlock(lock);
    loop.wake();
    await this.lookAtList(ports);
    while (this.at < this.plan.facts.length) {
      let burst = between(this.chance, 1, this.run.num_burst_max);
      for (; burst > 0 && this.at < this.plan.facts.length; burst -= 1) {
        await this.recordNext(ports);
        loop.wake();
      }
      if (lock !== null && this.chance() < LOCK_SHARE) await this.putAway(loop, lock);
      await this.untilUnsent(ports, this.run.num_burst_max / 2, this.run.num_behind_max);
    }
    if (lock !== null) {
      await lock.end();
      await this.untilUnsent(ports, 0);
      await this.unlock(lock);
      loop.wake();
    }
    await this.untilUnsent(ports, 0, 0);
    await this.beQuiet(ports, loop);
  }

  /** Lock the phone while it still has something to send, and open it again later. */
  private async putAway(loop: Loop, lock: PhoneLock): Promise<void> {
    lock.lock();
    loop.wake();
    await sleep(between(this.chance, 1, LOCKED_MS_MAX));
    await this.unlock(lock);
    loop.wake();
  }

  /** On opening, the app's list shows what is saved, also what was not confirmed before a kill. */
  private async lookAtList(ports: Ports): Promise<void> {
    for (const op of await (ports.store as PhoneDb).listAllOps()) {
      this.sawSaved(op.id, op.photos);
    }
  }

  private async recordNext(ports: Ports): Promise<void> {
    const [kind, fields] = this.plan.facts[this.at] ?? ['', {}];
    const photos = await this.takePictures(ports, fields['photos']);
    const fact: Fact = { kind, fields: photos === null ? fields : { ...fields, photos } };
    if (kind === 'result.delivered') fact.side = SIDE;
    const op = await record(this.ripe(ports), fact);
    this.sawSaved(op.id, op.photos);
  }

  private sawSaved(op_id: string, photos: readonly string[]): void {
    // What a killed life confirmed in its last moment, the next one finds in the list again.
    if (this.witness.shown.has(op_id)) return;
    this.at += 1;
    this.witness.sawSaved(op_id);
    for (const sha of photos) {
      if (!this.taken.has(sha)) continue;
      this.named.add(sha);
      this.witness.sawPicture(this.plan.office_id, sha);
    }
  }

  /** Acts can be undone for ten seconds; these were done ten seconds ago. */
  private ripe(ports: Ports): Ports {
    const { now, mono, boot } = ports.clock;
    const clock = { now: () => now() - UNDO_MS, mono: () => Math.max(0, mono() - UNDO_MS), boot };
    return { ...ports, clock };
  }

  private async takePictures(ports: Ports, named: unknown): Promise<string[] | null> {
    if (!Array.isArray(named) || named.length === 0) return null;
    if (this.chance() >= this.run.photo_share) return null;
    const names: string[] = [];
    for (let number = 0; number < this.run.num_photos; number += 1) {
      const bytes = pictureOf(this.chance);
      const name = Buffer.from(await sha256(bytes)).toString('hex');
      this.taken.add(name);
      const photo = { sha256: name, bytes, media_type: 'image/png', state: 'draft' as const };
      await (ports.store as PhoneDb).keepPhoto({ ...photo, taken_at: Date.now() });
      names.push(name);
    }
    return names;
  }

  /** Wait until at most so many facts are unsent, and so many pictures where that is asked for. */
  private async untilUnsent(
    ports: Ports,
    num_max: number,
    num_photos_max: number | null = null,
  ): Promise<void> {
    for (;;) {
      const meta = await ports.store.getMeta();
      const num_photos = num_photos_max === null ? 0 : await ports.store.countWaitingPhotos();
      if (meta.head - meta.ack <= num_max && num_photos <= (num_photos_max ?? 0)) return;
      await sleep(between(this.chance, 5, 25));
    }
  }

  /** Go on with heartbeats until the faults are over and two in a row bring nothing. */
  private async beQuiet(ports: Ports, loop: Loop): Promise<void> {
    this.isAllSent = true;
    let before = '';
    for (let num_quiet = 0; num_quiet < NUM_QUIET;) {
      await sleep(between(this.chance, 50, 400));
      if (!this.isOver()) continue;
      const num_left = await loop.syncNow();
      const { epoch, cursor, ack, last_success_at } = await ports.store.getMeta();
      const now = `${epoch}|${cursor}|${ack}`;
      const isQuiet = num_left === 0 && now === before && loop.state().trouble === null;
      num_quiet = isQuiet && last_success_at !== null ? num_quiet + 1 : 0;
      before = now;
    }
  }

  /** The server's view of this day; all phones ask for theirs at once, so the first may be late. */
  private async askSnapshot(): Promise<{ docs: Document[] }> {
    const network = networkOf(this.way, this.keys, this.plan.staff_id);
    for (;;) {
      const answer = await network.snapshot().catch(() => null);
      if (answer?.status === 200) return answer.body as { docs: Document[] };
      await sleep(between(this.chance, 50, 400));
    }
  }

  private async tell(): Promise<Ended> {
    const { store, lock } = await this.open(new Life(0, false));
    await this.unlock(lock);
    const meta = await store.getMeta();
    const snapshot = await this.askSnapshot();
    let num_forgotten_photos = 0;
    // No fact of this run is 14 days old: every picture of theirs must be here.
    for (const name of this.named) {
      if ((await store.getPhoto(name)) === null) num_forgotten_photos += 1;
    }
    const { received, faults, num_lowered, num_forks, num_resets, num_sent_again } = this.witness;
    return {
      device_id: this.plan.device_id,
      head: meta.head,
      ack: meta.ack,
      view: await store.listView(),
      snapshot: snapshot.docs,
      received,
      faults,
      num_lowered,
      num_forks,
      num_resets,
      num_deaths: this.num_deaths,
      num_sent_again,
      num_waiting_photos: await store.countWaitingPhotos(),
      num_forgotten_photos,
    };
  }
}
