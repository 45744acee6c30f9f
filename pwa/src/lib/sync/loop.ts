/**
 * When to exchange: after every fact, on every sign of a network, and never in vain (S12 to S14).
 */
import { exchangeOnce, OPS_MAX, type Outcome } from './exchange';
import { sendPhotos } from './photos';
import type { Ports } from './types';

export const BACKOFF_FIRST_MS = 1_000;
export const BACKOFF_MAX_MS = 300_000;
export const EVERY_WITH_QUEUE_MS = 30_000;
export const EVERY_WITHOUT_QUEUE_MS = 300_000;
export const WATCHDOG_MS = 900_000;

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
  | 'tls';

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
  /** `off`: over 5 minutes from the server's clock; `moved`: over 60 s since it was measured. */
  clock: 'good' | 'off' | 'moved';
}

export interface Timer {
  set(work: () => void, delay_ms: number): number;
  clear(id: number): void;
}

export interface Loop {
  /** Something happened that makes a try worth it. Never throws, never blocks. */
  wake(): void;
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
  let num_ops_max = OPS_MAX;
  let num_failures = 0;
  let timeout: number | null = null;
  let current: Promise<void> | null = null;
  let isWoken = false;
  let isStopped = false;

  function tell(part: Partial<LoopState>): void {
    state = { ...state, ...part };
    if (!isStopped) onchange(state);
  }

  async function count(): Promise<number> {
    const meta = await ports.store.getMeta();
    const num_unsent = meta.head - meta.ack + (await ports.store.countWaitingPhotos());
    const last = meta.last_success_at;
    const quiet_ms = ports.clock.now() - Math.max(last ?? 0, watched_since);
    tell({
      num_unsent,
      last_success_at: last,
      is_stuck: num_unsent > 0 && quiet_ms >= WATCHDOG_MS,
    });
    return num_unsent;
  }

  /** Exchange until nothing is left or something stands in the way. */
  async function drain(): Promise<Outcome> {
    for (;;) {
      const outcome = await exchangeOnce(ports, num_ops_max);
      if (outcome.kind === 'smaller' && num_ops_max > 1) {
        num_ops_max = Math.max(1, Math.floor(num_ops_max / 2));
        continue;
      }
      if (outcome.kind !== 'done') return outcome;
      num_ops_max = Math.min(OPS_MAX, num_ops_max * 2);
      if (!outcome.again || isStopped) return outcome;
      await count();
    }
  }

  async function round(): Promise<void> {
    tell({ is_running: true });
    let after_s: number | null = null;
    try {
      const outcome = await ports.alone(drain);
      if (outcome.kind === 'done') {
        num_failures = 0;
        const photos = await sendPhotos(ports);
        if (photos === 'all_sent') tell({ trouble: null });
        else {
          num_failures = 1;
          tell({ trouble: photos === 'sign_in' ? 'sign_in' : 'server' });
        }
      } else {
        num_failures += 1;
        if (outcome.kind === 'retry') after_s = outcome.after_s;
        tell({ trouble: troubleOf(outcome) });
      }
    } catch {
      num_failures += 1;
      tell({ trouble: 'storage' });
    }
    const num_unsent = await count().catch(() => state.num_unsent);
    tell({ is_running: false });
    plan(num_unsent, after_s);
  }

  function plan(num_unsent: number, after_s: number | null): void {
    if (isStopped) return;
    if (timeout !== null) timer.clear(timeout);
    const regular_ms = num_unsent > 0 ? EVERY_WITH_QUEUE_MS : EVERY_WITHOUT_QUEUE_MS;
    const wanted_ms =
      num_failures > 0
        ? Math.max(backoff_ms(num_failures, ports.random()), (after_s ?? 0) * 1_000)
        : regular_ms;
    timeout = timer.set(wake, isWoken ? 0 : wanted_ms);
  }

  function run(): Promise<void> {
    current ??= round().finally(() => {
      current = null;
      if (isWoken && !isStopped) {
        isWoken = false;
        if (num_failures === 0) void run();
      }
    });
    return current;
  }

  function wake(): void {
    if (isStopped) return;
    if (current !== null) isWoken = true;
    else void run();
  }

  return {
    wake,
    async syncNow() {
      if (current !== null) await current;
      await run();
      return count();
    },
    state: () => state,
    stop() {
      isStopped = true;
      if (timeout !== null) timer.clear(timeout);
    },
  };
}

function troubleOf(outcome: Exclude<Outcome, { kind: 'done' }>): Trouble {
  if (outcome.kind === 'retry') return outcome.cause === 'no_answer' ? 'no_answer' : 'server';
  if (outcome.kind === 'smaller') return 'server';
  return outcome.kind;
}
