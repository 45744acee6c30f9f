import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import {
  foldRuns,
  gatherDue,
  isSymbol,
  listMonths,
  listQuarters,
  numAll,
  numLeft,
  titleOf,
  urgencyOf,
} from '../../src/cash/remit/deadlines';
import AskedList from '../../src/cash/remit/AskedList.svelte';
import DoubtSheet from '../../src/cash/remit/DoubtSheet.svelte';
import { listAsked, listDoubts } from '../../src/cash/remit/inbox';
import ListSheet from '../../src/cash/remit/ListSheet.svelte';
import Deadlines from '../../src/cash/remit/Deadlines.svelte';
import Unreceipted from '../../src/cash/remit/Unreceipted.svelte';
import Used from '../../src/cash/remit/Used.svelte';
import { inbox } from '../../src/cash/remit/state.svelte';
import type * as wire from '../../src/cash/remit/wire';
import { makeResource } from '../../src/lib/desk/resource.svelte';
import { findSession } from '../../src/lib/desk/session.svelte';

HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
  this.open = false;
};
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const LINE: wire.Deadline = {
  kind: 'tax',
  payee_id: 'p',
  payee_name: 'Thuế cơ sở mẫu',
  remit_by: '2026-11-26',
  num_charges: 2,
  amount_vnd: 300_000,
  num_batched: 2,
};

test.each([
  ['2026-11-25', 'late'],
  ['2026-11-26', 'today'],
  ['2026-11-27', 'later'],
])('that what is due on %s is %s on the 26th', (by, urgency) => {
  expect(urgencyOf(by, '2026-11-26')).toBe(urgency);
});

test('that a payee is one line for each kind, the most urgent first', () => {
  const due = gatherDue([
    { ...LINE, remit_by: '2026-11-28', num_batched: 0 },
    { ...LINE, payee_id: 'q', remit_by: '2026-11-27' },
    LINE,
    { ...LINE, kind: 'order', remit_by: '2026-11-30' },
  ]);
  expect(due.map(({ key }) => key)).toEqual(['tax:p', 'tax:q', 'order:p']);
  expect(due[0]).toMatchObject({ remit_by: '2026-11-26', amount_vnd: 600_000, num_free: 2 });
  expect(due[1]?.num_free).toBe(0);
});

test('that numbers are written and counted as on receipts', () => {
  expect(titleOf('26TAB', 42)).toBe('26TAB 00000042');
  expect(foldRuns('26TAB', [3, 1, 2, 7])).toEqual(['26TAB 00000001 – 00000003', '26TAB 00000007']);
  expect(foldRuns('26TAB', [])).toEqual([]);
  const range = { first_number: 1, last_number: 100, next_number: 51 };
  expect([numAll(range), numLeft(range)]).toEqual([100, 50]);
});

test.each([
  ['26TAB', true],
  ['26TAI', false], // no I: it is taken for 1
  ['6TAB', false],
  ['26SAB', false],
])('that %s as a symbol is %s', (symbol, isRight) => {
  expect(isSymbol(symbol)).toBe(isRight);
});

test('that months and quarters go back over the new year', () => {
  expect(listMonths('2026-01-15', 3)).toEqual(['2026-01', '2025-12', '2025-11']);
  expect(listQuarters('2026-02-15', 3)).toEqual(['2026-1', '2025-4', '2025-3']);
});

const at = (hour: number): string => `2026-11-26T0${hour}:00:00Z`;
const CHARGE = { id: 'c', payer_name: 'Nguyễn Thị Mẫu', reference: 'TN0123456789' } as wire.Charge;
const DOUBT = {
  id: 'd',
  charge_id: 'c',
  amount_vnd: 60_000,
  reason: 'charge_amount_differs',
  cash_owner_id: 'courier',
  occurred_at: at(1),
} as wire.ChargeDoubt;
const PROPOSAL = {
  id: 'p1',
  kind: 'give_back',
  subject_id: 'd',
  charge_id: null,
  bank_reference: '',
  note: 'Thu nhầm',
  amount_vnd: 60_000,
  made_by: 'other',
  made_at: at(3),
} as wire.ChargeProposal;
const ORDERS = {
  items: [{ id: 'o', reference: 'CT1', amount_vnd: 900, payee: { name: 'Trần Văn Mẫu' } }],
  doubts: [{ id: 'od', order_id: 'o', kind: 'take', amount_vnd: 500, occurred_at: at(0) }],
  proposals: [{ id: 'p3', kind: 'bring_home', subject_id: 'od', note: '', made_at: at(1) }],
} as unknown as wire.OrderList;
const PAYOUT = {
  id: 'p2',
  kind: 'settle',
  detail: 'valid',
  name: 'Lê Thị Mẫu',
  period: '2026-11',
  amount_vnd: null,
  reason: 'Đúng người',
  made_by: 'me',
  made_at: at(2),
} as wire.PayoutProposal;
const WAITING = {
  doubts: [DOUBT],
  proposals: [PROPOSAL],
  notices: [],
  charges: [CHARGE],
  unreceipted: [CHARGE],
};

