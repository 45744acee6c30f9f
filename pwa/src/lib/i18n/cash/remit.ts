/** The texts of handing on, receipts and approvals in the cashier's app. */
import { makeTranslate } from '../catalog.svelte';
import { remit, remitWords } from './remit.vi';

export const t = makeTranslate({ ...remit, ...remitWords }, async () => {
  const english = await import('./remit.en');
  return { ...english.remit, ...english.remitWords };
});
