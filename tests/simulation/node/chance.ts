/** Dice by a seed, so that a run can be repeated as far as processes allow. */
export type Chance = () => number;

/** Mulberry32: small, and the same on every machine. */
export function makeChance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `low` to `high`, both among them. */
export function between(chance: Chance, low: number, high: number): number {
  return low + Math.floor(chance() * (high - low + 1));
}

export function pick<T>(chance: Chance, things: readonly T[]): T {
  const found = things[Math.floor(chance() * things.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

/** `count` bytes (whole fours) from the dice. */
export function bytesOf(chance: Chance, count: number): Uint8Array {
  const words = Uint32Array.from({ length: count / 4 }, () => Math.floor(chance() * 2 ** 32));
  return new Uint8Array(words.buffer);
}

const PNG_HEAD = '89504e470d0a1a0a0000000d49484452';
const NUM_PIXELS = 64;
const WORD_BYTES = 4;

/** A PNG by its head, of a few kilobytes up to more than one piece of an upload, each another. */
export function pictureOf(chance: Chance): Uint8Array {
  const isLarge = chance() < 0.05;
  const bytes = bytesOf(chance, WORD_BYTES * between(chance, 64, isLarge ? 65_536 : 2_048));
  bytes.set(Buffer.from(PNG_HEAD, 'hex'));
  const size = new DataView(bytes.buffer, PNG_HEAD.length / 2);
  size.setUint32(0, NUM_PIXELS);
  size.setUint32(WORD_BYTES, NUM_PIXELS);
  return bytes;
}
