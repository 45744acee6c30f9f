import type { Translation } from '../catalog.svelte';
import type { vi } from './correct.vi';

export const en: Translation<typeof vi> = {
  title: 'Correction: {act}',
  action: 'Correct',
  wrong: 'What is wrong?',
  wrong_missing: 'Choose what is wrong.',
  not_so: 'Recorded by mistake: it did not happen so',
  not_so_at_once: 'It is open again at once, also without a network.',
  not_so_asked: 'A dispatcher looks and opens it again. Until then it counts as recorded.',
  not_so_paid:
    'Money that changed hands has no undo. The office reverses it, with a second person.',
  details: 'It happened; a detail is not right',
  details_hint: 'The correction is kept beside it.',
  reason: 'Reason',
  reason_hint: 'For example: wrong house tapped, the receiver has just come home',
  reason_missing: 'Write a reason of at least 3 characters.',
  saved: 'Correction recorded · saved on this phone',
  saved_open: 'Open again · saved on this phone',
  said_not_so: 'Corrected at {time}: a mistake. {reason}',
  said_details: 'Corrected at {time}: {reason}',
};
