import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import BlindCount from '../../src/cash/parts/BlindCount.svelte';
import Forecast from '../../src/cash/parts/Forecast.svelte';
import Handovers from '../../src/cash/parts/Handovers.svelte';
import Proposal from '../../src/cash/parts/Proposal.svelte';
import ShiftCount from '../../src/cash/parts/ShiftCount.svelte';
import type { Notes } from '../../src/cash/notes';
import type { HandoverRow } from '../../src/cash/wire';
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

function answer(body: unknown, status = 200): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), { status });
}

/** Sign somebody in; later questions are answered by `reply`. */
async function enter(
  permissions: string[],
  reply: (ask: string) => Response = () => answer({}),
): Promise<string[]> {
  const me = {
    staff_id: 'me',
    role: 'cashier',
    office: { id: 'o', name: 'Kinh Bắc' },
    offices: [],
    permissions,
    factor: 'given',
    server_at: '2026-11-26T02:00:00Z',
  };
  const asked: string[] = [];
  vi.stubGlobal('fetch', async () => answer(me));
  await findSession();
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const ask = `${init.method} ${path}`;
    asked.push(ask);
    return reply(ask);
  });
  return asked;
}

const HANDOVER: HandoverRow = {
  id: '01a207c9-6c85-76e4-b582-1a5ee986d71b',
  kind: 'float.issue',
  state: 'to_approve',
  amount_vnd: 210_000_000,
  giver_id: null,
  giver: null,
  taker_id: 'c',
  taker: 'Nguyễn Văn Mẫu',
  shift_id: 's',
  made_by_id: 'other',
  made_by: 'Lan',
  made_at: '2026-11-26T02:00:00Z',
  approved_by: null,
  companion: null,
  answered_at: null,
  answered_vnd: null,
  note: '',
};

test('that a count is stepped by keys, refuses nonsense, goes in when confirmed', async () => {
  const counted: Notes[] = [];
  render(BlindCount, {
    label: 'Tiền đếm được',
    oncount: async (notes: Notes) => {
      counted.push(notes);
      return null;
    },
  });
  const first = screen.getByLabelText('500.000 đ');
  await fireEvent.keyDown(first, { key: 'ArrowUp' });
  await fireEvent.keyDown(first, { key: 'ArrowUp' });
  await fireEvent.keyDown(first, { key: 'ArrowDown' });
  await fireEvent.keyDown(first, { key: 'Enter' });
  expect(document.activeElement).toBe(screen.getByLabelText('200.000 đ'));
  const wrong = screen.getByLabelText('200 đ');
  await fireEvent.input(wrong, { target: { value: '1,5' } });
  expect(screen.getByRole('alert').textContent).toContain('số nguyên');
  const send = screen.getByRole('button', { name: 'Chốt số đếm' }) as HTMLButtonElement;
  expect(send.disabled).toBe(true);
  await fireEvent.input(wrong, { target: { value: '2' } });
  expect(screen.getByText('Năm trăm nghìn bốn trăm đồng')).toBeTruthy();
  await fireEvent.click(send);
  expect(counted).toEqual([]);
  await fireEvent.click(screen.getByRole('button', { name: 'Đúng, chốt' }));
  expect(counted).toEqual([{ 500000: 1, 200: 2 }]);
});

