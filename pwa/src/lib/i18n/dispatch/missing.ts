/** The texts of evidence that has not come. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './missing.vi';

export const t = makeTranslate(vi, async () => (await import('./missing.en')).en);
