/** Changes from the office that the courier has not read yet; they outlive a reload. */
import type { PhoneDb } from '../../lib/db/phone';
import {
  keepOrder,
  listChanges,
  listNewRounds,
  listOwnActs,
  seeRound,
  type Change,
  type Seen,
} from '../../lib/rules/changes';
import type { OneRound, RoundView } from '../../lib/rules/round';
import type { StoredOp } from '../../lib/sync/types';
import { hideNews, showNews } from './shown.svelte';

/** Kept like a half-done act: sealed under the shift, gone with it. */
const KEPT = 'seen';

interface Kept {
  rounds: Seen[];
  /** Ids of the rounds that the courier knows of. */
  told: string[];
  /** The changes for which the phone has sounded. */
  sounded: string;
  /** Grows with each write: on a full phone what is kept may be older than what is known. */
  n: number;
}
/** As an app of before kept it. */
interface KeptOne {
  seen: Seen;
  sounded: string;
  n: number;
}
export interface Rounds {
  /** Those there are to choose from. */
  beside: readonly OneRound[];
  /** The one that is shown. */
  view: RoundView;
}

type Drafts = Pick<PhoneDb, 'getDraft' | 'saveDraft'>;

let kept: Kept | null = null;
let isLoaded = false;
let looked: Rounds = { beside: [], view: { round: null, stops: [] } };

function show(changes: readonly Change[]): void {
  const seen = kept?.rounds ?? [];
  showNews(changes, (stops, told) => {
    const of = seen.find(({ round_id }) => round_id === stops[0]?.round_id);
    return keepOrder(of ?? null, stops, told);
  });
}

/** The phone was put away, or is another person's now. */
export function forgetNews(): void {
  kept = null;
  isLoaded = false;
  looked = { beside: [], view: { round: null, stops: [] } };
  hideNews();
}

/** Know what was seen before the app was opened; to be called before a round is shown. */
export async function loadNews(drafts: Drafts): Promise<void> {
  if (isLoaded) return;
  kept = await readKept(drafts);
  isLoaded = true;
}

async function readKept(drafts: Drafts): Promise<Kept | null> {
  const found = (await drafts.getDraft(KEPT)) as Kept | KeptOne | null;
  if (found === null || 'rounds' in found) return found;
  const { seen, ...rest } = found;
  return { ...rest, rounds: [seen], told: [seen.round_id] };
}

/** The rounds whose changes are told: those that are out, and the one shown. What becomes of
another day's before anybody looks at it again is told when it is shown. */
function listWatched({ beside, view }: Rounds): OneRound[] {
  return beside.filter(({ round }) => round.state === 'open' || round.id === view.round?.id);
}

function isSeen({ round }: OneRound): boolean {
  return kept?.rounds.some(({ round_id }) => round_id === round.id) ?? false;
}

/** Look at the rounds as they are now; true when the courier is to be told of something new. What
is to be told is known before the first wait, so that no list is drawn in an order nobody saw. */
export async function watchRounds(
  drafts: Drafts,
  { beside, view }: Rounds,
  ops: readonly StoredOp[],
): Promise<boolean> {
  const now = { beside, view };
  looked = now;
  if (view.round === null) return false;
  const own = listOwnActs(ops);
  const watched = listWatched(now);
  let changes = compare(watched, now, own);
  show(changes);
  if (changes.length > 0 || !watched.every(isSeen)) {
    // Another tab may have read them meanwhile.
    const read = await readKept(drafts);
    if (looked !== now) return false;
    if (read !== null && read.n > (kept?.n ?? 0)) kept = read;
    // What comes while nobody looks is not seen.
    if (document.visibilityState === 'visible' && !watched.every(isSeen)) {
      await addSeen(drafts, watched, now);
    }
    changes = compare(watched, now, own);
    show(changes);
  }
  const sounded = JSON.stringify(changes);
  if (kept === null || changes.length === 0 || sounded === kept.sounded) return false;
  await keep(drafts, { ...kept, sounded, n: kept.n + 1 });
  return true;
}

function compare(
  watched: readonly OneRound[],
  { beside }: Rounds,
  own: ReadonlySet<string>,
): readonly Change[] {
  if (kept === null) return [];
  const { rounds, told } = kept;
  const changed = watched.flatMap((view) => {
    const seen = rounds.find(({ round_id }) => round_id === view.round.id);
    return seen ? listChanges(seen, view, own) : [];
  });
  // What is shown is told by that.
  return [...changed, ...listNewRounds(beside, [...told, ...watched.map(({ round }) => round.id)])];
}

/** Rounds that are looked at for the first time are as they are; at the very first, all are. */
async function addSeen(drafts: Drafts, watched: readonly OneRound[], now: Rounds): Promise<void> {
  const added = watched.filter((one) => !isSeen(one));
  const known = kept ? [...kept.told, ...idsOf(added)] : idsOf(now.beside);
  await keep(drafts, {
    rounds: [...keepSeen(now), ...added.flatMap((one) => seeRound(one) ?? [])],
    told: known,
    sounded: kept?.sounded ?? '',
    n: (kept?.n ?? 0) + 1,
  });
}

function idsOf(views: readonly OneRound[]): string[] {
  return views.map(({ round }) => round.id);
}

/** What was seen of rounds that are still there. */
function keepSeen({ beside }: Rounds): Seen[] {
  const there = idsOf(beside);
  return (kept?.rounds ?? []).filter(({ round_id }) => there.includes(round_id));
}

/** The courier has read the changes: from here on the list is in the office's order. */
export async function see(drafts: Drafts): Promise<void> {
  const now = looked;
  if (now.view.round === null) return;
  const read = listWatched(now).flatMap((one) => seeRound(one) ?? []);
  const rest = keepSeen(now).filter(
    (seen) => !read.some(({ round_id }) => round_id === seen.round_id),
  );
  // Gone from the screen when it is on the disk that it was read.
  await keep(drafts, {
    rounds: [...rest, ...read],
    told: idsOf(now.beside),
    sounded: '',
    n: (kept?.n ?? 0) + 1,
  });
  if (looked === now) hideNews();
}

async function keep(drafts: Drafts, next: Kept): Promise<void> {
  kept = next;
  // A full phone knows it as long as the app is open.
  await drafts.saveDraft(KEPT, next).catch(() => undefined);
}
