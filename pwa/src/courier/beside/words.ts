/** How a round is called beside others. */
import { t } from '../../lib/i18n/courier/beside';

const DAY_MS = 86_400_000;

/** `today` and the day as `YYYY-MM-DD`: "Chuyến hôm nay", "Chuyến ngày mai 28/11". */
export function nameOf(service_on: string, today: string): string {
  const near = nearOf(service_on, today);
  return t(near === 'day' ? 'of_day' : near, { day: dayOf(service_on) });
}

/** The same where it stands among rounds: "Hôm nay", "Ngày mai 28/11". */
export function shortNameOf(service_on: string, today: string): string {
  const near = nearOf(service_on, today);
  const day = dayOf(service_on);
  return near === 'day' ? day : t(`short_${near}`, { day });
}

function nearOf(service_on: string, today: string): 'today' | 'tomorrow' | 'yesterday' | 'day' {
  const by_days = Math.round((Date.parse(service_on) - Date.parse(today)) / DAY_MS);
  if (by_days === 0) return 'today';
  if (by_days === 1) return 'tomorrow';
  return by_days === -1 ? 'yesterday' : 'day';
}

/** `2026-11-28` → `28/11`, in both languages. */
export function dayOf(service_on: string): string {
  return `${service_on.slice(8)}/${service_on.slice(5, 7)}`;
}
