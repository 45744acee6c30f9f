/**
 * Which screen is shown: the address after `#`, so that "back" and a reload bring the same place.
 */

export type Route =
  | { screen: 'round' | 'map' | 'bag' | 'outbox' | 'close' | 'settings' }
  | { screen: 'stop'; stop: string }
  | { screen: 'accept' | 'deliver' | 'attempt'; stop: string; act: string };

const PLAIN = ['map', 'bag', 'outbox', 'close', 'settings'] as const;
const ACTS = ['accept', 'deliver', 'attempt'] as const;

export function readRoute(hash: string): Route {
  const parts = hash.replace(/^#\/?/, '').split('/');
  const plain = PLAIN.find((name) => name === parts[0]);
  if (plain) return { screen: plain };
  const [first, stop, name, act] = parts;
  if (first !== 'stop' || !stop) return { screen: 'round' };
  const screen = ACTS.find((one) => one === name);
  return screen && act ? { screen, stop, act } : { screen: 'stop', stop };
}

export function addressOf(route: Route): string {
  if (route.screen === 'round') return '#/';
  if (!('stop' in route)) return `#/${route.screen}`;
  if (route.screen === 'stop') return `#/stop/${route.stop}`;
  return `#/stop/${route.stop}/${route.screen}/${route.act}`;
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