test('that only a controller who did not make it sees the way to approve', async () => {
  await enter(['cash.read', 'cash.issue']);
  const { unmount } = render(Handovers, { items: [HANDOVER] });
  expect(screen.queryByRole('button', { name: 'Duyệt' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Huỷ phiếu' })).toBeTruthy();
  unmount();
  const refused = { code: 'not_covered', title: 'Quỹ không đủ' };
  await enter(['cash.read', 'cash.approve'], () => answer(refused, 409));
  render(Handovers, { items: [HANDOVER, { ...HANDOVER, id: 'x', made_by_id: 'me' }] });
  expect(screen.getAllByRole('button', { name: 'Duyệt' })).toHaveLength(1);
  await fireEvent.click(screen.getByRole('button', { name: 'Duyệt' }));
  expect(await screen.findByText('Quỹ không đủ')).toBeTruthy();
});

const SHIFT = {
  id: 's',
  courier_id: 'c',
  courier: 'Nguyễn Văn Mẫu',
  state: 'counted',
  opened_at: '2026-11-26T00:00:00Z',
  num_unsent: 2,
  num_held: 0,
  num_leases: 0,
  num_waiting: 0,
  count: {
    sides: ['courier'],
    counts: [],
    expected_vnd: null,
    difference_vnd: null,
  },
};
const side = (name: string, notes: Notes, total_vnd: number) => ({
  side: name,
  counted_by: name,
  at: '2026-11-26T09:00:00Z',
  total_vnd,
  notes,
});

test('that a refused close is told on the spot, with what keeps the shift open', async () => {
  const count = {
    sides: ['cashier', 'courier'],
    counts: [side('cashier', { 500000: 1 }, 500_000), side('courier', { 500000: 1 }, 500_000)],
    expected_vnd: 500_000,
    difference_vnd: 0,
  };
  await enter(['cash.read', 'cash.issue'], (ask) =>
    ask.endsWith('/close')
      ? answer({ code: 'facts_unsent', title: 'Máy còn 2 sự việc chưa gửi' }, 409)
      : answer({ ...SHIFT, state: 'verified', count }),
  );
  render(ShiftCount, { id: 's' });
  expect(await screen.findByText(/Khớp: hai bên đếm bằng nhau/)).toBeTruthy();
  expect(screen.getByText('Máy bưu tá còn 2 việc chưa gửi về.')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Đóng ca' }));
  expect(await screen.findByText('Máy còn 2 sự việc chưa gửi')).toBeTruthy();
});

test('that the controller waits while one side is missing, then settles', async () => {
  await enter(['cash.read', 'cash.approve'], () => answer(SHIFT));
  const { unmount } = render(ShiftCount, { id: 's' });
  expect(await screen.findByText('Chờ thủ quỹ đếm.')).toBeTruthy();
  expect(screen.queryByLabelText('500.000 đ')).toBeNull();
  unmount();
  const count = {
    sides: ['cashier', 'courier'],
    counts: [side('cashier', { 50000: 9 }, 450_000), side('courier', { 50000: 9 }, 450_000)],
    expected_vnd: 500_000,
    difference_vnd: -50_000,
  };
  const asked = await enter(['cash.read', 'cash.approve'], (ask) =>
    ask.endsWith('/settle') ? answer({ difference_vnd: -50_000 }) : answer({ ...SHIFT, count }),
  );
  render(ShiftCount, { id: 's' });
  expect(await screen.findByText('Thiếu so với sổ: −50.000 đ')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Ghi nhận chênh lệch' }));
  expect(screen.getByText('Hãy ghi lý do, ít nhất 3 ký tự.')).toBeTruthy();
  await fireEvent.input(screen.getByLabelText('Lý do chênh lệch'), { target: { value: 'thừa' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Ghi nhận chênh lệch' }));
  await waitFor(() => expect(asked).toContain('POST /api/cash/v1/shifts/s/settle'));
});

test('that a proposal says why, and that a round without money needs none', () => {
  const proposal = {
    courier_id: 'c',
    service_on: '2026-11-26',
    num_payments: 3,
    num_collections: 1,
    notes: { 500000: 20, 50000: 1 },
    total_vnd: 10_050_000,
    parts: [{ amount_vnd: 3_350_000, num: 3, notes: { 500000: 6, 200000: 1, 100000: 1 } }],
    change: { 50000: 1 },
    is_proven: true,
  };
  const { unmount } = render(Proposal, { proposal });
  expect(screen.getByText(/3 khoản chi, 1 khoản thu: cần 10.050.000 đ/)).toBeTruthy();
  expect(screen.getByText(/3 × 3.350.000 đ: 6 × 500.000 đ, 1 × 200.000 đ/)).toBeTruthy();
  unmount();
  render(Proposal, { proposal: { ...proposal, total_vnd: 0, parts: [], notes: {}, change: {} } });
  expect(screen.getByText(/không có khoản chi, thu nào/)).toBeTruthy();
});

test('that the forecast says each day in figures beside its bars', () => {
  render(Forecast, {
    days: [
      {
        day: '2026-11-27',
        door_vnd: 20_000_000,
        point_vnd: 0,
        counter_vnd: 11_500_000,
        out_vnd: 31_500_000,
        in_vnd: 480_000,
        num: 12,
      },
    ],
  });
  expect(screen.getByText('chi 31.500.000 đ')).toBeTruthy();
  expect(screen.getByText('thu 480.000 đ')).toBeTruthy();
  expect(screen.getByText('tại nhà 20.000.000 đ · tại quầy 11.500.000 đ')).toBeTruthy();
  expect(screen.getByText('12')).toBeTruthy();
});
