/** Tests that a picture's size is known before it is decoded, and too large ones are refused. */
import { afterEach, expect, test, vi } from 'vitest';
import { readDimensions } from '../../../src/lib/capture/dimensions';
import { fitInside, makePhoto, PhotoTooLarge } from '../../../src/lib/capture/photo';

const u16 = (value: number): number[] => [value >> 8, value & 255];
const u32 = (value: number): number[] => [
  ...u16(Math.floor(value / 65_536)),
  ...u16(value % 65_536),
];

function jpeg(width: number, height: number, before = 40): Uint8Array<ArrayBuffer> {
  const exif = [0xff, 0xe1, ...u16(before + 2), ...Array.from({ length: before }, () => 7)];
  const frame = [0xff, 0xc2, ...u16(17), 8, ...u16(height), ...u16(width), 3];
  return Uint8Array.from([0xff, 0xd8, ...exif, ...frame, ...Array.from({ length: 30 }, () => 0)]);
}
function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const magic = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...u32(13), 0x49, 0x48, 0x44, 0x52];
  return Uint8Array.from([...magic, ...u32(width), ...u32(height), 8, 2, 0, 0, 0]);
}

afterEach(() => vi.unstubAllGlobals());

test('that the headers of JPEG and PNG are read', () => {
  expect(readDimensions(jpeg(7728, 5368))).toEqual({ width: 7728, height: 5368 });
  expect(readDimensions(jpeg(640, 480, 60_000))).toEqual({ width: 640, height: 480 });
  expect(readDimensions(png(3000, 4000))).toEqual({ width: 3000, height: 4000 });
});

test('that anything else, or half a header, is unknown and no fault', () => {
  expect(readDimensions(new TextEncoder().encode('<html>portal</html>'))).toBeNull();
  expect(readDimensions(jpeg(640, 480).slice(0, 30))).toBeNull();
  expect(readDimensions(new Uint8Array())).toBeNull();
});

test('that forty megapixels are shrunk while they are decoded', async () => {
  const decode = vi.fn(async (_file: Blob, _options?: ImageBitmapOptions) => {
    throw new Error('decoded elsewhere');
  });
  vi.stubGlobal('createImageBitmap', decode);
  await expect(makePhoto(new Blob([jpeg(7728, 5368)]), 0)).rejects.toThrow('decoded elsewhere');
  expect(decode.mock.calls[0]?.[1]).toMatchObject({ resizeWidth: 1280 });
  await expect(makePhoto(new Blob([jpeg(5368, 7728)]), 0)).rejects.toThrow('decoded elsewhere');
  expect(decode.mock.calls[1]?.[1]).toMatchObject({ resizeHeight: 1280 });
});

test('that a monstrous picture is refused by name and never decoded', async () => {
  const decode = vi.fn();
  vi.stubGlobal('createImageBitmap', decode);
  await expect(makePhoto(new Blob([png(30_000, 30_000)]), 0)).rejects.toBeInstanceOf(PhotoTooLarge);
  expect(decode).not.toHaveBeenCalled();
});

test('that a picture is fitted and never enlarged', () => {
  expect(fitInside(4000, 3000, 1280)).toEqual({ width: 1280, height: 960 });
  expect(fitInside(300, 200, 1280)).toEqual({ width: 300, height: 200 });
});
