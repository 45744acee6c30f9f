// @vitest-environment node
/** Tests that people read only what stands in a catalogue, in both languages. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listLooseStrings } from './strings';

const src = join(import.meta.dirname, '../src');
const READ_BY_PEOPLE = '{courier,dispatch,cash,partner,citizen,lib}/**/*.{ts,svelte}';
/**
 * The catalogues themselves, what is made from the server's description, and amounts in words and
 * transfers' texts, which receipts and banks want in Vietnamese whatever the screen speaks.
 */
const NOT_READ = /^lib\/(?:(?:i18n|api)\/|rules\/(?:money|vietqr)\.ts$)/;
/** Each with the reason why it is in no catalogue. */
const ALLOWED: Readonly<Record<string, string>> = {
  'Tận Nơi': 'the name is the same in every language',
  '{} · Tận Nơi': 'the name behind a catalogue’s title',
  'Tiếng Việt': 'a language is chosen by its own name',
  English: 'a language is chosen by its own name',
  '{} đ': 'the sign of the đồng, behind the amount in both languages',
  '#code=': 'an address inside a QR code',
};

function listAll(): [place: string, text: string][] {
  return globSync(READ_BY_PEOPLE, { cwd: src })
    .filter((file) => !NOT_READ.test(file))
    .flatMap((file) =>
      listLooseStrings(file, readFileSync(join(src, file), 'utf8')).map(
        (found): [string, string] => [`${file}:${found}`, found.replace(/^\d+: /, '')],
      ),
    );
}

test('that every text of the screens stands in a catalogue', () => {
  const loose = listAll().filter(([, text]) => !(text in ALLOWED));
  expect(loose.map(([place]) => place)).toEqual([]);
});

test('that nothing is allowed which no longer stands anywhere', () => {
  const texts = new Set(listAll().map(([, text]) => text));
  expect(Object.keys(ALLOWED).filter((text) => !texts.has(text))).toEqual([]);
});

test.each([
  ['text', '<p>Còn 3 điểm</p>'],
  ['text of one English word', '<button>Save</button>'],
  ['text inside a block', '{#if a}<b>Xong</b>{:else}Chưa{/if}'],
  ['a label', '<button aria-label="Đóng"><i></i></button>'],
  ['a placeholder', '<input placeholder="Name">'],
  ['a part of a label', '<img alt="Photo {n}">'],
  ["a component's label", '<Field label="Số niêm phong" />'],
  ['a string in braces', "<p>{'Xong'}</p>"],
  ['a choice of strings', "<p>{done ? 'Done' : t('open')}</p>"],
  ['a template', '<p>{`Còn ${n}`}</p>'],
  ['a sum', "<p>{n + ' stops'}</p>"],
  ['a fallback', "<p>{name ?? 'Unknown'}</p>"],
])('that %s outside the catalogues is found on a screen', (_, source) => {
  expect(listLooseStrings('x.svelte', source)).not.toEqual([]);
});

test.each([
  ['a Vietnamese word', "const title = 'Xếp túi';"],
  ['an English phrase', "const text = 'Nothing to send';"],
  ['a phrase with a value', 'const s = `Sent ${n} of ${m} facts`;'],
  ['a toast of one word', "toast('Saved');"],
  ["the page's title", "document.title = 'Courier';"],
])('that %s outside the catalogues is found in a script', (_, source) => {
  expect(listLooseStrings('x.ts', source)).not.toEqual([]);
  expect(listLooseStrings('x.svelte', `<script lang="ts">\n${source}\n</script>`)).not.toEqual([]);
});

test.each([
  ['a translation', '<p class="a b">{t(\'left\', { count: 3 })} · 12/40</p>'],
  ['code in a block', '{#if state === \'on_hand\'}<Icon name="bag" />{/if}'],
  ['a class by state', "<p class={open ? 'is-open' : 'is-shut'}>{n}</p>"],
  ['a drawing', '<svg viewBox="0 0 24 24"><path d="M3 12 L9 3" /></svg>'],
])('that %s is no text', (_, source) => {
  expect(listLooseStrings('x.svelte', source)).toEqual([]);
});

test.each([
  ["a programmer's message", "throw new Error('no such store');"],
  ['a media query', "matchMedia('(prefers-color-scheme: dark)');"],
  ['a key, a kind, a type', "t('left'); kind('round.opened'); type('image/jpeg');"],
])('that %s is no text for people', (_, source) => {
  expect(listLooseStrings('x.ts', source)).toEqual([]);
});
