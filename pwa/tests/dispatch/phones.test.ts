/** Tests that couriers' phones and facts set aside are told whole, and that nothing is silent. */
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import AsideFact from '../../src/dispatch/parts/AsideFact.svelte';
import Phones from '../../src/dispatch/parts/Phones.svelte';
import { groupPhones } from '../../src/dispatch/state/phones';
import type { AsideFact as Fact, PhoneState } from '../../src/dispatch/wire';
import { findSession } from '../../src/lib/desk/session.svelte';

const ME = {
  staff_id: 's',
  username: 'dieuphoi',
  display_name: 'Hằng',
  role: 'dispatcher',
  office: { id: 'o', name: 'Kinh Bắc' },
  offices: [],
  permissions: ['phones.read', 'codes.make', 'aside.read', 'aside.look'],
  server_at: '2026-11-23T02:00:00Z',
};
const SEEN = '2026-11-24T00:30:00Z';

function makePhone(part: Partial<PhoneState> = {}): PhoneState {
  return {
    device_id: 'd-1',
    label: 'Android',
    staff_id: 'c-1',
    display_name: 'Lê Thị Bưu',
    status: 'active',
    is_field: true,
    enrolled_at: SEEN,
    last_seen_at: SEEN,
    num_unsent: 0,
    num_held: 0,
    num_set_aside: 0,
    missing: [],
    looked: [],
    ...part,
  };
}
const missing = (may_come: boolean, from_seq = 3, to_seq = 5) => ({
  stream: `s-${may_come}`,
  from_seq,
  to_seq,
  last_contact_at: SEEN,
  may_come,
});

/** A server that answers by path; returns what it was asked. */
async function serve(answers: Readonly<Record<string, unknown>>): Promise<string[]> {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    const path = address.split('?')[0] ?? '';
    asked.push(`${init.method ?? 'GET'} ${path} ${String(init.body ?? '')}`.trim());
    if (path.endsWith('/me')) return new Response(JSON.stringify(ME));
    return path in answers
      ? new Response(JSON.stringify(answers[path]))
      : new Response(null, { status: 204 });
  });
  await findSession();
  asked.length = 0;
  return asked;
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('that who lost something comes first, and older phones stay while they tell something', () => {
  const old = makePhone({ device_id: 'd-2', status: 'retired', missing: [missing(false)] });
  const done = makePhone({ device_id: 'd-3', status: 'retired' });
  const lost = makePhone({ device_id: 'd-5', status: 'lost' });
  const other = makePhone({ device_id: 'd-4', staff_id: 'c-2', display_name: 'An' });
  const groups = groupPhones([other, makePhone(), old, done, lost]);
  expect(
    groups.map(({ shown, num_older }) => [shown.map((one) => one.device_id), num_older]),
  ).toEqual([
    [['d-1', 'd-2', 'd-5'], 1],
    [['d-4'], 0],
  ]);
});

test('that what a phone has and what is lost of it are told by number', async () => {
  const phones = [
    makePhone({ num_unsent: 4, num_held: 1, num_set_aside: 2, missing: [missing(true)] }),
    makePhone({ device_id: 'd-2', status: 'retired', missing: [missing(false, 7, 7)] }),
  ];
  await serve({ '/api/sync/v1/phones': { phones } });
  render(Phones);
  expect(await screen.findByText('Còn 4 việc chưa gửi về')).toBeTruthy();
  expect(screen.getByText('Thiếu 3 việc, số 3 đến 5')).toBeTruthy();
  expect(screen.getByText('có thể còn trên máy cũ')).toBeTruthy();
  expect(screen.getByText('Thiếu việc số 7')).toBeTruthy();
  expect(screen.getByRole('link', { name: '1 việc chờ xử lý' })).toBeTruthy();
  expect(screen.getByRole('link', { name: '2 việc để riêng, chưa ai xem' })).toBeTruthy();
  expect(screen.getByText('Ngừng dùng')).toBeTruthy();
  expect(screen.getAllByRole('button', { name: 'Báo mất máy' })).toHaveLength(1);
});

