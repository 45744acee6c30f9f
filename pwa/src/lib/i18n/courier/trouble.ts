/** The texts of what seldom goes wrong. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './trouble.vi';

export const t = makeTranslate(vi, async () => (await import('./trouble.en')).en);
