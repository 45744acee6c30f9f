/** Codes in words: `word('code', 'float.issue')`; of an unknown kind the part before the dot. */
import { makeTranslate } from '../lib/i18n/catalog.svelte';
import { words } from '../lib/i18n/cash/words.vi';

const translate = makeTranslate(
  words,
  async () => (await import('../lib/i18n/cash/words.en')).words,
);

export function word(group: string, code: string): string {
  const key = [`${group}.${code}`, `${group}.${code.split('.')[0]}`].find((one) => one in words);
  return key === undefined ? code : translate(key as 'side.cashier');
}
