/** The texts that the desks' apps share: signing in, the second factor, what went wrong. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './vi';

export const t = makeTranslate(vi, async () => (await import('./en')).en);
