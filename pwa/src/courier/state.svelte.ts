/** What the courier app knows while it is open: who, which round, what is unsent, where we are. */
import type { PhoneDb } from '../lib/db/phone';
import { dropMe, findMe, saveMe, type Me } from '../lib/db/who';
import { startPhone, type Phone } from '../lib/phone/page';
import type { StorageState } from '../lib/phone/storage';
import { Locked, type LockState, type ShiftLock } from '../lib/phone/shift';
import { countDay, isMoney, viewRounds, type ActView, type DayCount } from '../lib/rules/round';
import type { StopView } from '../lib/rules/round';
import type { CashDoc } from '../lib/rules/cash';
import type { Fact } from '../lib/sync/acts';
import type { LoopState } from '../lib/sync/loop';
import type { Meta, StoredOp } from '../lib/sync/types';
import { toast } from '../lib/ui/toasts.svelte';
import { serviceDay } from '../lib/units';
import { t } from '../lib/i18n/courier';
import * as identity from './identity';
import { NO_LOCK, NO_STORAGE, QUIET } from './empty';
import { forgetNews, loadNews, watchRounds } from './news/watch';
import { choose, rounds, setRounds, type Choice } from './rounds.svelte';
import { watchTabs } from './tabs';
import { brokenCause, type BrokenCause } from './trouble/cause';

const CHOICE = 'round';
const PROVIDE_AFTER_MS = 1_000;

export type Phase = 'starting' | 'signed_out' | 'ready' | 'broken';

let phase = $state<Phase>('starting');
let me = $state.raw<Me | null>(null);
let ops = $state.raw<readonly StoredOp[]>([]);
let cash = $state.raw<CashDoc | null>(null);
let meta = $state.raw<Meta | null>(null);
let loop = $state.raw<LoopState>(QUIET);
let lock = $state.raw<LockState>(NO_LOCK);
let hasLostKey = $state(false);
let numPhotos = $state(0);
let numLeft = $state(0);
let isOnline = $state(navigator.onLine);
let broken = $state<BrokenCause>('damaged');
let hasOtherTab = $state(false);
let phone: Phone | null = null;
let providing: ReturnType<typeof setTimeout> | null = null;

const day = $derived<DayCount>(countDay(rounds.view));

export const app = {
  get phase() {
    return phase;
  },
  get me() {
    return me;
  },
  /** The round that is shown; `rounds` has those beside it. */
  get round() {
    return rounds.view.round;
  },
  get stops() {
    return rounds.view.stops;
  },
  get view() {
    return rounds.view;
  },
  get day() {
    return day;
  },
  get ops() {
    return ops;
  },
  /** The courier's cash as the office has it; null before anything of it came. */
  get cash() {
    return cash;
  },
  get meta() {
    return meta;
  },
  get loop() {
    return loop;
  },
  get lock() {
    return lock;
  },
  /** The browser has cleared what the app kept here; what it lacks is not known any more. */
  get hasLostKey() {
    return hasLostKey;
  },
  get broken() {
    return broken;
  },
  /** The app is open in another tab too; both record, and nothing is lost by it. */
  get hasOtherTab() {
    return hasOtherTab;
  },
  get isOnline() {
    return isOnline;
  },
  /** Facts the server has not, those of an ended stream too, and pictures likewise. */
  get numUnsent() {
    return (meta ? meta.head - meta.ack : 0) + numLeft + numPhotos;
  },
  get numPhotos() {
    return numPhotos;
  },
  get numHeld() {
    return ops.filter((op) => op.decision?.outcome === 'held').length;
  },
};

export function findAct(stop: StopView | null, id: string): ActView | null {
  return stop?.acts.find((act) => act.id === id) ?? null;
}

/** Begin: who was here last goes straight to the day, with or without a network. */
export async function start(code: string | null): Promise<void> {
  addEventListener('online', () => (isOnline = true));
  addEventListener('offline', () => (isOnline = false));
  watchTabs((has) => (hasOtherTab = has));
  try {
    if (code !== null && (await enrol(code)) === null) return;
    const known = await findMe();
    // Nothing is written on the way to the day: a full phone still shows it.
    if (known) await openPhoneOf(known, confirm(known));
    else await resume();
  } catch (error) {
    // IndexedDB would not open: never a silent fresh start (S18).
    broken = brokenCause(error);
    phase = 'broken';
  }
}

