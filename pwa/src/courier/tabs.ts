/** Whether the app is open in another tab of this browser. */

const CHANNEL = 'tannoi.tabs';
const EVERY_MS = 5_000;
const SILENT_MS = 12_000;

/** Tell `onchange` whenever another tab appears or falls silent. Returns what stops it. */
export function watchTabs(onchange: (hasOther: boolean) => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => undefined;
  const channel = new BroadcastChannel(CHANNEL);
  let heard_at: number | null = null;
  channel.onmessage = ({ data }) => {
    if (data === 'hello') channel.postMessage('here');
    if (heard_at === null) onchange(true);
    heard_at = Date.now();
  };
  const look = (): void => {
    if (document.visibilityState === 'visible') channel.postMessage('hello');
    if (heard_at === null || Date.now() - heard_at < SILENT_MS) return;
    heard_at = null;
    onchange(false);
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    channel.close();
  };
}
