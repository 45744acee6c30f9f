/** The texts of the counter. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './counter.vi';

export const t = makeTranslate(vi, async () => (await import('./counter.en')).en);
