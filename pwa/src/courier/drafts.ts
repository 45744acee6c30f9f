/** Half-done acts: kept on the phone at every change, so that a killed app resumes where it was. */
import type { ActView, PaperForm } from '../lib/rules/round';
import type { FailureReason } from '../lib/rules/failures';

export interface IdentityDraft {
  who: 'self' | 'proxy';
  method: 'cccd' | 'passport' | 'vneid' | 'known';
  last4: string;
  proxy_name: string;
  proxy_relation: string;
  proxy_authority: 'certified' | 'written';
}

export interface AcceptDraft {
  step: AcceptStep;
  papers: { paper: string; form: PaperForm; count: number }[];
  identity: IdentityDraft;
  seal: string;
  is_sealed_before: boolean;
  photos: string[];
  sign_citizen: string;
  sign_courier: string;
}
export type AcceptStep = 'papers' | 'identity' | 'seal' | 'sign' | 'review';

export interface DeliverDraft {
  step: DeliverStep;
  seal_state: 'whole' | 'broken' | null;
  identity: IdentityDraft;
  reclaims: { paper: string; is_taken: boolean | null; reason: string }[];
  photos: string[];
  sign_citizen: string;
}
export type DeliverStep = 'seal' | 'identity' | 'reclaim' | 'sign' | 'review';

export interface AttemptDraft {
  reason: FailureReason | null;
  photos: string[];
  note: string;
  is_invited: boolean;
  next_on: string | null;
  sign_citizen: string;
}

const IDENTITY: IdentityDraft = {
  who: 'self',
  method: 'cccd',
  last4: '',
  proxy_name: '',
  proxy_relation: '',
  proxy_authority: 'certified',
};

export function emptyAccept(act: ActView): AcceptDraft {
  return {
    step: 'papers',
    papers: act.checklist.map(({ paper, form }) => ({ paper, form, count: 0 })),
    identity: { ...IDENTITY },
    seal: '',
    is_sealed_before: false,
    photos: [],
    sign_citizen: '',
    sign_courier: '',
  };
}

export function emptyDeliver(act: ActView): DeliverDraft {
  return {
    step: 'seal',
    seal_state: null,
    identity: { ...IDENTITY },
    reclaims: act.reclaims.map(({ paper }) => ({ paper, is_taken: null, reason: '' })),
    photos: [],
    sign_citizen: '',
  };
}

export function emptyAttempt(): AttemptDraft {
  return {
    reason: null,
    photos: [],
    note: '',
    is_invited: false,
    next_on: null,
    sign_citizen: '',
  };
}

export type Missing =
  | 'papers'
  | 'identity'
  | 'proxy'
  | 'seal'
  | 'before'
  | 'photo'
  | 'note'
  | 'seal_state'
  | 'reclaim'
  | 'sign_citizen'
  | 'sign_courier'
  | 'reason';

export function missingIdentity(draft: IdentityDraft): Missing[] {
  const missing: Missing[] = [];
  if (draft.who === 'proxy' && !(draft.proxy_name.trim() && draft.proxy_relation.trim())) {
    missing.push('proxy');
  }
  if (draft.method !== 'known' && !/^[0-9A-Z]{4}$/.test(draft.last4)) missing.push('identity');
  return missing;
}

export function missingAccept(draft: AcceptDraft, act: ActView, step: AcceptStep): Missing[] {
  if (step === 'identity') return missingIdentity(draft.identity);
  const missing: Missing[] = [];
  if (step === 'papers' && !isCounted(draft, act)) missing.push('papers');
  if (step === 'seal') {
    if (draft.seal.trim() === '') missing.push('seal');
    if (!draft.is_sealed_before) missing.push('before');
    if (draft.photos.length === 0) missing.push('photo');
  }
  if (step === 'sign') {
    if (!draft.sign_citizen) missing.push('sign_citizen');
    if (!draft.sign_courier) missing.push('sign_courier');
  }
  return missing;
}

/** Every listed paper is there in its number; papers outside the list cannot be asked for. */
export function isCounted(draft: AcceptDraft, act: ActView): boolean {
  return act.checklist.every((listed) => {
    const counted = draft.papers.find((one) => one.paper === listed.paper);
    return counted !== undefined && counted.count >= listed.count;
  });
}

export function missingDeliver(draft: DeliverDraft, step: DeliverStep): Missing[] {
  if (step === 'identity') return missingIdentity(draft.identity);
  if (step === 'seal' && draft.seal_state !== 'whole') return ['seal_state'];
  if (step === 'sign' && !draft.sign_citizen) return ['sign_citizen'];
  const isAnswered = draft.reclaims.every(
    (one) => one.is_taken === true || (one.is_taken === false && one.reason.trim() !== ''),
  );
  return step === 'reclaim' && !isAnswered ? ['reclaim'] : [];
}

interface IdentityFields {
  identity: { method: IdentityDraft['method']; last4: string };
  proxy: { relation: string; authority: IdentityDraft['proxy_authority'] } | null;
}

/** The part of a fact that says who was there; the name itself goes beside it (A16). */
export function identityFields(draft: IdentityDraft): IdentityFields {
  const { who, method, last4, proxy_relation, proxy_authority } = draft;
  return {
    identity: { method, last4: method === 'known' ? '' : last4 },
    proxy: who === 'proxy' ? { relation: proxy_relation.trim(), authority: proxy_authority } : null,
  };
}

export function identitySide(draft: IdentityDraft, citizen: string): Record<string, string> {
  return { name: draft.who === 'proxy' ? draft.proxy_name.trim() : citizen };
}
