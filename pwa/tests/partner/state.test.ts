/** Tests of what the agency's app decides by itself: files, months, how money closes. */
import { periodName } from '../../src/lib/units';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  complaintOf,
  isRunning,
  kindOf,
  mayKeep,
  mergedWith,
  missingOf,
  progressOf,
  readDeclared,
  type Asked,
} from '../../src/partner/state/bring';
import { compare, gapOf, isClosed, lackingOf, percentPaid } from '../../src/partner/state/money';
import { nextPeriod, periodsAround } from '../../src/partner/state/period';
import type { Reconciliation, Scheme, Side } from '../../src/partner/wire';

const settings = (changes: Partial<Scheme['settings']> = {}): Pick<Scheme, 'settings'> => ({
  settings: {
    amount_max_vnd: 100_000_000,
    calendar: {
      list_before_day: 25,
      list_warn_days: 5,
      commune_warn_days: 2,
      back_warn_days: 3,
      back_before_day: 20,
      commune_days: [2, 10],
      office_days: [11, 25],
      merged_months: [1, 2],
    },
    evidence: { methods: ['cccd'], needs_signature: true, num_photos: 0 },
    fee_bp: 0,
    fee_vnd: 0,
    form: 'C72a-HD',
    late_days: null,
    marks: {},
    needs_reference: false,
    per: 'person',
    proxy: { is_allowed: true, must_be_certified: true, months_max: 12, warn_days: 30 },
    service_duration_s: 240,
    supervision: 'none',
    ...changes,
  },
});
const ASKED: Asked = {
  scheme: 'pension',
  period: '2026-12',
  second_period: null,
  reference: null,
  base_id: null,
  declared_vnd: null,
  due_on: null,
};
const CAMPAIGN = settings({ calendar: null, needs_reference: true, late_days: 13 });

test.each([
  ['a.csv', 'csv'],
  ['A.CSV', 'csv'],
  ['b.xlsx', 'xlsx'],
  ['b.xls', null],
  ['b.xlsx.pdf', null],
])('that %s is taken as %s', (name, kind) => {
  expect(kindOf(name)).toBe(kind);
});

test.each([
  [{ name: 'a.pdf', size: 4 }, 'file_kind'],
  [{ name: 'a.csv', size: 0 }, 'file_empty'],
  [{ name: 'a.xlsx', size: 33 * 1024 * 1024 }, 'file_large'],
  [{ name: 'a.xlsx', size: 32 * 1024 * 1024 }, null],
])('that %o is met with %s', (file, complaint) => {
  expect(complaintOf(file)).toBe(complaint);
});

test.each([
  ['', null],
  ['650000', 650_000],
  ['1.234.000 đ', 1_234_000],
  ['1,234,000', 1_234_000],
  ['-5', Number.NaN],
  ['một triệu', Number.NaN],
])('that the amount %s is read as %s', (text, amount) => {
  expect(readDeclared(text)).toEqual(amount);
});

test.each([
  [{}, settings(), null],
  [{}, undefined, 'scheme_missing'],
  [{ period: '2026-13' }, settings(), 'period_wrong'],
  [{ declared_vnd: Number.NaN }, settings(), 'declared_wrong'],
  [{ due_on: '2027-01-20' }, CAMPAIGN, 'reference_wrong'],
  [{ reference: 'tết', due_on: '2027-01-20' }, CAMPAIGN, 'reference_wrong'],
  [{ reference: 'TET-2027' }, CAMPAIGN, 'due_on_missing'],
  [{ reference: 'TET-2027', due_on: '2027-01-20' }, CAMPAIGN, null],
])('that %o lacks %#', (changes, scheme, complaint) => {
  expect(missingOf({ ...ASKED, ...changes }, scheme)).toBe(complaint);
});

test('that only January is paid together with February, where the scheme allows it', () => {
  expect(mergedWith('2027-01', settings())).toBe('2027-02');
  expect(mergedWith('2027-02', settings())).toBeNull();
  expect(mergedWith('2027-01', CAMPAIGN)).toBeNull();
  expect(mergedWith('2027-01', undefined)).toBeNull();
});

test('that only a judged file without a fault may be kept', () => {
  expect(mayKeep({ state: 'judged', num_faults: 0, num_good: 3 })).toBe(true);
  expect(mayKeep({ state: 'judged', num_faults: 1, num_good: 3 })).toBe(false);
  expect(mayKeep({ state: 'judged', num_faults: 0, num_good: 0 })).toBe(false);
  expect(mayKeep({ state: 'done', num_faults: 0, num_good: 3 })).toBe(false);
  expect(['queued', 'working', 'judged', 'failed'].map((state) => isRunning({ state }))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('that progress is known once the rows are counted, and never above all', () => {
  expect(progressOf({ num_read: 0, num_total: 0 })).toBeNull();
  expect(progressOf({ num_read: 50, num_total: 200 })).toBe(0.25);
  expect(progressOf({ num_read: 201, num_total: 200 })).toBe(1);
});

test('that months are named, followed and offered', () => {
  expect(periodName('2026-12')).toBe('12/2026');
  expect(nextPeriod('2026-12')).toBe('2027-01');
  expect(nextPeriod('2026-09')).toBe('2026-10');
  expect(periodsAround('2026-11-26', '2025-01')).toEqual([
    '2027-02',
    '2027-01',
    '2026-12',
    '2026-11',
    '2026-10',
    '2026-09',
    '2025-01',
  ]);
});

const side = (paid: number, back: number, left: number): Side => ({
  funded_vnd: paid + back + left,
  paid_vnd: paid,
  given_back_vnd: back,
  left_vnd: left,
  in_doubt_vnd: 0,
});
const found = (rows: Side, ledger: Side, difference_vnd: number) =>
  ({ rows, ledger, difference_vnd }) as Reconciliation;

test('that a list closes only when both books close and say the same', () => {
  const sums = fc.tuple(fc.nat(1e9), fc.nat(1e9), fc.nat(1e9));
  fc.assert(
    fc.property(sums, fc.integer({ min: 1, max: 1e6 }), ([paid, back, left], wrong) => {
      const good = side(paid, back, left);
      expect(gapOf(good)).toBe(0);
      expect(isClosed(found(good, good, 0))).toBe(true);
      const bad = { ...good, paid_vnd: paid + wrong };
      expect(gapOf(bad)).toBe(-wrong);
      expect(isClosed(found(good, bad, 0))).toBe(false);
      expect(isClosed(found(good, good, wrong))).toBe(false);
      const told = compare({ rows: good, ledger: bad }).map((line) => line.difference_vnd);
      expect(told).toEqual([0, -wrong, 0, 0, 0]);
    }),
  );
});

test('that a draft lacks what neither came nor was carried over', () => {
  const list = { total_vnd: 10, funded_vnd: 6, carried_in_vnd: 3 };
  expect(lackingOf(list)).toBe(1);
  expect(lackingOf({ ...list, funded_vnd: 9 })).toBe(-2);
});

test('that a list is paid in full only when everybody is', () => {
  expect(percentPaid({ num_paid: 999, num_rows: 1000 })).toBe(99);
  expect(percentPaid({ num_paid: 1000, num_rows: 1000 })).toBe(100);
  expect(percentPaid({ num_paid: 0, num_rows: 0 })).toBe(0);
});
