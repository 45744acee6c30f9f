// @vitest-environment node
/** Tests that the phone's real core keeps its promises through simulated weeks of every fault. */
import { expect, test } from 'vitest';
import { simulate } from './day';

test('probe', async () => {
  const num = Number(process.env['SEEDS'] ?? 20);
  const from = Number(process.env['SEED'] ?? 1);
  const started = process.cpuUsage();
  let saved = 0;
  let exchanges = 0;
  const bad: string[] = [];
  for (let seed = from; seed < from + num; seed += 1) {
    const result = await simulate(seed);
    saved += result.num_saved;
    exchanges += result.num_exchanges;
    if (result.faults.length > 0) bad.push(`seed ${seed}: ${result.faults.slice(0, 3).join('; ')}`);
  }
  const { user, system } = process.cpuUsage(started);
  console.log(saved, exchanges, (user + system) / 1e6, 's cpu');
  console.log(bad.length, bad.slice(0, 20).join('\n'));
  expect(bad).toEqual([]);
}, 600_000);
