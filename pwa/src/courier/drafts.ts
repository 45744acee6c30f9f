/** Half-done acts: kept on the phone at every change, so that a killed app resumes where it was. */
import type { FailureReason } from '../lib/rules/failures';
import { isEnd, type IdPaper } from '../lib/rules/papers';

export interface IdentityDraft {
  who: 'self' | 'proxy';
  method: IdPaper;
  last4: string;
  proxy_name: string;
  proxy_relation: string;
  proxy_authority: 'certified' | 'written';
}

export interface AttemptDraft {
  reason: FailureReason | null;
  photos: string[];
  note: string;
  is_invited: boolean;
  next_on: string | null;
  sign_citizen: string;
}

export function emptyIdentity(): IdentityDraft {
  return {
    who: 'self',
    method: 'cccd',
    last4: '',
    proxy_name: '',
    proxy_relation: '',
    proxy_authority: 'certified',
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
  if (draft.method !== 'known' && !isEnd(draft.method, draft.last4)) missing.push('identity');
  return missing;
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
