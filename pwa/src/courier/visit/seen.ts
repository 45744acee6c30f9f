/** One look at a paper serves all acts of a visit: what was seen for the acts before this one. */
import { ENDING, type StopView } from '../../lib/rules/round';
import { listWithdrawn } from '../../lib/sync/hold';
import type { StoredOp } from '../../lib/sync/types';
import { emptyIdentity, type IdentityDraft } from '../drafts';

interface Told {
  identity?: { method: IdentityDraft['method']; last4: string };
  proxy?: unknown;
}

/** The paper of the citizen, of whom a fact of this visit says it was seen; null where none was. */
export function findSeen(
  stop: Pick<StopView, 'id'>,
  ops: readonly StoredOp[],
): IdentityDraft | null {
  const withdrawn = listWithdrawn(ops);
  for (const op of [...ops].reverse()) {
    if (op.subject.stop !== stop.id || !(op.kind in ENDING) || withdrawn.has(op.id)) continue;
    const { identity, proxy } = JSON.parse(op.raw) as Told;
    if (!identity || proxy) continue;
    return { ...emptyIdentity(), method: identity.method, last4: identity.last4 };
  }
  return null;
}
