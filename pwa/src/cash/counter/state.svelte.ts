/** What the counter's sections share: lists, schemes and sittings of the office. */
import { makeResource } from '../../lib/desk/resource.svelte';
import { locale } from '../../lib/i18n/catalog.svelte';
import * as api from './api';
import type { PayoutList, Scheme, Sitting } from './wire';

export const lists = makeResource(api.listLists);
export const schemes = makeResource(api.listSchemes);
export const sittings = makeResource(api.listSittings);

export const listOf = (id: string): PayoutList | undefined =>
  lists.data?.find((one) => one.id === id);

/** The rules of a list's scheme, the newest there are. */
export function schemeOf(list: PayoutList | undefined): Scheme | undefined {
  const known = (schemes.data ?? []).filter(({ code }) => code === list?.scheme);
  return known.sort((a, b) => b.valid_from.localeCompare(a.valid_from))[0];
}

export function nameOf(list: PayoutList | undefined): string {
  if (list === undefined) return '';
  return locale() === 'en' ? list.scheme_name_en || list.scheme_name : list.scheme_name;
}

/** Sittings of an agency at which money may be paid today. */
export const openToday = (partner_id: string | undefined, today: string): Sitting[] =>
  (sittings.data ?? []).filter(
    (one) => one.closed_at === null && one.partner_id === partner_id && one.held_on === today,
  );
