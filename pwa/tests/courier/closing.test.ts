// @vitest-environment node
/** Tests that the shift ends with the last round, but never before the cash was counted. */
import { expect, test } from 'vitest';
import { whatKeeps } from '../../src/courier/lock/closing';
import type { CashDoc, HandoverDoc } from '../../src/lib/rules/cash';
import type { StoredOp } from '../../src/lib/sync/types';

const cash = (part: Partial<CashDoc>): CashDoc => ({
  id: 'c',
  balance_vnd: 0,
  free_vnd: 0,
  limit_vnd: 1,
  shift: null,
  lines: [],
  handovers: [],
  leases: [],
  ...part,
});
const shift = (state: 'open' | 'counted') => ({ id: 's', state, opened_at: '2027-01-05T00:00Z' });
const offer = { id: 'h', is_mine_to_take: true } as HandoverDoc;
const counted = (outcome: 'applied' | 'held' | null): StoredOp => ({
  seq: 1,
  id: 'o',
  kind: 'cash.counted',
  raw: '{}',
  hash: '',
  side: null,
  recorded_at: 0,
  subject: {},
  photos: [],
  decision: outcome && { seq: 1, id: 'o', n: 1, outcome, reason: null },
});

test.each([
  ['nothing else', { a: 'open' }, null, [], null],
  ['a round of another day left open', { a: 'open', b: 'open' }, null, [], 'round'],
  ['a round that has not begun', { a: 'open', b: 'published' }, null, [], null],
  ['no cash at all', {}, cash({}), [], null],
  ['notes without a shift', {}, cash({ free_vnd: 1 }), [], 'cash'],
  ['cash to count', {}, cash({ shift: shift('open') }), [], 'cash'],
  ['cash counted by the office too', {}, cash({ shift: shift('counted'), free_vnd: 1 }), [], null],
  ['cash counted a moment ago', {}, cash({ shift: shift('open') }), [counted(null)], null],
  ['cash whose count is held', {}, cash({ shift: shift('open') }), [counted('held')], 'cash'],
  ['an offer to count', {}, cash({ handovers: [offer] }), [], 'cash'],
] as const)('that with %s', (_, rounds, money, ops, keeps) => {
  expect(whatKeeps('a', rounds, money, ops)).toBe(keeps);
});
