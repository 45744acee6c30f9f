// @vitest-environment node
/** Tests that phone and office agree: sums in words, papers, VietQR, tax codes, S10, the bag. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isToBring } from '../../../src/lib/rules/bringing';
import { inWords } from '../../../src/lib/rules/money';
import { kindOf } from '../../../src/lib/rules/numbers';
import { isEnd, judgeEnd, type IdPaper, type NumberKind } from '../../../src/lib/rules/papers';
import { taxCodeKind, tidyTaxCode } from '../../../src/lib/rules/taxcode';
import {
  WrongQr,
  crc16,
  makePayload,
  makePurpose,
  readPayload,
  type VietQr,
} from '../../../src/lib/rules/vietqr';
import { isS10 } from '../../../src/lib/scan/codes';

function read<T>(name: string): T {
  const file = join(import.meta.dirname, '../../../../tests/vectors', name);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
/** The fault of what throws `WrongQr`, as `code` and field. */
function faultOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof WrongQr) return `${error.code} ${error.field}`.trim();
    throw error;
  }
  return 'none';
}

describe('amounts in words', () => {
  const words = read<{
    cases: { amount_vnd: number; words: string }[];
    refused: number[];
  }>('amount_in_words.json');

  test.each(words.cases)('that $amount_vnd is $words', ({ amount_vnd, words }) => {
    expect(inWords(amount_vnd)).toBe(words);
  });
  test.each([...words.refused, 0.5, Number.NaN])('that %d has no words', (amount) => {
    expect(() => inWords(amount)).toThrow(RangeError);
  });
});

describe('papers', () => {
  const vectors = read<{
    numbers: { number: string; nationality: string; kind: NumberKind | null }[];
    ends: { paper: IdPaper; end: string; is_end: boolean }[];
    cases: { paper: IdPaper; end: string; kind: NumberKind; known_end: string; verdict: string }[];
  }>('papers.json');

  test.each(vectors.numbers)('that "$number" of "$nationality" is $kind', (one) => {
    expect(kindOf(one.number, one.nationality)).toBe(one.kind);
  });
  test.each(vectors.ends)('that "$end" may end a $paper: $is_end', ({ paper, end, is_end }) => {
    expect(isEnd(paper, end)).toBe(is_end);
  });
  test.each(vectors.cases)('that $paper $end for $kind $known_end is $verdict', (one) => {
    const isSame = one.end === one.known_end;
    expect(judgeEnd(one.paper, one.end, one.kind, isSame)).toBe(one.verdict);
  });
});

describe('VietQR', () => {
  const vectors = read<{
    crc: { text: string; crc: string }[];
    cases: { about: string; qr: VietQr; payload: string }[];
    bad: { about: string; payload: string; code: string; field: string }[];
    unmakeable: { about: string; qr: VietQr; field: string }[];
    purposes: { text: string; purpose: string }[];
  }>('vietqr.json');

  test.each(vectors.crc)('that the check of $text is $crc', ({ text, crc }) => {
    expect(crc16(text)).toBe(crc);
  });
  test.each(vectors.cases)('that $about is made and read back', ({ qr, payload }) => {
    expect(makePayload(qr)).toBe(payload);
    expect(readPayload(payload)).toEqual(qr);
  });
  test.each(vectors.bad)('that $about is refused', ({ payload, code, field }) => {
    expect(faultOf(() => readPayload(payload))).toBe(`${code} ${field}`.trim());
  });
  test.each(vectors.unmakeable)('that $about is not made', ({ qr, field }) => {
    expect(faultOf(() => makePayload(qr))).toBe(`qr_field ${field}`);
  });
  test.each(vectors.purposes)('that $text is said as $purpose', ({ text, purpose }) => {
    expect(makePurpose(text)).toBe(purpose);
  });
});

test.each(read<{ cases: { text: string; kind: string | null }[] }>('tax_codes.json').cases)(
  'that the tax code $text is $kind',
  ({ text, kind }) => {
    expect(taxCodeKind(text)).toBe(kind);
  },
);

test('that a branch is written behind a hyphen', () => {
  expect(tidyTaxCode(' 0100047516001 ')).toBe('0100047516-001');
});

test('that S10 numbers are told as the office tells them', () => {
  const vectors = read<{ cases: { code: string }[]; foreign: string[]; bad: string[] }>('s10.json');
  // A scanner also knows items of other countries.
  const known = [...vectors.cases.map(({ code }) => code), ...vectors.foreign];
  expect(known.filter((code) => !isS10(code))).toEqual([]);
  expect(vectors.bad.filter(isS10)).toEqual([]);
});

describe('what comes back before a round closes', () => {
  const { cases } = read<{
    cases: {
      name: string;
      rounds: Record<string, 'open' | 'published'>;
      acts: [string, 'open' | 'done' | 'failed'][];
      is_to_bring: boolean;
    }[];
  }>('items_to_bring.json');
  test.each(cases)('that of what is on hand: $name', ({ rounds, acts, is_to_bring }) => {
    expect(isToBring('closing', rounds, acts)).toBe(is_to_bring);
  });
});
