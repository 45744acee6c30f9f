/** QR codes (ISO/IEC 18004): bytes, error correction M, versions 1 to 10, up to 213 bytes. */

export class QrTooLong extends Error {}

export type QrModules = readonly (readonly boolean[])[];

interface Version {
  version: number;
  /** Error correction codewords of each block. */
  num_ecc: number;
  /** Data codewords of each block. */
  blocks: readonly number[];
}

const repeat = (count: number, size: number): number[] => Array.from({ length: count }, () => size);
const block = (version: number, num_ecc: number, ...blocks: number[]): Version => ({
  version,
  num_ecc,
  blocks,
});

/** Table 9 of the standard, the rows of level M. */
const VERSIONS: readonly Version[] = [
  block(1, 10, 16),
  block(2, 16, 28),
  block(3, 26, 44),
  block(4, 18, ...repeat(2, 32)),
  block(5, 24, ...repeat(2, 43)),
  block(6, 16, ...repeat(4, 27)),
  block(7, 18, ...repeat(4, 31)),
  block(8, 22, ...repeat(2, 38), ...repeat(2, 39)),
  block(9, 22, ...repeat(3, 36), ...repeat(2, 37)),
  block(10, 26, ...repeat(4, 43), 44),
];
/** Centres of the alignment patterns, Annex E. */
const ALIGNMENT: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
];
const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);
const at = (list: readonly number[], index: number): number => list[index] ?? 0;

/** Product in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

/** Coefficients of the Reed-Solomon generator of `degree`, without the leading 1. */
function makeGenerator(degree: number): number[] {
  const result = [...repeat(degree - 1, 0), 1];
  let root = 1;
  for (let step = 0; step < degree; step += 1) {
    for (let index = 0; index < degree; index += 1) {
      result[index] = multiply(at(result, index), root) ^ at(result, index + 1);
    }
    root = multiply(root, 2);
  }
  return result;
}

function remainderOf(bytes: readonly number[], generator: readonly number[]): number[] {
  const result = repeat(generator.length, 0);
  for (const byte of bytes) {
    const factor = byte ^ (result.shift() ?? 0);
    result.push(0);
    generator.forEach((coefficient, index) => {
      result[index] = at(result, index) ^ multiply(coefficient, factor);
    });
  }
  return result;
}

