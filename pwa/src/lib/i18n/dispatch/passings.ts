/** The texts of items that couriers handed each other on the road. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './passings.vi';

export const t = makeTranslate(vi, async () => (await import('./passings.en')).en);
