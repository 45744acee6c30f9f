/** Tests that each scan is told apart: ours, twice, another round's, not of the post. */
import { expect, test } from 'vitest';
import { isS10, judgeScan, tidyScan } from '../../../src/lib/scan/codes';

const things = [
  { id: 'i1', codes: ['EK000000017VN', 'NP-1', 'H05-1'] },
  { id: 'i2', codes: [null, 'NP-2', null] },
];

test('that the check digit of an S10 number is held to', () => {
  expect(isS10('RR473124829VN')).toBe(true);
  expect(isS10('rr 473 124 829 vn')).toBe(true);
  expect(isS10('RR473124828VN')).toBe(false);
  expect(isS10('https://tannoi.example')).toBe(false);
});

test.each([
  ['EK000000017VN', { kind: 'ok', id: 'i1' }],
  [' ek000000017vn ', { kind: 'ok', id: 'i1' }],
  ['np-2', { kind: 'duplicate', id: 'i2' }],
  ['RR473124829VN', { kind: 'not_yours', code: 'RR473124829VN' }],
  ['NP660203', { kind: 'not_yours', code: 'NP660203' }],
  ['H05.18-261126-0121', { kind: 'not_yours', code: 'H05.18-261126-0121' }],
  ['https://example.org/pay', { kind: 'foreign' }],
  ['00020101021238570010A000000727', { kind: 'foreign' }],
])('that %j is judged', (text, outcome) => {
  expect(judgeScan(text, things, new Set(['i2']))).toEqual(outcome);
});

test('that a code is tidied as it is printed', () => {
  expect(tidyScan(' ek 0017\tvn\n')).toBe('EK0017VN');
});
