/** Tests that money orders are taken and paid only as they may be, and that no PIN is kept. */
import { expect, test } from 'vitest';
import { readAmount } from '../../src/courier/money/draft';
import {
  countsForOrder,
  emptyOrder,
  makeOrderPayment,
  makeTaking,
  missingOrder,
  PAY_ORDER_STEPS,
  provePin,
  readAnswer,
  reopenPay,
  TAKE_STEPS,
  type OrderDraft,
  type OrderStep,
} from '../../src/courier/money/orders';
import { makeReceipt } from '../../src/courier/visit/receipt';
import { findSeen } from '../../src/courier/visit/seen';
import { inHand_vnd, type CashDoc } from '../../src/lib/rules/cash';
import { judgeOrder, totalOf } from '../../src/lib/rules/orders';
import { type ActDoc, type StopView } from '../../src/lib/rules/round';
import { documents, makeAct, makeOp, makeStop, viewRound } from './day';

const ORDER = { reference: 'CTABCDEFGH', amount_vnd: 2_000_000, fee_vnd: 25_000 };
const cash: CashDoc = {
  id: 'c1',
  balance_vnd: 2_000_000,
  free_vnd: 2_000_000,
  limit_vnd: 50_000_000,
  shift: null,
  lines: [],
  handovers: [],
  leases: [],
};

function viewOf(kind: ActDoc['kind'], ops = [] as ReturnType<typeof makeOp>[]): StopView {
  const [stop] = viewRound(
    documents([makeStop({ acts: [makeAct({ kind, shown: ORDER })] })]),
    ops,
    0,
  ).stops;
  if (stop === undefined) throw new Error('the day has no stop');
  return stop;
}

function ready(part: Partial<OrderDraft> = {}): OrderDraft {
  const draft = emptyOrder(null);
  draft.identity.last4 = '0123';
  return { ...draft, keyed: '2025000', sign_citizen: 'M1 1L9 9', ...part };
}

const taking = { total_vnd: 2_025_000, mayPay: true, isProven: true };
const paying = { total_vnd: 2_000_000, mayPay: true, isProven: true };

test.each<[string, OrderStep, Partial<OrderDraft>, Partial<typeof taking>, string[]]>([
  ['all is there', 'confirm', {}, {}, []],
  ['the fee is not in it', 'amount', { keyed: '2000000' }, {}, ['amount']],
  ['nothing was keyed', 'amount', { keyed: '' }, {}, ['amount']],
  ['nobody signed', 'sign', { sign_citizen: '' }, {}, ['sign']],
  ['nobody signed, told at the end', 'confirm', { sign_citizen: '' }, {}, ['sign']],
  ['the office was not asked', 'pin', {}, { isProven: false }, ['pin']],
  ['the office was not asked, told at the end', 'confirm', {}, { isProven: false }, ['pin']],
  ['too little cash', 'due', {}, { mayPay: false }, ['may']],
  ['the cash went meanwhile', 'confirm', {}, { mayPay: false }, ['may']],
])('that a step says what it lacks: %s', (_name, step, part, demands, missing) => {
  expect(missingOrder(step, ready(part), { ...taking, ...demands })).toEqual(missing);
});

test('that no paper means no order at the end', () => {
  const draft = ready();
  draft.identity.last4 = '';
  expect(missingOrder('confirm', draft, taking)).toEqual(['may']);
});

test('that only who is paid needs a PIN, before any note is counted out', () => {
  expect(TAKE_STEPS).not.toContain('pin');
  expect(PAY_ORDER_STEPS.indexOf('pin')).toBeLessThan(PAY_ORDER_STEPS.indexOf('amount'));
});

test('that taking tells amount and fee apart, and who was there beside it', () => {
  const stop = viewOf('order.take');
  const fact = makeTaking(stop, stop.acts[0]!, ORDER, ready());
  expect(fact.kind).toBe('order.taken');
  expect(fact.fields).toEqual({
    stop: 's1',
    act: 'a1',
    amount_vnd: 2_000_000,
    fee_vnd: 25_000,
    receipt: null,
    identity: { method: 'cccd', last4: '0123' },
    sign_citizen: 'M1 1L9 9',
  });
  expect(fact.side).toEqual({ name: stop.party.name });
});

test('that the fact bears what the office gave for the PIN, and no draft does', () => {
  const stop = viewOf('order.pay');
  const draft = ready({ keyed: '2000000' });
  const fact = makeOrderPayment(stop, stop.acts[0]!, draft, 'ab12');
  expect(fact.fields).toMatchObject({ grant: 'ab12', amount_vnd: 2_000_000 });
  expect(JSON.stringify([draft, fact.side, fact.subject])).not.toContain('ab12');
});

test.each([
  ['due', 'due'],
  ['identity', 'identity'],
  ['pin', 'pin'],
  ['amount', 'pin'],
  ['confirm', 'pin'],
])('that a payment kept at %s is taken up at %s', (kept, step) => {
  expect(reopenPay(ready({ step: kept })).step).toBe(step);
});

