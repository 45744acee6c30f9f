/** The courier app's worker: keeps the app for days without signal, and sends when woken. */
import { openPhone } from '../lib/db/phone';
import { findMe } from '../lib/db/who';
import { makePorts } from '../lib/phone/browser';
import { exchangeOnce, OPS_MAX } from '../lib/sync/exchange';
import { sendPhotos } from '../lib/sync/photos';
import type { Ports } from '../lib/sync/types';
import { keepShell, shell } from './shell';

declare const self: ServiceWorkerGlobalScope;

/** Background Sync, where it exists; nothing depends on it (S13). */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

keepShell('kept-first');

self.addEventListener('push', (event) => event.waitUntil(wakeOrExchange()));
self.addEventListener('sync', ((event: SyncEvent) => {
  if (event.tag === 'exchange') event.waitUntil(wakeOrExchange());
}) as EventListener);

/** An open page exchanges itself; without one the worker does it. */
async function wakeOrExchange(): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window' });
  if (pages.length > 0) pages.forEach((page) => page.postMessage('wake'));
  else await exchangeAll();
}

async function exchangeAll(): Promise<void> {
  const me = await findMe();
  if (me === null) return;
  const name = `tannoi-courier-${me.staff_id}`;
  const browser = makePorts(`exchange-${name}`, shell.version);
  const db = await openPhone(name, browser);
  try {
    const ports: Ports = { ...browser, store: db };
    await ports.alone(async () => {
      for (;;) {
        const outcome = await exchangeOnce(ports, OPS_MAX);
        if (outcome.kind !== 'done' || !outcome.again) return;
      }
    });
    await sendPhotos(ports);
  } finally {
    db.close();
  }
}
