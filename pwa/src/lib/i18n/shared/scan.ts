/** The texts of the scanner. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './scan.vi';

export const t = makeTranslate(vi, async () => (await import('./scan.en')).en);
