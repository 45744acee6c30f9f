/**
 * Short messages at the bottom of the screen. Good news goes away; what went wrong stays until
 * read.
 */
import type { IconName } from './icons';

export interface Toast {
  id: number;
  tone: 'ok' | 'info' | 'warn' | 'bad';
  text: string;
  icon?: IconName;
  action?: { label: string; run: () => void };
}

let list = $state.raw<readonly Toast[]>([]);
let lastId = 0;

export function toasts(): readonly Toast[] {
  return list;
}

/** Show a message; returns what takes it away again. Warnings and faults wait to be read. */
export function toast(
  message: Omit<Toast, 'id'>,
  shown_ms: number | null = message.tone === 'ok' || message.tone === 'info' ? 5_000 : null,
): () => void {
  const id = ++lastId;
  list = [...list.filter((other) => other.text !== message.text), { ...message, id }];
  const remove = (): void => dismiss(id);
  if (shown_ms !== null) setTimeout(remove, shown_ms);
  return remove;
}

export function dismiss(id: number): void {
  list = list.filter((other) => other.id !== id);
}
