// @vitest-environment node
/** Tests that the phone chains the same bytes to the same hashes as the office. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstHash, nextHash } from '../../../src/lib/sync/chain';
import { sha256 } from './town';

interface Chain {
  name: string;
  stream: string;
  h0: string;
  ops: { raw: string; hash: string }[];
}
const file = join(import.meta.dirname, '../../../../tests/vectors/hash_chain.json');
const { chains } = JSON.parse(readFileSync(file, 'utf8')) as { chains: Chain[] };

test.each(chains)('that the chain agrees with the vectors: $name', async ({ stream, h0, ops }) => {
  let hash = await firstHash(sha256, stream);
  expect(hash).toBe(h0);
  for (const op of ops) {
    hash = await nextHash(sha256, hash, op.raw);
    expect(hash).toBe(op.hash);
  }
});
