import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { makeOnce } from '../../src/cash/counter/once';
import { emptyParty, isParty, toParty } from '../../src/cash/counter/orders/party';
import Proposals from '../../src/cash/counter/orders/Proposals.svelte';
import TakeOrder from '../../src/cash/counter/orders/TakeOrder.svelte';
import PayOrder from '../../src/cash/counter/orders/PayOrder.svelte';
import PayForm from '../../src/cash/counter/payouts/PayForm.svelte';
import { readAmount } from '../../src/lib/rules/money';
import { isPaper, isPin, ORDER_MAX_VND, readRows } from '../../src/cash/counter/reading';
import type { Order, Payout, Proposal } from '../../src/cash/counter/wire';
import { findSession } from '../../src/lib/desk/session.svelte';

HTMLCanvasElement.prototype.getContext = () => null;
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test.each([
  ['2.000.000', 2_000_000],
  ['2 000 000 đ', 2_000_000],
  ['31 500 000đ', 31_500_000],
  ['1,234,000', 1_234_000],
  ['1', 1],
  ['50000000000', 50_000_000_000],
  ['50000000001', null],
  ['0', null],
  ['-5', null],
  ['', null],
  ['hai triệu', null],
])('that %j is read as %j đồng', (text, amount) => {
  expect(readAmount(text, ORDER_MAX_VND)).toBe(amount);
});

test('that papers, last digits and PINs are told from slips of the finger', () => {
  expect(['027050000011', '0270 5000 0011', 'b1234567'].map((one) => isPaper(one))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['02705000001', '12345678', ''].map((one) => isPaper(one))).toEqual([false, false, false]);
  expect([isPaper('123456789', 'Hoa Kỳ'), isPaper('123456789', 'Việt Nam')]).toEqual([true, false]);
  expect(['123 456', '12345', 'abcdef'].map(isPin)).toEqual([true, false, false]);
});

test('that one content has one id until it is done', () => {
  let num = 0;
  const once = makeOnce(() => String((num += 1)));
  expect([once.idFor({ a: 1 }), once.idFor({ a: 1 })]).toEqual(['1', '1']);
  expect(once.idFor({ a: 2 })).toBe('2');
  once.done();
  expect(once.idFor({ a: 2 })).toBe('3');
});

test('that rows of minutes are read, and what is none left out', () => {
  const at = '2026-12-03T02:00:00Z';
  expect(readRows([['Mẫu A', '0011', '2026-12', 2_100_000, at, {}], null])).toEqual([
    { name: 'Mẫu A', last4: '0011', period: '2026-12', amount_vnd: 2_100_000, at },
  ]);
});

test('that a party is told without blanks, and a missing day as none', () => {
  const draft = { ...emptyParty('Việt Nam'), name: ' Mẫu ', id_number: '0270 5000 0011' };
  expect(isParty(draft)).toBe(true);
  expect(isParty({ ...draft, name: ' ' })).toBe(false);
  expect(toParty(draft)).toMatchObject({ name: 'Mẫu', id_number: '027050000011', birth_on: null });
});

const problem = (code: string) =>
  new Response(JSON.stringify({ code, title: code, request_id: '' }), { status: 409 });

test('that a refused PIN is gone, and a press after a lost answer has the same id', async () => {
  const replies = [
    () => problem('wrong_pin'),
    () =>
      new Response(
        JSON.stringify({
          amount_vnd: 2_000_000,
          purpose: 'Gửi',
          state: 'taken',
          payee: { name: 'Mẫu', id_number: '••••0123', phone: '' },
          missing: [],
        }),
      ),
    () => {
      throw new Error('lost');
    },
    () => new Response(null, { status: 204 }),
  ];
  const bodies: { id?: string; pin: string }[] = [];
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    bodies.push(JSON.parse(String(init.body)) as { pin: string });
    return replies.shift()?.();
  });
  render(PayOrder);
  const type = (label: RegExp, value: string) =>
    fireEvent.input(screen.getByLabelText(label), { target: { value } });
  await type(/^Số phiếu/, 'ct123');
  await type(/^Mã PIN/, '111 111');
  await fireEvent.click(screen.getByRole('button', { name: 'Kiểm tra phiếu' }));
  await screen.findByText(/Chưa trả đồng nào/);
  expect((screen.getByLabelText(/^Mã PIN/) as HTMLInputElement).value).toBe('');
  await type(/^Mã PIN/, '222222');
  await fireEvent.click(screen.getByRole('button', { name: 'Kiểm tra phiếu' }));
  await screen.findByText('••••0123');
  await type(/^Số trên giấy tờ/, '027085000123');
  await fireEvent.click(screen.getByRole('button', { name: /^Đã trao/ }));
  await screen.findByText(/Không kết nối được/);
  await fireEvent.click(screen.getByRole('button', { name: /^Đã trao/ }));
  await waitFor(() => expect(bodies).toHaveLength(4));
  expect(bodies[3]).toEqual(bodies[2]);
  await screen.findByLabelText(/^Mã PIN/);
  expect(document.body.textContent).not.toContain('222222');
});

