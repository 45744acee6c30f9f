/** The courier app's worker: keeps the app for days without signal, and sends when woken. */
import { openPhone } from '../lib/db/phone';
import { findMe } from '../lib/db/who';
import { makePorts } from '../lib/phone/browser';
import { makeDeviceKey } from '../lib/phone/device';
import { makeVault } from '../lib/phone/vault';
import { wipeBrowser } from '../lib/phone/wipe';
import { exchangeOnce, OPS_MAX, type Outcome } from '../lib/sync/exchange';
import { sendPhotos } from '../lib/sync/photos';
import type { Ports } from '../lib/sync/types';
import { readMessage } from './message';
import { keepShell, shell } from './shell';

declare const self: ServiceWorkerGlobalScope;

/** Background Sync, where it exists; nothing depends on it (S13). */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

keepShell('kept-first');

self.addEventListener('push', (event) => {
  event.waitUntil(Promise.allSettled([wakeOrExchange(), tell(event.data)]));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openApp());
});
self.addEventListener('sync', ((event: SyncEvent) => {
  if (event.tag === 'exchange') event.waitUntil(wakeOrExchange());
}) as EventListener);

/** That something has changed, and not what: a locked screen is anybody's. A round that is in sight
shows it itself. */
async function tell(data: PushMessageData | null): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window' });
  if (pages.some((page) => page.visibilityState === 'visible')) return;
  const { title, body } = readMessage(data);
  const icon = '/courier/icon-192.png';
  await self.registration.showNotification(title, { body, tag: 'wake', icon });
}

async function openApp(): Promise<void> {
  const [page] = await self.clients.matchAll({ type: 'window' });
  if (page) await page.focus();
  else await self.clients.openWindow('/courier/');
}

/** An open page exchanges itself; without one the worker does it. */
async function wakeOrExchange(): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window' });
  if (pages.length > 0) pages.forEach((page) => page.postMessage('wake'));
  else await exchangeAll();
}

/** Send what the phone has. No PIN is known here: what is sealed goes out sealed, and nothing
readable is fetched (S19). */
async function exchangeAll(): Promise<void> {
  const me = await findMe();
  if (me === null) return;
  const name = `tannoi-courier-${me.staff_id}`;
  const browser = makePorts({
    staff_id: me.staff_id,
    lock: `exchange-${name}`,
    app_version: shell.version,
    device: makeDeviceKey(),
  });
  const db = await openPhone(name, browser, makeVault(), true);
  const wipe = (): Promise<void> => wipeBrowser(name, db.shift.wipe);
  try {
    const ports: Ports = { ...browser, store: db, wipe };
    const outcome = await ports.alone(() => drain(ports));
    if (outcome.kind === 'done') await sendPhotos(ports);
    else if (outcome.kind === 'revoked' && outcome.wipe) await empty(ports);
  } finally {
    db.close();
  }
}

/** Pictures go before the wipe; where they cannot go now the browser asks again, or a page does. */
async function empty(ports: Ports): Promise<void> {
  const photos = await sendPhotos(ports).catch(() => 'all_sent');
  if (photos === 'retry' || photos === 'sign_in') throw new Error('pictures are left');
  await ports.wipe();
}

/** A worker is given little time: what is left after these waits for the next waking. */
const TURNS_MAX = 100;

async function drain(ports: Ports): Promise<Outcome> {
  let outcome: Outcome = { kind: 'done', again: true };
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    outcome = await exchangeOnce(ports, OPS_MAX);
    const goesOn = (outcome.kind === 'done' || outcome.kind === 'revoked') && outcome.again;
    if (!goesOn) break;
  }
  return outcome;
}