/**
 * Settles when the session may be used for `known`; somebody else's session opens their own day.
 */
async function confirm(known: Me): Promise<void> {
  const answer = await identity.whoAmI();
  if (answer.kind !== 'ok' || answer.me.staff_id === known.staff_id) return;
  await openFor(answer.me);
  // The phone of `known` must never send under another person's session.
  await new Promise(() => undefined);
}

async function resume(): Promise<void> {
  const answer = await identity.resume();
  if (answer.kind === 'ok') await openFor(answer.me);
  else phase = 'signed_out';
}

/** Enrol by a one-time code; null when it worked, else the words to show. */
export async function enrol(code: string): Promise<string | null> {
  const answer = await identity.enrol(code);
  if (answer.kind !== 'ok') {
    phase = 'signed_out';
    return answer.text;
  }
  await openFor(answer.me);
  return null;
}

async function openFor(who: Me): Promise<void> {
  await saveMe(who);
  await openPhoneOf(who, Promise.resolve());
}

async function openPhoneOf(who: Me, confirmed: Promise<unknown>): Promise<void> {
  phone?.close();
  forgetNews();
  me = who;
  loop = QUIET;
  // A store that fails under the app is told by the loop; a wiped one has nothing to read.
  const look = (): void => void read().catch(() => undefined);
  phone = await startPhone(who.staff_id, confirmed, onLoop, look);
  await read();
  phase = 'ready';
  void navigator.storage?.persist?.();
}

function onLoop(state: LoopState): void {
  loop = state;
}

async function read(): Promise<void> {
  if (phone === null) return;
  const db = phone.db;
  lock = phone.lock.state();
  hasLostKey = phone.hasLostKey();
  if (lock.phase === 'revoked') showNothing();
  try {
    [meta, numPhotos, numLeft] = await Promise.all([
      db.getMeta(),
      db.countWaitingPhotos(),
      db.countLeft(),
    ]);
  } catch (error) {
    if (lock.phase !== 'revoked') throw error;
    // Wiped: there is nothing left to count.
    [meta, numPhotos, numLeft] = [null, 0, 0];
    return;
  }
  if (app.numUnsent === 0) unsay();
  try {
    const [documents, kept, chosen] = await Promise.all([
      db.listView(),
      db.listAllOps(),
      lock.phase === 'open' && !rounds.choice ? db.getDraft(CHOICE) : null,
      lock.phase === 'open' ? loadNews(db) : null,
    ]);
    ops = kept;
    if (chosen && !rounds.choice) choose(chosen as Choice);
    const today = serviceDay(Date.now() + (meta.offset_ms ?? 0));
    setRounds(viewRounds(documents, kept, meta.ack), today);
    cash = (documents.find((one) => one.kind === 'cash')?.doc as CashDoc | undefined) ?? null;
    if (lock.phase === 'open' && cash) provideSoon();
    if (lock.phase === 'open' && (await watchRounds(db, rounds, ops))) await ring();
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    showNothing();
  }
  if (lock.phase !== 'open') forgetNews();
}

function showNothing(): void {
  ops = [];
  setRounds([], '');
  choose(null);
  cash = null;
  forgetNews();
}

/** Show another round, for today; null lets the phone choose again. */
export function showRound(id: string | null): void {
  const next = { id: id ?? '', on: rounds.today };
  choose(next);
  // A full phone knows it as long as the app is open.
  void phone?.db.saveDraft(CHOICE, next).catch(() => undefined);
  void read().catch(() => undefined);
}

async function ring(): Promise<void> {
  (await import('../lib/scan/beep')).ring();
}

/** What acts of money need of the office is asked for in time, once the list stands; a day without
any needs nothing. */
function provideSoon(): void {
  providing ??= setTimeout(() => {
    providing = null;
    void provide();
  }, PROVIDE_AFTER_MS);
}

