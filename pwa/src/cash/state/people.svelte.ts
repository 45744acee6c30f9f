/** The names behind the ids that the desk's lists bear. */
import { makeResource } from '../../lib/desk/resource.svelte';
import * as api from '../api';

export const people = makeResource(api.listPeople);

export const nameOf = (id: string | null, otherwise = '–'): string =>
  people.data?.staff.find((one) => one.id === id)?.display_name ?? otherwise;

export const agencyOf = (id: string, otherwise = '–'): string =>
  people.data?.agencies.find((one) => one.id === id)?.name ?? otherwise;
