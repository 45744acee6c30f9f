/** The texts of items handed to a colleague on the road, or taken from one. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './hand.vi';

export const t = makeTranslate(vi, async () => (await import('./hand.en')).en);
