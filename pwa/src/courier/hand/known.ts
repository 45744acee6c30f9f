/** What the office has told this phone of items handed over on the road. */
import { listDocs, type PassingDoc } from '../../lib/rules/passing';
import { db } from '../state.svelte';

/** Empty where the phone is locked. */
export async function findPassings(): Promise<PassingDoc[]> {
  return listDocs(await db().listView());
}
