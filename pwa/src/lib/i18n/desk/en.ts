import type { Translation } from '../catalog.svelte';
import type { vi } from './vi';

export const en: Translation<typeof vi> = {
  skip: 'To the main content',
  navigation: 'Screens',
  more: 'More',
  office: 'Office',
  account: 'Account',
  sign_out: 'Sign out',
  demo: 'Sample data',
  day: 'Day',
  day_before: 'Day before',
  day_after: 'Day after',
  today: 'Today',
  live: 'Live',
  live_connecting: 'Connecting',
  live_lost: 'Connection lost',
  live_hint: 'This screen updates by itself. Last at {time}.',
  live_lost_hint: 'Reconnecting by itself. Figures of {time}.',
  slow: 'This takes longer than usual. Still waiting for the server.',
  stale_shown: 'Showing figures of {time}.',
  reason_missing: 'Write a reason of at least 3 characters.',
  request_ref: 'Reference: {id}',

  sign_in: 'Sign in',
  username: 'User name',
  password: 'Password',
  sign_in_missing: 'Enter your user name and password.',
  session_ended: 'Your session has ended. Sign in again to go on where you were.',

  factor: 'Second factor',
  factor_text: 'Enter the six digits that the authenticator app on your phone shows now.',
  factor_again: 'Confirm that it is you',
  factor_again_text:
    'Approving money needs a code given within five minutes. Enter a new one from your app.',
  factor_code: 'Six digits',
  factor_code_hint: 'Each code works once and changes every 30 seconds.',
  factor_incomplete: 'A code has exactly six digits.',
  factor_give: 'Confirm',
  factor_set_up: 'Set up a second factor',
  factor_set_up_text:
    'Open an authenticator app on your phone, scan this code, then enter the six digits it shows.',
  factor_qr: 'QR code to set the second factor up',
  factor_secret: 'Cannot scan? Enter this key into the app:',
  factor_demo: 'Sample data: the code of the moment is {code}',
  factor_as: 'Signed in as {name}',
};
