/** Notes by denomination: how they are keyed in, added up and told to the server. */

/** Notes in use, đồng; there are no coins. */
export const DENOMINATIONS = [
  500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200,
] as const;
const NUM_MAX = 1_000_000;

/** How many of each denomination; those without any may be missing. */
export type Notes = Readonly<Record<string, number>>;

/** What notes are worth, đồng. */
export function totalOf(notes: Notes): number {
  return Object.entries(notes).reduce((sum, [value, num]) => sum + Number(value) * num, 0);
}

/** How many pieces of paper it is. */
export function numOf(notes: Notes): number {
  return Object.values(notes).reduce((sum, num) => sum + num, 0);
}

/** Read a number of notes as it was keyed in: '' is none; null for what is no number of notes. */
export function readNum(text: string): number | null {
  const digits = text.replace(/[\s.]/g, '');
  if (digits === '') return 0;
  if (!/^\d+$/.test(digits)) return null;
  const num = Number(digits);
  return num <= NUM_MAX ? num : null;
}

/** The notes with `num` of one denomination; none of it takes the denomination away. */
export function withNum(notes: Notes, value: number, num: number): Notes {
  const next = { ...notes };
  if (num <= 0) delete next[String(value)];
  else next[String(value)] = Math.min(num, NUM_MAX);
  return next;
}

/** What one side has more of than the other, by denomination; the same on both is left out. */
export function compare(one: Notes, other: Notes): Notes {
  const found: Record<string, number> = {};
  for (const value of DENOMINATIONS) {
    const more = (one[value] ?? 0) - (other[value] ?? 0);
    if (more !== 0) found[value] = more;
  }
  return found;
}
