/** One change in one line. */
import { t } from '../../lib/i18n/courier/news';
import type { Change } from '../../lib/rules/changes';
import { timeOfDay } from '../../lib/units';
import { dayOf } from '../beside/words';
import { rounds } from '../rounds.svelte';
import { kindText } from '../words';

export function lineOf(change: Change): string {
  if (change.kind === 'round') {
    return t('news_round', { day: dayOf(change.service_on), count: change.num_stops });
  }
  const line = stopLine(change);
  const of = rounds.all.find(({ round }) => round.id === change.round)?.round;
  if (!of || of.id === rounds.view.round?.id) return line;
  return t('news_of_day', { day: dayOf(of.service_on), line });
}

function stopLine(change: Exclude<Change, { kind: 'round' }>): string {
  const { position, name } = change;
  switch (change.kind) {
    case 'removed':
      return t('news_removed', { position, name });
    case 'added':
      return t('news_added', { position, name, time: timeOfDay(change.planned_at) });
    case 'time':
      return t('news_time', { position, name, time: timeOfDay(change.planned_at) });
    case 'moved': {
      const { to, planned_at } = change;
      if (planned_at === null) return t('news_moved', { position, name, to });
      return t('news_moved_time', { position, name, to, time: timeOfDay(planned_at) });
    }
    default: {
      const act = kindText(change.act);
      const isAdded = change.kind === 'act_added';
      return t(isAdded ? 'news_act_added' : 'news_act_removed', { position, name, act });
    }
  }
}