test('that proposals of three rooms are one list, and say whom they are about', () => {
  const asked = listAsked([PAYOUT], WAITING, ORDERS);
  expect(asked.map(({ room, about }) => [room, about])).toEqual([
    ['orders', 'Trần Văn Mẫu · CT1'],
    ['payouts', 'Lê Thị Mẫu · 11/2026'],
    ['charges', 'Nguyễn Thị Mẫu · TN0123456789'],
  ]);
  expect(asked[0]?.amount_vnd).toBe(500);
  expect(listAsked([], null, null)).toEqual([]);
});

test('that money of the state without a receipt is listed, and its receipt issued', async () => {
  const asked: string[] = [];
  const permissions = ['charges.collect', 'charges.read'];
  const me = { staff_id: 'me', permissions, offices: [], server_at: at(0) };
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(me)));
  await findSession();
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (init.method === 'POST') asked.push(path);
    const body = path.endsWith('/charges/waiting')
      ? WAITING
      : path.endsWith('/receipt')
        ? { receipt_id: 'r1' }
        : path.endsWith('/orders')
          ? { items: [], doubts: [], proposals: [] }
          : [];
    return new Response(JSON.stringify(body));
  });
  await inbox.load();
  const onchange = vi.fn();
  render(Unreceipted, { onchange });
  await fireEvent.click(screen.getByRole('button', { name: 'Cấp biên lai' }));
  expect(asked).toEqual([]);
  const buttons = screen.getAllByRole('button', { name: 'Cấp biên lai' });
  await fireEvent.click(buttons.at(-1)!);
  await waitFor(() => expect(onchange).toHaveBeenCalled());
  expect(asked).toEqual([`/api/cash/v1/charges/${CHARGE.id}/receipt`]);
});

test('that money in doubt says where it is and what it was for', () => {
  const doubts = listDoubts([], WAITING, ORDERS);
  expect(doubts.map(({ room, about, isIn }) => [room, about, isIn])).toEqual([
    ['orders', 'Trần Văn Mẫu · CT1', true],
    ['charges', 'Nguyễn Thị Mẫu · TN0123456789', true],
  ]);
  expect(doubts[1]?.holder_id).toBe('courier');
});

test('that one approves what another proposed, and never what is one’s own', async () => {
  const answer = (body: unknown, status = 200): Response =>
    new Response(status === 204 ? null : JSON.stringify(body), { status });
  const permissions = ['payouts.fund', 'payouts.settle', 'charges.approve', 'charges.collect'];
  vi.stubGlobal('fetch', async () =>
    answer({ staff_id: 'me', permissions, offices: [], server_at: at(0) }),
  );
  await findSession();
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (init.method === 'POST') asked.push(path);
    if (path.endsWith('/charges/waiting')) return answer(WAITING);
    if (path.endsWith('/payouts/proposals')) return answer([PAYOUT]);
    if (path.endsWith('/payouts/doubts')) return answer([]);
    if (path.endsWith('/orders')) return answer({ items: [], doubts: [], proposals: [] });
    return answer(null, 204);
  });
  await inbox.load();
  const onchange = vi.fn();
  render(AskedList, { onchange });
  const own = screen.getByRole('button', { name: 'Bạn đề nghị, người khác duyệt' });
  expect((own as HTMLButtonElement).disabled).toBe(true);
  expect(screen.getByRole('button', { name: 'Rút đề nghị' })).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Duyệt' }));
  expect(asked).toEqual([]);
  await fireEvent.click(screen.getByRole('button', { name: 'Đúng, duyệt' }));
  await waitFor(() => expect(onchange).toHaveBeenCalled());
  expect(asked).toEqual(['/api/cash/v1/charges/proposals/p1/approve']);
});

