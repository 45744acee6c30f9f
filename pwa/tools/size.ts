/**
 * Fails when the courier app's first JavaScript is over its budget (gzip, without map and
 * camera).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 60 * 1024;
const dist = join(import.meta.dirname, '..', 'dist');

const page = readFileSync(join(dist, 'courier', 'index.html'), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
if (first.length === 0) throw new Error('courier/index.html names no script: build first');

let total = 0;
for (const file of new Set(first)) {
  const bytes = gzipSync(readFileSync(join(dist, file ?? ''))).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(6)} kB  ${file}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(6)} kB  of ${BUDGET_BYTES / 1024} kB`);
if (total > BUDGET_BYTES) {
  console.error('The courier app starts with more JavaScript than its budget allows.');
  process.exit(1);
}
