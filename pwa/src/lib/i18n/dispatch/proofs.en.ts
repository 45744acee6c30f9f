import type { Translation } from '../catalog.svelte';
import type { vi } from './proofs.vi';

export const en: Translation<typeof vi> = {
  title: 'Proof by act and reason',
  text: 'Changes count from tomorrow. What the law asks of an act done is not set here.',
  act: 'Act',
  ending: 'Ending',
  done: 'Done',
  proof_photo: 'Picture',
  proof_note: 'Note',
  proof_sign_citizen: 'Signature',
  required: 'Required',
  asked: 'Asked for',
  off: 'Not taken',
  not_usual: 'Usually: {usual}',
  since: 'Since {day}: {reason}',
  none: 'The software’s own rules count.',
  changed: ({ count }) => `${count} ${count === 1 ? 'line' : 'lines'} changed, not saved`,
  reason: 'Why it is changed',
  reason_missing: 'Write down why, at least 3 characters.',
  save: 'Save, from tomorrow on',
  drop: 'Drop the changes',
  saved: 'Saved, from {day} on.',
};
