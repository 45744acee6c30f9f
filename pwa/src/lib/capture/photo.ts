/** A picture as evidence: drawn anew (so without EXIF and place), small, named by its hash. */
import { hexOf } from '../sync/chain';
import type { Photo } from '../sync/types';
import { HEAD_BYTES, readDimensions } from './dimensions';

export const SIDE_PX_MAX = 1280;
export const BYTES_MAX = 300 * 1024;
const QUALITIES = [0.82, 0.7, 0.58, 0.45, 0.32];

/** Width and height with the longer side at most `side_px_max`; never enlarged. */
export function fitInside(
  width: number,
  height: number,
  side_px_max: number,
): { width: number; height: number } {
  const scale = Math.min(1, side_px_max / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Larger ones are refused by name: decoding them could end the whole app. */
export const PIXELS_MAX = 64_000_000;
export const FILE_BYTES_MAX = 40 * 1024 * 1024;
const DECODE_MS_MAX = 20_000;

export class PhotoTooLarge extends Error {
  override name = 'PhotoTooLarge';
}

/** Turn a camera's file into a photo ready to be kept. Throws `PhotoTooLarge`, or anything else
when it is no picture. */
export async function makePhoto(file: Blob, taken_at: number): Promise<Photo> {
  const bitmap = await decode(file);
  try {
    for (const side_px of [SIDE_PX_MAX, 960, 640]) {
      for (const quality of QUALITIES) {
        const blob = await encode(bitmap, side_px, quality);
        if (blob.size <= BYTES_MAX) return await nameIt(blob, taken_at);
      }
    }
  } finally {
    bitmap.close();
  }
  throw new Error('the picture cannot be made small enough');
}

/** The browser shrinks while it decodes, beside the page: forty megapixels never stand in memory
as a canvas. */
async function decode(file: Blob): Promise<ImageBitmap> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const found = readDimensions(head);
  const pixels = found ? found.width * found.height : 0;
  if (file.size > FILE_BYTES_MAX || pixels > PIXELS_MAX) throw new PhotoTooLarge();
  const shrink: ImageBitmapOptions = {};
  if (found && Math.max(found.width, found.height) > SIDE_PX_MAX) {
    // One side only, so that the other follows whichever way the camera was held.
    if (found.width >= found.height) shrink.resizeWidth = SIDE_PX_MAX;
    else shrink.resizeHeight = SIDE_PX_MAX;
    shrink.resizeQuality = 'medium';
  }
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('the picture took too long')), DECODE_MS_MAX);
  });
  return Promise.race([
    createImageBitmap(file, { imageOrientation: 'from-image', ...shrink }),
    late,
  ]);
}

async function encode(bitmap: ImageBitmap, side_px: number, quality: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  const size = fitInside(bitmap.width, bitmap.height, side_px);
  canvas.width = size.width;
  canvas.height = size.height;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0, size.width, size.height);
  const blob = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, 'image/jpeg', quality),
  );
  if (blob === null) throw new Error('no picture came out');
  return blob;
}

async function nameIt(blob: Blob, taken_at: number): Promise<Photo> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const sha256 = hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  return { sha256, bytes, media_type: 'image/jpeg', state: 'draft', taken_at };
}
