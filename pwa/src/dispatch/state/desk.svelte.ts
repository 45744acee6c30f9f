/** What every screen of a desk shares: office and day, the board, the clock, the live stream. */
import * as api from '../api';
import { follow } from '../../lib/desk/live.svelte';
import { figuresOf, viewRoutes } from './pace';
import { makeResource } from '../../lib/desk/resource.svelte';
import { session } from '../../lib/desk/session.svelte';
import { view } from './view.svelte';

const TICK_MS = 20_000;
let now = $state(Date.now());
/** Counts the news: a screen that depends on it reads again. */
let numNews = $state(0);

export const scope = (): api.Scope => ({ service_on: view.day, office: officeId() });

/** The office in the address, as long as it is one of this person's; else their own. */
export function officeId(): string {
  const asked = session.me?.offices.find((office) => office.id === view.office);
  return (asked ?? session.me?.office)?.id ?? '';
}

export const board = makeResource(() => api.getBoard(scope()));
export const communes = makeResource(() => api.listCommunes());

export const desk = {
  /** Now by the server's clock, in ms. */
  get now_ms(): number {
    return now + session.offset_ms;
  },
  get numNews(): number {
    return numNews;
  },
};

const routes = $derived(board.data === null ? [] : viewRoutes(board.data, desk.now_ms));
const figures = $derived(figuresOf(routes));

export const day = {
  get routes() {
    return routes;
  },
  get figures() {
    return figures;
  },
};

/** Follow the office's news and keep the clock; returns what ends both. */
export function startDesk(office: string): () => void {
  const timer = setInterval(() => (now = Date.now()), TICK_MS);
  const stop = follow(api.liveAddress(office), ['board', 'plan'], () => {
    now = Date.now();
    numNews += 1;
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}
