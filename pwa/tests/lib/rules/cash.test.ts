// @vitest-environment node
/** Tests that what is undecided stands beside the balance, and what a payout needs to be paid. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  inHand_vnd,
  lastCount,
  listBeside,
  listLeases,
  listMoved,
  listToTake,
  type CashDoc,
} from '../../../src/lib/rules/cash';
import { agreesLast4, judgePay, judgeProxy } from '../../../src/lib/rules/payouts';
import type { Decision } from '../../../src/lib/sync/types';
import { makeOp } from '../../courier/day';

const NOW = Date.parse('2026-11-23T03:00:00Z');
const lease = { id: 'l1', share_id: 'share', expires_at: '2026-11-23T13:00:00Z' };
const cash: CashDoc = {
  id: 'c1',
  balance_vnd: 5_000_000,
  free_vnd: 4_500_000,
  limit_vnd: 200_000_000,
  shift: { id: 'k1', state: 'open', opened_at: '2026-11-23T00:00:00Z' },
  lines: [],
  handovers: [],
  leases: [lease],
};
const decided = (outcome: Decision['outcome'], reason: string | null = null) => ({
  decision: { seq: 1, id: 'op1', n: 1, outcome, reason },
});
const paid = makeOp(1, 'payout.paid', { amount_vnd: 2_000_000 });
const taken = makeOp(2, 'charge.collected', { amount_vnd: 8_000, method: 'cash' });
const shown = makeOp(3, 'charge.collected', { amount_vnd: 9_000, method: 'qr' });

test('that undecided and held facts stand beside the balance, unlike what is booked', () => {
  const held = makeOp(4, 'payout.paid', { amount_vnd: 1_000 }, decided('held', 'no_lease'));
  const done = makeOp(5, 'payout.paid', { amount_vnd: 7 }, decided('applied'));
  const line = {
    id: 'x',
    code: 'payout.in_doubt',
    phase: 'single',
    amount_vnd: -5,
    at: '',
    group_id: 'g',
    op_id: 'op6',
  };
  const booked = makeOp(6, 'payout.paid', { amount_vnd: 5 }, decided('held', 'already_paid'));
  const ops = [paid, taken, shown, held, done, booked];
  const beside = listBeside({ lines: [line] }, ops);
  expect(beside.map(({ op, state, amount_vnd }) => [op.seq, state, amount_vnd])).toEqual([
    [1, 'undecided', -2_000_000],
    [2, 'undecided', 8_000],
    [4, 'held', -1_000],
  ]);
  expect(inHand_vnd({ ...cash, lines: [line] }, ops)).toBe(4_500_000 - 2_000_000 + 8_000 - 1_000);
});

test('that an offer waits until it was counted, and again when that could not be', () => {
  const offer = {
    id: 'h1',
    kind: 'float.issue',
    amount_vnd: null,
    is_mine_to_take: true,
    giver: null,
    taker: null,
    made_at: '',
  } as const;
  const with_offer = { ...cash, handovers: [offer] };
  const count = makeOp(1, 'cash.accepted', { handover: 'h1', amount_vnd: 9 });
  expect(listToTake(with_offer, [])).toEqual([offer]);
  expect(listToTake(with_offer, [count])).toEqual([]);
  const held = { ...count, ...decided('held', 'not_pending') };
  expect(listToTake(with_offer, [held])).toEqual([offer]);
  expect(inHand_vnd(with_offer, [count])).toBe(4_500_009);
  expect(inHand_vnd(with_offer, [held])).toBe(4_500_000);
  expect(lastCount([{ ...count, ...decided('applied', 'counts_differ') }])).toBe('differs');
  expect(lastCount([{ ...count, ...decided('applied') }])).toBe('agrees');
  expect(lastCount([count])).toBeNull();
});

test('that what was offered and taken is one line, and what was given up none', () => {
  const line = (id: string, phase: string, group_id: string) => ({
    id,
    phase,
    group_id,
    code: 'float.issue',
    amount_vnd: 1,
    at: '',
    op_id: null,
  });
  const lines = [
    line('1', 'pending', 'a'),
    line('2', 'post', 'a'),
    line('3', 'pending', 'b'),
    line('4', 'void', 'b'),
    line('5', 'single', 'c'),
    line('6', 'pending', 'd'),
  ];
  expect(listMoved({ lines }).map(({ id }) => id)).toEqual(['6', '5', '2']);
});

const facts = {
  share_id: 'share',
  amount_vnd: 2_000_000,
  cash,
  ops: [] as ReturnType<typeof makeOp>[],
  now_ms: NOW,
  offset_ms: 0,
  is_clock_moved: false,
};

test.each([
  ['sound', {}, []],
  ['of another list', { share_id: 'other' }, ['no_list']],
  ['of no list', { share_id: null }, ['no_list']],
  ['after its time', { now_ms: NOW + 11 * 3_600_000 }, ['list_ended']],
  ['after its time by the office’s clock', { offset_ms: 10 * 3_600_000 }, ['list_ended']],
  ['in time by the office’s clock', { now_ms: NOW + 11 * 3_600_000, offset_ms: -7_200_000 }, []],
  ['with too little', { amount_vnd: 4_500_001 }, ['not_enough']],
  ['with the last note', { amount_vnd: 4_500_000 }, []],
  ['with what was paid before', { amount_vnd: 3_000_000, ops: [paid] }, ['not_enough']],
  ['by a clock that was changed', { is_clock_moved: true }, ['clock']],
  ['before anything of cash came', { cash: null }, ['no_cash']],
])('that a payout is judged: %s', (_, part, problems) => {
  expect(judgePay({ ...facts, ...part }).problems).toEqual(problems);
});

test('that a list given back is paid from no more', () => {
  const released = makeOp(9, 'lease.released', { lease: 'l1' });
  expect(listLeases(cash, [released])).toEqual([]);
  expect(judgePay({ ...facts, ops: [released] }).problems).toEqual(['no_list']);
  expect(judgePay(facts).lease).toEqual(lease);
});

const proxy = {
  name: 'E',
  valid_from: '2026-11-01',
  valid_to: '2026-11-23',
  is_certified: true,
  must_be_certified: true,
};

test.each([
  ['sound', proxy, 'certified', null],
  ['none named', null, 'certified', 'proxy_unknown'],
  ['hand-written', proxy, 'written', 'proxy_not_certified'],
  [
    'uncertified in the list',
    { ...proxy, is_certified: false },
    'certified',
    'proxy_not_certified',
  ],
  ['where none need be', { ...proxy, must_be_certified: false }, 'written', null],
  ['too early', { ...proxy, valid_from: '2026-11-24' }, 'certified', 'proxy_too_early'],
  ['expired', { ...proxy, valid_to: '2026-11-22' }, 'certified', 'proxy_expired'],
] as const)('that a proxy is judged: %s', (_, named, authority, problem) => {
  expect(judgeProxy(named, authority, NOW)).toBe(problem);
});

test('that the last day of an authority is Vietnam’s, not the phone’s', () => {
  expect(judgeProxy(proxy, 'certified', Date.parse('2026-11-23T16:59:00Z'))).toBeNull();
  expect(judgeProxy(proxy, 'certified', Date.parse('2026-11-23T17:01:00Z'))).toBe('proxy_expired');
});

test('that other digits than the list’s are noticed, where the list can be asked', async () => {
  const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
    createHash('sha256').update(bytes).digest();
  const check = createHash('sha256').update('p1:0011').digest('hex').slice(0, 16);
  expect(await agreesLast4('p1', '0011', check, sha256)).toBe(true);
  expect(await agreesLast4('p1', '0012', check, sha256)).toBe(false);
  expect(await agreesLast4('p1', '0012', undefined, sha256)).toBeNull();
});
