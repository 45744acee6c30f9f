/** The phone as a page sees it: the store, the loop, and every sign of a network that wakes it. */
import { openPhone, type PhoneDb } from '../db/phone';
import { record, type Fact } from '../sync/acts';
import { undoable_ms } from '../sync/hold';
import { startLoop, type LoopState } from '../sync/loop';
import type { Ports, StoredOp } from '../sync/types';
import { makePorts } from './browser';
import { makeExport } from './export';
import { NoServerKey, PIN_TRIES_MAX, type ShiftLock } from './shift';
import { findStorage, requestPersist, type StorageState } from './storage';
import { makeWithdrawal } from './undo';

export const APP_VERSION = '0.1.0';
/** Tells other tabs and the worker's pages that the store changed. */
const CHANNEL = 'tannoi.phone';

export interface Phone {
  db: PhoneDb;
  /** Record a fact and wake the exchange; when it returns the fact is on the disk. */
  record(fact: Fact): Promise<StoredOp>;
  /** Take back the fact `op_id`; false when it is too late (10 s), or was done already. */
  withdraw(op_id: string): Promise<boolean>;
  /** Milliseconds in which `op` can still be taken back. */
  undoable(op: StoredOp): number;
  /** The PIN and the key of the shift. */
  lock: ShiftLock;
  /** Everything the server has not, as a file for the office: the last way out. */
  exportUnsent(): Promise<Blob>;
  storage(): Promise<StorageState>;
  /** Ask the browser to keep the storage for ever; true when it does. */
  requestPersist(): Promise<boolean>;
  syncNow(): Promise<number>;
  wake(): void;
  close(): void;
}

export function databaseOf(staff_id: string): string {
  return `tannoi-courier-${staff_id}`;
}

/** Until the server's key is fetched no shift key can be made, and nothing is locked. */
const NO_LOCK: ShiftLock = {
  state: () => ({ phase: 'no_shift', tries_left: PIN_TRIES_MAX, must_sign_in: false }),
  begin: () => Promise.reject(new NoServerKey()),
  unlock: async () => false,
  signedIn: async () => undefined,
  lock: () => undefined,
  end: async () => undefined,
};

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
  const recordOne = async (fact: Fact): Promise<StoredOp> => {
    const op = await record(ports, fact);
    changed();
    loop.wake();
    return op;
  };
  return {
    db,
    record: recordOne,
    async withdraw(op_id) {
      const ops = await db.listAllOps();
      const op = ops.find((one) => one.id === op_id);
      const { ack } = await db.getMeta();
      if (!op || undoable_ms(op, ops, ack, ports.clock.now()) === 0) return false;
      await recordOne(makeWithdrawal(op));
      return true;
    },
    undoable: (op) => undoable_ms(op, [], 0, ports.clock.now()),
    lock: NO_LOCK,
    async exportUnsent() {
      const [meta, ops] = await Promise.all([db.getMeta(), db.listAllOps()]);
      const text = makeExport(meta, ops, APP_VERSION, ports.clock.now());
      return new Blob([text], { type: 'application/json' });
    },
    storage: findStorage,
    requestPersist,
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
