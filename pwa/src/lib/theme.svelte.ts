/**
 * The look chosen on this device: as the device says, light, dark, or hard contrast for the sun.
 */

export type Theme = 'system' | 'light' | 'dark' | 'sunlight';
export const THEMES: readonly Theme[] = ['system', 'light', 'dark', 'sunlight'];

const STORED = 'tannoi.theme';
let current = $state<Theme>('system');

export function theme(): Theme {
  return current;
}

export function setTheme(next: Theme): void {
  current = next;
  document.documentElement.dataset['theme'] = next;
  localStorage.setItem(STORED, next);
}

export function restoreTheme(): void {
  const stored = localStorage.getItem(STORED);
  const known = THEMES.find((name) => name === stored);
  if (known) setTheme(known);
}
