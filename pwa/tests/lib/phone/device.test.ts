// @vitest-environment node
/** Tests that a request is signed over what the server checks, and answers told from pages. */
import { expect, test } from 'vitest';
import { wipeWho } from '../../../src/lib/db/who';
import { makeDeviceKey, makeSignature, signedText } from '../../../src/lib/phone/device';
import { makeNetwork, TlsError, type Wire } from '../../../src/lib/phone/network';
import { bytesOfBase64 } from '../../../src/lib/sync/base64';
import { hexOf, utf8 } from '../../../src/lib/sync/chain';
import { sha256 } from '../sync/phones';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const path = '/api/sync/v1/exchange';

test('that the signature holds over method, path, time and body (S20)', async () => {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
  const body = utf8('{"v":1,"text":"Ngõ 12"}');
  const request = { method: 'POST', path, body };
  const header = await makeSignature(pair.privateKey, 'd-1', request, 1_800_000_000_123);
  const [version, device, ms, signature = ''] = header.split(';');
  expect([version, device, ms]).toEqual(['v1', 'd-1', '1800000000123']);
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  const digest = hexOf(await sha256(body));
  const check = (text: string): Promise<boolean> =>
    crypto.subtle.verify(
      how,
      pair.publicKey,
      bytesOfBase64(signature),
      utf8(text) as Uint8Array<ArrayBuffer>,
    );
  expect(bytesOfBase64(signature)).toHaveLength(64);
  expect(await check(signedText('POST', path, 1_800_000_000_123, digest))).toBe(true);
  expect(await check(signedText('PUT', path, 1_800_000_000_123, digest))).toBe(false);
});

interface Call {
  address: string;
  init: RequestInit;
}

function wireOf(answer: (address: string) => Response | Promise<Response>, part = {}) {
  const calls: Call[] = [];
  const device = makeDeviceKey();
  const wire: Wire = {
    fetch: async (address, init) => {
      calls.push({ address: String(address), init: init ?? {} });
      return answer(String(address));
    },
    base: '',
    sign: device.sign,
    register: device.register,
    staff_id: 's-1',
    ...part,
  };
  return { network: makeNetwork(wire), calls, device };
}

const json = (body: object, init: ResponseInit = {}): Response => Response.json(body, init);
const headerOf = (call: Call | undefined, name: string): string | undefined =>
  (call?.init.headers as Record<string, string> | undefined)?.[name];

test('that a phone signs only once the server knows its key', async () => {
  let isNew = false;
  const told = { device_id: 'd-7', server_key: 'k' };
  const { network, calls, device } = wireOf((address) => {
    if (!address.endsWith('/device/key')) return json({ ok: true });
    return isNew ? json(told) : json({ code: 'not_found' }, { status: 404 });
  });
  expect(await network.register()).toBe(false);
  await network.exchange('{}');
  expect(headerOf(calls.at(-1), 'tannoi-signature')).toBeUndefined();
  isNew = true;
  expect(await network.register()).toBe(true);
  expect(await device.findServerKey()).toBe('k');
  await network.exchange('{}');
  await network.snapshot();
  await network.headBlob('ab');
  for (const call of calls.slice(-3)) {
    expect(headerOf(call, 'tannoi-signature')).toMatch(/^v1;d-7;\d+;[\w-]{86}$/);
  }
  const again = makeDeviceKey(); // after a restart the same key, from the disk
  expect(await again.sign('GET', '/x', '')).toMatch(/^v1;d-7;/);
});

test('that a phone whose key was cleared hears so, until a new code makes it another', async () => {
  await wipeWho();
  let isAnother = false;
  const { network, device } = wireOf(() =>
    isAnother
      ? json({ device_id: 'd-8', server_key: 'k' })
      : json({ code: 'key_known' }, { status: 409 }),
  );
  expect(device.hasLostKey()).toBe(false);
  expect(await network.register()).toBe(false);
  expect(device.hasLostKey()).toBe(true);
  expect(await device.findServerKey()).toBe(null);
  isAnother = true;
  expect(await network.register()).toBe(true);
  expect(device.hasLostKey()).toBe(false);
});

test('that another refusal of a key says nothing of what lay here', async () => {
  await wipeWho();
  const { network, device } = wireOf(() => json({ code: 'too_many' }, { status: 409 }));
  expect(await network.register()).toBe(false);
  expect(device.hasLostKey()).toBe(false);
});

test.each([
  [
    'a page of the Wi-Fi',
    () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
  ],
  ['a way to one', () => new Response(null, { status: 302, headers: { location: 'http://x/' } })],
])('that %s is no answer of ours', async (_name, answer) => {
  const { network } = wireOf(answer);
  expect(await network.exchange('{}')).toMatchObject({ is_portal: true });
});

test('that half an answer is none, and a false certificate has a name', async () => {
  const half = new Response('{"epoch":1,"ack"', {
    headers: { 'content-type': 'application/json' },
  });
  await expect(wireOf(() => half).network.exchange('{}')).rejects.toThrow();
  const cause = Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  const failing = wireOf(() => Promise.reject(new TypeError('fetch failed', { cause })));
  await expect(failing.network.exchange('{}')).rejects.toThrow(TlsError);
});

test('that a picture goes in pieces, its seal with the first', async () => {
  const answer = () => new Response(null, { status: 204, headers: { 'upload-offset': '3' } });
  const { network, calls } = wireOf(answer);
  const bytes = Uint8Array.from([1, 2, 3]);
  const chunk = { sha256: 'ab', offset: 0, length: 5, bytes, seal: 'e;i' };
  expect(await network.patchBlob(chunk)).toMatchObject({ status: 204, offset: 3 });
  expect(headerOf(calls[0], 'upload-length')).toBe('5');
  expect(headerOf(calls[0], 'tannoi-seal')).toBe('e;i');
  await network.patchBlob({ ...chunk, offset: 3 });
  expect(headerOf(calls[1], 'tannoi-seal')).toBeUndefined();
  expect(headerOf(calls[1], 'upload-offset')).toBe('3');
});
