/** The hash chain of a stream (reliability S7): over the exact bytes, never re-encoded. */

/** SHA-256 of some bytes; the browser's or Node's, given by whoever starts the core. */
export type Sha256 = (bytes: Uint8Array) => Promise<Uint8Array>;

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

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

/** `h0 = SHA-256("stream:" + id)`. */
export async function firstHash(sha256: Sha256, stream: string): Promise<string> {
  return hexOf(await sha256(utf8(`stream:${stream}`)));
}

/** `hn = SHA-256(h(n-1) || raw_n)`. */
export async function nextHash(sha256: Sha256, previous: string, raw: string): Promise<string> {
  const before = bytesOfHex(previous);
  const text = utf8(raw);
  const joined = new Uint8Array(before.length + text.length);
  joined.set(before);
  joined.set(text, before.length);
  return hexOf(await sha256(joined));
}

export async function textHash(sha256: Sha256, text: string): Promise<string> {
  return hexOf(await sha256(utf8(text)));
}
