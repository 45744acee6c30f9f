/** The texts of the agency's app. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './vi';

export const t = makeTranslate(vi, async () => (await import('./en')).en);
