/** Taking an act back within its ten seconds, by a fact of its own (rule S1: nothing is edited). */
import type { Fact } from '../sync/acts';
import { WITHDRAWN } from '../sync/hold';
import type { StoredOp } from '../sync/types';

/** The fact that takes `op` back. */
export function makeWithdrawal(op: Pick<StoredOp, 'id' | 'subject'>): Fact {
  const { stop, act } = op.subject;
  return {
    kind: WITHDRAWN,
    fields: { stop, act, op: op.id },
    subject: { ...op.subject, op: op.id },
  };
}
