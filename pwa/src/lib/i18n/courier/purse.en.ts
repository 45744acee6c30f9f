import type { Translation } from '../catalog.svelte';
import type { vi } from './purse.vi';

export const en: Translation<typeof vi> = {
  chip: 'Cash {amount}',
  chip_hidden: 'Show the cash balance',
  chip_hide: 'Hide the cash balance',
  over: 'Over the limit by {amount}. Go to the nearest office and hand some in.',
  waits: 'Cash waits for you to count',
  take: 'Count and take',
  count: 'Count at the end',
};
