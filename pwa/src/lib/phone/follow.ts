/** The office's word that something changed, heard while the page is seen (S13). */
import { backoff_ms, type Timer } from '../sync/loop';

export interface Follower {
  /** An exchange went well: listen, if nothing does. */
  follow(): void;
  /** Do not listen until the next exchange has gone well. */
  rest(): void;
}

/** A follower that calls `wake` at each word. A stream that was refused (no session yet, an office
that restarts) does not come back by itself: the loop is woken after a backoff, and its success
opens the next one. */
export function makeFollower(
  wake: () => void,
  timer: Timer,
  isSeen: () => boolean,
  open = (): EventSource => new EventSource('/api/sync/v1/wake'),
  random = Math.random,
): Follower {
  let stream: EventSource | null = null;
  let waiting: number | null = null;
  let num_failures = 0;
  const rest = (): void => {
    stream?.close();
    stream = null;
    if (waiting !== null) timer.clear(waiting);
    waiting = null;
    num_failures = 0;
  };
  return {
    follow() {
      if (stream !== null || waiting !== null || !isSeen()) return;
      const mine = (stream = open());
      mine.onopen = () => (num_failures = 0);
      // What changed before it was listened for was told to nobody.
      for (const word of ['hello', 'wake']) mine.addEventListener(word, wake);
      mine.onerror = () => {
        // CLOSED: the browser has given up.
        if (mine.readyState !== 2 || stream !== mine) return;
        stream = null;
        num_failures += 1;
        waiting = timer.set(
          () => {
            waiting = null;
            wake();
          },
          backoff_ms(num_failures, random()),
        );
      };
    },
    rest,
  };
}
