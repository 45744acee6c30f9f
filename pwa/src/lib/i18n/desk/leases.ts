/** The texts of payout lists at phones. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './leases.vi';

export const t = makeTranslate(vi, async () => (await import('./leases.en')).en);
