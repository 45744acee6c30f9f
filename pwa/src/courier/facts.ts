/** Facts and the reasons why they are held, in the words a courier reads. */
import { isKnown, t } from '../lib/i18n/courier/facts';

export function opText(kind: string): string {
  const key = `op_${kind}`;
  return isKnown(key) ? t(key) : kind;
}

export function heldText(reason: string | null): string {
  const key = `held_${reason}`;
  return isKnown(key) ? t(key) : t('held_other');
}
