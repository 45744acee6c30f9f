// @vitest-environment node
/** Tests that phone and office sign and seal the same bytes, and the town is such an office. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSignature, signedText } from '../../../src/lib/phone/device';
import { expand } from '../../../src/lib/phone/shift_key';
import { makeVault } from '../../../src/lib/phone/vault';
import { base64Of, bytesOfBase64 } from '../../../src/lib/sync/base64';
import { hexOf, utf8 } from '../../../src/lib/sync/chain';
import { chainHash, sha256, streamHash, Town, type Row } from '../sync/town';

function readVectors<T>(name: string): T {
  const file = join(import.meta.dirname, '../../../../tests/vectors', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
type Bytes = Uint8Array<ArrayBuffer>;

/** The two halves of a P-256 key as WebCrypto takes them in. */
function jwkOf(public_key: string, d?: string): JsonWebKey {
  const point = bytesOfBase64(public_key);
  const x = base64Of(point.subarray(1, 33));
  const y = base64Of(point.subarray(33));
  return { kty: 'EC', crv: 'P-256', x, y, ...(d === undefined ? {} : { d }) };
}

interface Signed {
  name: string;
  method: string;
  path: string;
  body: string;
  header: string;
  is_good: boolean;
}
const signature = readVectors<{
  device_id: string;
  private_d: string;
  public_key: string;
  cases: Signed[];
}>('device_signature');
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const;

test.each(signature.cases)('that a signature is judged as by the office: $name', async (one) => {
  const key = await crypto.subtle.importKey('jwk', jwkOf(signature.public_key), ECDSA, false, [
    'verify',
  ]);
  const verify = async (header: string): Promise<boolean> => {
    const [version, device, ms = '', signed = ''] = header.split(';');
    if (version !== 'v1' || device !== signature.device_id) return false;
    if (!/^[\w-]{86}$/.test(signed)) return false;
    const digest = hexOf(await sha256(utf8(one.body)));
    const text = utf8(signedText(one.method, one.path, Number(ms), digest)) as Bytes;
    const how = { name: 'ECDSA', hash: 'SHA-256' };
    return crypto.subtle.verify(how, key, bytesOfBase64(signed), text);
  };
  expect(await verify(one.header)).toBe(one.is_good);
  const jwk = jwkOf(signature.public_key, signature.private_d);
  const own = await crypto.subtle.importKey('jwk', jwk, ECDSA, false, ['sign']);
  const request = { method: one.method, path: one.path, body: utf8(one.body) };
  expect(await verify(await makeSignature(own, signature.device_id, request, 7))).toBe(true);
});

const seal = readVectors<{
  server_key: string;
  shift_private_d: string;
  eph: string;
  key: string;
  sealed: { bound: string; raw: string; eph: string; iv: string; ct: string }[];
}>('shift_seal');

test('that a shift’s key is the one the office derives', async () => {
  const ECDH = { name: 'ECDH', namedCurve: 'P-256' } as const;
  const jwk = jwkOf(seal.eph, seal.shift_private_d);
  const own = await crypto.subtle.importKey('jwk', jwk, ECDH, false, ['deriveBits']);
  const office = await crypto.subtle.importKey(
    'raw',
    bytesOfBase64(seal.server_key),
    ECDH,
    false,
    [],
  );
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: office }, own, 256);
  const key = await expand(new Uint8Array(shared), bytesOfBase64(seal.eph));
  expect(base64Of(key)).toBe(seal.key);
});

test.each(seal.sealed)('that the phone opens what is sealed for $bound', async (one) => {
  const vault = makeVault();
  await vault.take({ eph: seal.eph, raw: bytesOfBase64(seal.key) });
  const sealed = { eph: one.eph, iv: bytesOfBase64(one.iv), ct: bytesOfBase64(one.ct) };
  const opened = Buffer.from((await vault.open(one.bound, sealed)) ?? []);
  expect(opened.toString('utf8')).toBe(one.raw);
  await expect(vault.open(`${one.bound}x`, sealed)).rejects.toThrow();
});

interface Sequence {
  name: string;
  stored: string[];
  first: number;
  prev: string;
  ops: string[];
  ack: number;
  num_recorded: number;
  fork: boolean;
}
const sequence = readVectors<{ stream: string; cases: Sequence[] }>('exchange_sequence');

test.each(sequence.cases)('that the town takes a batch as the office does: $name', (one) => {
  const town = new Town();
  const { stream } = sequence;
  const rows: Row[] = [];
  let hash = streamHash(stream);
  for (const raw of one.stored) {
    hash = chainHash(hash, raw);
    rows.push({ id: raw, raw, hash, received_at: 0 });
  }
  town.state.streams[stream] = {
    device: 'd1',
    courier: 'me',
    rows,
    head: rows.length,
    is_forked: false,
  };
  const { first, prev } = one;
  const envelope = JSON.stringify({ stream, epoch: 1, cursor: 0, head: 9, first, prev });
  const answer = town.exchange(`${envelope.slice(0, -1)},"ops":[${one.ops.join(',')}],"side":{}}`);
  expect(answer.body).toMatchObject({ ack: one.ack, fork: one.fork });
  expect(rows.length - one.stored.length).toBe(one.num_recorded);
});