test.each([
  [200, { grant: 'ab12' }, 'right'],
  [409, { code: 'wrong_pin' }, 'wrong_pin'],
  [409, { code: 'pin_locked' }, 'pin_locked'],
  [409, { code: 'wrong_identity' }, 'wrong_identity'],
  [409, { code: 'paper_of_other_kind' }, 'paper_of_other_kind'],
  [409, { code: 'not_your_round' }, 'refused'],
  [409, null, 'refused'],
  [429, { code: 'too_many' }, 'too_often'],
  [503, null, 'no_answer'],
  [200, 'a captive portal', 'no_answer'],
  [200, { grant: 1 }, 'no_answer'],
  [204, null, 'no_answer'],
])('that an answer %i %o means %s', (status, body, meant) => {
  const grant = meant === 'right' ? 'ab12' : '';
  expect(readAnswer({ status, body })).toEqual({ answer: meant, missing: [], grant });
});

test('that what the law wants of a payee is named, and told with the next PIN', async () => {
  const params = { fields: 'birth_on,address,shoe_size' };
  const told = readAnswer({ status: 409, body: { code: 'aml_fields_missing', params } });
  expect(told).toEqual({
    answer: 'aml_fields_missing',
    missing: ['birth_on', 'address'],
    grant: '',
  });
  const sent: unknown[] = [];
  const office = async (_: 'POST', __: string, body: string) => {
    sent.push((JSON.parse(body) as { said: unknown }).said);
    return { status: 200, body: { grant: 'ab12' } };
  };
  const said = { birth_on: '1985-01-01', address: ' Thôn Mẫu ', nationality: 'Việt Nam' };
  const where = { stop: 's1', act: 'a1' };
  await provePin(office, where, '274916', 1, ready().identity, { said, asked: told.missing });
  expect(sent).toEqual([{ birth_on: '1985-01-01', address: 'Thôn Mẫu' }]);
});

test('that with no network nobody can say that a PIN is right', async () => {
  const away = (): Promise<never> => Promise.reject(new TypeError('no network'));
  const where = { stop: 's1', act: 'a1' };
  const { identity } = ready();
  expect(await provePin(away, where, '274916', 1, identity)).toEqual({
    answer: 'no_answer',
    missing: [],
    grant: '',
  });
  const asked: unknown[] = [];
  const yes = async (_: 'POST', path: string, body: string) => {
    asked.push(path, JSON.parse(body));
    return { status: 200, body: { grant: 'ab12' } };
  };
  expect(await provePin(yes, where, '274916', 1, identity)).toEqual({
    answer: 'right',
    missing: [],
    grant: 'ab12',
  });
  expect(asked).toEqual([
    '/api/sync/v1/orders/judge',
    { ...where, pin: '274916', amount_vnd: 1, identity: { method: 'cccd', last4: '0123' } },
  ]);
});

test('that cash in hand moves by the amount with its fee, and must reach for a payment', () => {
  const taken = makeOp(1, 'order.taken', { amount_vnd: 2_000_000, fee_vnd: 25_000 });
  const paid = makeOp(2, 'order.paid', { amount_vnd: 3_000_000 });
  expect(inHand_vnd(cash, [taken])).toBe(4_025_000);
  expect(inHand_vnd(cash, [taken, paid])).toBe(1_025_000);
  expect(judgeOrder(2_000_000, cash, [])).toEqual([]);
  expect(judgeOrder(2_000_001, cash, [])).toEqual(['not_enough']);
  expect(judgeOrder(1, null, [])).toEqual(['no_cash']);
  expect(totalOf(ORDER)).toBe(readAmount('2.025.000'));
});

test('that the receipt has a line of what was taken with its fee', () => {
  const fields = { amount_vnd: 2_000_000, fee_vnd: 25_000, identity: null };
  const op = makeOp(1, 'order.taken', fields);
  const [line] = makeReceipt(viewOf('order.take', [op]), [op], 0).lines;
  expect(line?.money).toMatchObject({ amount_vnd: 2_025_000, fee_vnd: 25_000 });
});

test('that one look at a paper serves the acts of a visit, an order that of its citizen', () => {
  const stop = { id: 's1' };
  const identity = { method: 'cccd', last4: '0123' };
  const own = makeOp(1, 'order.taken', { identity });
  const proxy = makeOp(2, 'payout.paid', { identity: { ...identity, last4: '9' }, proxy: {} });
  const away = makeOp(3, 'order.taken', { identity }, { subject: { stop: 's2' } });
  const found = findSeen(stop, [own, proxy, away], countsForOrder);
  expect(found?.identity).toMatchObject({ who: 'self', ...identity });
  expect(findSeen(stop, [proxy, away], countsForOrder)).toBeNull();
  const known = makeOp(1, 'result.delivered', { identity: { method: 'known' } });
  expect(findSeen(stop, [known])?.identity.method).toBe('known');
  expect(emptyOrder(findSeen(stop, [known], countsForOrder)).identity.method).toBe('cccd');
  expect(missingOrder('amount', ready({ keyed: '2000000' }), paying)).toEqual([]);
});
