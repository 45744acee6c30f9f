/** The texts of rounds beside each other. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './beside.vi';

export const t = makeTranslate(vi, async () => (await import('./beside.en')).en);
