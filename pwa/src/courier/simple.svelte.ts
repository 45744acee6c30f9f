/** The easy-to-read mode: large icons, few words, and a button that reads aloud. */

const STORED = 'tannoi.simple';
let isSimple = $state(false);

export function simple(): boolean {
  return isSimple;
}

export function setSimple(next: boolean): void {
  isSimple = next;
  document.documentElement.toggleAttribute('data-simple', next);
  localStorage.setItem(STORED, next ? 'on' : 'off');
}

export function restoreSimple(): void {
  if (localStorage.getItem(STORED) === 'on') setSimple(true);
}