const ORDER = {
  id: 'o',
  reference: 'CT12345678',
  amount_vnd: 2_000_000,
  fee_vnd: 25_000,
  purpose: 'Gửi',
  sender: { name: 'Mẫu A', id_number: '••••0017', phone: '' },
  payee: { name: 'Mẫu B', id_number: '••••0123', phone: '' },
  state: 'booked',
} as Order;

test('that money taken is not taken twice when an answer is lost, and the PIN comes', async () => {
  const asked: string[] = [];
  const replies = [
    () => {
      throw new Error('lost');
    },
    () => problem('order_not_booked'),
    () => new Response(JSON.stringify({ reference: 'CT12345678', pin: '123456' })),
  ];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path.split('/').at(-1) ?? '');
    return replies.shift()?.();
  });
  const { unmount } = render(TakeOrder, { order: ORDER, ondone: () => undefined });
  const take = () => fireEvent.click(screen.getByRole('button', { name: /^Đã nhận/ }));
  await take();
  await screen.findByText(/Không kết nối được/);
  await take();
  await screen.findByText('123 456');
  expect(asked).toEqual(['take', 'take', 'pin']);
  unmount();
  expect(document.body.textContent).not.toContain('123 456');
});

test('that a refusal to take is told, and no PIN is asked for', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    return problem('order_not_booked');
  });
  render(TakeOrder, { order: ORDER, ondone: () => undefined });
  await fireEvent.click(screen.getByRole('button', { name: /^Đã nhận/ }));
  await screen.findByText('order_not_booked');
  expect(asked).toHaveLength(1);
});

const PAYOUT = {
  id: 'p',
  list_id: 'l',
  name: 'Mẫu A',
  amount_vnd: 2_100_000,
  proxy_name: '',
} as Payout;

test('that a payment tells what is missing, and a refused one keeps its id', async () => {
  const bodies: { id: string; identity: { last4: string }; proxy: unknown }[] = [];
  const paid = vi.fn(async () => undefined);
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    bodies.push(JSON.parse(String(init.body)) as (typeof bodies)[0]);
    return bodies.length === 1
      ? problem('identity_differs')
      : new Response(JSON.stringify({ payment_id: 'x', is_new: true }));
  });
  render(PayForm, { payout: PAYOUT, onpaid: paid });
  const pay = () => fireEvent.click(screen.getByRole('button', { name: /^Đã trao/ }));
  await pay();
  await screen.findByText('Người nhận chưa ký.');
  screen.getByText(/Hãy nhập đúng 4 ký tự cuối/);
  expect(bodies).toHaveLength(0);
  const field = screen.getByLabelText(/^4 ký tự cuối/);
  await fireEvent.input(field, { target: { value: '0017' } });
  const paper = screen.getByRole('application');
  paper.focus();
  for (const key of Array<string>(12).fill('ArrowRight')) await fireEvent.keyDown(paper, { key });
  await pay();
  await screen.findByText('identity_differs');
  await fireEvent.input(field, { target: { value: '0011' } });
  await pay();
  await waitFor(() => expect(paid).toHaveBeenCalledOnce());
  expect(bodies.map(({ identity }) => identity.last4)).toEqual(['0017', '0011']);
  expect(bodies[0]?.id).toBe(bodies[1]?.id);
  expect(bodies[1]?.proxy).toBeNull();
});

const asked = (id: string, made_by: string) =>
  ({ id, made_by, kind: 'unlock', subject_id: 'o', note: 'Nhớ nhầm', made_at: '' }) as Proposal;

test('that nobody approves what they asked for, and another is asked once', async () => {
  const me = { staff_id: 'me', permissions: ['orders.unlock', 'orders.take'], server_at: '' };
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(me)));
  await findSession();
  const paths: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    paths.push(path);
    return new Response(null, { status: 204 });
  });
  const changed = vi.fn();
  const proposals = [asked('a', 'me'), asked('b', 'other')];
  render(Proposals, { proposals, orders: [ORDER], onchanged: changed });
  const approve = screen.getByRole('button', { name: 'Duyệt' });
  await fireEvent.click(approve);
  await fireEvent.click(approve);
  await waitFor(() => expect(changed).toHaveBeenCalled());
  expect(paths[0]).toBe('/api/cash/v1/orders/proposals/b/approve');
  expect(screen.getAllByRole('button', { name: 'Không duyệt' })).toHaveLength(2);
});
