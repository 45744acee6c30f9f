// @vitest-environment node
/** Tests that a failed visit asks for its proof and proposes a lawful next day. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  FAILURE_REASONS,
  addWorkingDays,
  failureProofs,
  isOffered,
  isReturning,
  proposeNextDay,
  type FailureProof,
  type FailureReason,
} from '../../../src/lib/rules/failures';

interface Case {
  reason: FailureReason;
  proofs: FailureProof[];
}
// The office is tested with the same table (`tests/backend/dossiers/test_rules.py`).
const file = join(import.meta.dirname, '../../../../tests/vectors/failure_proofs.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

test.each(cases)('that $reason needs $proofs, as the office says', ({ reason, proofs }) => {
  expect(failureProofs(reason)).toEqual(proofs);
});

test('that phone and office know the same reasons', () => {
  expect(cases.map((row) => row.reason).sort()).toEqual([...FAILURE_REASONS].sort());
});

test.each([
  ['2026-11-23', 1, '2026-11-24'], // Monday to Tuesday
  ['2026-11-26', 2, '2026-11-30'], // Thursday over the weekend
  ['2026-11-27', 1, '2026-11-30'], // Friday to Monday
  ['2026-11-28', 1, '2026-11-30'], // Saturday counts from the weekend
  ['2026-12-31', 1, '2027-01-01'],
])('that %s plus %d working days is %s', (day, num_days, expected) => {
  expect(addWorkingDays(day, num_days)).toBe(expected);
});

test('that an invitation waits two working days and a refusal is not visited again', () => {
  expect(proposeNextDay('ABSENT', '2026-11-23')).toBe('2026-11-25');
  expect(proposeNextDay('NO_ID', '2026-11-23')).toBe('2026-11-24');
  expect(proposeNextDay('REFUSED', '2026-11-23')).toBeNull();
  // Before Tết only the round knows the holidays.
  const again = { next: '2027-02-11', invited: '2027-02-12' };
  expect(proposeNextDay('ABSENT', '2027-02-04', again)).toBe('2027-02-12');
  expect(proposeNextDay('NO_ID', '2027-02-04', again)).toBe('2027-02-11');
  expect(proposeNextDay('REFUSED', '2027-02-04', again)).toBeNull();
  expect(isReturning('ABSENT')).toBe(false);
});

test.each([
  ['NO_PIN', 'order.pay', true],
  ['NO_PIN', 'order.take', false],
  ['NO_PIN', 'payout.pay', false],
  ['DAMAGED', 'result.deliver', true],
  ['DAMAGED', 'order.pay', false],
  ['NO_ID', 'order.pay', true],
] as const)('that %s at %s may be said: %o', (reason, kind, is) => {
  expect(isOffered(reason, kind)).toBe(is);
});
