/** The citizen's worker: keeps the page's files, shows messages, leads back to their visit. */
import { readMessage, type Message } from './message';
import { keepShell } from './shell';

declare const self: ServiceWorkerGlobalScope;

const LINKS = 'links';

keepShell('network-first');

self.addEventListener('push', (event) => {
  event.waitUntil(show(readMessage(event.data)));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(String(event.notification.data ?? '')));
});

/** A newer message on the same errand takes the place of the older one; the page kept its address
under the errand when it asked for messages. */
async function show({ ref, title, body }: Message): Promise<void> {
  await self.registration.showNotification(title, {
    body,
    tag: ref,
    data: ref,
    icon: '/icon-192.png',
    lang: 'vi',
  });
  const pages = await self.clients.matchAll({ type: 'window' });
  pages.forEach((page) => page.postMessage('news'));
}

async function open(ref: string): Promise<void> {
  const kept = await (await caches.open(LINKS)).match(`/links/${ref}`);
  const path = (await kept?.text()) ?? '/';
  const pages = await self.clients.matchAll({ type: 'window' });
  const there = pages.find((page) => new URL(page.url).pathname === path);
  if (there) await there.focus();
  else await self.clients.openWindow(path);
}
