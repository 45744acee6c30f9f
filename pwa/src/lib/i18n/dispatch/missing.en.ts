import type { Translation } from '../catalog.svelte';
import type { vi } from './missing.vi';

export const en: Translation<typeof vi> = {
  title: 'Evidence photos that have not come',
  text: 'Recorded facts name these photos, and they are overdue at the office. Call the courier.',
  more: 'There are more; only the 500 oldest are shown at a time.',
  by: '{name}, {kind} at {time}',
  since: 'Awaited since {time} ({age})',
  phone: 'Phone {label}, last called {age}',
  phone_silent: 'Phone {label} has never called',
  phone_gone: 'The phone is not known any more',
  lost: 'Reported lost',
  retired: 'Out of service',
  let_go: 'The phone had no room and let its copy go: the photo will not come',
  coming: '{percent}% has come',
  waiting: 'Nothing of it has come',
  open_errand: 'Open the errand',
  look: 'Wait no longer',
  look_do: 'Note it and wait no longer',
  looked: 'Noted: this photo is not awaited any more.',
  note: 'Why it will not come',
  note_missing: 'Write it down, at least 3 characters.',
};
