/**
 * When to exchange: after every fact, on every sign of a network, and never in vain (S12 to S14).
 */
import { exchangeOnce, OPS_MAX, type Leaving, type Outcome } from './exchange';
import { waiting_ms } from './hold';
import { sendPhotos } from './photos';
import { offerLeft } from './reissue';
import { LOOKAHEAD } from './store';
import type { Chunk, Meta, Ports } from './types';

export const BACKOFF_FIRST_MS = 1_000;
export const BACKOFF_MAX_MS = 300_000;
export const EVERY_WITH_QUEUE_MS = 30_000;
export const EVERY_WITHOUT_QUEUE_MS = 300_000;
export const WATCHDOG_MS = 900_000;
/** Below this the phone has no room (S18): no more pictures, and the oldest copies of those the
server has must go. */
export const ROOM_BYTES_MIN = 50 * 1024 * 1024;
/** Freed at a time where the browser says that there is no room at all. */
const ROOM_BYTES_STEP = 8 * 1024 * 1024;
/** Pictures go before a wipe, for so long after the word to wipe first came. */
export const WIPE_MS_MAX = 600_000;
const OFFSET_MS_MAX = 300_000;

/** Why nothing moves, in one word a screen can translate. */
export type Trouble =
  | 'no_answer'
  | 'sign_in'
  | 'revoked'
  | 'update'
  | 'server'
  | 'storage'
  /** The phone's storage has no room left. */
  | 'full'
  /** A page of the network's own came instead of our answer: sign in to the Wi-Fi first. */
  | 'portal'
  /** The server's certificate was not believed, where that can be told apart. */
  | 'tls'
  /** The stream must be begun anew, and that wants the PIN. */
  | 'locked';

export interface LoopState {
  is_running: boolean;
  trouble: Trouble | null;
  /** Facts on the phone that the server has not, and pictures likewise. */
  num_unsent: number;
  /** Of them, acts that wait because they can still be taken back. */
  num_waiting: number;
  last_success_at: number | null;
  /** Queue not empty and no success for 15 minutes in the foreground (S14). */
  is_stuck: boolean;
  /** The phone's: `off` by over 5 minutes; `moved` by over 60 s since it was measured. */
  clock: 'good' | 'off' | 'moved';
}

export interface Timer {
  set(work: () => void, delay_ms: number): number;
  clear(id: number): void;
}

export interface Loop {
  /** Something happened that makes a try worth it. Never throws, never blocks. A server that asked
  for time, or is in trouble, has it all the same. */
  wake(): void;
  /** A fact was recorded: as `wake`, and once for each a backoff is shortened by it. */
  recorded(): void;
  /** "Đồng bộ ngay": try now, whatever the backoff says; returns what is left on the phone. */
  syncNow(): Promise<number>;
  state(): LoopState;
  stop(): void;
}

/** Full jitter: anywhere between nothing and the doubled wait. */
export function backoff_ms(num_failures: number, random: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, num_failures - 1));
  return Math.round(random * ceiling);
}

/** What the loop remembers between two tries. */
interface Pace {
  num_ops_max: number;
  num_failures: number;
  /** Which try is the current one; an older one that still hangs must not be heard. */
  turn: number;
  /** What ended streams left was not taken: once is enough to know (S13). */
  isLeftRefused: boolean;
  /** When the word to wipe first came, by the monotonic clock. */
  wipe_since: number | null;
  leaving: Leaving;
}

/** Exchanges in a row that bring nothing forward before the loop takes a rest. */
const IDLE_TURNS_MAX = 20;

