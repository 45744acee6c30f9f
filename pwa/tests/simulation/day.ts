/** One simulated time of a few phones and their office, whole from its seed. */
import { copyRows, emptyRows, type MemoryRows } from '../../src/lib/db/memory';
import { addStop, endedBy, reassign } from '../lib/sync/deciding';
import { makeChance, type Chance } from '../lib/sync/phones';
import { KEPT_MS, Town, type ServerFault } from '../lib/sync/town';
import { findFaults } from './checks';
import { Clockwork } from './clockwork';
import { Handset, type PhoneFault, type World } from './handset';
import { FAIR, makeLine, makeWeather, type Weather } from './weather';

const START_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const NUM_STOPS = 6;

export interface Result {
  faults: string[];
  num_saved: number;
  num_exchanges: number;
  num_kills: number;
  num_restores: number;
  /** Facts that left with a wiped, put back or lost phone: counted, never passed over. */
  num_excused: number;
}

export type Fault = ServerFault | PhoneFault;
const SERVER_FAULTS: readonly Fault[] = [
  'no_gap_check',
  'doubled_effect',
  'purge_too_early',
  'feed_hole',
];

type Backup = { at: number; state: ReturnType<Town['backup']> };

class Day {
  readonly chance: Chance;
  readonly town = new Town();
  readonly clockwork = new Clockwork(START_MS);
  readonly handsets: Handset[] = [];
  readonly excused = new Set<string>();
  weather: Weather = FAIR;
  backups: Backup[] = [];
  copies = new Map<Handset, MemoryRows>();
  /** What an older copy does not know of phones that had their answer, perhaps to wipe. */
  told: { handset: Handset; num_heard: number | undefined; forgotten: string[] }[] = [];
  num_kills = 0;
  num_restores = 0;
  num_in_vain = 0;

  constructor(seed: number, fault: Fault | null) {
    this.chance = makeChance(seed);
    this.town.safe = null;
    const isServers = fault !== null && SERVER_FAULTS.includes(fault);
    // A hole in the feed is the server's fault; a phone that does not see it is the phone's.
    this.town.fault = isServers
      ? (fault as ServerFault)
      : fault === 'gap_accepted'
        ? 'feed_hole'
        : null;
    const world: World = {
      clockwork: this.clockwork,
      chance: this.chance,
      fault: isServers ? null : (fault as PhoneFault | null),
      network: (handset) =>
        makeLine({
          town: this.town,
          clockwork: this.clockwork,
          chance: this.chance,
          weather: () => this.weather,
          who: () => ({
            device: handset.device,
            courier: handset.courier,
            has_session: handset.has_session,
          }),
        }),
    };
    const num_phones = 1 + Math.floor(this.chance() * 3);
    for (let at = 1; at <= num_phones; at += 1) this.handsets.push(new Handset(world, `c${at}`));
    for (let at = 1; at <= NUM_STOPS; at += 1) {
      addStop(this.town.state.known, `s${at}`, this.pick(this.handsets).courier, this.change);
    }
  }

  pick<T>(among: readonly T[]): T {
    return among[Math.floor(this.chance() * among.length)] as T;
  }

  change = (kind: string, ref: string, doc: unknown, courier: string): void =>
    this.town.change(kind, ref, doc, courier);

  async pass(span_ms: number): Promise<void> {
    // The town's clock is the true one.
    const end = this.clockwork.now + span_ms;
    while (this.clockwork.now < end) {
      const step = Math.min(end - this.clockwork.now, 60_000);
      this.town.now_ms = this.clockwork.now;
      await this.clockwork.run(step);
      this.town.now_ms = this.clockwork.now;
    }
  }

  /** One door, one to five facts. */
  visit(handset: Handset): void {
    const num_facts = 1 + Math.floor(this.chance() * 5);
    for (let at = 0; at < num_facts; at += 1) this.act(handset);
  }

