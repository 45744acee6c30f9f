import { beforeEach, expect, test } from 'vitest';
import {
  makeTranslate,
  restoreLocale,
  setLocale,
  type Translation,
} from '../../../src/lib/i18n/catalog.svelte';

const vi = { title: 'Tuyến hôm nay', left: 'Còn {count} điểm' } as const;
const en: Translation<typeof vi> = {
  title: "Today's round",
  left: ({ count }) => (count === 1 ? '1 stop left' : `${count} stops left`),
};
const t = makeTranslate(vi, async () => en);

beforeEach(async () => {
  localStorage.clear();
  await setLocale('vi');
});

test('that a message is Vietnamese at first and takes its values', () => {
  expect(t('title')).toBe('Tuyến hôm nay');
  expect(t('left', { count: 3 })).toBe('Còn 3 điểm');
});

test('that the English switch loads its catalogue, bends plurals and is remembered', async () => {
  await setLocale('en');
  expect(t('left', { count: 1 })).toBe('1 stop left');
  expect(t('left', { count: 4 })).toBe('4 stops left');
  expect(document.documentElement.lang).toBe('en');
  expect(localStorage.getItem('tannoi.locale')).toBe('en');
  await restoreLocale();
  expect(t('title')).toBe("Today's round");
});

test('that the compiler refuses a wrong key and missing values', () => {
  // @ts-expect-error there is no such message
  t('nothing');
  // @ts-expect-error the message needs its count
  t('left');
  expect(true).toBe(true);
});
