/** The QR code of a citizen identity card, read to compare and then forgotten.

Fields are parted by `|`: number, former number, name, day of birth, sex, address, day of issue;
cards since July 2024 add more behind them.
*/
import { fold } from '../text';

export interface IdentityCard {
  number: string;
  name: string;
  /** `YYYY-MM-DD`. */
  born_on: string;
}

const NUM_FIELDS_MIN = 7;

/** What the code says, or null when it is not a card's. */
export function readCard(text: string): IdentityCard | null {
  const fields = text.normalize('NFC').trim().split('|');
  const [number = '', former = '', name = '', born = ''] = fields.map((field) => field.trim());
  if (fields.length < NUM_FIELDS_MIN || !/^\d{12}$/.test(number)) return null;
  if (!/^(\d{9}|\d{12})?$/.test(former) || !/\p{L}/u.test(name)) return null;
  const born_on = readDay(born);
  return born_on === null ? null : { number, name, born_on };
}

/** `02011985` → `1985-01-02`; null when there is no such day. */
function readDay(text: string): string | null {
  const parts = /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  if (parts === null) return null;
  const day = `${parts[3]}-${parts[2]}-${parts[1]}`;
  const date = new Date(`${day}T00:00:00Z`);
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
  return isReal ? day : null;
}

export interface CardCheck {
  last4: string;
  isNameSame: boolean;
  /** null when no end of a number was entered before. */
  isNumberSame: boolean | null;
}

/** Compare a card with the name on the dossier and with what was entered by hand. */
export function checkCard(card: IdentityCard, name: string, entered: string): CardCheck {
  const last4 = card.number.slice(-4);
  return {
    last4,
    isNameSame: fold(card.name) === fold(name),
    isNumberSame: entered === '' ? null : entered === last4,
  };
}
