/** Changes from the office that the courier has not read yet; they outlive a reload. */
import type { PhoneDb } from '../../lib/db/phone';
import {
  keepOrder,
  listChanges,
  listOwnActs,
  seeRound,
  type Change,
  type Seen,
} from '../../lib/rules/changes';
import type { RoundView } from '../../lib/rules/round';
import type { StoredOp } from '../../lib/sync/types';
import { hideNews, showNews } from './shown.svelte';

/** Kept like a half-done act: sealed under the shift, gone with it. */
const KEPT = 'seen';

interface Kept {
  seen: Seen;
  /** The changes for which the phone has sounded. */
  sounded: string;
  /** Grows with each write: on a full phone what is kept may be older than what is known. */
  n: number;
}

type Drafts = Pick<PhoneDb, 'getDraft' | 'saveDraft'>;

let kept: Kept | null = null;
let isLoaded = false;
let view: RoundView = { round: null, stops: [] };

function show(changes: readonly Change[]): void {
  const seen = kept?.seen ?? null;
  showNews(changes, (stops, told) => keepOrder(seen, stops, told));
}

/** The phone was put away, or is another person's now. */
export function forgetNews(): void {
  kept = null;
  isLoaded = false;
  view = { round: null, stops: [] };
  hideNews();
}

/** Know what was seen before the app was opened; to be called before a round is shown. */
export async function loadNews(drafts: Drafts): Promise<void> {
  if (isLoaded) return;
  kept = (await drafts.getDraft(KEPT)) as Kept | null;
  isLoaded = true;
}

/** Look at the round as it is now; true when the courier is to be told of something new. What is
to be told is known before the first wait, so that no list is drawn in an order nobody saw. */
export async function watchRound(
  drafts: Drafts,
  now: RoundView,
  ops: readonly StoredOp[],
): Promise<boolean> {
  view = now;
  if (now.round === null) return false;
  const own = listOwnActs(ops);
  const round_id = now.round.id;
  const compare = (): readonly Change[] => (kept ? listChanges(kept.seen, now, own) : []);
  let changes = compare();
  show(changes);
  if (changes.length > 0 || kept?.seen.round_id !== round_id) {
    // Another tab may have read them meanwhile.
    const read = (await drafts.getDraft(KEPT)) as Kept | null;
    if (view !== now) return false;
    if (read !== null && read.n > (kept?.n ?? 0)) kept = read;
    changes = compare();
    show(changes);
  }
  if (kept?.seen.round_id !== round_id) {
    // What comes while nobody looks is not seen.
    if (document.visibilityState === 'visible') await see(drafts);
    return false;
  }
  const sounded = JSON.stringify(changes);
  if (changes.length === 0 || sounded === kept.sounded) return false;
  await keep(drafts, { ...kept, sounded, n: kept.n + 1 });
  return true;
}

/** The courier has read the changes: from here on the list is in the office's order. */
export async function see(drafts: Drafts): Promise<void> {
  const looked = view;
  const seen = seeRound(looked);
  if (seen === null) return;
  // Gone from the screen when it is on the disk that it was read.
  await keep(drafts, { seen, sounded: '', n: (kept?.n ?? 0) + 1 });
  if (view === looked) hideNews();
}

async function keep(drafts: Drafts, next: Kept): Promise<void> {
  kept = next;
  // A full phone knows it as long as the app is open.
  await drafts.saveDraft(KEPT, next).catch(() => undefined);
}
