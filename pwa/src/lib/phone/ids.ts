/** Identifiers born on this device. */

/** A UUIDv7 (RFC 9562): milliseconds first, so that ids sort by birth; the rest is chance. */
export function makeUuid7(now_ms: number, chance: Uint8Array): string {
  const bytes = new Uint8Array(16);
  bytes.set(chance.subarray(0, 10), 6);
  let rest = now_ms;
  for (let at = 5; at >= 0; at -= 1) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join('-');
}
