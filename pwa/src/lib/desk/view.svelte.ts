/** What is looked at: screen, day, office, filters, selection. The address holds all of it. */
import { serviceDay } from '../units';

/** Keys that name the office and day; they go along from screen to screen. */
const LASTING = ['day', 'office'] as const;
const NO_VALUES: Readonly<Record<string, string>> = {};

export interface Place<Screen extends string> {
  screen: Screen;
  id: string | null;
  values: Readonly<Record<string, string>>;
}

const isDay = (text: string | undefined): text is string =>
  text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** Return the view of an app with these screens; anything unknown in an address is the first. */
export function makeView<Screen extends string>(screens: readonly [Screen, ...Screen[]]) {
  /** Read `#/errands/ID?day=2026-11-23&q=…`. */
  function readPlace(hash: string): Place<Screen> {
    const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
    const [name, id] = path.split('/');
    const screen = screens.find((one) => one === name) ?? screens[0];
    return { screen, id: id || null, values: Object.fromEntries(new URLSearchParams(query)) };
  }

  function writePlace(place: Place<Screen>): string {
    const query = new URLSearchParams(place.values).toString();
    const path = place.id === null ? place.screen : `${place.screen}/${place.id}`;
    return `#/${path}${query === '' ? '' : `?${query}`}`;
  }

  let place = $state.raw<Place<Screen>>(readPlace(location.hash));
  window.addEventListener('hashchange', () => {
    place = readPlace(location.hash);
  });

  const view = {
    get screen(): Screen {
      return place.screen;
    },
    get id(): string | null {
      return place.id;
    },
    get day(): string {
      const given = place.values['day'];
      return isDay(given) ? given : serviceDay(Date.now());
    },
    get office(): string | null {
      return place.values['office'] ?? null;
    },
    /** A filter or selection of the screen, '' when it is not set. */
    value(key: string): string {
      return place.values[key] ?? '';
    },
  };

  function lasting(): Record<string, string> {
    const kept = LASTING.flatMap((key) => {
      const value = place.values[key];
      return value === undefined ? [] : [[key, value]];
    });
    return Object.fromEntries(kept) as Record<string, string>;
  }

  /** The address of a screen for the same day and office. */
  function hrefOf(screen: Screen, id: string | null = null, values = NO_VALUES): string {
    return writePlace({ screen, id, values: { ...lasting(), ...values } });
  }

  /** Change filters or the selection in place; an empty value takes the key away. */
  function put(values: Readonly<Record<string, string | null>>): void {
    const next = { ...place.values };
    for (const [key, value] of Object.entries(values)) {
      if (value === null || value === '') delete next[key];
      else next[key] = value;
    }
    place = { ...place, values: next };
    history.replaceState(null, '', writePlace(place));
  }

  return { view, readPlace, writePlace, hrefOf, put };
}

export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}