test('that who decides about a held fact reads what its phone recorded, in words', async () => {
  const held: wire.HeldProposal = {
    id: 'h1',
    op_id: 'o1',
    kind: 'charge.collected',
    reason: 'unknown_act',
    courier: 'Lê Thị Bưu',
    occurred_at: at(0),
    outcome: 'noop',
    note: 'ghi nhầm',
    made_by: 'cashier',
    made_by_name: 'Hoa',
    made_at: at(1),
    amount_vnd: 8_000,
    raw: '{"kind":"charge.collected","v":1,"amount_vnd":8000,"method":"cash","hue":"x"}',
  };
  vi.stubGlobal('fetch', async (path: string) => {
    if (path.endsWith('/held')) return new Response(JSON.stringify({ proposals: [held] }));
    return new Response(null, { status: 204 });
  });
  await inbox.load();
  render(AskedList, { onchange: vi.fn() });
  const told = screen.getByText('Nội dung máy ghi').closest('details')!;
  const words = [...told.querySelectorAll('dl > div')].map((one) => one.textContent?.trim());
  expect(words).toEqual(['Việc Thu tiền', 'Số tiền 8.000 đ', 'Cách thu Tiền mặt', 'hue x', 'v 1']);
});

/** Answer every question with a body, and keep what was sent. */
function listen(body: unknown): [path: string, sent: unknown][] {
  const sent: [string, unknown][] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    sent.push([path, init.body ? JSON.parse(String(init.body)) : null]);
    return new Response(JSON.stringify(body), { status: 200 });
  });
  return sent;
}

