/** The texts of loading the bag by scan. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './bag.vi';

export const t = makeTranslate(vi, async () => (await import('./bag.en')).en);
