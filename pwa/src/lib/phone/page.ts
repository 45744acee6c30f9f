/** The phone as a page sees it: the store, the loop, and every sign of a network that wakes it. */
import { openPhone, type PhoneDb } from '../db/phone';
import { record, type Fact } from '../sync/acts';
import { startLoop, type LoopState } from '../sync/loop';
import type { Ports, StoredOp } from '../sync/types';
import { makePorts } from './browser';

export const APP_VERSION = '0.1.0';
/** Tells other tabs and the worker's pages that the store changed. */
const CHANNEL = 'tannoi.phone';

export interface Phone {
  db: PhoneDb;
  /** Record a fact and wake the exchange; when it returns the fact is on the disk. */
  record(fact: Fact): Promise<StoredOp>;
  syncNow(): Promise<number>;
  wake(): void;
  close(): void;
}

export function databaseOf(staff_id: string): string {
  return `tannoi-courier-${staff_id}`;
}

/** Open the phone of `staff_id` and start exchanging once `confirmed` is settled (that the session
is this person's). `onstore` runs when the store changed. */
export async function startPhone(
  staff_id: string,
  confirmed: Promise<unknown>,
  onstate: (state: LoopState) => void,
  onstore: () => void,
): Promise<Phone> {
  const name = databaseOf(staff_id);
  const browser = makePorts(`exchange-${name}`, APP_VERSION);
  const db = await openPhone(name, browser);
  const ports: Ports = {
    ...browser,
    store: db,
    alone: async (work) => {
      await confirmed;
      return browser.alone(work);
    },
  };
  const channel = new BroadcastChannel(CHANNEL);
  const changed = (): void => {
    onstore();
    channel.postMessage(name);
  };
  let last = '';
  const timer = {
    set: (work: () => void, delay_ms: number) => window.setTimeout(work, delay_ms),
    clear: (id: number) => window.clearTimeout(id),
  };
  const loop = startLoop(ports, timer, (state) => {
    onstate(state);
    const now = `${state.num_unsent}|${state.last_success_at}`;
    if (now !== last) changed();
    last = now;
  });
  channel.onmessage = (event) => {
    if (event.data === name) onstore();
  };
  const stop = listen(loop.wake);
  loop.wake();
  return {
    db,
    async record(fact) {
      const op = await record(ports, fact);
      changed();
      loop.wake();
      return op;
    },
    syncNow: () => loop.syncNow(),
    wake: () => loop.wake(),
    close() {
      stop();
      loop.stop();
      channel.close();
      db.close();
    },
  };
}

/** Every sign that a try is worth it (S13). Returns what stops listening. */
function listen(wake: () => void): () => void {
  const aborted = new AbortController();
  const { signal } = aborted;
  let stream: EventSource | null = null;
  const follow = (): void => {
    if (typeof EventSource === 'undefined' || document.visibilityState !== 'visible') return;
    if (stream !== null && stream.readyState !== EventSource.CLOSED) return;
    stream = new EventSource('/api/sync/v1/wake');
    stream.addEventListener('wake', wake);
  };
  const seen = (): void => {
    if (document.visibilityState === 'visible') {
      follow();
      wake();
    } else {
      stream?.close();
      stream = null;
    }
  };
  document.addEventListener('visibilitychange', seen, { signal });
  window.addEventListener('online', seen, { signal });
  window.addEventListener('focus', seen, { signal });
  navigator.serviceWorker?.addEventListener('message', wake, { signal });
  follow();
  return () => {
    aborted.abort();
    stream?.close();
  };
}
