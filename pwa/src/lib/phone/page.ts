/** The phone as a page sees it: the store, the loop, and every sign of a network that wakes it. */
import { openPhone, type PhoneDb } from '../db/phone';
import { record, TooLate, type Fact } from '../sync/acts';
import { undoable_ms } from '../sync/hold';
import { startLoop, type Loop, type LoopState, type Timer } from '../sync/loop';
import type { Ports, StoredOp } from '../sync/types';
import { serviceDay } from '../units';
import { watchAway } from './away';
import { makePorts } from './browser';
import { makeDeviceKey, type Device } from './device';
import { makeFollower, type Follower } from './follow';
import { makeLock, type PhoneLock } from './lock';
import type { SignedAsk } from './network';
import type { ShiftLock } from './shift';
import { findStorage, requestPersist, type StorageState } from './storage';
import { joinTabs, type Tabs } from './tabs';
import { makeWithdrawal } from './undo';
import { makeVault } from './vault';

/** The day of the build, as the office judges an app's age (426). */
declare const __BUILT_ON__: string;
export const APP_VERSION = `0.1.0+${__BUILT_ON__}`;
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
  /** True once the office said that this phone had another key: the browser has cleared what the
  app kept, and only a new code helps. */
  hasLostKey(): boolean;
  /** A signed request beside the exchange, such as for payout lists. Throws with no network. */
  ask: SignedAsk;
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

/** Open the phone of `staff_id` and start exchanging once `confirmed` is settled (that the session
is this person's). `onstore` runs when the store or the lock changed. */
export async function startPhone(
  staff_id: string,
  confirmed: Promise<unknown>,
  onstate: (state: LoopState) => void,
  onstore: () => void,
): Promise<Phone> {
  const name = databaseOf(staff_id);
  const device = makeDeviceKey();
  const browser = makePorts({
    staff_id,
    lock: `exchange-${name}`,
    app_version: APP_VERSION,
    device,
  });
  const vault = makeVault();
  const db = await openPhone(name, browser, vault, true);
  let tabs: Tabs | null = null;
  const changed = (): void => {
    onstore();
    tabs?.tell('changed');
  };
  // The lock may speak before there is a loop: a tab killed in the tenth try burns its key here.
  let heard: Loop | null = null;
  const today = (): string => serviceDay(Date.now());
  const lock = await makeLock(db.shift, vault, device.findServerKey, today, () => {
    onstore();
    heard?.wake();
  });
  const ports: Ports = {
    ...browser,
    store: db,
    alone: async (work, isForced) => {
      await confirmed;
      return browser.alone(work, isForced);
    },
    async wipe() {
      lock.lock();
      tabs?.tell('wiped');
      const { wipeBrowser } = await import('./wipe');
      await wipeBrowser(name, db.shift.wipe);
      lock.setRevoked(true);
    },
  };
  let last = '';
  const isSeen = (): boolean =>
    document.visibilityState === 'visible' && lock.state().phase === 'open';
  const follower = makeFollower(() => heard?.wake(), WINDOW, isSeen);
  const loop = startLoop(ports, WINDOW, (state) => {
    onstate(state);
    lock.setRevoked(state.trouble === 'revoked');
    if (device.hasLostKey()) onstore();
    const now = `${state.num_unsent}|${state.last_success_at}`;
    if (now !== last) changed();
    if (now !== last && state.num_unsent > 0) askForSync();
    last = now;
    // Only who was answered has a session, without which the stream is refused.
    if (!state.is_running && state.trouble === null) follower.follow();
  });
  heard = loop;
  const away = watchAway(document, () => lock.lock());
  tabs = joinTabs(new BroadcastChannel(CHANNEL), {
    name,
    vault,
    lock,
    isAway: away.isAway,
    onchanged: onstore,
    onwiped() {
      loop.stop();
      lock.lock();
      lock.setRevoked(true);
    },
  });
  const stop = listen(loop.wake, follower);
  const known = confirmed.then(() => registerDevice(browser, device));
  void known.then(onstore).catch(() => undefined);
  loop.wake();
  return {
    ...actsOf(ports, db, loop, changed),
    db,
    lock: toldOthers(lock, tabs),
    ask: async (...what) => {
      await confirmed;
      return browser.network.ask(...what);
    },
    hasLostKey: device.hasLostKey,
    storage: findStorage,
    requestPersist,
    syncNow: () => loop.syncNow(),
    wake: () => loop.wake(),
    close() {
      stop();
      away.stop();
      loop.stop();
      tabs?.close();
      vault.shut();
      db.close();
    },
  };
}