export function startLoop(ports: Ports, timer: Timer, onchange: (state: LoopState) => void): Loop {
  let state: LoopState = {
    is_running: false,
    trouble: null,
    num_unsent: 0,
    num_waiting: 0,
    last_success_at: null,
    is_stuck: false,
    clock: 'good',
  };
  const watched_since = ports.clock.now();
  const pace: Pace = {
    num_ops_max: OPS_MAX,
    num_failures: 0,
    turn: 0,
    isLeftRefused: false,
    wipe_since: null,
    leaving: {},
  };
  let timeout: number | null = null;
  let watchdog: number | null = null;
  let current: Promise<void> | null = null;
  let isWoken = false;
  let hasFact = false;
  /** The server named a time before which it is not to be asked (R4). */
  let isHeldOff = false;
  let isStopped = false;

  function tell(part: Partial<LoopState>): void {
    state = { ...state, ...part };
    if (!isStopped) onchange(state);
  }

  async function count(): Promise<Left> {
    const left = await countLeft(ports);
    const { num_unsent, num_waiting, last_success_at, clock } = left;
    const quiet_ms = ports.clock.now() - Math.max(last_success_at ?? 0, watched_since);
    const is_stuck = num_unsent > 0 && quiet_ms >= WATCHDOG_MS;
    tell({ num_unsent, num_waiting, last_success_at, clock, is_stuck });
    return left;
  }

  async function round(turn: number, isForced: boolean): Promise<void> {
    tell({ is_running: true });
    let after_s: number | null = null;
    let trouble: Trouble | null;
    try {
      const heard = onlyWhile(ports, () => turn === pace.turn && !isStopped);
      const outcome = await ports.alone(() => drain(heard, pace, () => void count()), isForced);
      trouble = outcome.kind === 'done' ? await afterFacts(heard, pace) : troubleOf(outcome);
      if (outcome.kind === 'retry') after_s = outcome.after_s;
      if (outcome.kind === 'revoked' && outcome.wipe && (await isEmptied(heard, pace))) {
        isStopped = true;
        await ports.wipe();
        state = { ...state, trouble: 'revoked', is_running: false, num_unsent: 0 };
        onchange(state);
        return;
      }
    } catch (error) {
      trouble = storageTrouble(error);
      if (trouble === 'full') await ports.store.freeRoom(ROOM_BYTES_STEP).catch(() => 0);
    }
    if (turn !== pace.turn) return;
    pace.num_failures = trouble === null ? 0 : pace.num_failures + 1;
    tell({ trouble });
    const left = await count().catch(() => null);
    tell({ is_running: false });
    plan(after_s, left);
  }

  function plan(after_s: number | null, left: Left | null): void {
    if (isStopped) return;
    if (timeout !== null) timer.clear(timeout);
    timeout = null;
    // Woken meanwhile: the next try begins as soon as this one has ended.
    if (isWoken && pace.num_failures === 0) return;
    const hasQueue = left === null || left.num_queue > 0;
    const regular_ms = hasQueue ? EVERY_WITH_QUEUE_MS : EVERY_WITHOUT_QUEUE_MS;
    const wanted_ms =
      pace.num_failures > 0
        ? Math.max(backoff_ms(pace.num_failures, ports.random()), (after_s ?? 0) * 1_000)
        : Math.min(regular_ms, left?.wait_ms ?? regular_ms);
    isHeldOff = after_s !== null && pace.num_failures > 0;
    timeout = timer.set(due, isWoken && mayShorten() ? 0 : wanted_ms);
    hasFact = false;
  }

  function due(): void {
    isHeldOff = false;
    if (isStopped) return;
    if (current !== null) isWoken = true;
    else void run();
  }

  /** Whether a sign may end the wait: any may where the way was at fault, else a new fact only. */
  function mayShorten(): boolean {
    if (isHeldOff) return false;
    return pace.num_failures === 0 || state.trouble !== 'server' || hasFact;
  }

  function run(isForced = false): Promise<void> {
    if (current !== null) return current;
    hasFact = false;
    const turn = ++pace.turn;
    // A try that never ends (S14): give it up, and take the place it holds.
    if (watchdog !== null) timer.clear(watchdog);
    watchdog = timer.set(() => restart(turn), WATCHDOG_MS);
    const mine = round(turn, isForced).finally(() => {
      if (current !== mine) return;
      current = null;
      const isAgain = isWoken && !isStopped && pace.num_failures === 0;
      isWoken = false;
      if (isAgain) void run();
    });
    current = mine;
    return mine;
  }

  function restart(turn: number): void {
    if (isStopped || turn !== pace.turn || current === null) return;
    current = null;
    ports.restarts = (ports.restarts ?? 0) + 1;
    void count().catch(() => undefined);
    void run(true);
  }

  function wake(): void {
    if (isStopped) return;
    if (current !== null) isWoken = true;
    else if (mayShorten()) void run();
  }

  return {
    wake,
    recorded() {
      hasFact = true;
      wake();
    },
    async syncNow() {
      if (current !== null) await current;
      await run();
      if (!isStopped) await count();
      return state.num_unsent;
    },
    state: () => state,
    stop() {
      isStopped = true;
      pace.turn += 1;
      for (const id of [timeout, watchdog]) if (id !== null) timer.clear(id);
    },
  };
}

/** The ports of one try: answers that come after it was given up are thrown away (S12). */
function onlyWhile(ports: Ports, isCurrent: () => boolean): Ports {
  const heard =
    <A extends unknown[], T>(ask: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const answer = await ask(...args);
      if (!isCurrent()) throw new Error('this try was given up');
      return answer;
    };
  const { network } = ports;
  return {
    ...ports,
    network: {
      exchange: heard((body: string) => network.exchange(body)),
      snapshot: heard(() => network.snapshot()),
      resume: heard(() => network.resume()),
      register: heard(() => network.register()),
      isOurs: heard(() => network.isOurs()),
      headBlob: heard((sha256: string) => network.headBlob(sha256)),
      patchBlob: heard((chunk: Chunk) => network.patchBlob(chunk)),
    },
  };
}

