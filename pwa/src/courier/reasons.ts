/** Why a visit failed, in the words a courier reads. */
import { t } from '../lib/i18n/courier/later';
import { FAILURE_REASONS, type FailureReason } from '../lib/rules/failures';

export function failureText(reason: string | null): string {
  const known = FAILURE_REASONS.find((one) => one === reason);
  return known ? t(`fail_${known}`) : (reason ?? '');
}

export function reasonText(reason: FailureReason): string {
  return t(`fail_${reason}`);
}
