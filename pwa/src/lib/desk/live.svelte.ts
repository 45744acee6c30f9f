/** The stream that says "read again": whether it stands, and who wants to hear. */

export type Connection = 'connecting' | 'live' | 'lost';

/** A line that says nothing for so long may be dead without knowing it: read anyway. */
const SILENCE_MS = 60_000;
const RETRY_MS = 4_000;
/** While the stream is down the board still reads, only less often. */
const POLL_MS = 15_000;
/** News in a burst is read once. */
const GATHER_MS = 300;

let connection = $state<Connection>('connecting');
let lastNewsAt = $state<number | null>(null);

export const live = {
  get connection(): Connection {
    return connection;
  },
  /** When the stream last gave any sign. */
  get lastNewsAt(): number | null {
    return lastNewsAt;
  },
};

/**
 * Follow the `events` of `address`; `onnews` runs for them, after a reconnect, and while the line
 * is down.
 */
export function follow(address: string, events: readonly string[], onnews: () => void): () => void {
  let stream: EventSource | null = null;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let lastSign = Date.now();
  connection = 'connecting';

  const tell = (): void => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      onnews();
    }, GATHER_MS);
  };
  const seen = (): void => {
    lastSign = Date.now();
    lastNewsAt = lastSign;
    if (connection !== 'live') tell();
    connection = 'live';
  };
  const open = (): void => {
    clearTimeout(again);
    again = undefined;
    stream?.close();
    stream = new EventSource(address);
    stream.addEventListener('open', seen);
    stream.addEventListener('hello', seen);
    for (const name of events) {
      stream.addEventListener(name, () => {
        seen();
        tell();
      });
    }
    stream.addEventListener('error', () => {
      connection = 'lost';
      // A browser gives up for good on any answer but 200: try again ourselves.
      if (stream?.readyState === EventSource.CLOSED) again ??= setTimeout(open, RETRY_MS);
    });
  };
  const watch = setInterval(() => {
    const isSilent = Date.now() - lastSign > SILENCE_MS;
    if (isSilent) lastSign = Date.now();
    if (connection === 'lost' || isSilent) tell();
  }, POLL_MS);
  const wake = (): void => {
    if (document.visibilityState !== 'visible') return;
    if (connection === 'lost') open();
    tell();
  };
  // A cut cable is known at once here; the stream itself would notice minutes later.
  const cut = (): void => {
    connection = 'lost';
  };
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('offline', cut);
  window.addEventListener('online', wake);
  open();
  return () => {
    stream?.close();
    clearTimeout(gathering);
    clearTimeout(again);
    clearInterval(watch);
    document.removeEventListener('visibilitychange', wake);
    window.removeEventListener('online', wake);
    window.removeEventListener('offline', cut);
  };
}