/** Exchange until nothing is left or something stands in the way. */
async function drain(ports: Ports, pace: Pace, onprogress: () => void): Promise<Outcome> {
  for (let turns = 0; turns < IDLE_TURNS_MAX; turns += 1) {
    const before = await ports.store.getMeta();
    const outcome = await exchangeOnce(ports, pace.num_ops_max, pace.leaving);
    if (outcome.kind === 'smaller' && pace.num_ops_max > 1) {
      pace.num_ops_max = Math.max(1, Math.floor(pace.num_ops_max / 2));
      continue;
    }
    const goesOn = (outcome.kind === 'done' || outcome.kind === 'revoked') && outcome.again;
    if (outcome.kind === 'done') pace.num_ops_max = Math.min(OPS_MAX, pace.num_ops_max * 2);
    if (!goesOn) return outcome;
    const after = await ports.store.getMeta();
    const isForward =
      after.ack > before.ack || after.cursor > before.cursor || after.decided > before.decided;
    if (isForward) turns = -1;
    onprogress();
  }
  return { kind: 'retry', after_s: null, cause: 'no_progress' };
}

/** The pictures, and once more the feed that says they are there. */
async function afterFacts(ports: Ports, pace: Pace): Promise<Trouble | null> {
  const num_before = await ports.store.countWaitingPhotos();
  const photos = await sendPhotos(ports);
  if (photos === 'sign_in') return 'sign_in';
  if (photos !== 'all_sent') return 'server';
  if (num_before > 0) await ports.alone(() => exchangeOnce(ports, OPS_MAX));
  const free = (await ports.findFree?.()) ?? ROOM_BYTES_MIN;
  if (free < ROOM_BYTES_MIN) await ports.store.freeRoom(ROOM_BYTES_MIN - free);
  if (!pace.isLeftRefused && (await ports.store.countLeft()) > 0) {
    pace.isLeftRefused = !(await ports.alone(() => offerLeft(ports)));
  }
  return null;
}

/** True when a phone that is to be wiped has sent its pictures, as far as anybody takes them: that
it was called lost by mistake costs none. A network that brings the word but not them has its
time. The server may be put back while they go: it is asked once more. */
async function isEmptied(ports: Ports, pace: Pace): Promise<boolean> {
  pace.wipe_since ??= ports.clock.mono();
  // Where the storage is cleared already nothing is left to be sent.
  if ((await ports.store.countWaitingPhotos().catch(() => 0)) === 0) return true;
  const photos = await sendPhotos(ports).catch(() => null);
  const isLate = ports.clock.mono() - pace.wipe_since >= WIPE_MS_MAX;
  if (photos === null || isLate) return true;
  if (photos !== 'all_sent' && photos !== 'refused') return false;
  pace.leaving.isDone = true;
  const last = await ports
    .alone(() => exchangeOnce(ports, pace.num_ops_max, pace.leaving))
    .finally(() => (pace.leaving.isDone = false));
  return last.kind === 'revoked' && last.wipe;
}

interface Left {
  num_unsent: number;
  /** Of them, what a try can send. */
  num_queue: number;
  num_waiting: number;
  last_success_at: number | null;
  clock: LoopState['clock'];
  /** When the first act that waits may leave; null when none does. */
  wait_ms: number | null;
}

async function countLeft(ports: Ports): Promise<Left> {
  const meta = await ports.store.getMeta();
  const [photos, left, ops] = await Promise.all([
    ports.store.countWaitingPhotos(),
    ports.store.countLeft(),
    ports.store.listOps(Math.max(meta.ack, meta.head - LOOKAHEAD) + 1, LOOKAHEAD),
  ]);
  const now = ports.clock.now();
  const first = ops.findIndex((op) => waiting_ms(op, now) > 0);
  const waits = first === -1 ? null : ops[first];
  return {
    num_unsent: meta.head - meta.ack + photos + left,
    num_queue: meta.head - meta.ack + photos,
    num_waiting: first === -1 ? 0 : ops.length - first,
    last_success_at: meta.last_success_at,
    clock: clockState(meta),
    wait_ms: waits ? waiting_ms(waits, now) : null,
  };
}

function clockState(meta: Meta): LoopState['clock'] {
  if (meta.is_clock_moved) return 'moved';
  return Math.abs(meta.offset_ms ?? 0) > OFFSET_MS_MAX ? 'off' : 'good';
}

const ON_THE_WAY: readonly string[] = ['no_answer', 'portal', 'tls'];

function troubleOf(outcome: Exclude<Outcome, { kind: 'done' }>): Trouble {
  if (outcome.kind === 'retry') {
    return ON_THE_WAY.includes(outcome.cause) ? (outcome.cause as Trouble) : 'server';
  }
  return outcome.kind === 'smaller' ? 'server' : outcome.kind;
}

function storageTrouble(error: unknown): Trouble {
  const isFull = error instanceof Error && error.name === 'QuotaExceededError';
  return isFull ? 'full' : 'storage';
}
