/** The texts of what the calendar of payout lists asks. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './alarms.vi';

export const t = makeTranslate(vi, async () => (await import('./alarms.en')).en);
