import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { makeOnce } from '../../src/cash/counter/once';
import { emptyParty, isParty, toParty } from '../../src/cash/counter/orders/party';
import PayOrder from '../../src/cash/counter/orders/PayOrder.svelte';
import { isLast4, isPaper, isPin, readAmount, readRows } from '../../src/cash/counter/reading';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test.each([
  ['2.000.000', 2_000_000],
  ['2 000 000 đ', 2_000_000],
  ['1', 1],
  ['50000000000', 50_000_000_000],
  ['50000000001', null],
  ['0', null],
  ['-5', null],
  ['', null],
  ['hai triệu', null],
])('that %j is read as %j đồng', (text, amount) => {
  expect(readAmount(text)).toBe(amount);
});

test('that papers, last digits and PINs are told from slips of the finger', () => {
  expect(['027050000011', '0270 5000 0011', 'b1234567'].map(isPaper)).toEqual([true, true, true]);
  expect(['02705000001', '12345678', ''].map(isPaper)).toEqual([false, false, false]);
  expect(['0011', '011', 'a1b2'].map(isLast4)).toEqual([true, false, true]);
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
