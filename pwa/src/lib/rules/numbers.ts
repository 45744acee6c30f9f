/** Numbers that name people: of a card or a passport (`backend/kit/papers.py`). Pure. */
import { fold } from '../text';
import type { NumberKind } from './papers';

const PERSONAL = /^0(0[1-9]|[1-9]\d)\d{9}$/;
const PASSPORT = /^(?=.*[A-Z])(?=.*\d)[0-9A-Z]{6,9}$/;
const PASSPORT_OF_DIGITS = /^\d{6,9}$/;
const HOME = ['', 'vietnam', 'vn', 'vnm', 'vietnamese', 'nguoivietnam'];

/** Without blanks and dots, letters in capitals. */
export const tidyNumber = (text: string): string => text.replace(/[\s.]+/g, '').toUpperCase();
export const isForeign = (nationality: string): boolean =>
  !HOME.includes(fold(nationality).replaceAll(' ', ''));

/** What kind of number this is; null for one that cannot be. */
export function kindOf(number: string, nationality = ''): NumberKind | null {
  const bare = tidyNumber(number);
  if (PERSONAL.test(bare)) return 'personal';
  const isDigits = isForeign(nationality) && PASSPORT_OF_DIGITS.test(bare);
  return isDigits || PASSPORT.test(bare) ? 'passport' : null;
}
