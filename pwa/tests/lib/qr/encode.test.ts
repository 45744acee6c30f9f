import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeQr, QrTooLong } from '../../../src/lib/qr/encode';

const digest = (text: string): string =>
  createHash('sha256')
    .update(
      encodeQr(text)
        .map((row) => row.map(Number).join(''))
        .join('\n'),
    )
    .digest('hex')
    .slice(0, 16);

test.each([
  [1, 21],
  [14, 21], // the most of version 1
  [15, 25],
  [62, 33],
  [63, 37],
  [213, 57], // the most of version 10
])('that %i bytes take a square of %i modules', (length, side) => {
  const modules = encodeQr('a'.repeat(length));
  expect(modules.length).toBe(side);
  expect(modules.every((row) => row.length === side)).toBe(true);
});

test('that more than version 10 holds is refused', () => {
  expect(() => encodeQr('a'.repeat(214))).toThrow(QrTooLong);
});

test('that codes stay those that a reader of another maker has read', () => {
  // Every length from 1 to 213 was read back by an independent decoder when this was recorded.
  expect(digest('https://tannoi.vn/t/MWHkUAD9kKE1eqQXXw2lcw')).toMatchInlineSnapshot(
    `"dba6704aa233a068"`,
  );
});
