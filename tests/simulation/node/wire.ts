/** The way from Node to the server: HTTP/1.1 on kept connections, with the phone's cookies. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import type { Answer, Network } from '../../../pwa/src/lib/sync/types';

export interface Way {
  host: string;
  port: number;
  cookie: string;
  timeout_ms: number;
}

const AGENT = new Agent({ keepAlive: true, maxSockets: Infinity });
/** How often which answer came: a status, or none. */
export const counts: Record<string, number> = {};

function count(name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

export interface Asked {
  method: string;
  path: string;
  body?: string | Uint8Array;
  headers?: Record<string, string>;
}

export interface Told extends Answer {
  headers: IncomingHttpHeaders;
}

/** Ask once; throws when no whole answer came. */
export function ask(way: Way, asked: Asked): Promise<Told> {
  const body = asked.body === undefined ? null : Buffer.from(asked.body);
  return new Promise<Told>((resolve, reject) => {
    const call = request({
      agent: AGENT,
      host: way.host,
      port: way.port,
      method: asked.method,
      path: asked.path,
      headers: {
        Cookie: way.cookie,
        'Sec-Fetch-Site': 'same-origin',
        Accept: 'application/json',
        ...(body === null ? {} : { 'Content-Length': body.length }),
        ...asked.headers,
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
        if (!answer.complete) return reject(new Error('broken off'));
        try {
          resolve(read(answer.statusCode ?? 0, answer.headers, Buffer.concat(parts)));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    call.end(body ?? undefined);
  }).then(
    (answer) => {
      count(`${answer.status}`);
      return answer;
    },
    (error: Error) => {
      count('no answer');
      throw error;
    },
  );
}

function read(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Told {
  const isJson = (headers['content-type'] ?? '').includes('json') && bytes.length > 0;
  const retry_after_s = Number.parseInt(headers['retry-after'] ?? '', 10);
  return {
    status,
    headers,
    body: isJson ? (JSON.parse(bytes.toString('utf8')) as unknown) : null,
    retry_after_s: Number.isNaN(retry_after_s) ? null : retry_after_s,
  };
}

/** The core's network port over `way`. */
export function makeNetwork(way: Way): Network {
  const json = { 'Content-Type': 'application/json' };
  return {
    exchange: (body) =>
      ask(way, { method: 'POST', path: '/api/sync/v1/exchange', body, headers: json }),
    snapshot: () => ask(way, { method: 'GET', path: '/api/sync/v1/snapshot' }),
    async resume() {
      return (await ask(way, { method: 'POST', path: '/api/identity/v1/resume' })).status === 200;
    },
    putPhoto: (photo) =>
      ask(way, {
        method: 'PUT',
        path: `/api/sync/v1/blobs/${photo.sha256}`,
        body: photo.bytes,
        headers: { 'Content-Type': photo.media_type },
      }),
  };
}
