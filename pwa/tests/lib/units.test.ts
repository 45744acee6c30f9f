import { expect, test } from 'vitest';
import {
  age,
  distance,
  duration,
  money,
  serviceDay,
  timeOfDay,
  timeOfSeconds,
} from '../../src/lib/units';

test.each([
  [0, '0 đ'],
  [120_000, '120.000 đ'],
  [1_500_000, '1.500.000 đ'],
])('that %d đồng reads %s', (amount, text) => {
  expect(money(amount)).toBe(text);
});

test.each([
  [0, '0 m'],
  [999, '999 m'],
  [1000, '1 km'],
  [12_400, '12,4 km'],
])('that %d metres reads %s', (metres, text) => {
  expect(distance(metres)).toBe(text);
});

test.each([
  [0, '0 phút'],
  [3_570, '1 giờ'], // rounds up to the hour, never "60 phút"
  [5_400, '1 giờ 30 phút'],
])('that %d seconds reads %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('that clocks show Vietnam whatever the device is set to', () => {
  expect(timeOfDay('2026-11-23T01:12:00Z')).toBe('08:12');
  expect(timeOfSeconds(29_520)).toBe('08:12');
  expect(serviceDay('2026-11-22T17:00:00Z')).toBe('2026-11-23'); // midnight in Vietnam
  expect(serviceDay('2026-11-22T16:59:59Z')).toBe('2026-11-22');
});

test.each([
  [0, 'vừa xong'],
  [59_999, 'vừa xong'],
  [60_000, '1 phút trước'],
  [3_600_000, '1 giờ trước'],
  [90_000_000, '1 ngày trước'],
])('that an age of %d ms reads %s', (ms, text) => {
  expect(age(0, ms)).toBe(text);
});
