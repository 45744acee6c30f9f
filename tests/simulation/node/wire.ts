/** The way from Node to the server: `fetch` on kept connections, and the device's key. */
import { Agent, request, type IncomingMessage } from 'node:http';
import { base64Of } from '../../../pwa/src/lib/sync/base64';
import { utf8 } from '../../../pwa/src/lib/sync/chain';
import type { Network } from '../../../pwa/src/lib/sync/types';
import { makeSignature } from '../../../pwa/src/lib/phone/device';
import { makeNetwork, type Ask } from '../../../pwa/src/lib/phone/network';

export interface Way {
  host: string;
  port: number;
  cookie: string;
  timeout_ms: number;
}

const AGENT = new Agent({ keepAlive: true, maxSockets: Infinity });
const REGISTER = '/api/identity/v1/device/key';
/** How often which answer came: a status, or none. */
export const counts: Record<string, number> = {};

function count(name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** `fetch` as the app's network uses it, with the cookies a browser would send. */
export function makeFetch(way: Way): typeof fetch {
  return async (path, init = {}) => {
    try {
      const answer = await ask(way, String(path), init);
      count(`${answer.status}`);
      return answer;
    } catch (error) {
      count('no answer');
      throw error;
    }
  };
}

function ask(way: Way, path: string, init: RequestInit): Promise<Response> {
  const { body } = init;
  const bytes = typeof body === 'string' ? utf8(body) : (body as Uint8Array | undefined);
  return new Promise((resolve, reject) => {
    const call = request({
      agent: AGENT,
      host: way.host,
      port: way.port,
      method: init.method ?? 'GET',
      path,
      headers: {
        cookie: way.cookie,
        'sec-fetch-site': 'same-origin',
        accept: 'application/json',
        'content-length': bytes?.length ?? 0,
        ...(init.headers as Record<string, string> | undefined),
      },
    });
    const late = setTimeout(() => call.destroy(new Error('time is over')), way.timeout_ms);
    const fail = (error: Error): void => {
      clearTimeout(late);
      reject(error);
    };
    call.on('error', fail);
    call.on('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', fail);
      answer.on('end', () => {
        clearTimeout(late);
        if (answer.complete) resolve(read(answer, Buffer.concat(parts)));
        else reject(new Error('broken off'));
      });
    });
    call.end(bytes);
  });
}

function read(answer: IncomingMessage, bytes: Buffer): Response {
  const status = answer.statusCode ?? 0;
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
  const hasBody = bytes.length > 0 && status !== 204;
  return new Response(hasBody ? new Uint8Array(bytes) : null, {
    status,
    headers: headers as [string, string][],
  });
}

/** A phone's key for signing (S20): outlives the app as it does in a browser's database. */
export interface Keychain {
  device_id: string;
  pair: Promise<CryptoKeyPair> | null;
  isKnown: boolean;
  server_key: string | null;
}

export function makeKeychain(device_id: string): Keychain {
  return { device_id, pair: null, isKnown: false, server_key: null };
}

function pairOf(chain: Keychain): Promise<CryptoKeyPair> {
  const how = { name: 'ECDSA', namedCurve: 'P-256' };
  chain.pair ??= crypto.subtle.generateKey(how, false, [
    'sign',
    'verify',
  ]) as Promise<CryptoKeyPair>;
  return chain.pair;
}

/** Tell the server the key; true when it knows it. */
async function register(chain: Keychain, tell: Ask): Promise<boolean> {
  const raw = await crypto.subtle.exportKey('raw', (await pairOf(chain)).publicKey);
  const answer = await tell(REGISTER, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ public_key: base64Of(new Uint8Array(raw)) }),
  });
  const body = answer.body as { server_key?: string } | null;
  chain.isKnown = answer.status === 200;
  chain.server_key = body?.server_key ?? chain.server_key;
  return chain.isKnown;
}

/** The app's own network port over `way`. */
export function networkOf(way: Way, chain: Keychain, staff_id: string): Network {
  return makeNetwork({
    fetch: makeFetch(way),
    base: '',
    async sign(method, path, body) {
      if (!chain.isKnown) return null;
      const { privateKey } = await pairOf(chain);
      const asked = { method, path, body: typeof body === 'string' ? utf8(body) : body };
      return makeSignature(privateKey, chain.device_id, asked, Date.now());
    },
    register: (tell) => register(chain, tell),
    staff_id,
  });
}
