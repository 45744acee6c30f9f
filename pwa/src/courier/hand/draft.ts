/** A hand-over in the making, kept at every change: its code is shown until it is recorded. */
import { NUM_ITEMS_MAX, type Offer } from '../../lib/rules/passing';
import type { RoundDoc } from '../../lib/rules/round';
import type { Fact } from '../../lib/sync/acts';

export const GIVING = 'hand/give';
export const TAKING = 'hand/take';
/** Whoever enters the code. */
export const ANYONE = 'anyone';

export interface GiveDraft {
  step: string;
  code: string;
  /** Errands whose items are given. */
  errands: string[];
  to: string;
}
export interface TakeDraft {
  step: string;
  offer: Offer | null;
  num: string;
  is_whole: boolean;
}
export type Missing = 'items' | 'many' | 'code' | 'own' | 'count' | 'whole';

export function missingGive(errands: readonly string[]): Missing[] {
  if (errands.length === 0) return ['items'];
  return errands.length > NUM_ITEMS_MAX ? ['many'] : [];
}

export function missingRead(offer: Offer | null, me: string): Missing[] {
  if (offer === null) return ['code'];
  return offer.giver === me ? ['own'] : [];
}

export function missingCount(draft: TakeDraft): Missing[] {
  const missing: Missing[] = [];
  const num = readNum(draft.num);
  if (num < 1 || num > NUM_ITEMS_MAX) missing.push('count');
  if (!draft.is_whole) missing.push('whole');
  return missing;
}

/** What was keyed as a number of items; 0 when it is none. */
export function readNum(keyed: string): number {
  return /^\d{1,3}$/.test(keyed.trim()) ? Number(keyed) : 0;
}

type Round = Pick<RoundDoc, 'id' | 'rev'>;

export function makeGiven(round: Round, draft: GiveDraft): Fact {
  const { code, errands, to } = draft;
  const named = to === ANYONE ? {} : { to };
  return {
    kind: 'items.passed',
    fields: { round: round.id, code, errands: [...errands], ...named },
    subject: { round: round.id, rev: round.rev },
  };
}

export function makeTaken(round: Round, offer: Offer, draft: TakeDraft): Fact {
  const { code, giver } = offer;
  const told = giver === null ? {} : { giver };
  return {
    kind: 'items.taken',
    fields: {
      round: round.id,
      code,
      num: readNum(draft.num),
      is_seal_whole: draft.is_whole,
      ...told,
    },
    subject: { round: round.id, rev: round.rev },
  };
}
