/** Codes in words: `word('state', 'out')`; a code nobody has worded yet is shown as it is. */
import { makeTranslate } from '../lib/i18n/catalog.svelte';
import { words } from '../lib/i18n/dispatch/words.vi';

const translate = makeTranslate(
  words,
  async () => (await import('../lib/i18n/dispatch/words.en')).words,
);

export function word(
  group: string,
  code: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const key = `${group}.${code}`;
  return key in words ? translate(key as 'travel.late', values as { engine: string }) : code;
}

export function hasWord(group: string, code: string): boolean {
  return `${group}.${code}` in words;
}
