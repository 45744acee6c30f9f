/** The texts of a visit: papers, seals, identity, signatures, failures. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './visit.vi';

export const t = makeTranslate(vi, async () => (await import('./visit.en')).en);
