/** The texts of a correction. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './correct.vi';

export const t = makeTranslate(vi, async () => (await import('./correct.en')).en);