async function provide(): Promise<void> {
  if (lock.phase !== 'open') return;
  if (!rounds.all.some(({ stops }) => stops.some((stop) => stop.acts.some(isMoney)))) return;
  await import('./money/provide').then(({ keepProvided }) => keepProvided()).catch(() => undefined);
}

/** A signed request to the office. Throws with no network. */
export function ask(...what: Parameters<Phone['ask']>): ReturnType<Phone['ask']> {
  if (phone === null) return Promise.reject(new Error('nobody is signed in'));
  return phone.ask(...what).finally(() => phone?.wake());
}

export function db(): PhoneDb {
  if (phone === null) throw new Error('nobody is signed in');
  return phone.db;
}

/** Record a fact; true when it is on the disk. A failure stays on the screen until it is read. */
export async function act(fact: Fact): Promise<boolean> {
  return (await recordFact(fact)) !== null;
}

/** As `act`, giving the fact as it was stored; null when it was not. */
export async function recordFact(fact: Fact): Promise<StoredOp | null> {
  if (phone === null) return null;
  try {
    const op = await phone.record(fact);
    await read();
    return op;
  } catch (error) {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    toast({ tone: 'bad', text: isFull ? t('phone_full') : t('not_saved') });
    return null;
  }
}

/** Take back a fact of the last ten seconds; false when it is too late. Throws when the phone can
not write it down. */
export async function withdraw(op_id: string): Promise<boolean> {
  const isTaken = (await phone?.withdraw(op_id)) ?? false;
  await read();
  return isTaken;
}

export function undoLeft_ms(op: StoredOp): number {
  return phone?.undoable(op) ?? 0;
}

/** True while the shift must be begun or opened before anything can be shown. */
export function isShut(): boolean {
  return lock.phase !== 'open';
}

let mayBegin = $state(false);

/** True where a shift may begin: none runs, or its key is gone and its owner signed in again. */
export function isNewShift(): boolean {
  return lock.phase === 'no_shift' || (lock.phase === 'burnt' && mayBegin);
}

/** Do something with the lock, and look at what came of it; null where nobody is signed in. */
export async function withLock<T>(work: (lock: ShiftLock) => Promise<T>): Promise<T | null> {
  const done = phone && (await work(phone.lock));
  await read();
  return done;
}

/** Put the phone away, in all tabs: only its owner makes it readable again. */
export async function lockNow(): Promise<void> {
  phone?.lock.lock();
  await read();
}

export function findStorage(): Promise<StorageState> {
  return phone?.storage() ?? Promise.resolve(NO_STORAGE);
}

/** Ask the browser to keep everything for ever; true when it will. */
export async function requestPersist(): Promise<boolean> {
  return (await phone?.requestPersist()) ?? false;
}

/** Everything the office has not, as a file: the last way out. */
export function exportUnsent(): Promise<Blob> {
  if (phone === null) return Promise.reject(new Error('nobody is signed in'));
  return phone.exportUnsent();
}

/** Somebody signed in online as the owner of this phone: the PIN may be tried again, or where the
key is gone a new shift be begun. */
export async function signedInAgain(): Promise<void> {
  mayBegin = true;
  await withLock((shut) => shut.signedIn());
}

/** Takes away what was said about unsent facts; it must not stand there once it is untrue. */
let unsay: () => void = () => undefined;

export async function syncNow(): Promise<void> {
  if (phone === null) return;
  unsay();
  const left = await phone.syncNow();
  await read();
  if (left === 0) toast({ tone: 'ok', text: t('sync_all_sent') });
  else unsay = toast({ tone: 'warn', text: t('sync_left', { count: left }) });
}

/** Sign out, refused while anything has not reached the office (S11, product rule 10). */
export async function signOut(): Promise<boolean> {
  await read();
  if (app.numUnsent > 0) {
    unsay();
    unsay = toast({ tone: 'warn', text: t('sign_out_refused', { count: app.numUnsent }) });
    return false;
  }
  if (!(await identity.signOut())) {
    toast({ tone: 'warn', text: t('sign_out_offline') });
    return false;
  }
  // Another tab would hand its key to whoever opens the app next.
  phone?.lock.lock();
  phone?.close();
  phone = null;
  await dropMe();
  me = null;
  showNothing();
  phase = 'signed_out';
  return true;
}
