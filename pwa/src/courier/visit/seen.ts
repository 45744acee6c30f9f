/** One look at a paper serves all acts of a visit: what was seen for the acts before this one. */
import { ENDING, type StopView } from '../../lib/rules/round';
import { listWithdrawn } from '../../lib/sync/hold';
import type { StoredOp } from '../../lib/sync/types';
import { emptyIdentity, type IdentityDraft } from '../drafts';

interface Told {
  identity?: { method: IdentityDraft['method']; last4: string };
  proxy?: { relation: string; authority: IdentityDraft['proxy_authority'] } | null;
  authority_id?: string;
}

export interface Seen {
  identity: IdentityDraft;
  /** Number of the paper that makes a proxy one; empty where none was asked for. */
  paper: string;
}

/** The last paper that a fact of this visit says was seen, of the citizen or of a proxy by the same
authority, and that `counts` for the act at hand; null where there is none. */
export function findSeen(
  stop: Pick<StopView, 'id'>,
  ops: readonly StoredOp[],
  counts: (identity: IdentityDraft) => boolean = () => true,
): Seen | null {
  const withdrawn = listWithdrawn(ops);
  for (const op of [...ops].reverse()) {
    if (op.subject.stop !== stop.id || !(op.kind in ENDING) || withdrawn.has(op.id)) continue;
    const seen = readSeen(op);
    if (seen && counts(seen.identity)) return seen;
  }
  return null;
}

function readSeen(op: StoredOp): Seen | null {
  const { identity, proxy, authority_id } = JSON.parse(op.raw) as Told;
  if (!identity) return null;
  const own = { ...emptyIdentity(), method: identity.method, last4: identity.last4 };
  if (!proxy) return { identity: own, paper: '' };
  const { name } = JSON.parse(op.side ?? '{}') as { name?: string };
  const whole = {
    ...own,
    who: 'proxy',
    proxy_name: name ?? '',
    proxy_relation: proxy.relation,
    proxy_authority: proxy.authority,
  } as const;
  return { identity: whole, paper: authority_id ?? '' };
}
