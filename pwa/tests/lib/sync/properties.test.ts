// @vitest-environment node
/**
 * Tests what holds of the phone's core whatever comes in whatever order (P3): facts recorded and
 * taken back, answers lost, doubled, late and out of turn, tabs killed, an office put back.
 * A failure prints its seed; `SEED` and `RUNS` choose others.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeWithdrawal } from '../../../src/lib/phone/undo';
import { record, TooLate, type Fact } from '../../../src/lib/sync/acts';
import { firstHash, nextHash } from '../../../src/lib/sync/chain';
import { exchangeOnce } from '../../../src/lib/sync/exchange';
import { undoable_ms } from '../../../src/lib/sync/hold';
import type { Answer, StoredOp } from '../../../src/lib/sync/types';
import { makePhone, sha256, Town, type TestPhone } from './phones';
import { spoil, STORE_FAULTS, type StoreFault } from './spoiling';
import { ME, type ServerFault } from './town';

const RUNS = Number(process.env['RUNS'] ?? 200);
const SEED = process.env['SEED'];
const STEPS_MAX = 50;

const fates = ['passes', 'request_lost', 'reply_lost', 'doubled', 'late_request', 'late_reply'];
type Fate = (typeof fates)[number];
type Step =
  | { do: 'record'; isAct: boolean; num: number }
  /** `isSlow`: pressed in time, written down while the next batch is put together. */
  | { do: 'undo'; isSlow: boolean }
  | { do: 'wait'; ms: number }
  | { do: 'exchange'; num_max: number; fate: Fate }
  /** What was late arrives, not in the order in which it was sent. */
  | { do: 'arrive'; which: number }
  /** A request of before comes once more. */
  | { do: 'repeat'; which: number }
  | { do: 'restart'; isRecording: boolean }
  | { do: 'back_up' }
  | { do: 'restore' }
  | { do: 'change'; which: number };

const few = fc.nat(9);
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      isAct: fc.boolean(),
      num: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('undo' as const), isSlow: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(500, 9_000, 11_000),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('exchange' as const),
      num_max: fc.constantFrom(1, 2, 200),
      fate: fc.constantFrom(...fates),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('arrive' as const), which: few }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), which: few }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('restart' as const), isRecording: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('back_up' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restore' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('change' as const), which: few }) },
);

let num_days = 0;

/** One phone, its office and the way between. */
class Day {
  readonly town = new Town();
  readonly name = `any-${(num_days += 1)}`;
  phone!: TestPhone;
  /** Facts whose recording returned, and those found on the disk after a kill. */
  readonly saved = new Set<string>();
  /** Acts that somebody saw taken back. */
  readonly undone: { act: string; by: string }[] = [];
  private readonly sent: string[] = [];
  private late: { go: () => void; done: Promise<unknown> }[] = [];
  private fate: Fate = 'passes';
  private reached: () => void = () => undefined;
  private backup = this.town.backup();
  private num_starts = 0;
  private slow: StoredOp | null = null;

  constructor(private readonly fault: StoreFault | ServerFault | null) {
    const isPhones = STORE_FAULTS.some((one) => one === fault);
    this.town.fault = isPhones ? null : (fault as ServerFault | null);
  }

  async start(): Promise<void> {
    this.num_starts += 1;
    const now_ms = this.phone?.clock.now_ms ?? this.town.now_ms;
    this.phone = await makePhone(this.town, num_days * 1_000 + this.num_starts, this.name);
    this.phone.clock.now_ms = now_ms;
    this.phone.network.exchange = (body) => this.carry(body);
    const store = spoil(this.phone.db, this.fault);
    this.phone.ports.store = {
      ...store,
      markSent: async (...about) => {
        const act = this.slow;
        this.slow = null;
        if (act) await this.takeBack(act);
        return store.markSent(...about);
      },
    };
    for (const op of await this.phone.db.listAllOps()) this.saved.add(op.id);
  }

  private async carry(body: string): Promise<Answer> {
    const { fate } = this;
    this.sent.push(body);
    const wait = (): Promise<void> =>
      new Promise((go) => {
        this.late.push({ go, done: Promise.resolve() });
        this.reached();
      });
    if (fate === 'request_lost') throw new Error('request lost');
    if (fate === 'late_request') await wait();
    const answer = structuredClone(this.town.exchange(body, ME));
    if (fate === 'doubled') this.town.exchange(body, ME);
    if (fate === 'late_reply') await wait();
    if (fate === 'reply_lost') throw new Error('reply lost');
    return answer;
  }

  async exchange(num_max: number, fate: Fate): Promise<void> {
    this.fate = fate;
    const num_late = this.late.length;
    const isHeld = new Promise<void>((resolve) => (this.reached = resolve));
    // A tab that was killed meanwhile has nothing to apply its answer to.
    const done = exchangeOnce(this.phone.ports, num_max).catch(() => undefined);
    await Promise.race([done, isHeld]);
    const held = this.late[num_late];
    if (held) held.done = done;
  }

  async arrive(which: number): Promise<void> {
    const [one] = this.late.splice(which % Math.max(1, this.late.length), 1);
    one?.go();
    await one?.done;
  }

  async record(fact: Fact): Promise<void> {
    const op = await record(this.phone.ports, fact);
    this.saved.add(op.id);
  }

