/** The texts of the check before leaving. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './ready.vi';

export const t = makeTranslate(vi, async () => (await import('./ready.en')).en);
