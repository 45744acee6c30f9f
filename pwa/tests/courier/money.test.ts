/** Tests that money is paid, taken and counted only as it may be, and facts say what was. */
import { expect, test } from 'vitest';
import {
  emptyCount,
  listCountSteps,
  makeCount,
  missingCount,
  setNum,
} from '../../src/courier/cash/draft';
import {
  emptyCollect,
  emptyPay,
  missingCollect,
  missingPay,
  PAY_STEPS,
  readAmount,
  type PayDraft,
} from '../../src/courier/money/draft';
import { makeCollection, makePayment } from '../../src/courier/money/facts';
import { checkDay } from '../../src/courier/ready/readiness';
import { readRoute, addressOf } from '../../src/courier/router.svelte';
import { listDoable, listMoney } from '../../src/courier/visit/draft';
import { makeReceipt } from '../../src/courier/visit/receipt';
import { type ActDoc, type StopView } from '../../src/lib/rules/round';
import { documents, makeAct, makeOp, makeStop, viewRound } from './day';

const payout = (part: Partial<ActDoc> = {}): ActDoc =>
  ({
    ...makeAct({ kind: 'payout.pay', holder_kind: null, item_id: null }),
    // What the office tells of an act that is no dossier.
    checklist: null,
    reclaims: null,
    fee_due_vnd: null,
    postage_due_vnd: null,
    num_invitations: null,
    cash_in_vnd: 0,
    cash_out_vnd: 2_100_000,
    share_id: 'share',
    ...part,
  }) as unknown as ActDoc;

function viewOf(acts: ActDoc[], ops = [] as ReturnType<typeof makeOp>[]): StopView {
  const [stop] = viewRound(documents([makeStop({ acts })]), ops, 0).stops;
  if (stop === undefined) throw new Error('the day has no stop');
  return stop;
}

const demands = {
  amount_vnd: 2_100_000,
  mayPay: true,
  proxyProblem: null,
  needsSignature: true,
  num_photos: 0,
};

function ready(part: Partial<PayDraft> = {}): PayDraft {
  const draft = emptyPay();
  draft.identity.last4 = '0011';
  return { ...draft, keyed: '2100000', sign_citizen: 'M1 1L9 9', ...part };
}

test('that acts of money have screens of their own, whatever the office leaves empty', () => {
  const stop = viewOf([makeAct(), payout({ id: 'a2' })]);
  expect(listDoable(stop).map(({ id }) => id)).toEqual(['a1']);
  expect(listMoney(stop).map(({ id }) => id)).toEqual(['a2']);
  expect(stop.acts[1]).toMatchObject({ checklist: [], reclaims: [], fee_due_vnd: 0 });
});

test('that what a dossier costs is asked for once, by the acts of its charges', () => {
  const dossier = makeAct({ errand_id: 'd1', fee_due_vnd: 8_000, postage_due_vnd: 25_000 });
  const charge = payout({ id: 'a2', kind: 'charge.collect', subject_id: 'd1', cash_in_vnd: 8_000 });
  const [first] = viewOf([dossier, charge]).acts;
  expect(first).toMatchObject({ fee_due_vnd: 0, postage_due_vnd: 0, fee_apart_vnd: 33_000 });
  const [alone] = viewOf([dossier, payout({ subject_id: 'd1' })]).acts;
  expect(alone).toMatchObject({ fee_due_vnd: 8_000, postage_due_vnd: 25_000 });
});

test('that nothing is lacking of a payment that is whole', () => {
  expect(PAY_STEPS.flatMap((step) => missingPay(step, ready(), demands))).toEqual([]);
});

test.each([
  ['due', ready(), { ...demands, mayPay: false }, ['may']],
  ['amount', ready({ keyed: '210000' }), demands, ['amount']],
  ['amount', ready({ keyed: '' }), demands, ['amount']],
  ['sign', ready({ sign_citizen: '' }), { ...demands, num_photos: 1 }, ['sign', 'photo']],
  ['sign', ready({ sign_citizen: '' }), { ...demands, needsSignature: false }, []],
  ['confirm', ready({ keyed: '2100001' }), demands, ['may']],
  ['confirm', ready(), { ...demands, mayPay: false }, ['may']],
] as const)('that the step %s says what is lacking', (step, draft, wanted, missing) => {
  expect(missingPay(step, draft, wanted)).toEqual(missing);
});

