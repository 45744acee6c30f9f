/** The ground of the map from an office's PMTiles file on this phone: roads, water, houses. */
import { addProtocol, type LayerSpecification, type SourceSpecification } from 'maplibre-gl';
import { FileSource, PMTiles, Protocol, TileType } from 'pmtiles';

export interface Ground {
  source: SourceSpecification;
  layers: LayerSpecification[];
}

const SOURCE = 'office';
const SCHEME = 'pmtiles';
let protocol: Protocol | null = null;

/** Open `file` for the map; rejects when it is no map. Nothing is fetched from anywhere. */
export async function openGround(file: Blob, isDark: boolean): Promise<Ground> {
  const archive = new PMTiles(new FileSource(new File([file], SOURCE)));
  const [header, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
  if (protocol === null) {
    protocol = new Protocol();
    addProtocol(SCHEME, protocol.tile);
  }
  protocol.add(archive);
  const url = `${SCHEME}://${archive.source.getKey()}`;
  if (header.tileType !== TileType.Mvt) {
    return {
      source: { type: 'raster', url, tileSize: 256 },
      layers: [{ id: 'ground-raster', type: 'raster', source: SOURCE }],
    };
  }
  return { source: { type: 'vector', url }, layers: groundLayers(layerNames(metadata), isDark) };
}

/** Names of the layers in the file, as its own metadata tells them. */
export function layerNames(metadata: unknown): string[] {
  const listed = (metadata as { vector_layers?: unknown } | null)?.vector_layers;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((layer: { id?: unknown }) =>
    typeof layer?.id === 'string' ? [layer.id] : [],
  );
}

interface Paint {
  id: string;
  /** Names in Protomaps' and in OpenMapTiles' schema. */
  names: readonly string[];
  kind: 'fill' | 'line';
  light: string;
  dark: string;
  width?: number;
}

const PAINTS: readonly Paint[] = [
  { id: 'earth', names: ['earth'], kind: 'fill', light: '#f3f1ea', dark: '#1c2730' },
  { id: 'green', names: ['landuse', 'landcover'], kind: 'fill', light: '#e3ead6', dark: '#20302b' },
  { id: 'water', names: ['water'], kind: 'fill', light: '#b5d3e6', dark: '#12344a' },
  {
    id: 'houses',
    names: ['buildings', 'building'],
    kind: 'fill',
    light: '#ddd8cd',
    dark: '#2b3844',
  },
  {
    id: 'roads',
    names: ['roads', 'transportation'],
    kind: 'line',
    light: '#b9ae9a',
    dark: '#4d5f6e',
    width: 2,
  },
  {
    id: 'borders',
    names: ['boundaries', 'boundary'],
    kind: 'line',
    light: '#9a8fae',
    dark: '#6c6680',
    width: 1,
  },
];

/** What is drawn of the layers that are there; names of places are drawn as text of the page. */
export function groundLayers(names: readonly string[], isDark: boolean): LayerSpecification[] {
  return PAINTS.flatMap(({ id, names: known, kind, light, dark, width }): LayerSpecification[] => {
    const layer = known.find((name) => names.includes(name));
    if (layer === undefined) return [];
    const colour = isDark ? dark : light;
    const shared = { id: `ground-${id}`, source: SOURCE, 'source-layer': layer };
    if (kind === 'line') {
      const paint = { 'line-color': colour, 'line-width': width ?? 1 };
      return [{ ...shared, type: 'line', paint }];
    }
    return [{ ...shared, type: 'fill', paint: { 'fill-color': colour } }];
  });
}
