/** The texts of the shift's lock: they come with its screens. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './lock.vi';

export const t = makeTranslate(vi, async () => (await import('./lock.en')).en);
