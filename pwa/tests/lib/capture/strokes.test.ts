/** Tests that a signature fits into a fact and a slip of the thumb is none. */
import { expect, test } from 'vitest';
import { fitInside } from '../../../src/lib/capture/photo';
import { isSigned, STROKES_BYTES_MAX, strokesPath } from '../../../src/lib/capture/strokes';

test('that strokes become a path of whole numbers', () => {
  const path = strokesPath([
    [
      { x: 1.2, y: 2.7 },
      { x: 30.4, y: 40.6 },
    ],
    [{ x: 5, y: 5 }],
  ]);
  expect(path).toBe('M1 3L30 41M5 5L5 5');
  expect(path).toMatch(/^[MLQCZHVmlqczhv0-9 ,.-]*$/);
});

test('that a very long signature is thinned until it fits', () => {
  const long = Array.from({ length: 9_000 }, (_, at) => ({ x: (at * 7) % 320, y: (at * 3) % 160 }));
  const path = strokesPath([long]);
  expect(path.length).toBeLessThanOrEqual(STROKES_BYTES_MAX);
  expect(path.length).toBeGreaterThan(10);
});

test.each([
  [
    [
      [
        { x: 0, y: 0 },
        { x: 39, y: 0 },
      ],
    ],
    false,
  ],
  [
    [
      [
        { x: 0, y: 0 },
        { x: 40, y: 0 },
      ],
    ],
    true,
  ],
  [[], false],
])('that ink counts from a length: %#', (strokes, expected) => {
  expect(isSigned(strokes)).toBe(expected);
});

test.each([
  [4000, 3000, 1280, 960],
  [3000, 4000, 960, 1280],
  [640, 480, 640, 480], // never enlarged
])('that %d × %d fits as %d × %d', (width, height, w, h) => {
  expect(fitInside(width, height, 1280)).toEqual({ width: w, height: h });
});
