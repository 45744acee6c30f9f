/**
 * The browser's side of the phone core: fetch, Web Crypto, Web Locks. No page: workers use it
 * too.
 */
import type { Answer, Network, Photo, Ports } from '../sync/types';
import { makeUuid7 } from './ids';

const TIMEOUT_MS = 30_000;
const BOOT = crypto.randomUUID().slice(0, 8);

export function makeId(): string {
  return makeUuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

async function ask(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(path, {
    ...init,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const retry_after_s = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  return {
    status: response.status,
    body: isJson && text !== '' ? (JSON.parse(text) as unknown) : null,
    retry_after_s: Number.isNaN(retry_after_s) ? null : retry_after_s,
  };
}

export const network: Network = {
  exchange: (body) =>
    ask('/api/sync/v1/exchange', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    }),
  snapshot: () => ask('/api/sync/v1/snapshot', { method: 'GET' }),
  async resume() {
    return (await ask('/api/identity/v1/resume', { method: 'POST' })).status === 200;
  },
  putPhoto: (photo: Photo) =>
    ask(`/api/sync/v1/blobs/${photo.sha256}`, {
      method: 'PUT',
      body: photo.bytes as Uint8Array<ArrayBuffer>,
      headers: { 'content-type': photo.media_type },
    }),
};

/** Everything the core needs but the store. `lock` names the stream all tabs share. */
export function makePorts(lock: string, app_version: string): Omit<Ports, 'store'> {
  return {
    network,
    clock: { now: () => Date.now(), mono: () => performance.now(), boot: BOOT },
    makeId,
    sha256,
    random: () => Math.random(),
    // Without Web Locks (an old browser) the server's own lock and gap check still hold.
    alone: (work) => ('locks' in navigator ? navigator.locks.request(lock, () => work()) : work()),
    app_version,
  };
}
