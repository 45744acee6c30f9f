/** What every screen of the agency shares: its lists, its schemes, and when to read them again. */
import { getListAlarms } from '../../lib/desk/alarms';
import { follow } from '../../lib/desk/live.svelte';
import { makeResource } from '../../lib/desk/resource.svelte';
import { session } from '../../lib/desk/session.svelte';
import { serviceDay } from '../../lib/units';
import * as api from '../api';

/** Counts the news: a screen that depends on it reads again. */
let numNews = $state(0);

export const lists = makeResource(api.listLists);
export const alarms = makeResource(getListAlarms);
export const schemes = makeResource(api.listSchemes);

export const desk = {
  get numNews(): number {
    return numNews;
  },
  /** Today by the server's clock. */
  get today(): string {
    return serviceDay(Date.now() + session.offset_ms);
  },
};

/** Read whatever is on the screen again. */
export function refresh(): void {
  numNews += 1;
}

/** Follow the news of the office's lists; returns what ends it. */
export function startDesk(): () => void {
  void schemes.load();
  return follow(api.liveAddress, ['payouts'], refresh);
}
