/** The texts of cash carried between drawer, vault and bank. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './carriages.vi';

export const t = makeTranslate(vi, async () => (await import('./carriages.en')).en);
