import type { Translation } from '../catalog.svelte';
import type { vi } from './lock.vi';

export const en: Translation<typeof vi> = {
  new_title: 'Choose a PIN for this shift',
  new_text:
    'Six digits keep what is on this phone closed during the shift. At its end the PIN is void; ' +
    'the next shift has a new one.',
  new_again: 'Enter the PIN again',
  new_again_text: 'The same six digits once more.',
  new_differs: 'The two entries differ. Please begin again.',
  new_weak: 'This PIN is easy to guess. Avoid equal digits or a row like 123456.',
  new_no_key: 'The office’s key has not reached this phone. Go online once and try again.',
  new_failed: 'The PIN could not be set. Please try again.',
  new_start_over: 'Begin again',
  unlock_title: 'Enter your PIN',
  unlock_text: 'The PIN you chose when the shift began.',
  unlock_new_day: 'A new day: your PIN opens a new shift, the one before is put under lock.',
  unlock_wrong: ({ count }) =>
    `Wrong PIN. ${count === 1 ? '1 try' : `${count} tries`} left before you must sign in again.`,
  unlock_wrong_last: ({ count }) =>
    `Wrong PIN. After ${count === 1 ? '1 more' : `${count} more`} the shift’s key is destroyed.`,
  unlock_forgot: 'Forgot the PIN?',
  pin_digits: '{count}/6 digits',
  pin_erase: 'Erase one digit',
  pin_checking: 'Checking…',
  must_title: 'Five wrong PINs',
  must_text:
    'To go on, sign in online with a one-time code from your office. ' +
    'Everything on this phone is still here.',
  must_left: ({ count }) =>
    `After signing in ${count === 1 ? '1 try is' : `${count} tries are`} left. ` +
    'Then the shift’s key is destroyed.',
  left: ({ count }) => `Still here: ${count === 1 ? '1 entry' : `${count} entries`} to send`,
  left_none: 'Everything has reached the office',
  sign_in: 'Sign in again',
  finger_open: 'Open with a finger or a face',
  finger_failed: 'A finger or a face did not open it. Please enter the PIN.',
  finger_account: 'Key of the shift on this phone',
};
