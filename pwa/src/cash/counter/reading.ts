/** What people key in at a counter, and rows as they come: read, or said to be wrong. */
import { kindOf, tidyNumber } from '../../lib/rules/numbers';

/** The largest money order, as the server takes it. */
export const ORDER_MAX_VND = 50_000_000_000;
const PIN = /^\d{6}$/;

/** Without blanks and dots, letters in capitals. */
export const tidy = tidyNumber;
/** An identity card's number or a passport's. */
export const isPaper = (text: string, nationality = ''): boolean =>
  kindOf(text, nationality) !== null;
export const isPin = (text: string): boolean => PIN.test(tidy(text));

/** A row of a sitting's minutes. */
export interface SittingRow {
  name: string;
  last4: string;
  period: string;
  amount_vnd: number;
  at: string;
}

/** Rows of minutes, which come as lists; what is none is left out. */
export function readRows(payments: readonly unknown[]): SittingRow[] {
  return payments.flatMap((one) => {
    if (!Array.isArray(one)) return [];
    const [name, last4, period, amount_vnd, at] = one as [string, string, string, number, string];
    return [{ name, last4, period, amount_vnd, at }];
  });
}
