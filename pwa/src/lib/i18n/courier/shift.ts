/** The texts around a shift: how it ends, and what else may stand before it. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './shift.vi';

export const t = makeTranslate(vi, async () => (await import('./shift.en')).en);
