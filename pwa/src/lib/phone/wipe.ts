/** The end of a lost phone: nothing of it is left on the device (reliability S21). */
import { wipeWho } from '../db/who';

/** Forget everything a lost phone holds (S21): keys first, then what they opened. */
export async function wipeBrowser(name: string, wipeStore: () => Promise<void>): Promise<void> {
  await Promise.allSettled([wipeStore(), wipeWho()]);
  const forget = async (): Promise<void> => {
    const kept = 'caches' in globalThis ? await caches.keys() : [];
    await Promise.all(kept.map((one) => caches.delete(one)));
    indexedDB.deleteDatabase(name);
    indexedDB.deleteDatabase('tannoi-courier');
    const workers = await navigator.serviceWorker?.getRegistrations?.();
    await Promise.all((workers ?? []).map((worker) => worker.unregister()));
  };
  await forget().catch(() => undefined);
}
