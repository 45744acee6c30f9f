/** The texts of couriers' phones and of facts set aside. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './phones.vi';

export const t = makeTranslate(vi, async () => (await import('./phones.en')).en);
