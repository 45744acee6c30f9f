/** Codes in words: `word('state', 'draft')`; a code nobody has worded yet is shown as it is. */
import { makeTranslate } from '../lib/i18n/catalog.svelte';
import { words } from '../lib/i18n/partner/words.vi';

const translate = makeTranslate(
  words,
  async () => (await import('../lib/i18n/partner/words.en')).words,
);

export function word(group: string, code: string): string {
  const key = `${group}.${code}`;
  return key in words ? translate(key as 'list.draft') : code;
}
