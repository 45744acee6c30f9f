/** The texts about cash that stand over the day's list. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './purse.vi';

export const t = makeTranslate(vi, async () => (await import('./purse.en')).en);
