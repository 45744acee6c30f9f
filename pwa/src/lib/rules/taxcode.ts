/** Tax codes, by the table of the office (`backend/kit/tax_code.py`). */

export type TaxCodeKind = 'organisation' | 'branch' | 'person';

/** As it is kept: no blanks, a branch behind a hyphen. */
export function tidyTaxCode(text: string): string {
  const bare = text.replace(/[\s.]+/g, '');
  return /^\d{13}$/.test(bare) ? `${bare.slice(0, 10)}-${bare.slice(10)}` : bare;
}

/** What kind of tax code this is; `null` for one that cannot be. */
export function taxCodeKind(text: string): TaxCodeKind | null {
  const code = tidyTaxCode(text);
  const found = /^(\d{10})(-\d{3})?$/.exec(code);
  if (found !== null) {
    if (!hasCheck(found[1] ?? '')) return null;
    return found[2] === undefined ? 'organisation' : 'branch';
  }
  return /^0(0[1-9]|[1-9]\d)\d{9}$/.test(code) ? 'person' : null;
}

function hasCheck(digits: string): boolean {
  const weights = [31, 29, 23, 19, 17, 13, 7, 5, 3];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return sum % 11 !== 0 && 10 - (sum % 11) === Number(digits[9]);
}
