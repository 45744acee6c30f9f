/** Hand-offs to the phone's own apps: the way there, and a call. */
import type { StopDoc } from '../lib/rules/round';

export const MAP_APPS = ['system', 'google', 'waze', 'apple'] as const;
export type MapApp = (typeof MAP_APPS)[number];
const STORED = 'tannoi.map_app';

export function chosenMapApp(): MapApp | null {
  const stored = localStorage.getItem(STORED);
  return MAP_APPS.find((one) => one === stored) ?? null;
}

export function rememberMapApp(app: MapApp): void {
  localStorage.setItem(STORED, app);
}

/** The address that opens `app` at the door; null when the door is not on the map yet. */
export function wayTo(app: MapApp, stop: Pick<StopDoc, 'point' | 'party'>): string | null {
  const { lat, lon, address } = stop.point;
  if (lat === null || lon === null) return null;
  const place = `${lat},${lon}`;
  if (app === 'system') return `geo:${place}?q=${place}(${encodeURIComponent(address)})`;
  if (app === 'apple') return `https://maps.apple.com/?daddr=${place}`;
  if (app === 'waze') return `https://waze.com/ul?ll=${place}&navigate=yes`;
  return `https://www.google.com/maps/dir/?api=1&destination=${place}`;
}

export function callLink(phone: string): string {
  return `tel:${phone.replace(/[^+0-9]/g, '')}`;
}

/** Where the phone is now; null when it may not or cannot say within eight seconds. */
export function findPosition(): Promise<GeolocationCoordinates | null> {
  if (!('geolocation' in navigator)) return Promise.resolve(null);
  return new Promise((resolve) =>
    navigator.geolocation.getCurrentPosition(
      (position) => resolve(position.coords),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: 8_000, maximumAge: 30_000 },
    ),
  );
}
