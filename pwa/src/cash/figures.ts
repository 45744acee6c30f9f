/** Figures as the cashier reads them. */
import { money } from '../lib/units';

const MINUS = '−';

/** An amount with its sign: `+1.000 đ`, `−50.000 đ`, `0 đ`. */
export function signed(amount_vnd: number): string {
  if (amount_vnd === 0) return money(0);
  return `${amount_vnd < 0 ? MINUS : '+'}${money(Math.abs(amount_vnd))}`;
}

/** A balance that may be below zero, with a true minus sign: `−400.000 đ`. */
export function plain(amount_vnd: number): string {
  return amount_vnd < 0 ? signed(amount_vnd) : money(amount_vnd);
}

/** Heights of bars that share one scale, in percent; a bar that is there at all can be seen. */
export function heightsOf(values: readonly number[]): number[] {
  const top = Math.max(...values, 1);
  return values.map((value) => (value === 0 ? 0 : Math.max(3, Math.round((100 * value) / top))));
}

/** The number that people call a hand-over by: the end of its id. */
export function numberOf(id: string): string {
  return id.replaceAll('-', '').slice(-8).toUpperCase();
}
