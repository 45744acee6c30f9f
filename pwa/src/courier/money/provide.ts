/** What acts of money need of the office beforehand: payout lists, receipt numbers, colleagues.

Asked for with a network and kept for the day without one.
*/
import { listLeases } from '../../lib/rules/cash';
import {
  BLOCKS,
  countLeft,
  mergeBlocks,
  NUM_LEFT_MIN,
  readBlocks,
  type ReceiptBlock,
  type ReceiptKind,
} from '../../lib/rules/receipts';
import { isMoney, type ActView } from '../../lib/rules/round';
import { isRecord } from '../../lib/sync/feed';
import { serviceDay } from '../../lib/units';
import { correctedNow } from '../parts/clock';
import { rounds } from '../rounds.svelte';
import { app, ask, db, findStorage, syncNow } from '../state.svelte';
import { chargeOf } from './shown';

export interface Colleague {
  id: string;
  display_name: string;
  badge: string | null;
}

const COLLEAGUES = 'colleagues';
/** Between two askings; shorter after one that brought nothing, such as before a first sign-in. */
const WAIT_MS = 60_000;
const AGAIN_MS = 5_000;
const LISTS = '/api/sync/v1/leases';
const BLOCKS_PATH = '/api/courier/v1/receipts/blocks';
const COLLEAGUES_PATH = '/api/sync/v1/colleagues';
let next_at = 0;

/** What is due: on rounds that are out, or may set out today. */
function listOpen(): ActView[] {
  return rounds.all
    .filter(({ round: { state, service_on } }) => state === 'open' || service_on <= rounds.today)
    .filter(({ round }) => round.state !== 'closed')
    .flatMap(({ stops }) => stops)
    .flatMap((stop) => stop.acts)
    .filter((act) => isMoney(act) && act.state === 'open');
}

/** Open payouts whose list this phone does not have. */
export function countUnlent(): number {
  const now_ms = correctedNow();
  const lent = (app.cash ? listLeases(app.cash, app.ops) : [])
    .filter((lease) => Date.parse(lease.expires_at) > now_ms)
    .map((lease) => lease.share_id);
  return listOpen().filter((act) => act.kind === 'payout.pay' && !lent.includes(act.share_id ?? ''))
    .length;
}

/** The kinds of receipts today's charges need, with how many numbers of each are left. */
export async function listNumbers(): Promise<
  { kind: ReceiptKind; needed: number; left: number }[]
> {
  const blocks = readBlocks(await db().findKept(BLOCKS));
  const year = Number(serviceDay(correctedNow()).slice(0, 4));
  const kinds = listOpen().flatMap((act) => chargeOf(act)?.receipt_kind ?? []);
  return [...new Set(kinds)].map((kind) => ({
    kind,
    needed: kinds.filter((one) => one === kind).length,
    left: countLeft(blocks, kind, year),
  }));
}

/** True when the office's answer was taken. */
async function fetchList<T>(
  method: 'GET' | 'POST',
  path: string,
  name: string,
  take: (items: T[]) => Promise<unknown>,
  said?: string,
): Promise<boolean> {
  const { status, body } = await ask(method, path, said);
  if (status !== 200 || !isRecord(body) || !Array.isArray(body[name])) return false;
  await take(body[name] as T[]);
  return true;
}

/** Ask for the day's payout lists; they come with the next exchange. */
export async function takeLists(): Promise<boolean> {
  return fetchLists(syncNow);
}

/** The office lends lists of money only to a phone that keeps its storage (S18). */
async function fetchLists(take: () => Promise<unknown>): Promise<boolean> {
  const { installed, persisted } = await findStorage();
  const said = JSON.stringify({ is_installed: installed, is_persisted: persisted });
  return fetchList('POST', LISTS, 'leases', take, said);
}

export async function takeNumbers(): Promise<boolean> {
  return fetchList<ReceiptBlock>('POST', BLOCKS_PATH, 'blocks', (told) =>
    db().changeKept(BLOCKS, (kept) => mergeBlocks(kept, told)),
  );
}

/** The other couriers of the office: of now with a network, else as they were last told. */
export async function listColleagues(): Promise<Colleague[]> {
  const keep = (told: Colleague[]): Promise<void> => db().changeKept(COLLEAGUES, () => told);
  await fetchList('GET', COLLEAGUES_PATH, 'colleagues', keep).catch(() => false);
  return ((await db().findKept(COLLEAGUES)) as Colleague[] | undefined) ?? [];
}

/** Ask for what is lacking, once a minute at most unless somebody wants to know now. */
export async function keepProvided(isNow = false): Promise<void> {
  if (!app.isOnline || (!isNow && Date.now() < next_at)) return;
  const numbers = await listNumbers();
  const isShort = numbers.some(({ left, needed }) => left < Math.max(needed, NUM_LEFT_MIN));
  const isUnlent = countUnlent() > 0;
  if (!isShort && !isUnlent) return;
  next_at = Date.now() + AGAIN_MS;
  const hasNumbers = !isShort || (await takeNumbers());
  const hasLists = !isUnlent || (await fetchLists(async () => undefined));
  if (hasNumbers && hasLists) next_at = Date.now() + WAIT_MS;
  if ((await db().findKept(COLLEAGUES)) === undefined) await listColleagues();
}
