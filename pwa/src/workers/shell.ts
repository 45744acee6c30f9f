/** What every service worker here does: keep the app's own files, and answer from them. */
declare const self: ServiceWorkerGlobalScope;

export interface Shell {
  name: string;
  version: string;
  /** Addresses kept at install; the first page of the app is the one that ends in a slash. */
  shell: string[];
  /** Large files kept when first used. */
  later: string[];
}

declare const __SHELL__: Shell;

export const shell: Shell = __SHELL__;
const cacheName = `shell-${shell.name}-${shell.version}`;

/** Keep and serve the app. `page` says whether a visit tries the network before the kept page. */
export function keepShell(page: 'kept-first' | 'network-first'): void {
  self.addEventListener('install', (event) => event.waitUntil(install()));
  self.addEventListener('activate', (event) => event.waitUntil(activate()));
  self.addEventListener('message', (event) => {
    if (event.data === 'activate') void self.skipWaiting();
    if (event.data === 'keep-later') event.waitUntil(keepLater());
  });
  self.addEventListener('fetch', (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
    if (event.request.mode === 'navigate') {
      if (isOwnPage(url.pathname)) event.respondWith(answerPage(event.request, page));
    } else if (isOwnFile(url.pathname)) {
      event.respondWith(answerFile(event.request));
    }
  });
}

async function install(): Promise<void> {
  await Promise.all(shell.shell.map(keep));
  // Nothing to interrupt at the first install; later versions wait until the page asks.
  if (self.registration.active === null) await self.skipWaiting();
}

/** Keep a file under this version; rejects when it is not our server that answers. */
async function keep(address: string): Promise<void> {
  const answer = await fetch(address, { cache: 'no-cache' });
  if (!isOurs(answer)) throw new Error(`${address} did not come from our server`);
  await (await caches.open(cacheName)).put(address, answer);
}

/** What is kept at an address. A lost phone was emptied: asking must not begin a cache anew. */
const find = (address: Request | string): Promise<Response | undefined> =>
  caches.match(address, { cacheName, ignoreSearch: true });

/** Keep a large file, unless the phone was emptied meanwhile. */
async function keepMore(address: string, answer: Response): Promise<void> {
  if (isOurs(answer) && (await caches.has(cacheName))) {
    await (await caches.open(cacheName)).put(address, answer);
  }
}

/**
 * A captive portal answers everything with a page of its own and status 200. What is ours says so
 * by its policy; anything else must never be kept, or the app would be that page for good.
 */
function isOurs(answer: Response): boolean {
  const policy = answer.headers.get('content-security-policy') ?? '';
  return answer.ok && !answer.redirected && policy.includes('trusted-types app');
}

/** The large files too, at a quiet moment with a network; what is missing is tried again later. */
async function keepLater(): Promise<void> {
  for (const address of shell.later) {
    if ((await find(address)) !== undefined) continue;
    await fetch(address, { cache: 'no-cache' })
      .then((answer) => keepMore(address, answer))
      .catch(() => undefined);
  }
}

async function activate(): Promise<void> {
  const own = `shell-${shell.name}-`;
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(own) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/**
 * The citizen's worker sees the whole site: pages of the other apps and the API are not its own.
 */
function isOwnPage(path: string): boolean {
  if (shell.name !== 'citizen') return true;
  return path === '/' || path.startsWith('/t/');
}

function isOwnFile(path: string): boolean {
  return path.startsWith('/assets/') || shell.shell.includes(path);
}

async function answerPage(request: Request, page: 'kept-first' | 'network-first') {
  const home = shell.shell.find((address) => address.endsWith('/')) ?? '/';
  if (page === 'kept-first') return (await find(home)) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    const answer = await find(home);
    if (answer) return answer;
    throw error;
  }
}

async function answerFile(request: Request): Promise<Response> {
  const kept = await find(request);
  if (kept) return kept;
  const answer = await fetch(request);
  const path = new URL(request.url).pathname;
  if (shell.later.includes(path)) await keepMore(path, answer.clone());
  return answer;
}
