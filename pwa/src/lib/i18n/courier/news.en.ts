import type { Translation } from '../catalog.svelte';
import type { vi } from './news.vi';

export const en: Translation<typeof vi> = {
  news_title: 'The office changed your round',
  news_lines: 'Changes',
  news_removed: 'Stop {position} removed: {name}',
  news_added: 'Stop {position} added at {time}: {name}',
  news_moved: 'Stop {position} is now number {to}: {name}',
  news_moved_time: 'Stop {position} is now number {to}, at {time}: {name}',
  news_time: 'Stop {position} is now at {time}: {name}',
  news_act_added: 'Stop {position} has one more act, “{act}”: {name}',
  news_act_removed: 'Stop {position} no longer has “{act}”: {name}',
  news_title_round: 'The office published another round',
  news_round: 'There is a round for {day}: {count} stops',
  news_of_day: 'Round of {day}: {line}',
  news_read: 'Seen',
};
