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
  unlock_forgot_text:
    'Nobody can read the PIN back. What you recorded is sent even while the phone is locked. ' +
    'Call your office: they tell you how to begin a new shift on this phone.',
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
  burnt_title: 'The key of this shift is destroyed',
  burnt_text:
    'After ten wrong PINs this phone can no longer read the shift. What you recorded is NOT ' +
    'lost: it lies sealed on the phone and is sent by itself; only the office can open it.',
  steps: 'What to do',
  burnt_step_keep: 'Do not clear any data, do not remove the app.',
  burnt_step_send: 'Keep the phone where there is a signal until “Still here” is 0.',
  burnt_step_call: 'Call the office: the phone is locked, and what you were doing.',
  burnt_step_paper: 'Write the rest of the day down on paper and bring it to the office.',
  burnt_step_new: 'When online, sign in again to begin a new shift on this phone.',
  cleared_title: 'This phone has lost what it kept',
  cleared_text:
    'The browser has cleared what the app kept here. What the office received is safe; what was ' +
    'not sent yet is no longer here. The office sees how many facts are missing.',
  cleared_step_call: 'Call the office, say that the phone lost its data, ask for a new code.',
  cleared_step_tell:
    'Tell or write down what you have done since the signal was lost, money handed over included.',
  cleared_step_sign_in: 'Sign in again with the new code and go on.',
  revoked_title: 'This phone was taken out of service',
  revoked_text:
    'The office has stopped this phone. What is still on it is sent for the office to look at; ' +
    'then the data on the phone is erased.',
  revoked_step_keep: 'Keep the phone where there is a signal until “Still here” is 0.',
  revoked_step_call: 'Call the office if this is a mistake.',
  left: ({ count }) => `Still here: ${count === 1 ? '1 entry' : `${count} entries`} to send`,
  left_none: 'Everything has reached the office',
  sign_in: 'Sign in again',
  close_title: 'Close the round, end the shift',
  close_text:
    'This is the last round. The shift’s key is destroyed: nobody can read this phone any more. ' +
    'What is unsent stays sealed on the phone and is sent by itself.',
  close_only: 'Close the round only',
  close_cash: 'The shift stays open for the cash to be counted. End it when that is done.',
  close_ended: 'Round closed, shift ended',
  end_title: 'End the shift',
  end_text:
    'The shift’s key is destroyed at once: nobody can read this phone any more. What is unsent ' +
    'stays sealed on the phone and is sent by itself.',
  finger_open: 'Open with a finger or a face',
  finger_offer_title: 'Open faster with a finger or a face?',
  finger_offer_text:
    'The phone itself knows you; nothing of it goes to the office. Every finger and face set up ' +
    'on this phone opens the shift. The PIN you just chose always works.',
  finger_skip: 'The PIN only',
  finger_refused:
    'The phone did not know you, or you chose not to. Try again, or use the PIN only.',
  finger_unfit: 'This phone cannot open a shift this way. Please use the PIN.',
  finger_failed: 'A finger or a face did not open it. Please enter the PIN.',
  finger_account: 'Key of the shift on this phone',
  finger_used: 'This shift opens this way. Switched off, the PIN alone opens it.',
  finger_next: 'You will be asked when you choose the PIN of the next shift.',
  finger_off: 'The PIN alone opens a shift.',
};
