/** Why something is still on the phone, in the words a courier reads. */
import { t } from '../../lib/i18n/courier/later';
import type { Trouble } from '../../lib/sync/loop';

export function causeText(trouble: Trouble | null, isOnline: boolean): string {
  if (trouble !== null) return t(`cause_${trouble}`);
  return isOnline ? t('cause_none') : t('cause_no_answer');
}
