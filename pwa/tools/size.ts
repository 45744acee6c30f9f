/**
 * Fails when the courier app's first JavaScript is over its budget (gzip, without map and
 * camera).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 60_000;
const dist = join(import.meta.dirname, '..', 'dist');

const page = readFileSync(join(dist, 'courier', 'index.html'), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
if (first.length === 0) throw new Error('courier/index.html names no script: build first');

const shown = (bytes: number): string => bytes.toLocaleString('en').padStart(7);
let total = 0;
for (const file of new Set(first)) {
  const bytes = gzipSync(readFileSync(join(dist, file ?? ''))).length;
  total += bytes;
  console.log(`${shown(bytes)} bytes  ${file}`);
}
console.log(`${shown(total)} bytes  of ${shown(BUDGET_BYTES).trim()}`);
if (total > BUDGET_BYTES) {
  console.error('The courier app starts with more JavaScript than its budget allows.');
  process.exit(1);
}
