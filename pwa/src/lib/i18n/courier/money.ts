/** The texts of money at the door: paying and collecting. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './money.vi';

export const t = makeTranslate(vi, async () => (await import('./money.en')).en);
