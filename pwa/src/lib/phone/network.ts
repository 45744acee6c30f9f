/** The way to the server over `fetch`: a page's, a worker's or Node's. Tells our answers from those
of somebody in between. */
import { isRecord } from '../sync/feed';
import type { Answer, Network } from '../sync/types';

const TIMEOUT_MS = 30_000;

/** The header's value for one request; null while the server does not know the device. */
export type Sign = (
  method: string,
  path: string,
  body: string | Uint8Array,
) => Promise<string | null>;
export type Ask = (path: string, init: RequestInit) => Promise<Answer>;

export interface Wire {
  fetch: typeof fetch;
  /** Before every path; empty in a browser. */
  base: string;
  sign: Sign;
  /** Make the device's key known to the server. */
  register(ask: Ask): Promise<boolean>;
  /** Whose facts are on this phone. */
  staff_id: string;
}

/** The server was not who it should be. */
export class TlsError extends Error {
  override name = 'TlsError';
}

/** Asks, signed, for what only a phone may have beside the exchange. Throws with no network. */
export type SignedAsk = (method: 'GET' | 'POST', path: string, body?: string) => Promise<Answer>;

export function makeNetwork(wire: Wire): Network & { ask: SignedAsk } {
  const ask: Ask = (path, init) => request(wire, path, init);
  const signed = async (
    method: string,
    path: string,
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const signature = await wire.sign(method, path, body);
    if (signature !== null) headers['tannoi-signature'] = signature;
    // An empty text is a body too, of a kind that nobody takes.
    return ask(path, { method, headers, ...(body === '' ? {} : { body: body as BodyInit }) });
  };
  return {
    exchange: (body) =>
      signed('POST', '/api/sync/v1/exchange', body, { 'content-type': 'application/json' }),
    snapshot: () => signed('GET', '/api/sync/v1/snapshot', ''),
    async resume() {
      const resumed = await ask('/api/identity/v1/resume', { method: 'POST' });
      // A session's answer to a key it was never told: tell it, whoever began the session.
      await wire.register(ask);
      return resumed.status === 200 && isRecord(resumed.body);
    },
    register: () => wire.register(ask),
    async isOurs() {
      const { status, body } = await ask('/api/identity/v1/me', { method: 'GET' });
      return status === 200 && isRecord(body) && body['staff_id'] === wire.staff_id;
    },
    ask: (method, path, body = '') =>
      signed(method, path, body, body ? { 'content-type': 'application/json' } : {}),
    headBlob: (sha256) => signed('HEAD', `/api/sync/v1/blobs/${sha256}`, ''),
    patchBlob: ({ sha256, offset, length, bytes, seal }) =>
      signed('PATCH', `/api/sync/v1/blobs/${sha256}`, bytes, {
        'content-type': 'application/offset+octet-stream',
        'tus-resumable': '1.0.0',
        'upload-offset': String(offset),
        ...(offset === 0 ? { 'upload-length': String(length) } : {}),
        ...(offset === 0 && seal !== null ? { 'tannoi-seal': seal } : {}),
      }),
  };
}

async function request(wire: Wire, path: string, init: RequestInit): Promise<Answer> {
  const response = await open(wire, path, init);
  const header = (name: string): number | null => {
    const value = Number.parseInt(response.headers.get(name) ?? '', 10);
    return Number.isNaN(value) ? null : value;
  };
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const isJson = type.includes('json');
  return {
    status: response.status,
    body: isJson && text !== '' ? (JSON.parse(text) as unknown) : null,
    retry_after_s: header('retry-after'),
    offset: header('upload-offset'),
    length: header('upload-length'),
    // Nothing here is a page, and nothing leads elsewhere: that is somebody in between.
    is_portal: response.type === 'opaqueredirect' || isRedirect(response) || type.includes('html'),
  };
}

function isRedirect(response: Response): boolean {
  return response.status >= 300 && response.status < 400;
}

async function open(wire: Wire, path: string, init: RequestInit): Promise<Response> {
  try {
    return await wire.fetch(wire.base + path, {
      ...init,
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw isTls(error) ? new TlsError(path, { cause: error }) : error;
  }
}

/** Node says why a connection failed; browsers keep it to themselves. */
function isTls(error: unknown): boolean {
  const cause =
    error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  const code = typeof cause?.code === 'string' ? cause.code : '';
  return /CERT|TLS|SSL|UNABLE_TO_VERIFY/.test(code);
}
