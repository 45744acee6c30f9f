/** What can be put on a map, in the words of the product (lat, lon in that order). */
export interface MapPoint {
  id: string;
  lat: number;
  lon: number;
  /** Short text in the marker: a stop's number. */
  label: string;
  /** Full text for a screen reader and the title. */
  title: string;
  tone: 'open' | 'next' | 'done' | 'failed' | 'office' | 'unassigned';
  /** A route's colour (`#rrggbb`); without one the tone decides. */
  colour?: string;
}

export interface MapLine {
  id: string;
  /** [lat, lon] pairs. */
  path: readonly (readonly [number, number])[];
  colour: string;
  dashed?: boolean;
}

/** A commune's name at its centre. */
export interface MapPlace {
  id: string;
  name: string;
  lat: number;
  lon: number;
}

/** Colours that tell routes apart, also for colour-blind eyes and on both backgrounds. */
export const ROUTE_COLOURS: readonly string[] = [
  '#0072b2',
  '#b84f00',
  '#007a5a',
  '#a8487f',
  '#7a5195',
  '#8a5b00',
  '#1f7299',
  '#c0392b',
  '#4d7c0f',
  '#64748b',
];

export function routeColour(index: number): string {
  return ROUTE_COLOURS[index % ROUTE_COLOURS.length] ?? '#0072b2';
}
