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

function styleOf(element: HTMLElement, tiles: string | null): StyleSpecification {
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

/** Draw on `element`. `tiles` is the setting's raster address of this site, or null for plain. */
export function makeDrawing(element: HTMLElement, tiles: string | null): Drawing {
  trustOwnWorkers();
  setWorkerUrl(workerUrl);
  const map = new GlMap({
    container: element,
    style: styleOf(element, tiles),
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
  element.setAttribute('aria-label', point.title);
  if (point.colour) element.style.setProperty('--point', point.colour);
  element.addEventListener('click', (event) => {
    event.stopPropagation();
    onpick(point.id);
  });
  return new Marker({ element, anchor: 'center' }).setLngLat([point.lon, point.lat]);
}

function placeMarker(place: MapPlace): Marker {
  const element = document.createElement('span');
  element.className = 'map-place';
  element.textContent = place.name;
  return new Marker({ element, anchor: 'center' }).setLngLat([place.lon, place.lat]);
}
