/** The texts of debts, surpluses and limits. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './debts.vi';

export const t = makeTranslate(vi, async () => (await import('./debts.en')).en);
