/** Amounts read, and written in words as on a receipt (`backend/kit/money.py`). */

const DIGITS = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'] as const;
const BILLION = 1_000_000_000;
const AMOUNT_MAX = 1e15;

/** Read `31.500.000` or `31 500 000 đ` as whole đồng; null for nothing, 0 and what is none. */
export function readAmount(text: string, max_vnd = AMOUNT_MAX - 1): number | null {
  const digits = text.replace(/[\s.,đ₫]/gu, '');
  const amount = Number(digits);
  return /^\d{1,15}$/.test(digits) && amount > 0 && amount <= max_vnd ? amount : null;
}

/** `135000` → `Một trăm ba mươi lăm nghìn đồng`; throws below 0, for fractions, from 10^15 on. */
export function inWords(amount_vnd: number): string {
  if (!Number.isInteger(amount_vnd) || amount_vnd < 0 || amount_vnd >= AMOUNT_MAX) {
    throw new RangeError('an amount in words is a whole number from 0 to below 10^15');
  }
  const words = read(amount_vnd, true);
  const text = [...(words.length === 0 ? [digit(0)] : words), 'đồng'].join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function digit(value: number): string {
  return DIGITS[value] ?? '';
}

/** What stands behind larger groups names its hundred, also when it has none. */
function read(value: number, is_first: boolean): string[] {
  if (value >= BILLION) {
    const top = read(Math.floor(value / BILLION), is_first);
    return [...top, 'tỷ', ...read(value % BILLION, false)];
  }
  const words: string[] = [];
  for (const [size, name] of [
    [1_000_000, 'triệu'],
    [1_000, 'nghìn'],
    [1, ''],
  ] as const) {
    const group = Math.floor(value / size) % 1_000;
    if (group === 0) continue;
    words.push(...readGroup(group, is_first), ...(name === '' ? [] : [name]));
    is_first = false;
  }
  return words;
}

function readGroup(group: number, is_first: boolean): string[] {
  const hundred = Math.floor(group / 100);
  const ten = Math.floor(group / 10) % 10;
  const one = group % 10;
  const words: string[] = [];
  if (hundred > 0 || !is_first) words.push(digit(hundred), 'trăm');
  if (ten === 0 && one > 0 && words.length > 0) words.push('linh');
  else if (ten === 1) words.push('mười');
  else if (ten > 1) words.push(digit(ten), 'mươi');
  if (one > 0) words.push(readOne(one, ten));
  return words;
}

function readOne(one: number, ten: number): string {
  if (one === 1 && ten > 1) return 'mốt';
  if (one === 4 && ten > 1) return 'tư';
  return one === 5 && ten > 0 ? 'lăm' : digit(one);
}
