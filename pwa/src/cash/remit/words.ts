/** Codes of these screens in words: `word('kind', 'tax')`; an unknown one is said in general. */
import { remitWords } from '../../lib/i18n/cash/remit.vi';
import { t } from '../../lib/i18n/cash/remit';

type Key = keyof typeof remitWords;

export function word(group: string, code: string): string {
  const key = [`${group}.${code}`, `${group}.other`].find((one) => one in remitWords);
  return key === undefined ? code : t(key as Key);
}
