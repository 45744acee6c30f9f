/** Notes in use, as the office counts them (`backend/cash/model.py`); there are no coins. */

export const DENOMINATIONS = [
  500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200,
] as const;
export const NUM_NOTES_MAX = 1_000_000;

/** How many of each denomination; those without any may be missing. */
export type Notes = Readonly<Record<string, number>>;

/** What notes are worth, đồng. */
export function totalOf(notes: Notes): number {
  return Object.entries(notes).reduce((sum, [value, num]) => sum + Number(value) * num, 0);
}

/** The notes as a fact tells them: only those that are there. */
export function toWire(notes: Notes): Record<string, number> {
  return Object.fromEntries(Object.entries(notes).filter(([, num]) => num > 0));
}
