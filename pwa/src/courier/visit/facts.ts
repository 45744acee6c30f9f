/** From a finished visit to its facts: each act ends by a fact of its own. */
import type { ActView, StopView } from '../../lib/rules/round';
import type { Fact } from '../../lib/sync/acts';
import { identityFields, identitySide } from '../drafts';
import type { ActPart, VisitDraft } from './draft';

/** The facts of `acts`, in the order in which they are to be recorded. */
export function makeFacts(stop: StopView, acts: readonly ActView[], draft: VisitDraft): Fact[] {
  return acts.flatMap((act) => {
    const part = draft.acts[act.id];
    if (part === undefined) return [];
    const shared = {
      side: identitySide(draft.identity, stop.party.name),
      subject: { stop: stop.id, act: act.id, rev: stop.rev },
    };
    const ids = { stop: stop.id, act: act.id };
    if (act.kind === 'dossier.accept') {
      const fields = { ...ids, ...acceptFields(act, part, draft) };
      return [{ kind: 'dossier.accepted', fields, ...shared }];
    }
    return [
      { kind: 'result.delivered', fields: { ...ids, ...deliverFields(part, draft) }, ...shared },
    ];
  });
}

function acceptFields(act: ActView, part: ActPart, draft: VisitDraft): Record<string, unknown> {
  return {
    checklist: part.papers.map((one) => ({ ...one })),
    seal: part.seal.trim().toUpperCase(),
    sealed_before_citizen: part.is_sealed_before,
    fee_shown_vnd: act.fee_due_vnd + act.postage_due_vnd + (act.fee_apart_vnd ?? 0),
    ...identityFields(draft.identity),
    sign_citizen: draft.sign_citizen,
    sign_courier: draft.sign_courier,
    photos: [...part.photos],
  };
}

function deliverFields(part: ActPart, draft: VisitDraft): Record<string, unknown> {
  return {
    is_seal_whole: part.seal_state === 'whole',
    ...identityFields(draft.identity),
    reclaimed: part.reclaims.map(({ paper, is_taken, reason }) => ({
      paper,
      is_taken: is_taken === true,
      reason: is_taken === true ? '' : reason.trim(),
    })),
    sign_citizen: draft.sign_citizen,
    photos: [...part.photos],
  };
}
