/**
 * Many simulated weeks of the phone's core, as the night runs them: `node tools/simulate.ts
 * --seeds 20000 [--from 1] [--report FILE]`. Ends with 1 and the seeds when anything did not hold.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';

interface Result {
  faults: string[];
  num_saved: number;
  num_exchanges: number;
  num_kills: number;
  num_restores: number;
  num_excused: number;
}
type Simulate = (seed: number) => Promise<Result>;

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    from: { type: 'string', default: '1' },
    report: { type: 'string' },
  },
});

/** The simulator as one file that Node runs. */
async function load(): Promise<Simulate> {
  const outDir = join(root, 'node_modules/.cache/simulator', String(process.pid));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: join(root, 'tests/simulation/day.ts'),
      outDir,
      rolldownOptions: { output: { entryFileNames: 'day.mjs' } },
    },
  });
  const file = pathToFileURL(join(outDir, 'day.mjs')).href;
  return ((await import(file)) as { simulate: Simulate }).simulate;
}

const simulate = await load();
const from = Number(values.from);
const num_seeds = Number(values.seeds);
const sum = { num_saved: 0, num_exchanges: 0, num_kills: 0, num_restores: 0, num_excused: 0 };
const bad: { seed: number; faults: string[] }[] = [];
const started = performance.now();
for (let seed = from; seed < from + num_seeds; seed += 1) {
  const result = await simulate(seed);
  for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += result[key];
  if (result.faults.length > 0) {
    bad.push({ seed, faults: result.faults });
    console.error(`SEED=${seed}: ${result.faults.slice(0, 3).join('; ')}`);
  }
  if ((seed - from + 1) % 1_000 === 0) console.error(`${seed - from + 1} seeds …`);
}
const { user, system } = process.cpuUsage();
const report = {
  from,
  num_seeds,
  ...sum,
  num_bad: bad.length,
  cpu_s: Math.round((user + system) / 1e6),
  wall_s: Math.round((performance.now() - started) / 1e3),
  bad,
};
console.log(JSON.stringify({ ...report, bad: bad.map(({ seed }) => seed) }, null, 2));
if (values.report !== undefined) {
  mkdirSync(dirname(values.report), { recursive: true });
  writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`);
}
process.exitCode = bad.length > 0 ? 1 : 0;