test('that what can come no more is ticked off by a note, and what may come is not', async () => {
  const phones = [
    makePhone({ missing: [missing(true)] }),
    makePhone({ device_id: 'd-2', status: 'lost', missing: [missing(false, 7, 8)] }),
  ];
  const asked = await serve({ '/api/sync/v1/phones': { phones } });
  render(Phones);
  const button = await screen.findByRole('button', { name: 'Đã làm lại / đã xem' });
  await fireEvent.click(button);
  await fireEvent.click(screen.getByRole('button', { name: 'Ghi lại' }));
  expect(screen.getByText('Hãy ghi lý do, ít nhất 3 ký tự.')).toBeTruthy();
  expect(asked.filter((one) => one.startsWith('POST'))).toEqual([]);
  await fireEvent.input(screen.getByLabelText(/Đã làm gì với các việc này/), {
    target: { value: ' Đã làm lại biên nhận giấy ' },
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Ghi lại' }));
  await vi.waitFor(() => expect(asked.filter((one) => one.startsWith('GET'))).toHaveLength(2));
  expect(asked.filter((one) => one.startsWith('POST'))).toEqual([
    'POST /api/sync/v1/streams/s-false/missing/look ' +
      '{"from_seq":7,"to_seq":8,"note":"Đã làm lại biên nhận giấy"}',
  ]);
});

test('that what was ticked off stays readable, also of a phone that is shown no more', async () => {
  const looked = {
    stream: 's-1',
    from_seq: 3,
    to_seq: 5,
    by_name: 'Hằng',
    at: SEEN,
    note: 'Đã làm lại hồ sơ',
    num_arrived: 2,
  };
  const old = makePhone({ device_id: 'd-2', label: 'Máy cũ', status: 'retired', looked: [looked] });
  await serve({ '/api/sync/v1/phones': { phones: [makePhone(), old] } });
  render(Phones);
  expect(await screen.findByText('Việc thiếu đã có người xem: 1 lần')).toBeTruthy();
  expect(screen.getByText('Máy cũ · Thiếu 3 việc, số 3 đến 5')).toBeTruthy();
  expect(screen.getByText(/Hằng xem lúc/)).toBeTruthy();
  expect(screen.getByText('Đã làm lại hồ sơ', { exact: false })).toBeTruthy();
  expect(screen.getByText('Sau đó máy đã gửi 2 việc')).toBeTruthy();
  expect(screen.getByText('Máy cũ không còn gì phải xem: 1')).toBeTruthy();
});

test('that a phone is reported lost only after all that follows was said', async () => {
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };
  const asked = await serve({ '/api/sync/v1/phones': { phones: [makePhone()] } });
  render(Phones);
  await fireEvent.click(await screen.findByRole('button', { name: 'Báo mất máy' }));
  expect(screen.getByText(/để riêng cho bạn xem và không được tính/)).toBeTruthy();
  expect(screen.getByText(/Tìm lại được máy/)).toBeTruthy();
  expect(asked.filter((one) => one.startsWith('POST'))).toEqual([]);
  await fireEvent.click(screen.getByText('Báo mất', { exact: true }));
  await vi.waitFor(() => expect(asked).toContain('POST /api/identity/v1/devices/d-1/lost {}'));
});

const FACT: Fact = {
  id: 'q-1',
  kind: 'payout.paid',
  reason: 'revoked',
  courier_name: 'Lê Thị Bưu',
  device_label: 'Android',
  seq: 3,
  occurred_at: SEEN,
  received_at: SEEN,
  stop: { id: 't', name: 'Nguyễn Thị Mẫu', address: 'Số 1' },
  is_money: true,
  amount_vnd: 500_000,
  looked: null,
};

test('that money set aside is marked, and wants to hear what was done', async () => {
  const asked = await serve({});
  const onlooked = vi.fn();
  render(AsideFact, { fact: FACT, onlooked });
  expect(screen.getByText(/Tiền, chưa vào sổ: 500.000/)).toBeTruthy();
  expect(screen.getByText(/báo thủ quỹ trước khi đếm ca/)).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Đã xem' }));
  expect(screen.getByText(/hãy ghi đã xử lý thế nào/)).toBeTruthy();
  expect(asked).toEqual([]);
  await fireEvent.input(screen.getByLabelText(/Đã xử lý thế nào/), {
    target: { value: 'Bà Mẫu đã nhận đủ' },
  });
  await fireEvent.click(screen.getByRole('button', { name: 'Đã xem' }));
  await vi.waitFor(() => expect(onlooked).toHaveBeenCalledOnce());
  expect(asked).toEqual(['POST /api/dispatch/v1/set-aside/q-1/look {"note":"Bà Mẫu đã nhận đủ"}']);
});

test('that what a fact says is read only when somebody opens it', async () => {
  const path = '/api/dispatch/v1/set-aside/q-1';
  const asked = await serve({ [path]: { raw: '{"text":"Chuông hỏng"}', side: null } });
  const fact = { ...FACT, kind: 'note.added', is_money: false, amount_vnd: null };
  const { container } = render(AsideFact, { fact });
  expect(screen.queryByText(/chưa vào sổ/)).toBeNull();
  expect(asked).toEqual([]);
  const details = container.querySelector('details') as HTMLDetailsElement;
  details.open = true;
  await fireEvent(details, new Event('toggle'));
  expect(await screen.findByText(/Chuông hỏng/)).toBeTruthy();
  expect(asked).toEqual([`GET ${path}`]);
});

test('that a fact nobody can read still says where it came from', async () => {
  await serve({});
  render(AsideFact, {
    fact: {
      ...FACT,
      kind: '',
      reason: 'unsealable',
      is_money: false,
      stop: null,
      amount_vnd: null,
    },
  });
  expect(screen.getByRole('heading', { name: /Việc không đọc được/ })).toBeTruthy();
  expect(screen.getByText(/Không khoá nào của bưu cục mở được/)).toBeTruthy();
});