test('that a proxy needs the number of its paper, and one that counts', () => {
  const draft = ready();
  draft.identity = { ...draft.identity, who: 'proxy', proxy_name: 'E', proxy_relation: 'con' };
  expect(missingPay('identity', draft, demands)).toEqual(['paper']);
  const problem = { ...demands, proxyProblem: 'proxy_expired' } as const;
  expect(missingPay('identity', { ...draft, paper: 'CT-7' }, problem)).toEqual(['proxy_rule']);
  const stop = viewOf([payout()]);
  const due = { payee: 'Bà Mẫu', lease_id: 'lease' };
  const fact = makePayment(stop, stop.acts[0]!, { ...draft, paper: ' CT-7 ' }, due);
  expect(fact.fields).toMatchObject({
    lease: 'lease',
    amount_vnd: 2_100_000,
    proxy: { relation: 'con', authority: 'certified' },
    authority_id: 'CT-7',
  });
  expect(fact.side).toEqual({ name: 'E' });
});

test('that the receiver is the payee, not whoever the stop is named after', () => {
  const stop = viewOf([payout()]);
  const due = { payee: 'Bà Mẫu', lease_id: null };
  const fact = makePayment(stop, stop.acts[0]!, ready(), due);
  expect(fact.side).toEqual({ name: 'Bà Mẫu' });
  expect(fact.fields).toMatchObject({ lease: null, proxy: null });
  expect(fact.fields).not.toHaveProperty('authority_id');
});

test.each([
  ['2.100.000', 2_100_000],
  ['', null],
  ['-5', 5],
  ['12abc', 12],
])('that the digits of %s are an amount', (keyed, amount_vnd) => {
  expect(readAmount(keyed)).toBe(amount_vnd);
});

test('that cash needs the exact amount and a number where the law asks for one', () => {
  const wanted = { amount_vnd: 8_000, needsReceipt: true, hasNumber: false };
  const cash = { ...emptyCollect(), method: 'cash', keyed: '7000' } as const;
  expect(missingCollect('method', { ...cash }, wanted)).toEqual(['amount', 'receipt']);
  const free = { ...wanted, needsReceipt: false };
  expect(missingCollect('confirm', { ...cash, keyed: '8000' }, free)).toEqual([]);
  expect(missingCollect('method', emptyCollect(), wanted)).toEqual(['method']);
  const qr = { ...emptyCollect(), method: 'qr' } as const;
  expect(missingCollect('method', { ...qr }, wanted)).toEqual(['qr']);
  expect(missingCollect('method', { ...qr, is_qr_shown: true }, wanted)).toEqual([]);
});

test('that a collection by QR draws no number, and one in cash does', () => {
  const stop = viewOf([payout({ kind: 'charge.collect', cash_in_vnd: 8_000, cash_out_vnd: 0 })]);
  const wanted = { kind: 'fee', year: 2026, amount_vnd: 8_000 } as const;
  const draft = { ...emptyCollect(), method: 'cash', keyed: '8000' } as const;
  const cash = makeCollection(stop, stop.acts[0]!, { ...draft }, 8_000, wanted);
  expect(cash.spend?.key).toBe('receipts');
  const qr = makeCollection(stop, stop.acts[0]!, { ...draft, method: 'qr' }, 8_000, null);
  expect(qr).not.toHaveProperty('spend');
  expect(qr.fields).toMatchObject({ method: 'qr', receipt: null, amount_vnd: 8_000 });
});

test('that the receipt of a visit tells what was paid, and that nobody owes it a fee', () => {
  const fields = { amount_vnd: 2_100_000, identity: { method: 'cccd', last4: '0011' } };
  const op = makeOp(1, 'payout.paid', fields, { side: '{"name":"Bà Mẫu"}' });
  const receipt = makeReceipt(viewOf([payout()], [op]), [op], 0);
  expect(receipt.lines[0]).toMatchObject({ state: 'saved', money: { amount_vnd: 2_100_000 } });
  expect(receipt).toMatchObject({ receiver: 'Bà Mẫu', fee_due_vnd: 0 });
});

