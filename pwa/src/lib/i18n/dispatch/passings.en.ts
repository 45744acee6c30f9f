import type { Translation } from '../catalog.svelte';
import type { vi } from './passings.vi';

const items = (count: string | number): string => `${count} ${count === 1 ? 'item' : 'items'}`;

export const en: Translation<typeof vi> = {
  title: 'Hand-overs on the road with one side missing',
  text: 'The items count as the giver’s. One phone may have no signal; in time, ask both.',
  gave: ({ name, count, time }) => `${name} says to have given ${items(count)} at ${time}`,
  gave_to: ({ name, count, to, time }) =>
    `${name} says to have given ${items(count)} to ${to} at ${time}`,
  took: ({ name, count, time }) => `${name} says to have taken ${items(count)} at ${time}`,
  waits_for_other: 'The taker has not reported yet',
  waits_for_giver: 'The giver has not reported yet',
  passing_differs: 'The two counted different numbers',
  passing_other_taker: 'Taken by another than was named',
  joined: 'Both have reported',
  end: 'Give it up',
  end_do: 'Give it up, the giver keeps the items',
  ended: 'The hand-over was given up.',
  note: 'What the two say',
  note_missing: 'Write it down, at least 3 characters.',
};
