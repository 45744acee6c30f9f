/** Faults of an import as a file that spreadsheets open, and open safely. */
import type { Fault } from '../wire';

/** A cell that a spreadsheet would run as a formula is made plain text (A11). */
function cell(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Return CSV with a byte order mark, so that Excel reads Vietnamese. */
export function writeFaults(faults: readonly Fault[], heads: readonly string[]): string {
  const rows = faults.map(({ row, column, value, message }) => [row, column, value, message]);
  return `\uFEFF${[heads, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
