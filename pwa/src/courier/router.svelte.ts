/**
 * Which screen is shown: the address after `#`, so that "back" and a reload bring the same place.
 */

export type Route =
  | { screen: 'round' | (typeof PLAIN)[number] }
  /** The courier's cash; `take` counts an offer, `count` what is left at the end. */
  | { screen: 'cash'; deed?: CashDeed; offer?: string }
  | { screen: 'stop' | 'receipt'; stop: string }
  /** All acts of the stop, or one of them. */
  | { screen: 'visit'; stop: string; act?: string }
  | { screen: 'attempt'; stop: string; act: string };

export type CashDeed = 'take' | 'pass' | 'count';
const DEEDS = ['take', 'pass', 'count'] as const;
// prettier-ignore
const PLAIN = [
  'map', 'bag', 'outbox', 'close', 'settings', 'ready',
  // Items handed to a colleague on the road, or taken from one.
  'hand', 'give', 'take',
] as const;

export function readRoute(hash: string): Route {
  const parts = hash.replace(/^#\/?/, '').split('/');
  const plain = PLAIN.find((name) => name === parts[0]);
  if (plain) return { screen: plain };
  if (parts[0] === 'cash') {
    const deed = DEEDS.find((one) => one === parts[1]);
    return { screen: 'cash', ...(deed && { deed }), ...(parts[2] && { offer: parts[2] }) };
  }
  const [first, stop, name, act] = parts;
  if (first !== 'stop' || !stop) return { screen: 'round' };
  if (name === 'attempt' && act) return { screen: name, stop, act };
  if (name === 'visit') return act ? { screen: name, stop, act } : { screen: name, stop };
  return { screen: name === 'receipt' ? name : 'stop', stop };
}

export function addressOf(route: Route): string {
  if (route.screen === 'round') return '#/';
  if (route.screen === 'cash') {
    return ['#', 'cash', route.deed, route.offer].filter(Boolean).join('/');
  }
  if (!('stop' in route)) return `#/${route.screen}`;
  if (route.screen === 'stop') return `#/stop/${route.stop}`;
  const place = `#/stop/${route.stop}/${route.screen}`;
  return 'act' in route && route.act ? `${place}/${route.act}` : place;
}

let route = $state.raw<Route>(readRoute(location.hash));
addEventListener('hashchange', () => {
  route = readRoute(location.hash);
  window.scrollTo(0, 0);
});

export function currentRoute(): Route {
  return route;
}

export function go(next: Route): void {
  location.hash = addressOf(next);
}

/** Go and leave no way back to here: an act that is done is not opened again by "back". */
export function replace(next: Route): void {
  location.replace(addressOf(next));
}
