// @vitest-environment node
/** Tests that an office's map is kept only when it is one, and drawn by what is in it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  fetchTiles,
  findTiles,
  hasTiles,
  isTilesFile,
  tilesAddress,
} from '../../../src/lib/map/tiles';

vi.mock('maplibre-gl', () => ({ addProtocol: vi.fn() }));
const { groundLayers, layerNames } = await import('../../../src/lib/map/ground');

const FILE = new Uint8Array([...new TextEncoder().encode('PMTiles'), 3, 1, 2, 3]);
const kept = new Map<string, Response>();
const store = {
  match: async (address: string) => kept.get(address)?.clone(),
  put: async (address: string, answer: Response) => void kept.set(address, answer),
};
const answering = (status: number, body: BodyInit | null, etag = '') =>
  vi.fn<typeof fetch>(async () => new Response(body, { status, headers: etag ? { etag } : {} }));

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('caches', { open: async () => store });
});
afterEach(() => vi.unstubAllGlobals());

test('that a map comes from our own site, is kept, and asked for by its mark', async () => {
  const ask = answering(200, FILE, '"a1"');
  expect(await fetchTiles('o1', ask)).toBe('kept');
  expect(ask.mock.calls[0]?.[0]).toBe('/tiles/o1.pmtiles');
  expect(await hasTiles('o1')).toBe(true);
  expect((await findTiles('o1'))?.size).toBe(FILE.length);
  const again = answering(304, null);
  expect(await fetchTiles('o1', again)).toBe('unchanged');
  expect(again.mock.calls[0]?.[1]?.headers).toEqual({ 'if-none-match': '"a1"' });
});

test('that a page of a Wi-Fi is no map, and the old map stays', async () => {
  await fetchTiles('o1', answering(200, FILE));
  expect(await fetchTiles('o1', answering(200, '<html>Đăng nhập Wi-Fi</html>'))).toBe('bad');
  expect(await fetchTiles('o1', answering(404, ''))).toBe('none');
  const broken = vi.fn<typeof fetch>(async () => {
    throw new TypeError('Failed to fetch');
  });
  expect(await fetchTiles('o1', broken)).toBe('no_answer');
  expect(await hasTiles('o1')).toBe(true);
  expect(await isTilesFile(new Blob(['PMTiles']))).toBe(false);
});

test('that an office cannot lead elsewhere', () => {
  expect(tilesAddress('../x?y')).toBe('/tiles/..%2Fx%3Fy.pmtiles');
});

test('that only layers in the file are drawn, by either schema', () => {
  const layers = groundLayers(['water', 'transportation'], false);
  expect(layers.map((layer) => layer.id)).toEqual(['ground-water', 'ground-roads']);
  expect(groundLayers(['earth', 'roads'], true)).toHaveLength(2);
  expect(groundLayers([], true)).toEqual([]);
});

test('that metadata of any shape is survived', () => {
  expect(layerNames({ vector_layers: [{ id: 'water' }, { id: 3 }, null] })).toEqual(['water']);
  expect(layerNames(null)).toEqual([]);
  expect(layerNames({ vector_layers: 'x' })).toEqual([]);
});