test('that an agency’s money is booked as it came, and a difference is told first', async () => {
  const sent = listen({ id: 'f' });
  const onclose = vi.fn();
  const list = { id: 'l', period: '2026-11', total_vnd: 31_500_000 } as wire.PayoutListRow;
  render(ListSheet, { list, name: 'Lương hưu', act: 'fund', onclose });
  const field = screen.getByLabelText(/^Số tiền đã về/);
  await fireEvent.input(field, { target: { value: 'ba triệu' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Gửi kiểm soát viên' }));
  expect(screen.getByText('Nhập số tiền bằng đồng, lớn hơn 0.')).toBeTruthy();
  expect(sent).toEqual([]);
  await fireEvent.input(field, { target: { value: '31.000.000' } });
  expect(screen.getByRole('status').textContent).toContain('Thiếu 500.000 đ');
  await fireEvent.input(field, { target: { value: '31.500.000' } });
  expect(screen.getByRole('status').textContent).not.toContain('Thiếu');
  await fireEvent.click(screen.getByRole('button', { name: 'Gửi kiểm soát viên' }));
  expect(screen.getByText('Hãy nhập số giao dịch trên sao kê.')).toBeTruthy();
  expect(sent).toEqual([]);
  const slip = screen.getByLabelText(/^Số giao dịch ngân hàng/);
  await fireEvent.input(slip, { target: { value: 'BC-77' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Gửi kiểm soát viên' }));
  await waitFor(() => expect(onclose).toHaveBeenCalledWith(true));
  const body = { amount_vnd: 31_500_000, reference: 'BC-77' };
  expect(sent).toEqual([['/api/cash/v1/payouts/lists/l/fund', body]]);
});

test('that money of an unknown charge goes only to one that is due and of its amount', async () => {
  const other = { ...CHARGE, id: 'x', external_key: 'HD-9', amount_vnd: 1_000 };
  const fit = { ...CHARGE, id: 'y', external_key: 'HD-7', amount_vnd: 60_000 };
  const sent = listen({ items: [other, fit], id: 'p' });
  const onclose = vi.fn();
  const [doubt] = listDoubts([], { ...WAITING, doubts: [{ ...DOUBT, charge_id: null }] }, null);
  render(DoubtSheet, { doubt: doubt!, onclose });
  await fireEvent.click(screen.getByLabelText(/^Ghi vào khoản thu/));
  await fireEvent.input(screen.getByLabelText(/^Lý do/), { target: { value: 'Chuyển nhầm mã' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Gửi đề nghị' }));
  expect(screen.getByText('Hãy chọn khoản mà tiền này trả.')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Tìm' }));
  await fireEvent.click(await screen.findByRole('button', { name: /HD-7/ }));
  expect(screen.queryByRole('button', { name: /HD-9/ })).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: 'Gửi đề nghị' }));
  await waitFor(() => expect(onclose).toHaveBeenCalledWith(true));
  expect(sent.at(-1)).toEqual([
    '/api/cash/v1/charges/proposals',
    { kind: 'apply', subject_id: 'd', note: 'Chuyển nhầm mã', charge_id: 'y' },
  ]);
});

test('that notes paid out for an order may be owed, and those taken only go back', async () => {
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    sent.push([path, JSON.parse(String(init.body))]);
    return Response.json({ id: 'p' });
  });
  const [taken] = listDoubts([], null, ORDERS);
  render(DoubtSheet, { doubt: taken!, onclose: vi.fn() });
  expect(screen.queryByLabelText(/^Bưu tá bồi hoàn/)).toBeNull();
  cleanup();
  const onclose = vi.fn();
  render(DoubtSheet, { doubt: { ...taken!, isIn: false }, onclose });
  await fireEvent.click(screen.getByLabelText(/^Bưu tá bồi hoàn/));
  await fireEvent.input(screen.getByLabelText(/^Lý do/), { target: { value: 'Trả nhầm người' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Gửi đề nghị' }));
  await waitFor(() => expect(onclose).toHaveBeenCalledWith(true));
  expect(sent.at(-1)).toEqual([
    '/api/cash/v1/orders/proposals',
    { kind: 'courier_owes', subject_id: taken!.id, note: 'Trả nhầm người' },
  ]);
});

test('that a receipt is void only with a reason', async () => {
  vi.stubGlobal('fetch', async () =>
    Response.json({
      staff_id: 'me',
      permissions: ['receipts.allot'],
      offices: [],
      server_at: at(0),
    }),
  );
  await findSession();
  const receipt = { id: 'r', symbol: '26TAB', number: 42, kind: 'fee', state: 'issued' };
  const more = {
    amount_vnd: 8_000,
    payer_name: 'Mẫu',
    occurred_at: at(1),
    issued_on: '2026-11-26',
  };
  const sent = listen({ items: [{ ...receipt, ...more, issued_by: 'x', void_reason: '' }] });
  render(Used);
  await fireEvent.click(await screen.findByRole('button', { name: 'Huỷ biên lai' }));
  const dialog = within(
    await screen.findByRole('dialog', { name: 'Huỷ biên lai 26TAB 00000042?' }),
  );
  await fireEvent.click(dialog.getByRole('button', { name: 'Huỷ biên lai' }));
  expect(dialog.getByText('Hãy ghi lý do.')).toBeTruthy();
  await fireEvent.input(dialog.getByLabelText('Lý do'), { target: { value: 'Sai tên' } });
  await fireEvent.click(dialog.getByRole('button', { name: 'Huỷ biên lai' }));
  await waitFor(() =>
    expect(sent).toContainEqual(['/api/cash/v1/receipts/r/void', { reason: 'Sai tên' }]),
  );
});

test('that what is late says so, and what lies in a batch is not gathered again', async () => {
  vi.stubGlobal('fetch', async () =>
    Response.json({
      staff_id: 'me',
      permissions: ['charges.remit'],
      offices: [],
      server_at: at(0),
    }),
  );
  await findSession();
  const late = { ...LINE, remit_by: '2020-01-02', num_batched: 0 };
  const due = makeResource(async () => ({
    ok: true as const,
    data: { alarms: [], lines: [late, { ...LINE, payee_id: 'q', payee_name: 'Nước' }] },
  }));
  await due.load();
  render(Deadlines, { due, onchange: () => undefined });
  expect(screen.getByText(/^Quá hạn/)).toBeTruthy();
  expect(screen.getAllByRole('button', { name: 'Lập đợt nộp' })).toHaveLength(1);
  expect(screen.getByRole('link', { name: 'Xem đợt nộp' })).toBeTruthy();
});
