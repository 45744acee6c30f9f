/** The hash chain of a stream (reliability S7): over the exact bytes, never re-encoded. */

/** SHA-256 of some bytes; the browser's or Node's, given by whoever starts the core. */
export type Sha256 = (bytes: Uint8Array) => Promise<Uint8Array>;

export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function bytesOfHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16);
  }
  return bytes;
}