  act(handset: Handset): void {
    const stop = `s${1 + Math.floor(this.chance() * NUM_STOPS)}`;
    const dice = this.chance();
    const text = `${Math.floor(this.chance() * 1e6)}`;
    const act = `${stop}-${this.chance() < 0.5 ? 'a' : 'b'}`;
    const subject = { stop, act };
    if (dice < 0.35) {
      handset.act({ kind: 'note.added', fields: { stop, text }, side: { name: text }, subject });
    } else if (dice < 0.5) handset.act({ kind: 'stop.arrived', fields: { stop }, subject });
    else if (dice < 0.55) handset.act({ kind: 'future.thing', fields: { stop }, subject });
    else if (dice < 0.62) {
      const op = endedBy(this.town.state.known, handset.courier, act) ?? act;
      handset.act({
        kind: 'act.corrected',
        fields: { stop, act, op, wrong: 'not_so', reason: text },
        subject: { ...subject, op },
      });
    } else {
      const kind = dice < 0.82 ? 'dossier.accepted' : 'visit.failed';
      const fact = { kind, fields: { stop, act }, subject };
      const bytes = Uint8Array.from({ length: 4 + Math.floor(this.chance() * 40) }, () =>
        Math.floor(this.chance() * 256),
      );
      if (this.chance() < 0.5) handset.photograph(bytes, fact);
      else handset.act(fact);
    }
  }

  /** A kill at one of the next awaits, and the app opened again a while later. */
  kill(handset: Handset): void {
    this.num_kills += 1;
    const { life } = handset;
    if (life) life.crash_at = life.steps + 1 + Math.floor(this.chance() * 60);
    else handset.start();
  }

  office(): void {
    const dice = this.chance();
    const { known } = this.town.state;
    const stop = `s${1 + Math.floor(this.chance() * NUM_STOPS)}`;
    if (dice < 0.4) reassign(known, stop, this.pick(this.handsets).courier, this.change);
    else if (dice < 0.7) {
      const held = Object.values(this.town.state.decisions).flatMap((all) => all.slice(-1));
      const one = this.pick(held.filter((decision) => decision.outcome === 'held'));
      if (one) this.town.settle(one.id, 'applied', this.courierOf(one.id));
    } else {
      const courier = known.holders[stop] ?? 'c1';
      this.change('round', `r-${courier}`, { text: this.chance() }, courier);
    }
  }

  courierOf(op_id: string): string {
    const streams = Object.values(this.town.state.streams);
    const stream = streams.find((one) => one.rows.some((row) => row.id === op_id));
    return stream?.courier ?? 'c1';
  }

  restore(): void {
    const young = this.backups.filter(({ at }) => this.clockwork.now - at < KEPT_MS);
    if (young.length === 0) return;
    const { state } = this.pick(young);
    this.num_restores += 1;
    const before = this.known();
    const pictures = this.town.photos;
    this.town.restore(state);
    // A lost phone that has been wiped cannot tell again what the older copy does not know.
    const after = this.known();
    const left = new Set(this.town.photos);
    const lacking = pictures.filter((name) => !left.has(name));
    for (const handset of this.handsets) {
      const named = new Set(handset.saved.flatMap(({ photos }) => photos));
      const forgotten = [
        ...handset.saved.flatMap(({ id }) => (before.has(id) && !after.has(id) ? [id] : [])),
        ...lacking.filter((name) => named.has(name)),
      ];
      if (handset.is_wiped) for (const id of forgotten) this.excused.add(id);
      else this.told.push({ handset, num_heard: this.town.heard[handset.device], forgotten });
    }
  }

  /** Every fact the office has, recorded or taken aside. */
  known(): Set<string> {
    const { streams, aside } = this.town.state;
    const logged = Object.values(streams).flatMap(({ rows }) => rows.map(({ id }) => id));
    return new Set([...aside, ...logged]);
  }

  storage(handset: Handset): void {
    const dice = this.chance();
    const copy = this.copies.get(handset);
    if (dice < 0.5) this.copies.set(handset, handset.copy());
    else if (dice < 0.7 && copy) handset.replace(copyRows(copy));
    else if (dice < 0.8) handset.replace(emptyRows());
    else if (dice < 0.9) handset.device = `${handset.device}'`;
    else if (this.handsets.length > 1 && !this.town.revoked.size) {
      this.town.revoked.add(handset.device);
    }
    if (handset.lives.length === 0) handset.start();
  }

  shift(handset: Handset): void {
    const dice = this.chance();
    if (dice < 0.35) handset.lock();
    else if (dice < 0.7) handset.unlock();
    else if (dice < 0.8) handset.renewShift();
    else if (dice < 0.9) handset.beginShift();
    else handset.endShift();
  }

  disturb(handset: Handset): void {
    const dice = this.chance();
    if (dice < 0.3) this.weather = makeWeather(this.chance);
    else if (dice < 0.45) {
      this.weather = { ...this.weather, is_server_down: !this.weather.is_server_down };
    } else if (dice < 0.6) handset.has_session = this.chance() < 0.5;
    else if (dice < 0.75) {
      const size = 10 ** (4 + this.chance() * 7); // ten seconds to three years
      handset.skew_ms += this.chance() < 0.5 ? size : -size;
    } else if (dice < 0.85) {
      if (handset.lives.length < 2) handset.start();
    } else if (dice < 0.9) handset.free_bytes = this.chance() < 0.5 ? 0 : null;
    else this.kill(handset);
  }