const WINDOW: Timer = {
  set: (work, delay_ms) => window.setTimeout(work, delay_ms),
  clear: (id) => window.clearTimeout(id),
};

/** Make the key known once, so that it is there before it is asked for. */
async function registerDevice(ports: Pick<Ports, 'network'>, device: Device): Promise<void> {
  if ((await device.findServerKey()) === null) await ports.network.register();
}

/** A lock that tells the other tabs what was done to it. */
function toldOthers(lock: PhoneLock, tabs: Tabs): ShiftLock {
  const tell = (): void => tabs.tell('lock');
  return {
    state: () => lock.state(),
    begin: (...how) => lock.begin(...how).then(tell),
    unlock: (...how) => lock.unlock(...how).finally(tell),
    unlockBy: (openWrap) => lock.unlockBy(openWrap).finally(tell),
    dropAuthenticator: () => lock.dropAuthenticator().finally(tell),
    signedIn: () => lock.signedIn().then(tell),
    lock() {
      lock.lock();
      tabs.tell('shut');
    },
    end: () => lock.end().then(tell),
  };
}

type Acts = Pick<Phone, 'record' | 'withdraw' | 'undoable' | 'exportUnsent'>;

function actsOf(ports: Ports, db: PhoneDb, loop: Loop, changed: () => void): Acts {
  const recordOne = async (fact: Fact): Promise<StoredOp> => {
    const op = await record(ports, fact);
    changed();
    loop.recorded();
    return op;
  };
  return {
    record: recordOne,
    async withdraw(op_id) {
      const ops = await db.listAllOps();
      const op = ops.find((one) => one.id === op_id);
      const { sent } = await db.getMeta();
      if (!op || undoable_ms(op, ops, sent, ports.clock.now()) === 0) return false;
      try {
        await recordOne(makeWithdrawal(op));
        return true;
      } catch (error) {
        if (error instanceof TooLate) return false;
        throw error;
      }
    },
    undoable: (op) => undoable_ms(op, [], 0, ports.clock.now()),
    async exportUnsent() {
      const [meta, kept] = await Promise.all([db.getMeta(), db.listKept()]);
      const { makeExport } = await import('./export');
      const text = makeExport(meta, kept, APP_VERSION, ports.clock.now());
      return new Blob([text], { type: 'application/json' });
    },
  };
}

/** Every sign that a try is worth it (S13). Returns what stops listening. */
function listen(wake: () => void, follower: Follower): () => void {
  const aborted = new AbortController();
  const { signal } = aborted;
  const seen = (): void => {
    if (document.visibilityState === 'visible') wake();
    else follower.rest();
  };
  const online = (): void => {
    // What was followed over another network is silent now.
    follower.rest();
    seen();
  };
  document.addEventListener('visibilitychange', seen, { signal });
  window.addEventListener('online', online, { signal });
  window.addEventListener('focus', seen, { signal });
  navigator.serviceWorker?.addEventListener('message', wake, { signal });
  return () => {
    aborted.abort();
    follower.rest();
  };
}

/** Have the worker woken when there is a network again, where the browser can (S13). */
function askForSync(): void {
  interface CanSync {
    readonly sync?: { register(tag: string): Promise<void> };
  }
  void navigator.serviceWorker?.ready
    .then((one) => (one as CanSync).sync?.register('exchange'))
    .catch(() => undefined);
}
