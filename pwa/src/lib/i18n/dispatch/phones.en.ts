import type { Translation } from '../catalog.svelte';
import type { vi } from './phones.vi';

const facts = (count: string | number): string => `${count} ${count === 1 ? 'fact' : 'facts'}`;

export const en: Translation<typeof vi> = {
  title: 'Couriers’ phones',
  text: 'How much each phone said to have and how much has come; what lacks is listed by number.',
  none: 'No phone is enrolled yet',
  none_text: 'Make an enrolment code and hand it to the courier.',
  field: 'Main phone',
  lost: 'Reported lost',
  retired: 'Out of use',
  enrolled: 'Enrolled {time}',
  seen: 'Last heard {time}',
  never_seen: 'Never heard',
  all_here: 'All that the phone spoke of has come',
  unsent: ({ count }) => `${facts(count)} not sent yet`,
  held: ({ count }) => `${facts(count)} on hold`,
  set_aside: ({ count }) => `${facts(count)} set aside, not looked at`,
  missing_one: 'Number {from} is missing',
  missing_many: '{count} facts are missing, numbers {from} to {to}',
  missing_text:
    'The phone said to have them (last on {time}) and never sent them. Ask the courier and ' +
    'rebuild them.',
  missing_lost_text:
    'The phone said to have them (last on {time}). Once it is online they are set aside.',
  may_come: 'may still be on the older phone',
  may_come_text:
    'Have the courier open the older phone online, it sends by itself; if it is lost, report it.',
  missing_look: 'Rebuilt / looked at',
  missing_look_do: 'Write it down',
  missing_looked: 'Written down: these facts no longer count as missing.',
  missing_note: 'What was done about them',
  missing_note_hint: 'Such as: asked the courier, wrote the paper again; or it was never done.',
  missing_looks: ({ count }) =>
    `Missing facts that somebody has looked at: ${count} ${count === 1 ? 'time' : 'times'}`,
  missing_arrived: ({ count }) => `${facts(count)} came after all`,
  older: 'Older phones with nothing left to look at: {count}',
  lose: 'Report lost',
  lose_title: 'Report {name}’s phone lost?',
  lose_first: 'What will happen',
  lose_session: 'The phone {label} is signed out at once and opens nothing any more.',
  lose_send:
    'Once it is online, what it has not sent is taken, set aside for you to look at and not ' +
    'counted; then the phone erases itself.',
  lose_field: 'Another phone the courier uses, if there is one, becomes the main one.',
  lose_lists: 'Payout lists on it are taken back by two people, at the end of this screen.',
  lose_found:
    'It cannot be undone. A phone that is found is enrolled anew with a new code; what it has ' +
    'sent lies under “Set aside”.',
  lose_do: 'Report lost',
  lose_leave: 'Leave it',
  lose_done: 'The phone is reported lost.',
  aside_title: 'Set aside, not counted',
  aside_text:
    'The courier saw these “saved on the phone”, but they could not enter the books. Read, ask, ' +
    'settle them in the real world, then mark them as looked at.',
  aside_left: 'The oldest {count} of {num} are shown.',
  aside_unreadable: 'A fact that cannot be read',
  aside_heading: '{kind} · {name}',
  aside_from: 'Phone {label}, number {seq}',
  aside_told: 'Recorded {time}',
  aside_received: 'received {time}',
  aside_money: 'Money, not in the books',
  aside_money_sum: 'Money, not in the books: {amount}',
  aside_why: 'Why it is set aside',
  aside_todo: 'What to do',
  aside_content_note: 'Who opens it is written down.',
  aside_note: 'What was done about it',
  aside_note_money_hint: 'Such as: the citizen has the money; the cashier knows before the count.',
  aside_note_missing: 'It is money: write what was done, at least 3 characters.',
  aside_look: 'Looked at',
  aside_looked: 'Marked as looked at.',
  aside_looked_list: 'Set aside and looked at of late',
  aside_looked_none: 'Nothing has been looked at yet.',
  aside_looked_by: '{name} looked at {time}',
};
