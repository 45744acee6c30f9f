/** A fact that corrects another: nothing recorded is ever edited (S1). */
import { isMoney, type ActDoc, type RoundDoc, type StopView } from '../../lib/rules/round';
import type { Fact } from '../../lib/sync/acts';
import { CORRECTED } from '../../lib/sync/hold';
import type { StoredOp } from '../../lib/sync/types';

export type Wrong = 'not_so' | 'details';
/** Characters of a reason, at least. */
export const REASON_MIN = 3;

/** True where the act is open again at once: a visit in vain, while its round is out. All else
waits for the office. */
export function takesEffect(
  act: Pick<ActDoc, 'state'>,
  round: Pick<RoundDoc, 'state'> | null,
): boolean {
  return act.state === 'failed' && round?.state === 'open';
}

/** The fact that corrects `op`. */
export function makeCorrection(
  stop: Pick<StopView, 'id' | 'rev'>,
  act: Pick<ActDoc, 'id' | 'kind' | 'state'>,
  op: Pick<StoredOp, 'id'>,
  wrong: Wrong,
  reason: string,
  isAtOnce: boolean,
): Fact {
  // What the office must agree to first stands on the phone until then; money that changed hands
  // stands for ever.
  const isTaken = wrong === 'not_so' && (isAtOnce || (act.state === 'done' && !isMoney(act)));
  return {
    kind: CORRECTED,
    fields: { stop: stop.id, act: act.id, op: op.id, wrong, reason: reason.trim() },
    subject: { stop: stop.id, act: act.id, rev: stop.rev, ...(isTaken && { op: op.id }) },
  };
}

export interface Correction {
  op: StoredOp;
  at: string;
  wrong: Wrong;
  reason: string;
}

/** What was said afterwards of an act on this phone, in order. */
export function listCorrections(ops: readonly StoredOp[], act_id: string): Correction[] {
  return ops
    .filter((op) => op.kind === CORRECTED && op.subject.act === act_id)
    .map((op) => {
      const { at, wrong, reason } = JSON.parse(op.raw) as Omit<Correction, 'op'>;
      return { op, at, wrong, reason };
    });
}