test('that a count is one of notes, and only the end may be empty', () => {
  const draft = { ...emptyCount(), notes: setNum(setNum({}, 500_000, '3'), 1_000, 'x') };
  expect(makeCount('take', draft, 'h1')).toEqual({
    kind: 'cash.accepted',
    fields: { handover: 'h1', notes: { 500000: 3 }, amount_vnd: 1_500_000 },
  });
  expect(makeCount('count', draft, '').fields).not.toHaveProperty('handover');
  expect(missingCount('take', 'count', emptyCount(), 0)).toEqual(['count']);
  const nothing = { ...emptyCount(), notes: setNum({}, 500_000, '0') };
  expect(missingCount('count', 'count', nothing, 0)).toEqual([]);
  expect(missingCount('take', 'count', nothing, 0)).toEqual(['count']);
  expect(setNum({}, 200, '99999999')['200']).toBe(1_000_000);
});

test('that cash goes to somebody, and no more of it than is in hand', () => {
  const draft = { ...emptyCount(), notes: { '500000': 3 } };
  expect(listCountSteps('pass')).toEqual(['whom', 'count', 'confirm']);
  expect(missingCount('pass', 'whom', draft, 0)).toEqual(['whom']);
  expect(missingCount('pass', 'confirm', draft, 1_499_999)).toEqual(['whom', 'enough']);
  const to = { ...draft, to: 'c2' };
  expect(missingCount('pass', 'confirm', to, 1_500_000)).toEqual([]);
  expect(makeCount('pass', to, 'h9').fields).toMatchObject({ handover: 'h9', to: 'c2' });
});

test.each([
  ['#/cash', { screen: 'cash' }],
  ['#/cash/count', { screen: 'cash', deed: 'count' }],
  ['#/cash/take/h1', { screen: 'cash', deed: 'take', offer: 'h1' }],
] as const)('that %s leads to a screen of cash and back', (hash, route) => {
  expect(readRoute(hash)).toEqual(route);
  expect(addressOf(route)).toBe(hash);
});

const cash = {
  id: 'c1',
  balance_vnd: 3_000_000,
  free_vnd: 3_000_000,
  limit_vnd: 9_000_000,
  shift: { id: 'k', state: 'open', opened_at: '2026-11-23T00:00:00Z' } as const,
  lines: [],
  handovers: [],
  leases: [],
};
const waiting = {
  id: 'h1',
  kind: 'float.issue',
  amount_vnd: null,
  is_mine_to_take: true,
  giver: null,
  taker: null,
  made_at: '2026-11-23T00:00:00Z',
} as const;
const day = {
  view: viewRound(documents([makeStop({ acts: [payout()] })]), [], 0),
  today: '2026-11-23',
  hasMap: true,
  hasTiles: true,
  hasScanner: true,
  isPersisted: true,
  isInstalled: true,
  free_bytes: 4e9,
  offset_ms: 0,
  cash,
  ops: [],
  num_unlent: 0,
  numbers: [{ needed: 2, left: 50 }],
};

test.each([
  ['lists', 'good', {}],
  ['lists', 'bad', { num_unlent: 1 }],
  ['numbers', 'good', {}],
  ['numbers', 'bad', { numbers: [{ needed: 2, left: 1 }] }],
  ['numbers', 'none', { numbers: [] }],
  ['float', 'good', {}],
  ['float', 'warn', { cash: { ...cash, free_vnd: 1 } }],
  ['float', 'bad', { cash: { ...cash, handovers: [waiting] } }],
  ['shift', 'good', {}],
  ['shift', 'warn', { cash: null }],
] as const)('that %s is %s before leaving', (name, state, part) => {
  const found = checkDay({ ...day, ...part } as Parameters<typeof checkDay>[0]);
  expect(found.find((one) => one.name === name)?.state).toBe(state);
});
