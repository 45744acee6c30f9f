/**
 * Fails when what an enrolled phone loads until its list of stops is usable, the PIN's screen and
 * the exchange with it, is over its budget (gzip). `--json` gives names and bytes to the benchmark,
 * which holds them against what a browser asks for.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

interface Part {
  file: string;
  imports?: string[];
}

const BUDGET_BYTES = 60_000;
const dist = join(import.meta.dirname, '..', 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/courier.json'), 'utf8')) as Record<
  string,
  Part
>;
/** What stands on the way to the list; none of it is in a file of its own unless it comes later. */
const LIST = [
  'src/courier/lock/Shut.svelte',
  'src/courier/lock/Unlock.svelte',
  'src/courier/screens/round.svelte',
  'src/courier/parts/Resume.svelte',
  'src/courier/news/watch.ts',
  'src/courier/cash/CashChip.svelte',
  'src/courier/cash/CashNudge.svelte',
];
/** What is wanted beside it where a new shift begins: once a day, and on a new phone. */
const SHIFT = [
  'src/courier/lock/NewPin.svelte',
  'src/lib/db/begin.ts',
  'src/lib/phone/authenticator.ts',
];

const page = readFileSync(join(dist, 'courier', 'index.html'), 'utf8');
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
if (first.length === 0) throw new Error('courier/index.html names no script: build first');

/** What the page names and the files of `parts`, with what they import in turn, and their bytes. */
function weigh(parts: readonly string[]): Map<string, number> {
  const files = new Set(first.filter((file) => file !== undefined));
  const names = new Set(parts);
  for (const name of names) {
    const part = manifest[name];
    if (part) files.add(part.file);
    part?.imports?.forEach((one) => names.add(one));
  }
  return new Map([...files].map((file) => [file, gzipSync(readFileSync(join(dist, file))).length]));
}

const shown = (bytes: number): string => bytes.toLocaleString('en').padStart(7);
const sum = (files: ReadonlyMap<string, number>): number =>
  [...files.values()].reduce((all, bytes) => all + bytes, 0);

const list = weigh(LIST);
const shift = weigh([...LIST, ...SHIFT]);
if (process.argv.includes('--json')) console.log(JSON.stringify(Object.fromEntries(list)));
else {
  for (const [file, bytes] of list) console.log(`${shown(bytes)} bytes  ${file}`);
  console.log(`${shown(sum(list))} bytes  of ${shown(BUDGET_BYTES).trim()}, to the list`);
  console.log(`${shown(sum(shift) - sum(list))} bytes  more where a new shift begins`);
}
if (sum(list) > BUDGET_BYTES) {
  console.error('The courier app starts with more JavaScript than its budget allows.');
  process.exitCode = 1;
}
