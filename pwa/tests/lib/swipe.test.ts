/** Tests that only a long sideways push counts as a swipe. */
import { expect, test } from 'vitest';
import { isSideways, sideOf, threshold_px } from '../../src/lib/ui/swipe';

test('that a card must be pushed over a third of its width', () => {
  expect(threshold_px(360)).toBeCloseTo(126);
  expect(sideOf(120, 360)).toBeNull();
  expect(sideOf(130, 360)).toBe('right');
  expect(sideOf(-130, 360)).toBe('left');
});

test('that a small card still needs a real push', () => {
  expect(sideOf(60, 100)).toBeNull();
  expect(sideOf(97, 100)).toBe('right');
});

test('that a scroll is no swipe', () => {
  expect(isSideways(5, 0)).toBe(false);
  expect(isSideways(30, 40)).toBe(false);
  expect(isSideways(-40, 10)).toBe(true);
});
