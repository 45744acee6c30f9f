import type { Translation } from '../catalog.svelte';
import type { vi } from './beside.vi';

export const en: Translation<typeof vi> = {
  which: 'Choose a round',
  today: 'Today’s round',
  tomorrow: 'Tomorrow’s round {day}',
  yesterday: 'Yesterday’s round {day}',
  of_day: 'Round of {day}',
  short_today: 'Today',
  short_tomorrow: 'Tomorrow {day}',
  short_yesterday: 'Yesterday {day}',
  stops_left: '{left} of {total} stops left',
  closed: 'Closed',
  num_stops: 'stops left: {count}',
  num_items: 'items on hand: {count}',
  not_closed: '{name} is not closed; {rest}',
  not_closed_empty: '{name} is not closed',
  not_begun: '{name} never set out; {rest}',
  look: 'Show it',
  to_come: '{name} is not due yet. You can look at it and pack the bag.',
  open_anyway: 'Start it anyway',
};
