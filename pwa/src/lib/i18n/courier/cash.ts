/** The texts of a courier’s cash: balance, counts, hand-overs. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './cash.vi';

export const t = makeTranslate(vi, async () => (await import('./cash.en')).en);
