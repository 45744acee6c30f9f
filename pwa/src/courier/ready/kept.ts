/** Which of the app's large parts this phone keeps for a day without signal. */
import { hasTiles } from '../../lib/map/tiles';

export interface KeptParts {
  hasMap: boolean;
  hasScanner: boolean;
  hasTiles: boolean;
}

/** Ask the worker to fetch what is missing; it answers by nothing, so look again later. */
export function fetchParts(): void {
  navigator.serviceWorker?.controller?.postMessage('keep-later');
}

export async function findParts(office_id: string | null): Promise<KeptParts> {
  const names = await keptFiles().catch((): string[] => []);
  return {
    hasMap: names.some((name) => /\/drawing-[^/]+\.js$/.test(name)),
    hasScanner: 'BarcodeDetector' in globalThis || names.some((name) => name.endsWith('.wasm')),
    hasTiles: office_id !== null && (await hasTiles(office_id).catch(() => false)),
  };
}

async function keptFiles(): Promise<string[]> {
  const shells = (await caches.keys()).filter((name) => name.startsWith('shell-courier-'));
  const lists = await Promise.all(
    shells.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)),
  );
  return lists.flat();
}
