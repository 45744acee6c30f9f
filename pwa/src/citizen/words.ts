/** Stages, steps and reasons in words; a code nobody has worded yet says nothing. */
import { t } from '../lib/i18n/citizen';
import { vi } from '../lib/i18n/citizen/vi';

export function word(group: 'step' | 'reason', code: string): string {
  const key = `${group}.${code}`;
  return key in vi ? t(key as 'step.booked') : '';
}

/** The state in one sentence. */
export function sentence(stage: string, values: { day: string; office: string }): string {
  const key = `stage.${stage}`;
  return key in vi ? t(key as 'stage.failed', values) : t('stage.booked');
}
