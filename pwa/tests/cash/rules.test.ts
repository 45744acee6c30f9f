import { expect, test } from 'vitest';
import { heightsOf, numberOf, plain, signed } from '../../src/cash/figures';
import { afterIssue, comingTo, loadOf, shareOf } from '../../src/cash/limits';
import { compare, numOf, readNum, totalOf, withNum } from '../../src/cash/notes';
import type { HandoverRow, HandRow } from '../../src/cash/wire';
import { word } from '../../src/cash/words';

const HAND = {
  courier_id: 'c',
  balance_vnd: 150_000_000,
  pending_vnd: 0,
  limit_vnd: 200_000_000,
} as HandRow;
const offer = (taker_id: string, state: string, amount_vnd: number) =>
  ({ taker_id, state, amount_vnd }) as HandoverRow;

test.each([
  ['', 0],
  ['12', 12],
  ['1.200', 1200],
  [' 7 ', 7],
  ['1000000', 1_000_000],
  ['1000001', null],
  ['-1', null],
  ['1,5', null],
  ['mười', null],
])('that %j is read as %j notes', (text, num) => {
  expect(readNum(text)).toBe(num);
});

test('that notes add up, and that none of a note takes it away', () => {
  const notes = withNum(withNum({}, 500_000, 3), 200, 2);
  expect(totalOf(notes)).toBe(1_500_400);
  expect(numOf(notes)).toBe(5);
  expect(withNum(notes, 200, 0)).toEqual({ 500000: 3 });
  expect(withNum(notes, 200, -1)).toEqual({ 500000: 3 });
});

test('that two counts differ by note, though their sums are the same', () => {
  expect(compare({ 500000: 1 }, { 200000: 2, 100000: 1 })).toEqual({
    500000: 1,
    200000: -2,
    100000: -1,
  });
  expect(compare({ 500000: 1 }, { 500000: 1 })).toEqual({});
});

test('that a limit counts what is on its way to the courier, and nobody else’s', () => {
  const handovers = [
    offer('c', 'pending', 30_000_000),
    offer('c', 'void', 9_000_000),
    offer('c', 'to_approve', 9_000_000),
    offer('d', 'pending', 9_000_000),
  ];
  expect(comingTo('c', handovers)).toBe(30_000_000);
  expect(afterIssue(HAND, handovers, 20_000_000).over_vnd).toBe(0);
  expect(afterIssue(HAND, handovers, 20_000_001)).toEqual({
    total_vnd: 200_000_001,
    coming_vnd: 30_000_000,
    over_vnd: 1,
  });
});

test('that a balance is calm, near, at and over its limit', () => {
  expect(loadOf(0, 100)).toBe('none');
  expect(loadOf(79, 100)).toBe('calm');
  expect(loadOf(80, 100)).toBe('near');
  expect(loadOf(100, 100)).toBe('near');
  expect(loadOf(101, 100)).toBe('over');
  expect(shareOf(5, 0)).toBe(1);
});

test('that figures say their sign, and the smallest bar can be seen', () => {
  expect(signed(-50_000)).toBe('−50.000 đ');
  expect(signed(1_000)).toBe('+1.000 đ');
  expect(plain(1_000)).toBe('1.000 đ');
  expect(plain(-1_000)).toBe('−1.000 đ');
  expect(heightsOf([0, 1, 1_000_000])).toEqual([0, 3, 100]);
  expect(heightsOf([])).toEqual([]);
  expect(numberOf('01a207c9-6c85-76e4-b582-1a5ee986d71b')).toBe('E986D71B');
});

test('that a movement of a kind not worded yet is named by what it belongs to', () => {
  expect(word('code', 'payout.pension')).toBe('Chi trả lương hưu, BHXH');
  expect(word('code', 'payout.new_scheme')).toBe('Chi trả tại nhà');
  expect(word('code', 'unheard.of')).toBe('unheard.of');
});
