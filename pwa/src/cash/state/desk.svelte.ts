/** What every screen of the cashier shares: the desk's figures, and when to read them again. */
import { getListAlarms } from '../../lib/desk/alarms';
import { follow } from '../../lib/desk/live.svelte';
import { makeResource } from '../../lib/desk/resource.svelte';
import { session } from '../../lib/desk/session.svelte';
import { serviceDay } from '../../lib/units';
import * as api from '../api';

/** What couriers do at doors is news of other rooms: it is read at least this often. */
const READ_MS = 10_000;
let now = $state(Date.now());
/** Counts the news: a screen that depends on it reads again. */
let numNews = $state(0);

export const desk = makeResource(api.getDesk);
export const forecast = makeResource(api.getForecast);
/** What the calendar asks of payout lists. */
export const alarms = makeResource(getListAlarms);
export const night = makeResource(api.getNight);

export const clock = {
  /** Today by the server's clock. */
  get today(): string {
    return serviceDay(now + session.offset_ms);
  },
  /** Changes once an hour, for what is told seldom. */
  get hour(): number {
    return Math.floor((now + session.offset_ms) / 3_600_000);
  },
  get numNews(): number {
    return numNews;
  },
};

/** Read the desk, and whatever else is on the screen, again. */
export function refresh(): void {
  numNews += 1;
}

/** Follow the office's news and keep the clock; returns what ends both. */
export function startDesk(): () => void {
  const timer = setInterval(() => {
    now = Date.now();
    if (document.visibilityState === 'visible') refresh();
  }, READ_MS);
  const stop = follow(api.liveAddress, ['cash'], refresh);
  return () => {
    clearInterval(timer);
    stop();
  };
}
