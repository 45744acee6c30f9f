/** Whether the phone lay in a pocket for so long that only its owner may open it again (S19). */

export const AWAY_MS_MAX = 900_000;

export interface Away {
  /** Unseen for longer than that, and not put away yet. */
  isAway(): boolean;
  stop(): void;
}

/** Milliseconds by two clocks: one may be set back, the other may stand still in sleep. */
type Clocks = readonly [number, number];
const readClocks = (): Clocks => [Date.now(), performance.now()];

/** Run `onaway` once `page` was unseen for too long: then, or where the browser let it sleep, when
it is seen again. */
export function watchAway(page: Document, onaway: () => void, clocks = readClocks): Away {
  const aborted = new AbortController();
  let since: Clocks | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isAway = (): boolean => {
    if (since === null) return false;
    const [then, mono_then] = since;
    const [now, mono_now] = clocks();
    return Math.max(now - then, mono_now - mono_then) >= AWAY_MS_MAX;
  };
  const look = (): void => {
    if (isAway()) onaway();
  };
  const turn = (): void => {
    clearTimeout(timer);
    if (page.visibilityState === 'hidden') {
      since ??= clocks();
      timer = setTimeout(look, AWAY_MS_MAX);
    } else {
      look();
      since = null;
    }
  };
  page.addEventListener('visibilitychange', turn, { signal: aborted.signal });
  turn();
  return {
    isAway,
    stop() {
      clearTimeout(timer);
      aborted.abort();
    },
  };
}
