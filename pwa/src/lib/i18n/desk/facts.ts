/** The texts of what phones recorded. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './facts.vi';

export const t = makeTranslate(vi, async () => (await import('./facts.en')).en);

/** A code in words; one that nobody has worded yet is shown as it is. */
export function word(group: string, code: string): string {
  const key = `${group}.${code}`;
  return key in vi ? t(key as 'method.cash') : code;
}
export const hasWord = (group: string, code: string): boolean => `${group}.${code}` in vi;
