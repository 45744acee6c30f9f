/** Web Push as a browser has it: whether this page can have messages, and asking for them. */

export type PushState = 'unsupported' | 'denied' | 'off' | 'on';

/** What stands against messages before anything is asked; null when nothing does. */
export function whyNoPush(): 'unsupported' | 'denied' | null {
  const canPush =
    'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  if (!canPush) return 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : null;
}

/** The subscription of this page's worker, if there is one. */
export async function findSubscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Ask the person, then the browser, for a subscription under the house's `key` (base64url); null
when either will not. */
export async function makeSubscription(key: string): Promise<PushSubscription | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null;
  try {
    const registration = await navigator.serviceWorker.ready;
    return await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: bytesOf(key),
    });
  } catch {
    return null;
  }
}

function bytesOf(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
