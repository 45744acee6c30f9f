/** What a failed visit must show; the office decides by the same table (`dossiers/rules.py`). */

export const FAILURE_REASONS = [
  'ABSENT',
  'REFUSED',
  'NOT_FOUND',
  'MOVED',
  'ADDR_WRONG',
  'ADDR_INCOMPLETE',
  'ADDR_NONE',
  'NO_ID',
  'NO_AUTHORITY',
  'NO_PIN',
  'FEE_UNPAID',
  'DECEASED',
  'DAMAGED',
  'FORCE_MAJEURE',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];
/** As a courier looks for them: who is not met, where, with what, and what came between. */
export const REASON_GROUPS = [
  { name: 'person', reasons: ['ABSENT', 'NOT_FOUND', 'MOVED', 'DECEASED'] },
  { name: 'address', reasons: ['ADDR_WRONG', 'ADDR_INCOMPLETE', 'ADDR_NONE'] },
  { name: 'papers', reasons: ['NO_ID', 'NO_AUTHORITY', 'NO_PIN', 'FEE_UNPAID'] },
  { name: 'trouble', reasons: ['REFUSED', 'DAMAGED', 'FORCE_MAJEURE'] },
] as const satisfies readonly { name: string; reasons: readonly FailureReason[] }[];
export type FailureProof = 'photo' | 'note';

const NEEDS_PHOTO: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'ABSENT',
  'ADDR_NONE',
  'ADDR_WRONG',
  'MOVED',
  'NOT_FOUND',
  'DAMAGED',
  'FORCE_MAJEURE',
]);
const NEEDS_NOTE: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'REFUSED',
  'ADDR_INCOMPLETE',
  'DECEASED',
  'NO_AUTHORITY',
]);
/** After these a result goes back to the agency at once (Postal Law 2010, article 17). */
const RETURNING: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'MOVED',
  'REFUSED',
  'DECEASED',
]);
/** These count as an invitation when a paper was left (Circular 17/2017, article 5). */
const INVITED: ReadonlySet<FailureReason> = new Set<FailureReason>(['ABSENT', 'NOT_FOUND']);

/** Of which acts alone some reasons can be. */
const ONLY: Partial<Record<FailureReason, string>> = {
  DAMAGED: 'result.deliver',
  NO_PIN: 'order.pay',
};

export function isOffered(reason: FailureReason, kind: string): boolean {
  return (ONLY[reason] ?? kind) === kind;
}

export function failureProofs(reason: FailureReason): FailureProof[] {
  const proofs: FailureProof[] = [];
  if (NEEDS_PHOTO.has(reason)) proofs.push('photo');
  if (NEEDS_NOTE.has(reason)) proofs.push('note');
  return proofs;
}

export function isReturning(reason: FailureReason): boolean {
  return RETURNING.has(reason);
}

export function isInviting(reason: FailureReason): boolean {
  return INVITED.has(reason);
}

/** The day `num_days` working days (Monday to Friday) after `day`, as `YYYY-MM-DD`. */
export function addWorkingDays(day: string, num_days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  let left = num_days;
  while (left > 0) {
    date.setUTCDate(date.getUTCDate() + 1);
    const weekday = date.getUTCDay();
    if (weekday !== 0 && weekday !== 6) left -= 1;
  }
  return date.toISOString().slice(0, 10);
}

/** When to come again: an invitation needs its gap, anything else the next working day. `again` is
what the round says of its own day; without it holidays are not known here. */
export function proposeNextDay(
  reason: FailureReason,
  today: string,
  again?: { next: string; invited: string },
): string | null {
  if (isReturning(reason)) return null;
  if (again) return isInviting(reason) ? again.invited : again.next;
  return addWorkingDays(today, isInviting(reason) ? 2 : 1);
}
