/**
 * The browser's side of the phone core: fetch, Web Crypto, Web Locks. No page: workers use it
 * too.
 */
import type { Clock, Ports } from '../sync/types';
import type { Device } from './device';
import { makeUuid7 } from './ids';
import { makeNetwork, type SignedAsk } from './network';

/** A clock that leaps this far ahead of the monotonic one was asleep, or set. */
const SLEEP_MS = 30_000;

export function makeId(): string {
  return makeUuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** The phone's clocks. Some browsers stop the monotonic one while the phone sleeps: nothing can
then be said of the time between, so it counts as a boot of its own. A clock set back shows. */
function makeClock(): Clock {
  const name = (): string => crypto.randomUUID().slice(0, 8);
  let boot = name();
  let ahead_ms = Date.now() - performance.now();
  return {
    now: () => Date.now(),
    mono: () => performance.now(),
    get boot() {
      const now_ms = Date.now() - performance.now();
      if (now_ms - ahead_ms > SLEEP_MS) boot = name();
      ahead_ms = Math.max(ahead_ms, now_ms);
      return boot;
    },
  };
}

export interface Home {
  staff_id: string;
  /** The lock all tabs and the worker share. */
  lock: string;
  app_version: string;
  device: Device;
}

/** Everything the core needs but the store, and the means to wipe it. */
export function makePorts(
  home: Home,
): Omit<Ports, 'store' | 'wipe'> & { network: { ask: SignedAsk } } {
  const { device } = home;
  return {
    network: makeNetwork({
      fetch: (address, init) => fetch(address, init),
      base: '',
      sign: device.sign,
      register: device.register,
      staff_id: home.staff_id,
    }),
    clock: makeClock(),
    makeId,
    sha256,
    random: () => Math.random(),
    // Without Web Locks (an old browser) the server's own lock and gap check still hold.
    alone: (work, isForced = false) =>
      'locks' in navigator
        ? navigator.locks.request(home.lock, { steal: isForced }, () => work())
        : work(),
    app_version: home.app_version,
    findFree: async () => {
      const estimate = await navigator.storage?.estimate?.().catch(() => null);
      const { quota, usage } = estimate ?? {};
      return quota === undefined || usage === undefined ? null : quota - usage;
    },
  };
}
