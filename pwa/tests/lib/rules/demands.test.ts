// @vitest-environment node
/** Tests that a phone asks for the proof that its office asks for, by the same table of cases. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findDemand, type Demand, type ProofRule } from '../../../src/lib/rules/demands';
import {
  FAILURE_REASONS,
  REASON_GROUPS,
  type FailureReason,
} from '../../../src/lib/rules/failures';
import type { ActDoc } from '../../../src/lib/rules/round';

interface Case {
  about?: string;
  rules?: ProofRule[];
  act: ActDoc['kind'];
  reason: FailureReason | null;
  demands: Record<'photo' | 'note' | 'sign_citizen', Demand>;
}
// The office is tested with the same table (`tests/backend/rounds/test_demands.py`).
const file = join(import.meta.dirname, '../../../../tests/vectors/proof_rules.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as { usual: Case[]; cases: Case[] };

test.each([...vectors.usual, ...vectors.cases])(
  'that $act asks what it must ($reason $about)',
  ({ rules = [], act, reason, demands }) => {
    const found = {
      photo: findDemand(rules, act, reason, 'photo'),
      note: findDemand(rules, act, reason, 'note'),
      sign_citizen: findDemand(rules, act, reason, 'sign_citizen'),
    };
    expect(found).toEqual(demands);
  },
);

test('that every reason stands in one group', () => {
  const grouped = REASON_GROUPS.flatMap(({ reasons }): FailureReason[] => [...reasons]);
  expect([...grouped].sort()).toEqual([...FAILURE_REASONS].sort());
});
