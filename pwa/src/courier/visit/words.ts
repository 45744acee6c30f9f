/** Words of a visit's proofs. */
import { t } from '../../lib/i18n/courier/visit';
import type { IdentityDraft, Missing } from '../drafts';

export function missingText(missing: Missing): string {
  return t(`miss_${missing}`);
}

/** Which paper was seen, and the end of its number. */
export function identityText({ method, last4 }: Pick<IdentityDraft, 'method' | 'last4'>): string {
  const name = t(`identity_${method}`);
  return method === 'known' || last4 === '' ? name : `${name} · ${last4}`;
}
