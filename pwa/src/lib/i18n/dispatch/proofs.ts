/** The texts of an office's proof rules. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './proofs.vi';

export const t = makeTranslate(vi, async () => (await import('./proofs.en')).en);
