/** What the cashier looks at; the address holds all of it. */
import { makeView } from '../../lib/desk/view.svelte';

export const SCREENS = [
  'desk',
  'counter',
  'float',
  'shifts',
  'day',
  'remit',
  'receipts',
  'approvals',
  'bank',
] as const;
export type Screen = (typeof SCREENS)[number];

export const { view, hrefOf, put } = makeView<Screen>(SCREENS);
