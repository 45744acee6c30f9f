import type { Translation } from '../catalog.svelte';
import type { vi } from './trouble.vi';

export const en: Translation<typeof vi> = {
  broken_damaged: 'The data on this phone cannot be opened',
  broken_full: 'The phone is full; its data cannot be opened',
  broken_newer: 'The app on this phone is old',
  broken_forbidden: 'The browser does not let the app keep data',
  broken_kept: 'What you did may still be on this phone. The app erases nothing.',
  steps: 'What to do',
  step_keep: 'Do not clear the browser’s data, do not remove the app.',
  step_damaged: 'Close every other tab that has this app open.',
  step_full: 'Remove photos, videos or other apps until 200 MB are free.',
  step_newer: 'Go online and tap “Update”: a newer version wrote this data.',
  step_forbidden: 'Do not use a private window; allow this site to keep data in the settings.',
  step_restart: 'Restart the phone and open the app again.',
  step_paper: 'If it still fails, write the next acts down on paper.',
  step_office: 'Bring phone and paper to the office.',
  rescue: 'What was recorded can still be read',
  rescue_text: ({ count }) =>
    `${count === 1 ? '1 act is' : `${count} acts are`} on this phone, perhaps sent ones too. ` +
    'Save to a file and bring it to the office. Photos are not in it.',
  rescue_save: 'Save what is on this phone to a file',
  rescue_saved: 'The file is saved. Leave this phone as it is until the office has taken it in.',
};
