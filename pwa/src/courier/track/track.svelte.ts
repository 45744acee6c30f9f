/** The log of positions on shift: only where the courier switched it on, and always in sight. */
import { act, app } from '../state.svelte';
import {
  beginTrail,
  extend,
  isCoarse,
  lookEvery_ms,
  takeDue,
  type Battery,
  type Trail,
} from './trail';
import { keepWanted } from './wanted.svelte';

let isRunning = $state(false);
/** The same for what is taken off the screen, which still sees the state of before. */
let runs = false;
let isRough = $state(false);
let isRefused = $state(false);
let trail: Trail = beginTrail(0);
let owner = '';
let timer = 0;
let sending: Promise<void> = Promise.resolve();

export const track = {
  get isRunning() {
    return isRunning;
  },
  /** Seldom and roughly, because the battery is low. */
  get isRough() {
    return isRough;
  },
  /** The phone does not say where it is. */
  get isRefused() {
    return isRefused;
  },
};

export function setWanted(next: boolean): void {
  const wasRunning = runs;
  keepWanted(next);
  if (!next && wasRunning) void tellOff();
}

/** Switched off: what was seen until now is told, then that nothing more may be shown. */
async function tellOff(): Promise<void> {
  stopTrack();
  await sending;
  if (app.lock.phase === 'open') await act({ kind: 'position.logged', fields: { points: [] } });
}

/** Begin with the round, or when it is switched on meanwhile. */
export function startTrack(): void {
  if (runs || !('geolocation' in navigator)) return;
  runs = true;
  isRunning = true;
  const who = app.me?.staff_id ?? '';
  // What was seen before the phone was put away waits for its owner.
  if (who !== owner || trail.points.length === 0) trail = beginTrail(Date.now());
  owner = who;
  void look();
}

export function stopTrack(): void {
  if (!runs) return;
  runs = false;
  isRunning = false;
  clearTimeout(timer);
  sending = send(true);
}

async function look(): Promise<void> {
  isRough = isCoarse(await findBattery());
  const place = await findPlace();
  if (!runs) return;
  isRefused = place === null;
  if (place) {
    const { latitude: lat, longitude: lon, accuracy: accuracy_m } = place;
    trail = extend(trail, { at_ms: Date.now(), lat, lon, accuracy_m }, isRough);
  }
  await send(false);
  timer = window.setTimeout(() => void look(), lookEvery_ms(isRough));
}

async function send(isEnd: boolean): Promise<void> {
  const due = takeDue(trail, Date.now(), isEnd);
  if (due === null || app.lock.phase !== 'open') return;
  if (await act({ kind: 'position.logged', fields: { points: due.points } })) trail = due.rest;
}

function findPlace(): Promise<GeolocationCoordinates | null> {
  const options = { enableHighAccuracy: !isRough, timeout: 20_000, maximumAge: 60_000 };
  return new Promise((resolve) =>
    navigator.geolocation.getCurrentPosition(
      (found) => resolve(found.coords),
      () => resolve(null),
      options,
    ),
  );
}

/** Where the browser tells; elsewhere the battery counts as full. */
async function findBattery(): Promise<Battery | null> {
  const found = navigator as { getBattery?: () => Promise<Battery> };
  return (await found.getBattery?.().catch(() => null)) ?? null;
}
