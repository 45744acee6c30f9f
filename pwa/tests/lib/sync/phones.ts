/** Phones of tests, and a network that loses, doubles and breaks off, by a seed. */
import { openPhone, type PhoneDb } from '../../../src/lib/db/phone';
import { makeUuid7 } from '../../../src/lib/phone/ids';
import type { Cipher } from '../../../src/lib/sync/disk';
import type { Answer, Network, Ports } from '../../../src/lib/sync/types';
import { openBytes, sealBytes } from './framing';
import { ME, sha256, type Town } from './town';

export { sha256, Town } from './town';
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

/** A cipher with no secret in it, which the town opens too. */
export interface TestCipher extends Cipher {
  key: string | null;
}

export function makeCipher(): TestCipher {
  let num_seals = 0;
  return {
    key: null,
    eph() {
      return this.key;
    },
    async seal(bound, bytes) {
      const eph = this.key ?? '';
      const iv = new Uint8Array(12);
      new DataView(iv.buffer).setUint32(0, ++num_seals);
      return { eph, iv, ct: sealBytes(eph, bound, bytes) };
    },
    async open(bound, { eph, ct }) {
      return eph === this.key ? openBytes(eph, bound, ct) : null;
    },
  };
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
): Network & { faults: Faults; seen: string[]; who: typeof ME } {
  const faults: Faults = { answers: [], lost: 0, reply_lost: 0, doubled: 0 };
  const seen: string[] = [];
  const who = { ...ME };
  const over = async (ask: () => Answer): Promise<Answer> => {
    const planned = faults.answers.shift();
    if (planned instanceof Error) throw planned;
    if (planned) return planned;
    if (chance() < faults.lost) throw new Error('request lost');
    const answer = ask();
    if (chance() < faults.doubled) ask();
    if (chance() < faults.reply_lost) throw new Error('reply lost');
    return structuredClone(answer);
  };
  return {
    faults,
    seen,
    who,
    async exchange(body) {
      seen.push(body);
      return over(() => town.exchange(body, who));
    },
    snapshot: () => over(() => town.snapshot(who)),
    resume: async () => false,
    register: async () => true,
    isOurs: async () => true,
    headBlob: (sha) => over(() => town.headBlob(sha, who)),
    patchBlob: (chunk) => over(() => town.patchBlob(chunk, who)),
  };
}

export interface TestPhone {
  ports: Ports;
  db: PhoneDb;
  network: ReturnType<typeof makeNetwork>;
  cipher: TestCipher;
  clock: { now_ms: number };
  wiped: number;
}

let num_phones = 0;

/** A phone of its own name; give the name of an older one to open its store again. */
export async function makePhone(town: Town, seed: number, name?: string): Promise<TestPhone> {
  const chance = makeChance(seed);
  const network = makeNetwork(town, chance);
  const clock = { now_ms: town.now_ms };
  const bytes = (): Uint8Array => Uint8Array.from({ length: 10 }, () => Math.floor(chance() * 256));
  const makeId = (): string => makeUuid7(clock.now_ms++, bytes());
  num_phones += 1;
  const cipher = makeCipher();
  const db = await openPhone(name ?? `phone-${num_phones}-${seed}`, { makeId, sha256 }, cipher);
  let queue: Promise<unknown> = Promise.resolve();
  const phone: TestPhone = { db, network, cipher, clock, wiped: 0, ports: null as never };
  phone.ports = {
    store: db,
    network,
    clock: { now: () => clock.now_ms, mono: () => clock.now_ms - 1_700_000_000_000, boot: 'b1' },
    makeId,
    sha256,
    random: chance,
    alone(work, isForced) {
      // As `navigator.locks` does with `steal`.
      const mine = isForced === true ? work() : queue.then(() => work());
      queue = mine.catch(() => undefined);
      return mine;
    },
    async wipe() {
      phone.wiped += 1;
      await db.shift.wipe();
    },
    app_version: 'test',
  };
  return phone;
}

/** Begin a shift under `key`, as the lock does when a PIN is chosen. */
export async function beginShift(phone: TestPhone, key: string): Promise<void> {
  phone.cipher.key = key;
  const nothing = new Uint8Array();
  const wrapped = { eph: key, salt: nothing, iv: nothing, wrapped: nothing };
  const record = { state: 'kept' as const, key: wrapped, tries: 0, is_signed_in: false };
  await phone.db.shift.begin(record, key);
}

/** Put the phone away: the key is not at hand any more. */
export function lockPhone(phone: TestPhone): void {
  phone.cipher.key = null;
  phone.db.shift.forget();
}
