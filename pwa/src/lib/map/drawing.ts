/** The map itself: MapLibre on a plain background, no foreign request, labels as HTML. */
import {
  LngLatBounds,
  Map as GlMap,
  Marker,
  NavigationControl,
  setWorkerUrl,
  type GeoJSONSource,
  type StyleSpecification,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { FeatureCollection } from 'geojson';
import { scriptAddress } from '../trusted';
import { openGround, type Ground } from './ground';
import type { MapLine, MapPlace, MapPoint } from './types';

export interface Drawing {
  setPoints(points: readonly MapPoint[], onpick: (id: string) => void): void;
  setLines(lines: readonly MapLine[]): void;
  setPlaces(places: readonly MapPlace[]): void;
  /** Show everything that is drawn. */
  fit(): void;
  centre(lat: number, lon: number): void;
  remove(): void;
}

const LINES = 'lines';

/** Worker addresses must be trusted types under our policy; MapLibre passes plain text. */
function trustOwnWorkers(): void {
  const Native = globalThis.Worker;
  if ((Native as { isTrusting?: boolean }).isTrusting) return;
  class TrustingWorker extends Native {
    static readonly isTrusting = true;
    constructor(address: string | URL, options?: WorkerOptions) {
      super(scriptAddress(String(address)), options);
    }
  }
  globalThis.Worker = TrustingWorker;
}

function emptyLines(): FeatureCollection {
  return { type: 'FeatureCollection', features: [] };
}

function styleOf(
  element: HTMLElement,
  tiles: string | null,
  ground: Ground | null,
): StyleSpecification {
  const colour = getComputedStyle(element).getPropertyValue('--map-ground').trim() || '#eef2f5';
  const style: StyleSpecification = {
    version: 8,
    sources: { [LINES]: { type: 'geojson', data: emptyLines() } },
    layers: [{ id: 'ground', type: 'background', paint: { 'background-color': colour } }],
  };
  if (tiles !== null) {
    style.sources['tiles'] = { type: 'raster', tiles: [tiles], tileSize: 256 };
    style.layers.push({ id: 'tiles', type: 'raster', source: 'tiles' });
  }
  if (ground !== null) {
    style.sources['office'] = ground.source;
    style.layers.push(...ground.layers);
  }
  style.layers.push(
    {
      id: 'lines',
      type: 'line',
      source: LINES,
      filter: ['!', ['get', 'dashed']],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ['get', 'colour'], 'line-width': 4, 'line-opacity': 0.85 },
    },
    {
      id: 'lines-dashed',
      type: 'line',
      source: LINES,
      filter: ['get', 'dashed'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': ['get', 'colour'],
        'line-width': 3,
        'line-opacity': 0.7,
        'line-dasharray': [1, 2],
      },
    },
  );
  return style;
}

/** Draw on `element`. `tiles` is the setting's raster address of this site, `file` the office's map
as it is kept on this phone; without either the ground is plain. */
export async function makeDrawing(
  element: HTMLElement,
  tiles: string | null,
  file: Blob | null = null,
): Promise<Drawing> {
  const isDark = getComputedStyle(element).colorScheme === 'dark';
  // A file that cannot be read must not take the stops off the map.
  const ground = file ? await openGround(file, isDark).catch(() => null) : null;
  trustOwnWorkers();
  setWorkerUrl(workerUrl);
  const map = new GlMap({
    container: element,
    style: styleOf(element, tiles, ground),
    center: [106.07, 21.18],
    zoom: 10,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
  let points: Marker[] = [];
  let places: Marker[] = [];
  let lines: readonly MapLine[] = [];
  const isReady = new Promise<void>((resolve) => void map.once('load', () => resolve()));

  return {
    setPoints(list, onpick) {
      points.forEach((marker) => marker.remove());
      points = list.map((point) => pointMarker(point, onpick).addTo(map));
      const next = list.findIndex((point) => point.tone === 'next');
      rove(
        points.map((marker) => marker.getElement()),
        Math.max(0, next),
      );
    },
    setLines(list) {
      lines = list;
      void isReady.then(() => {
        map.getSource<GeoJSONSource>(LINES)?.setData(linesOf(lines));
      });
    },
    setPlaces(list) {
      places.forEach((marker) => marker.remove());
      places = list.map((place) => placeMarker(place).addTo(map));
    },
    fit() {
      const bounds = new LngLatBounds();
      points.forEach((marker) => bounds.extend(marker.getLngLat()));
      lines.forEach((line) => line.path.forEach(([lat, lon]) => bounds.extend([lon, lat])));
      if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 48, maxZoom: 16, animate: false });
    },
    centre(lat, lon) {
      map.jumpTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 15) });
    },
    remove() {
      map.remove();
    },
  };
}

function linesOf(lines: readonly MapLine[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: lines.map((line) => ({
      type: 'Feature',
      properties: { colour: line.colour, dashed: line.dashed ?? false },
      geometry: { type: 'LineString', coordinates: line.path.map(([lat, lon]) => [lon, lat]) },
    })),
  };
}

function pointMarker(point: MapPoint, onpick: (id: string) => void): Marker {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = `map-point map-point-${point.tone}`;
  element.textContent = point.label;
  element.title = point.title;
  const isNamed = point.title.includes(point.label);
  element.setAttribute('aria-label', isNamed ? point.title : `${point.label} · ${point.title}`);
  if (point.colour) element.style.setProperty('--point', point.colour);
  element.addEventListener('click', (event) => {
    event.stopPropagation();
    onpick(point.id);
  });
  return new Marker({ element, anchor: 'center' }).setLngLat([point.lon, point.lat]);
}

/** One marker takes part in the order of the page; arrows lead to the others. */
function rove(markers: readonly HTMLElement[], first: number): void {
  const enter = (at: number): void =>
    markers.forEach((marker, index) => (marker.tabIndex = index === at ? 0 : -1));
  enter(first);
  markers.forEach((marker, at) =>
    marker.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      const to = (at + step + markers.length) % markers.length;
      enter(to);
      markers[to]?.focus();
    }),
  );
}

function placeMarker(place: MapPlace): Marker {
  const element = document.createElement('span');
  element.className = 'map-place';
  element.textContent = place.name;
  // Above its place: where the stops are thickest the office's own mark often stands.
  return new Marker({ element, anchor: 'bottom', offset: [0, -18] }).setLngLat([
    place.lon,
    place.lat,
  ]);
}