  async undo(isSlow: boolean): Promise<void> {
    const { db, clock } = this.phone;
    const [ops, { sent }] = [await db.listAllOps(), await db.getMeta()];
    const act = ops.findLast((op) => undoable_ms(op, ops, sent, clock.now_ms) > 0);
    if (act && isSlow) this.slow = act;
    else if (act) await this.takeBack(act);
  }

  private async takeBack(act: StoredOp): Promise<void> {
    try {
      const by = await record(this.phone.ports, makeWithdrawal(act));
      this.saved.add(by.id);
      this.undone.push({ act: act.id, by: by.id });
    } catch (error) {
      if (!(error instanceof TooLate)) throw error;
    }
  }

  /** The tab is killed, perhaps while it writes; what was under way is never answered. */
  async restart(isRecording: boolean): Promise<void> {
    const writing = isRecording ? this.record(NOTE).catch(() => undefined) : null;
    this.phone.db.close();
    await writing;
    for (const { go } of this.late.splice(0)) go();
    await this.start();
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'record') {
      const fact = step.isAct ? ACT : NOTE;
      await Promise.all(Array.from({ length: step.num }, () => this.record(fact)));
    } else if (step.do === 'undo') await this.undo(step.isSlow);
    else if (step.do === 'wait') this.phone.clock.now_ms += step.ms;
    else if (step.do === 'exchange') await this.exchange(step.num_max, step.fate);
    else if (step.do === 'arrive') await this.arrive(step.which);
    else if (step.do === 'repeat') {
      const body = this.sent[step.which % Math.max(1, this.sent.length)];
      if (body !== undefined) this.town.exchange(body, ME);
    } else if (step.do === 'restart') await this.restart(step.isRecording);
    else if (step.do === 'back_up') this.backup = this.town.backup();
    else if (step.do === 'restore') this.town.restore(this.backup);
    else this.town.change('stop', `s${step.which % 3}`, step.which > 6 ? null : step);
  }

  /** The network is good again; what was late comes last of all. */
  async drain(): Promise<void> {
    while (this.late.length > 0) await this.arrive(0);
    this.phone.clock.now_ms += 11_000;
    for (let turn = 0; turn < 60; turn += 1) {
      this.fate = 'passes';
      const outcome = await exchangeOnce(this.phone.ports, 200);
      if (outcome.kind === 'done' && !outcome.again) return;
    }
    throw new Error('the exchange does not come to rest');
  }
}

const NOTE: Fact = { kind: 'note.added', fields: { stop: 's1', text: 'x' } };
const ACT: Fact = {
  kind: 'result.delivered',
  fields: { stop: 's1', act: 'a' },
  subject: { stop: 's1', act: 'a' },
};

async function check(day: Day): Promise<void> {
  const { effects, streams, decisions } = day.town.state;
  const meta = await day.phone.db.getMeta();
  expect(meta.ack).toBe(meta.head);
  // Nothing lost, nothing doubled, nothing that no phone recorded.
  expect(Object.keys(effects).sort()).toEqual([...day.saved].sort());
  expect(Object.values(effects).filter((num) => num !== 1)).toEqual([]);
  // One stream in the order of the phone, and a chain that is whole on both sides.
  expect(Object.keys(streams)).toEqual([meta.stream]);
  const rows = streams[meta.stream]?.rows ?? [];
  const ops = await day.phone.db.listAllOps();
  expect(ops.map(({ seq, id, hash }) => ({ seq, id, hash }))).toEqual(
    rows.map(({ id, hash }, at) => ({ seq: at + 1, id, hash })),
  );
  let last = await firstHash(sha256, meta.stream);
  for (const { raw, hash } of rows) {
    last = await nextHash(sha256, last, raw);
    expect(hash).toBe(last);
  }
  expect(meta.head_hash).toBe(last);
  // What was seen taken back was never done.
  for (const { act, by } of day.undone) {
    expect(decisions[act]?.at(-1)).toMatchObject({ outcome: 'noop', reason: 'withdrawn' });
    expect(decisions[by]?.at(-1)).toMatchObject({ outcome: 'applied' });
  }
  const known = ops.map(({ id, decision }) => [id, decision?.outcome]);
  expect(known).toEqual(rows.map(({ id }) => [id, decisions[id]?.at(-1)?.outcome]));
  const view = (await day.phone.db.listView()).map(({ kind, ref, doc }) => [`${kind}/${ref}`, doc]);
  const docs = Object.entries(day.town.feed(ME.courier).docs);
  expect(Object.fromEntries(view)).toEqual(
    Object.fromEntries(docs.map(([key, { doc }]) => [key, doc])),
  );
}

const makeProperty = (fault: StoreFault | ServerFault | null) =>
  fc.asyncProperty(fc.array(steps, { maxLength: STEPS_MAX, size: 'max' }), async (all) => {
    const day = new Day(fault);
    await day.start();
    for (const step of all) await day.run(step);
    await day.drain();
    await check(day);
    day.phone.db.close();
  });

test('that no fact is lost, doubled or out of order, and no chain breaks', async () => {
  const chosen = SEED ? { seed: Number(SEED) } : {};
  await fc.assert(makeProperty(null), { numRuns: RUNS, ...chosen });
}, 600_000);

test.each([...STORE_FAULTS, 'no_gap_check', 'purge_too_early'] as const)(
  'that a rule taken away is seen: %s',
  async (fault) => {
    const how = { numRuns: 400, seed: 1, endOnFailure: true };
    expect((await fc.check(makeProperty(fault), how)).failed).toBe(true);
  },
  120_000,
);
