/** A count in the making, kept at every change: a killed app goes on with the same notes. */
import type { CashDeed } from '../router.svelte';
import { NUM_NOTES_MAX, totalOf, toWire, type Notes } from '../../lib/rules/notes';
import type { Fact } from '../../lib/sync/acts';

export interface CountDraft {
  step: string;
  notes: Record<string, number>;
  /** To whom cash is handed; only for `pass`. */
  to: string | null;
}
export type CountStep = 'whom' | 'count' | 'confirm';
export type CountMissing = 'count' | 'whom' | 'enough';

export function emptyCount(): CountDraft {
  return { step: '', notes: {}, to: null };
}

export function countKey(deed: CashDeed, offer: string | null): string {
  return `cash/${deed}/${offer ?? ''}`;
}

export function listCountSteps(deed: CashDeed): CountStep[] {
  return deed === 'pass' ? ['whom', 'count', 'confirm'] : ['count', 'confirm'];
}

/** Notes after the number of one denomination was keyed; what is no number counts as none. */
export function setNum(notes: Notes, value: number, keyed: string): Record<string, number> {
  const num = Number(keyed.replace(/\D/g, '').slice(0, 7) || 0);
  return { ...notes, [value]: Math.min(num, NUM_NOTES_MAX) };
}

export function missingCount(
  deed: CashDeed,
  step: CountStep,
  draft: CountDraft,
  hand_vnd: number,
): CountMissing[] {
  const total_vnd = totalOf(draft.notes);
  const missing: CountMissing[] = [];
  if (deed === 'pass' && step !== 'count' && draft.to === null) missing.push('whom');
  if (step === 'whom') return missing;
  // At the end nothing may be left: that is a count too, but one that was made.
  if (deed === 'count' ? Object.keys(draft.notes).length === 0 : total_vnd === 0) {
    missing.push('count');
  }
  if (deed === 'pass' && total_vnd > hand_vnd) missing.push('enough');
  return missing;
}

/** `handover` is the offer that is counted, or the id of the one that is made. */
export function makeCount(deed: CashDeed, draft: CountDraft, handover: string): Fact {
  const counted = { notes: toWire(draft.notes), amount_vnd: totalOf(draft.notes) };
  if (deed === 'take') return { kind: 'cash.accepted', fields: { handover, ...counted } };
  if (deed === 'count') return { kind: 'cash.counted', fields: counted };
  return { kind: 'cash.passed', fields: { handover, to: draft.to, ...counted } };
}
