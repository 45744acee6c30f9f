import type { Translation } from '../catalog.svelte';
import type { vi } from './later.vi';

export const en: Translation<typeof vi> = {
  sign_in_title: 'Sign in on this phone',
  sign_in_text:
    'Enter the one-time code from your office. It works once and expires in 10 minutes.',
  sign_in_code: 'One-time code (20 characters)',
  sign_in_short: 'The code has 20 characters; these are {count}.',
  office_mark: 'PO',
  map_of_round: 'Map of the round’s stops',
  bag_title: 'Load the bag before leaving',
  bag_hint: 'Find by item code, name or seal number',
  bag_count: '{count} of {total} loaded',
  bag_all: 'Mark all',
  bag_empty: 'Nothing is left to load.',
  outbox_empty: 'Everything has reached the office',
  outbox_empty_text: 'Nothing on this phone waits to be sent.',
  outbox_last: 'Last sent: {time}',
  outbox_never: 'Nothing was sent from this phone yet',
  outbox_waiting: 'To send',
  outbox_held: 'The office is looking at',
  outbox_held_text: 'The office has these and is checking them. There is nothing you need to do.',
  outbox_recent: 'With the office',
  export_unsent: 'Save what is unsent to a file',
  export_failed: 'The file could not be made. Please try again.',
  close_title: 'Close the round',
  close_open_text: 'Finish each stop, or record why not, before closing.',
  close_items: 'Hand back at the office',
  close_items_text: 'Count what you still hold and give it to the office.',
  close_items_none: 'You hold nothing any more.',
  close_items_saved: 'Handed back · saved on this phone',
  close_confirm: 'Close the round',
  close_saved: 'Round closed · saved on this phone',
  close_taken: 'Dossier taken',
  close_failed: 'Result not delivered',
  account: 'Account',
  badge_number: 'Badge {badge}',
  lock_now: 'Lock this phone',
  sign_out: 'Sign out',
  storage_kept: 'Data on this phone is kept for good',
  storage_not_kept:
    'The phone may delete data when it runs low. Install the app on the home screen.',
  ready_offline: 'Ready to work without a signal',
  pin_here: 'Pin the door',
  pin_saved: 'Door recorded · saved on this phone',
  pin_failed: 'The phone cannot tell where it is. Turn location on and try again.',
  arrived_at: 'Arrived {time}',
  note: 'Note for next time',
  note_hint: 'For example: narrow lane, call first',
  note_add: 'Note',
  note_saved: 'Note kept · saved on this phone',
  wishes: 'The citizen says',
  instruction: 'Instruction',
  acts: 'To do here',
  do_accept: 'Take the dossier',
  do_deliver: 'Deliver the result',
  not_in_bag_text: 'This item is still at the office. Load the bag first.',
  recalled_from: 'From {name}, whose phone does not know yet: call before you go',
  attempts: 'Visit number {count}',
  seal: 'Seal {number}',
  fee_due: 'Fee to collect',
  postage_due: 'Postage to collect',
  no_fee: 'No fee to collect',
  fee_apart: 'Its fee is collected separately, here',
  stop_ended: 'This is already finished.',
  open_round_first: 'Start the round before working at a stop.',
  stop_gone: 'This stop is no longer on your round',
  stop_gone_text: 'The office gave it to somebody else or cancelled it.',
  do_all: 'Do {count} acts',
  no_pin: ({ count }) =>
    count === 1
      ? '1 stop has no place on the map; it is only in the list.'
      : `${count} stops have no place on the map; they are only in the list.`,
  bag_confirm: ({ count }) => (count === 1 ? 'I have 1 item' : `I have ${count} items`),
  bag_missing: ({ count }) =>
    count === 1
      ? '1 item is missing; the office will be told'
      : `${count} items are missing; the office will be told`,
  bag_loaded: ({ count }) =>
    `${count === 1 ? '1 item' : `${count} items`} in the bag · saved on this phone`,
  outbox_photos: ({ count }) => (count === 1 ? '1 photo to send' : `${count} photos to send`),
  exported: ({ count }) =>
    `${count === 1 ? '1 unsent entry' : `${count} unsent entries`} saved to a file. ` +
    'It does not replace sending; bring it to the office.',
  close_open: ({ count }) => (count === 1 ? '1 stop is open' : `${count} stops are open`),
  close_items_confirm: ({ count }) =>
    count === 1 ? '1 item handed back' : `${count} items handed back`,
  close_sent_later: ({ count }) =>
    `${count === 1 ? '1 entry' : `${count} entries`} will be sent when there is a signal. ` +
    'Stay signed in.',
  invitations: ({ count }) => (count === 1 ? 'Invited once' : `Invited ${count} times`),
  state_act_partly: 'Done in part',
  partly_text: 'A paper that the agency wants back was not taken.',
};
