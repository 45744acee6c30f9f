/** What people key in at a counter, and rows as they come: read, or said to be wrong. */
/** The largest money order, as the server takes it. */
export const ORDER_MAX_VND = 50_000_000_000;
const ID_NUMBER = /^\d{12}$/;
const PASSPORT = /^[A-Z][0-9A-Z]{5,11}$/;
const LAST4 = /^[0-9A-Z]{4}$/;
const PIN = /^\d{6}$/;

/** Without blanks and dots, letters in capitals. */
export const tidy = (text: string): string => text.replace(/[\s.]+/g, '').toUpperCase();
export const isIdNumber = (text: string): boolean => ID_NUMBER.test(tidy(text));
/** An identity card's number or a passport's. */
export const isPaper = (text: string): boolean => isIdNumber(text) || PASSPORT.test(tidy(text));
export const isLast4 = (text: string): boolean => LAST4.test(tidy(text));
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
