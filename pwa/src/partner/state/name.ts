/** What a list is called. */
import { periodName } from '../../lib/units';
import { locale } from '../../lib/i18n/catalog.svelte';
import { t } from '../../lib/i18n/partner';
import type { PayoutList, Scheme } from '../wire';

export const schemeName = (one: Pick<Scheme, 'name' | 'name_en'>): string =>
  locale() === 'vi' ? one.name : one.name_en;

export const schemeOf = (one: Pick<PayoutList, 'scheme_name' | 'scheme_name_en'>): string =>
  locale() === 'vi' ? one.scheme_name : one.scheme_name_en;

/** `12/2026`, or `01/2027 + 02/2027` before Tết. */
export const periodsOf = (one: Pick<PayoutList, 'period' | 'second_period'>): string =>
  [one.period, one.second_period]
    .filter((period) => period !== null)
    .map(periodName)
    .join(' + ');

/** `12/2026`, with the code of its campaign and the number of a delta. */
export function listName(
  one: Pick<PayoutList, 'period' | 'second_period' | 'reference' | 'number'>,
): string {
  const delta = one.number > 0 ? t('delta_number', { number: one.number }) : '';
  return [periodsOf(one), one.reference, delta].filter((part) => part !== '').join(' · ');
}
