/** What a PIN may be: six digits that a finder would not try first. */

export const PIN_LENGTH = 6;

/** Equal digits, a row up or down, one half twice, or pairs. */
export function isWeakPin(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index]));
  const isRow = [0, 1, -1].some((step) => steps.every((one) => one === step));
  const isTwice = pin.slice(0, 3) === pin.slice(3) || /^(..)\1\1$/.test(pin);
  return isRow || isTwice;
}