  async step(): Promise<void> {
    const handset = this.pick(this.handsets);
    if (handset.lives.length === 0 && this.chance() < 0.5 && !handset.is_wiped) handset.start();
    const dice = this.chance();
    if (dice < 0.48) this.visit(handset);
    else if (dice < 0.56) handset.withdraw();
    else if (dice < 0.64) this.kill(handset);
    else if (dice < 0.7) this.shift(handset);
    else if (dice < 0.78) this.office();
    else if (dice < 0.86) this.disturb(handset);
    else if (dice < 0.9) this.backups.push({ at: this.clockwork.now, state: this.town.backup() });
    else if (dice < 0.92) this.restore();
    else if (dice < 0.95) this.storage(handset);
    else if (dice < 0.97) await this.sleep();
    await this.pass(this.chance() < 0.5 ? this.chance() * 2_000 : this.chance() * 40_000);
  }

  /** Nights, and now and then a week: phones closed, the network goes on delivering. */
  async sleep(): Promise<void> {
    for (const handset of this.handsets) handset.kill();
    const hours = this.chance() < 0.7 ? 8 : 24 * (1 + this.chance() * 9);
    await this.leap(hours * HOUR_MS);
    for (const handset of this.handsets) {
      if (handset.is_wiped) continue;
      handset.start();
      if (this.chance() < 0.7) handset.unlock();
    }
  }

  /** Time without a minute hand: what is due happens, at its time. */
  async leap(span_ms: number): Promise<void> {
    this.town.now_ms = this.clockwork.now + span_ms / 2;
    await this.clockwork.run(span_ms);
    this.town.now_ms = this.clockwork.now;
  }

  /** The faults stop. Whoever lives goes on by itself; nobody is helped but with a PIN. */
  async heal(): Promise<void> {
    // What is still under way would come in behind the last look at it.
    this.weather = { ...FAIR, era: 1 };
    for (const handset of this.handsets) {
      handset.has_session = true;
      for (const life of handset.lives) life.crash_at = Infinity;
      if (handset.is_wiped) continue;
      if (handset.lives.length === 0) handset.start();
    }
    await this.pass(1_000);
    // The word to wipe was on its way when the copy was put back: the phone never called again.
    for (const { handset, num_heard, forgotten } of this.told) {
      const isSame = this.town.heard[handset.device] === num_heard;
      if (handset.is_wiped && isSame) for (const id of forgotten) this.excused.add(id);
    }
    for (const handset of this.handsets) {
      if (handset.is_wiped) continue;
      const shift = await handset.life?.db?.shift.find();
      if (shift?.state === 'kept') handset.unlock();
      else if (shift) handset.beginShift();
    }
    await this.pass(15 * 60_000);
    // With nothing left to say a phone calls every five minutes, and not oftener (S13).
    const before = this.town.num_exchanges;
    await this.pass(15 * 60_000);
    const num_tabs = this.handsets.reduce((sum, handset) => sum + handset.lives.length, 0);
    this.num_in_vain = Math.max(0, this.town.num_exchanges - before - 5 * num_tabs);
  }
}

/** Simulate the seed's time and say what did not hold. */
export async function simulate(
  seed: number,
  fault: Fault | null = null,
  num_steps = 70,
): Promise<Result> {
  const day = new Day(seed, fault);
  for (const handset of day.handsets) handset.start();
  await day.pass(2_000);
  if (day.chance() < 0.7) day.handsets.forEach((handset) => handset.beginShift());
  for (let step = 0; step < num_steps; step += 1) await day.step();
  await day.heal();
  const { town, handsets } = day;
  const faults = await findFaults(town, handsets, day.excused);
  if (day.num_in_vain > 0) faults.push(`S13 ${day.num_in_vain} exchanges in vain`);
  handsets.forEach((handset) => handset.kill());
  return {
    faults,
    num_saved: handsets.reduce((sum, handset) => sum + handset.saved.length, 0),
    num_exchanges: town.num_exchanges,
    num_kills: day.num_kills,
    num_restores: day.num_restores,
    num_excused: handsets.reduce((sum, handset) => sum + handset.gone.size, day.excused.size),
  };
}
