/** Months of payment: `2026-12`. */

/** `2026-12` → `2027-01`. */
export function nextPeriod(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`;
}

/** The month of a day, two before it and three after, newest first; `extra` is among them. */
export function periodsAround(day: string, extra: string): string[] {
  const found = new Set([extra].filter((one) => one !== ''));
  const [year = 0, month = 0] = day.split('-').map(Number);
  for (let ahead = -2; ahead <= 3; ahead += 1) {
    const at = new Date(Date.UTC(year, month - 1 + ahead, 1));
    found.add(at.toISOString().slice(0, 7));
  }
  return [...found].sort().reverse();
}
