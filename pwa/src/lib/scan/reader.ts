/** Reads QR and Code 128 from a camera's picture: by the browser where it can, else by ZXing. */
import type { BarcodeFormat } from 'barcode-detector/ponyfill';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';

export type CodeFormat = 'qr_code' | 'code_128';
type Source = HTMLVideoElement | ImageBitmap | Blob | ImageData;

export interface Reader {
  /** Texts of the codes in the picture; none is the usual answer. */
  read(source: Source): Promise<string[]>;
}

interface Detector {
  detect(source: Source): Promise<{ rawValue: string }[]>;
}
interface NativeDetector {
  new (options: { formats: CodeFormat[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

export async function makeReader(formats: readonly CodeFormat[]): Promise<Reader> {
  const detector = (await findNative(formats)) ?? (await makeOwn(formats));
  return {
    async read(source) {
      const found = await detector.detect(source);
      return found.map(({ rawValue }) => rawValue).filter((text) => text !== '');
    },
  };
}

async function findNative(formats: readonly CodeFormat[]): Promise<Detector | null> {
  const Native = (globalThis as { BarcodeDetector?: NativeDetector }).BarcodeDetector;
  if (!Native) return null;
  const known = await Native.getSupportedFormats().catch((): string[] => []);
  return formats.every((one) => known.includes(one)) ? new Native({ formats: [...formats] }) : null;
}

/** The decoder lies on our own site and is kept for days without signal. */
async function makeOwn(formats: readonly CodeFormat[]): Promise<Detector> {
  const { BarcodeDetector, prepareZXingModule } = await import('barcode-detector/ponyfill');
  await prepareZXingModule({
    overrides: { locateFile: (path: string) => (path.endsWith('.wasm') ? wasmUrl : path) },
    fireImmediately: true,
  });
  return new BarcodeDetector({ formats: formats as BarcodeFormat[] });
}
