import type { Translation } from '../catalog.svelte';
import type { vi } from './shift.vi';

export const en: Translation<typeof vi> = {
  unlock_forgot_text:
    'Nobody can read the PIN back. What you recorded is sent even while the phone is locked. ' +
    'Call your office: they tell you how to begin a new shift on this phone.',
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
  finger_offer_title: 'Open faster with a finger or a face?',
  finger_offer_text:
    'The phone itself knows you; nothing of it goes to the office. Every finger and face set up ' +
    'on this phone opens the shift. The PIN you just chose always works.',
  finger_skip: 'The PIN only',
  finger_refused:
    'The phone did not know you, or you chose not to. Try again, or use the PIN only.',
  finger_unfit: 'This phone cannot open a shift this way. Please use the PIN.',
  finger_used: 'This shift opens this way. Switched off, the PIN alone opens it.',
  finger_next: 'You will be asked when you choose the PIN of the next shift.',
  finger_off: 'The PIN alone opens a shift.',
};
