/** Tests that a failed visit asks for its proof and proposes a lawful next day. */
import { expect, test } from 'vitest';
import {
  addWorkingDays,
  failureProofs,
  isReturning,
  proposeNextDay,
} from '../../../src/lib/rules/failures';

test.each([
  ['ABSENT', ['photo']],
  ['REFUSED', ['note']],
  ['DAMAGED', ['photo']],
  ['NO_ID', []], // the paper that is not there cannot be shown
  ['FEE_UNPAID', []],
] as const)('that %s needs %j', (reason, proofs) => {
  expect(failureProofs(reason)).toEqual(proofs);
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
  expect(isReturning('ABSENT')).toBe(false);
});
