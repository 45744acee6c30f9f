/** Width and height of a picture from the first bytes of its file, before anything is decoded. */

export interface Dimensions {
  width: number;
  height: number;
}

/** Enough for the headers of every camera we know, thumbnails included. */
export const HEAD_BYTES = 256 * 1024;

export function readDimensions(head: Uint8Array): Dimensions | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    if (view.getUint32(0) === 0x89504e47) return size(view.getUint32(16), view.getUint32(20));
    if (view.getUint16(0) === 0xffd8) return readJpeg(view);
    return isWebp(view) ? readWebp(view) : null;
  } catch {
    return null; // The file ends within its own header.
  }
}

function size(width: number, height: number): Dimensions | null {
  return width > 0 && height > 0 ? { width, height } : null;
}

/** Go from marker to marker until a frame says how large it is. */
function readJpeg(view: DataView): Dimensions | null {
  for (let at = 2; at < view.byteLength;) {
    const marker = view.getUint16(at);
    const isFrame = marker >= 0xffc0 && marker <= 0xffcf;
    if (isFrame && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      return size(view.getUint16(at + 7), view.getUint16(at + 5));
    }
    if (marker >> 8 !== 0xff) return null;
    at += marker === 0xffff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

function isWebp(view: DataView): boolean {
  return view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250;
}

function readWebp(view: DataView): Dimensions | null {
  const kind = view.getUint32(12);
  const two = (at: number): number => view.getUint16(at, true);
  if (kind === 0x56503820) return size(two(26) & 0x3fff, two(28) & 0x3fff); // lossy
  if (kind === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return size((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1); // lossless
  }
  if (kind !== 0x56503858) return null;
  const three = (at: number): number => two(at) + view.getUint8(at + 2) * 65_536;
  return size(three(24) + 1, three(27) + 1); // extended
}
