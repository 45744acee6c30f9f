/** From what was keyed at the door to its fact. */
import { spendReceipt, type Wanted } from '../../lib/rules/receipts';
import type { ActView, StopView } from '../../lib/rules/round';
import type { Fact } from '../../lib/sync/acts';
import { identityFields, identitySide } from '../drafts';
import { readAmount, type CollectDraft, type PayDraft } from './draft';

export function makePayment(
  stop: StopView,
  act: ActView,
  draft: PayDraft,
  /** Whose money it is, and under which lease of the list. */
  due: { payee: string; lease_id: string | null },
): Fact {
  const isProxy = draft.identity.who === 'proxy';
  return {
    kind: 'payout.paid',
    fields: {
      stop: stop.id,
      act: act.id,
      lease: due.lease_id,
      amount_vnd: readAmount(draft.keyed) ?? 0,
      ...identityFields(draft.identity),
      ...(isProxy ? { authority_id: draft.paper.trim() } : {}),
      sign_citizen: draft.sign_citizen,
      photos: [...draft.photos],
    },
    side: identitySide(draft.identity, due.payee),
    subject: { stop: stop.id, act: act.id, rev: stop.rev },
  };
}

/** `wanted` draws the number of the receipt with the fact; null where none is written. */
export function makeCollection(
  stop: StopView,
  act: ActView,
  draft: CollectDraft,
  amount_vnd: number,
  wanted: Wanted | null,
): Fact {
  return {
    kind: 'charge.collected',
    fields: {
      stop: stop.id,
      act: act.id,
      amount_vnd,
      method: draft.method,
      receipt: null,
      payer_sign: draft.payer_sign,
      photos: [],
    },
    subject: { stop: stop.id, act: act.id, rev: stop.rev },
    ...(wanted ? { spend: spendReceipt(wanted) } : {}),
  };
}
