/** The texts of screens that are fetched when they are opened. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './later.vi';

export const t = makeTranslate(vi, async () => (await import('./later.en')).en);
