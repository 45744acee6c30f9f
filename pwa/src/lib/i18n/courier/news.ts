/** The texts of changes from the office. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './news.vi';

export const t = makeTranslate(vi, async () => (await import('./news.en')).en);
