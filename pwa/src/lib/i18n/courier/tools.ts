/** The texts of settings, tracking and reading aloud. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './tools.vi';

export const t = makeTranslate(vi, async () => (await import('./tools.en')).en);
