// @vitest-environment node
/** Tests that the phone's real core keeps its promises through simulated weeks of every fault. */
import { describe, expect, test } from 'vitest';
import { simulate, type Fault } from './day';

/** Per change (reliability, P2); `SEED` and `SEEDS` choose others, `tools/simulate.ts` many. */
const NUM_SEEDS = Number(process.env['SEEDS'] ?? 500);
const FIRST = Number(process.env['SEED'] ?? 1);
const NUM_PARTS = 10;

async function findBadSeeds(from: number, num: number, fault: Fault | null): Promise<string[]> {
  const bad: string[] = [];
  for (let seed = from; seed < from + num; seed += 1) {
    const { faults } = await simulate(seed, fault);
    if (faults.length > 0) bad.push(`SEED=${seed}: ${faults.slice(0, 3).join('; ')}`);
  }
  return bad;
}

const parts = Array.from({ length: NUM_PARTS }, (_, at) => {
  const size = Math.ceil(NUM_SEEDS / NUM_PARTS);
  return { from: FIRST + at * size, num: Math.min(size, Math.max(0, NUM_SEEDS - at * size)) };
}).filter(({ num }) => num > 0);

test.each(parts)(
  'that nothing is lost, doubled or hidden ($num seeds from $from)',
  async ({ from, num }) => {
    expect(await findBadSeeds(from, num, null)).toEqual([]);
  },
  600_000,
);

test('that a seed is the same time again', async () => {
  expect(await simulate(7)).toEqual(await simulate(7));
});

describe('the checks', () => {
  const NUM_TRIES = 400;
  test.each<[Fault, RegExp]>([
    ['purge_too_early', /I1/],
    ['no_gap_check', /I1|I7|I9/],
    ['ack_not_lowered', /I1|I9/],
    ['no_heartbeat', /I1|I5|I9/],
    ['gap_accepted', /I5/],
    ['doubled_effect', /I2/],
    ['saved_too_early', /I1/],
    ['sent_not_marked', /undo/],
    ['picture_forgotten', /I1 picture/],
    ['wiped_too_early', /I1 picture/],
  ])(
    'see a rule taken away: %s',
    async (fault, seen) => {
      for (let seed = 1; seed <= NUM_TRIES; seed += 1) {
        const { faults } = await simulate(seed, fault);
        if (faults.some((one) => seen.test(one))) return;
      }
      expect.fail(`${NUM_TRIES} seeds did not show ${fault}`);
    },
    120_000,
  );
});
