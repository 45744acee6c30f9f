/**
 * Many phones in one process: `node --import ./resolve.ts fleet.ts PLAN SHOWN ENDED`.
 *
 * Tells on standard output, a line of JSON each tenth of a second, how far the phones are; takes
 * the word `over` on standard input when the faults have stopped; ends when all are quiet.
 */
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Courier, type Plan, type Run } from './courier';
import { counts } from './wire';
import 'fake-indexeddb/auto';

const TELL_MS = 100;

async function main(plan_file: string, shown_file: string, ended_file: string): Promise<void> {
  const { run, phones } = JSON.parse(readFileSync(plan_file, 'utf8')) as {
    run: Run;
    phones: Plan[];
  };
  let isOver = false;
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'over') isOver = true;
  });
  const file = openSync(shown_file, 'a');
  const couriers = phones.map((plan) => new Courier(plan, run, () => isOver, file));
  const tell = (): void => {
    const num_acked = couriers.reduce((sum, one) => sum + one.acked, 0);
    const num_done = couriers.filter((one) => one.isDone).length;
    const is_done = num_done === couriers.length;
    process.stdout.write(`${JSON.stringify({ num_acked, num_done, is_done, counts })}\n`);
  };
  const telling = setInterval(tell, TELL_MS);
  const ended = await Promise.all(couriers.map((one) => one.work()));
  clearInterval(telling);
  writeFileSync(ended_file, ended.map((one) => `${JSON.stringify(one)}\n`).join(''));
  tell();
  process.exit(0);
}

const [plan_file, shown_file, ended_file] = process.argv.slice(2);
if (plan_file === undefined || shown_file === undefined || ended_file === undefined) {
  throw new Error('PLAN SHOWN ENDED');
}
await main(plan_file, shown_file, ended_file);