/** Data with its length before it, padded to fill the version. */
function fillVersion(bytes: Uint8Array, { version, blocks }: Version): number[] {
  const bits: number[] = [];
  const push = (value: number, length: number): void => {
    for (let bit = length - 1; bit >= 0; bit -= 1) bits.push((value >>> bit) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((byte) => push(byte, 8));
  const capacity = sum(blocks) * 8;
  push(0, Math.min(4, capacity - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < capacity; pad ^= 0xec ^ 0x11) push(pad, 8);
  return Array.from({ length: sum(blocks) }, (_none, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((value, bit) => (value << 1) | bit, 0),
  );
}

/** Blocks with their error correction, codeword by codeword in turn. */
function interleave(words: readonly number[], { blocks, num_ecc }: Version): number[] {
  const generator = makeGenerator(num_ecc);
  let from = 0;
  const parts = blocks.map((size) => {
    const data = words.slice(from, (from += size));
    return { data, ecc: remainderOf(data, generator) };
  });
  const longest = Math.max(...blocks);
  const turn = (length: number, pick: (part: (typeof parts)[number]) => readonly number[]) =>
    Array.from({ length }, (_none, index) => index).flatMap((index) =>
      parts.flatMap((part) => {
        const word = pick(part)[index];
        return word === undefined ? [] : [word];
      }),
    );
  return [...turn(longest, (part) => part.data), ...turn(num_ecc, (part) => part.ecc)];
}

/** A square of modules, and which of them carry no data. */
class Grid {
  readonly version: number;
  readonly size: number;
  readonly dark: boolean[][];
  readonly isFixed: boolean[][];

  constructor(version: number) {
    this.version = version;
    this.size = version * 4 + 17;
    const empty = (): boolean[][] =>
      Array.from({ length: this.size }, () => Array.from({ length: this.size }, () => false));
    this.dark = empty();
    this.isFixed = empty();
  }

  get(x: number, y: number): boolean {
    return this.dark[y]?.[x] ?? false;
  }

  put(x: number, y: number, isDark: boolean): void {
    const row = this.dark[y];
    if (row && x >= 0 && x < this.size) row[x] = isDark;
  }

  fix(x: number, y: number, isDark: boolean): void {
    const row = this.isFixed[y];
    if (!row || x < 0 || x >= this.size) return;
    this.put(x, y, isDark);
    row[x] = true;
  }
}

function drawPatterns(grid: Grid): void {
  const { size, version } = grid;
  for (let index = 0; index < size; index += 1) {
    grid.fix(6, index, index % 2 === 0);
    grid.fix(index, 6, index % 2 === 0);
  }
  const finders: readonly (readonly [number, number])[] = [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ];
  for (const [x, y] of finders) drawSquare(grid, x, y, 4, (ring) => ring !== 2 && ring !== 4);
  const centres = ALIGNMENT[version - 1] ?? [];
  for (const x of centres) {
    for (const y of centres) {
      const isFinder = (x === 6 && (y === 6 || y === size - 7)) || (x === size - 7 && y === 6);
      if (!isFinder) drawSquare(grid, x, y, 2, (ring) => ring !== 1);
    }
  }
  if (version >= 7) drawVersion(grid);
}

function drawSquare(
  grid: Grid,
  x: number,
  y: number,
  radius: number,
  isDark: (ring: number) => boolean,
): void {
  for (let down = -radius; down <= radius; down += 1) {
    for (let right = -radius; right <= radius; right += 1) {
      grid.fix(x + right, y + down, isDark(Math.max(Math.abs(right), Math.abs(down))));
    }
  }
}

function drawVersion(grid: Grid): void {
  let rest = grid.version;
  for (let step = 0; step < 12; step += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (grid.version << 12) | rest;
  for (let index = 0; index < 18; index += 1) {
    const isDark = ((bits >>> index) & 1) === 1;
    const far = grid.size - 11 + (index % 3);
    const near = Math.floor(index / 3);
    grid.fix(far, near, isDark);
    grid.fix(near, far, isDark);
  }
}

/** Level M (00) and the mask, with their own correction, at both of their places. */
function drawFormat(grid: Grid, mask: number): void {
  let rest = mask;
  for (let step = 0; step < 10; step += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((mask << 10) | rest) ^ 0x5412;
  const isDark = (index: number): boolean => ((bits >>> index) & 1) === 1;
  const { size } = grid;
  for (let index = 0; index <= 5; index += 1) grid.fix(8, index, isDark(index));
  grid.fix(8, 7, isDark(6));
  grid.fix(8, 8, isDark(7));
  grid.fix(7, 8, isDark(8));
  for (let index = 9; index < 15; index += 1) grid.fix(14 - index, 8, isDark(index));
  for (let index = 0; index < 8; index += 1) grid.fix(size - 1 - index, 8, isDark(index));
  for (let index = 8; index < 15; index += 1) grid.fix(8, size - 15 + index, isDark(index));
  grid.fix(8, size - 8, true);
}

/** Lay the codewords in the zigzag from the lower right, two columns at a time. */
function drawWords(grid: Grid, words: readonly number[]): void {
  const { size } = grid;
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const isUpward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = isUpward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid.isFixed[y]?.[x]) continue;
        grid.put(x, y, ((at(words, bit >>> 3) >>> (7 - (bit & 7))) & 1) === 1);
        bit += 1;
      }
    }
  }
}

function applyMask(grid: Grid, mask: number): void {
  const isFlipped = MASKS[mask];
  if (!isFlipped) return;
  for (let y = 0; y < grid.size; y += 1) {
    for (let x = 0; x < grid.size; x += 1) {
      if (!grid.isFixed[y]?.[x] && isFlipped(x, y)) grid.put(x, y, !grid.get(x, y));
    }
  }
}

/** How hard the pattern is to read: long runs, blocks, false finders, imbalance (8.8.2). */
function penaltyOf(grid: Grid): number {
  const { size } = grid;
  const lines = Array.from({ length: size }, (_none, index) => index).flatMap((index) => [
    Array.from({ length: size }, (_x, other) => (grid.get(other, index) ? '1' : '0')).join(''),
    Array.from({ length: size }, (_y, other) => (grid.get(index, other) ? '1' : '0')).join(''),
  ]);
  let penalty = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) penalty += run.length - 2;
    penalty += 40 * (line.match(/(?=00001011101|10111010000)/g) ?? []).length;
  }
  let num_dark = 0;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const isDark = grid.get(x, y);
      if (isDark) num_dark += 1;
      if (x + 1 === size || y + 1 === size) continue;
      const others = [grid.get(x + 1, y), grid.get(x, y + 1), grid.get(x + 1, y + 1)];
      if (others.every((other) => other === isDark)) penalty += 3;
    }
  }
  return penalty + 10 * Math.floor(Math.abs((num_dark * 20) / (size * size) - 10));
}

/**
 * Return the modules of a QR code, true where dark, without the quiet zone.
 *
 * Throws `QrTooLong` above 213 bytes.
 */
export function encodeQr(text: string): QrModules {
  const bytes = new TextEncoder().encode(text);
  const version = VERSIONS.find(
    (one) => bytes.length + (one.version < 10 ? 2 : 3) <= sum(one.blocks),
  );
  if (version === undefined) throw new QrTooLong(`${bytes.length} bytes`);
  const words = interleave(fillVersion(bytes, version), version);
  const grids = MASKS.map((_isFlipped, mask) => {
    const grid = new Grid(version.version);
    drawPatterns(grid);
    drawFormat(grid, mask);
    drawWords(grid, words);
    applyMask(grid, mask);
    return grid;
  });
  const [best] = grids.sort((a, b) => penaltyOf(a) - penaltyOf(b));
  return best?.dark ?? [];
}
