import type { Translation } from '../catalog.svelte';
import type { vi } from './tools.vi';

export const en: Translation<typeof vi> = {
  track: 'Log positions on shift',
  track_hint:
    'Only while a round is open, sent every 5 minutes at most. Always in sight; a touch stops it.',
  track_seen:
    'The office sees the newest position and its age, until the round is over or you switch it ' +
    'off. Without it the office reads “no position”.',
  track_kept: ({ hours }) => `The board keeps a position for ${hours} hours at most.`,
  track_on: 'Logging positions on shift',
  track_rough: 'Logging positions, seldom: the battery is low',
  track_refused: 'The phone does not say where it is',
  track_stop: 'Stop',
  map_app: 'Directions by',
  map_ask: 'Ask once',
  look: 'Display',
  simple: 'Easy to read',
  simple_hint: 'Large icons, few words, and a button that reads aloud in Vietnamese.',
  speak: 'Read aloud',
  no_voice: 'This phone has no Vietnamese voice. Add one in the phone’s settings.',
  say_stop: 'Stop {position}. {name}. {address}. To do: {acts}. {money}',
  say_due: 'Collect {amount} dong.',
  say_nothing_due: 'Nothing to collect.',
  push: 'Tell me when the round changes',
  push_hint: 'While the app is closed the phone shows one line, with nobody’s name or address.',
  push_denied: 'The browser blocks notifications. Allow them in the browser’s settings.',
  push_refused: 'The phone did not allow notifications, so this is still off.',
  push_no_answer: 'The office was not reached. Try again with a signal.',
};
