/** Registers an app's service worker and tells when a newer version waits. */
import { scriptAddress } from './trusted';

/** Register `address`; `onupdate` gets a function that switches to the waiting version. */
export async function registerWorker(
  address: string,
  scope: string,
  onupdate: (apply: () => void) => void,
): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return null;
  const hadController = navigator.serviceWorker.controller !== null;
  const registration = await navigator.serviceWorker.register(scriptAddress(address), {
    scope,
    updateViaCache: 'none',
  });
  const offer = (waiting: ServiceWorker): void => {
    if (!hadController) return;
    onupdate(() => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
        once: true,
      });
      waiting.postMessage('activate');
    });
  };
  if (registration.waiting) offer(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const installing = registration.installing;
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed') offer(installing);
    });
  });
  return registration;
}
