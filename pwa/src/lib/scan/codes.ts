/** What a scanned text is to us: one of our items, the form of another's, or nothing of ours. */

/** As it is printed: no spaces, upper case. */
export function tidyScan(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '').toUpperCase();
}

/** True for an S10 number with a right check digit (UPU S10): `EK000000017VN`. */
export function isS10(text: string): boolean {
  const parts = /^[A-Z]{2}(\d{8})(\d)[A-Z]{2}$/.exec(tidyScan(text));
  if (parts === null) return false;
  const weights = [8, 6, 4, 2, 3, 5, 9, 7];
  const sum = [...(parts[1] ?? '')].reduce(
    (total, digit, at) => total + Number(digit) * (weights[at] ?? 0),
    0,
  );
  const rest = 11 - (sum % 11);
  return Number(parts[2]) === (rest === 10 ? 0 : rest === 11 ? 5 : rest);
}

/** A thing with the numbers it may be scanned by. */
export interface Scannable {
  id: string;
  codes: readonly (string | null)[];
}

export type ScanOutcome =
  | { kind: 'ok' | 'duplicate'; id: string }
  /** A postal item, but not one of these. */
  | { kind: 'not_yours'; code: string }
  /** No code of the post at all: a web address, a bank's QR. */
  | { kind: 'foreign' };

/** What scanning `text` means while `taken` are already there. */
export function judgeScan(
  text: string,
  things: readonly Scannable[],
  taken: ReadonlySet<string>,
): ScanOutcome {
  const code = tidyScan(text);
  const found = things.find(({ codes }) => codes.some((one) => one && tidyScan(one) === code));
  if (found) return { kind: taken.has(found.id) ? 'duplicate' : 'ok', id: found.id };
  const isPostal = isS10(code) || /^[A-Z]{2}\d{6,9}([A-Z]{2})?$/.test(code) || /^H\d{2}/.test(code);
  return isPostal ? { kind: 'not_yours', code } : { kind: 'foreign' };
}
