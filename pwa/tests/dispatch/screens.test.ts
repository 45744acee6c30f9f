import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import KpiBar from '../../src/dispatch/parts/KpiBar.svelte';
import LeftOut from '../../src/dispatch/parts/LeftOut.svelte';
import PlanWarnings from '../../src/dispatch/parts/PlanWarnings.svelte';
import Reassign from '../../src/dispatch/parts/Reassign.svelte';
import Recalls from '../../src/dispatch/parts/Recalls.svelte';
import RouteList from '../../src/dispatch/parts/RouteList.svelte';
import Imports from '../../src/dispatch/screens/Imports.svelte';
import SignIn from '../../src/lib/auth/SignIn.svelte';
import { board } from '../../src/dispatch/state/desk.svelte';
import { viewRoutes } from '../../src/dispatch/state/pace';
import { findSession } from '../../src/lib/desk/session.svelte';
import { put, view } from '../../src/dispatch/state/view.svelte';
import { setLocale } from '../../src/lib/i18n/catalog.svelte';
import { makeBoard, makeDone, makeRoute, makeStop, ms } from './day';

const ME = {
  staff_id: 's',
  username: 'dieuphoi',
  display_name: 'Hằng',
  role: 'dispatcher',
  office: { id: 'o', name: 'Kinh Bắc' },
  offices: [],
  permissions: ['board.read', 'errands.import'],
  server_at: '2026-11-23T02:00:00Z',
};

function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

beforeEach(() => {
  put({ state: null, stop: null, courier: null });
  Element.prototype.scrollIntoView ??= () => undefined;
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('that a figure of the day filters the board, and once more lifts the filter', async () => {
  board.set(makeBoard([makeRoute('An', [makeDone('a', '08:00', '08:00', '08:05')])]));
  render(KpiBar);
  const done = screen.getByRole('button', { name: /Đã xong/ });
  expect(done.textContent).toContain('1/1');
  await fireEvent.click(done);
  expect(view.value('state')).toBe('done');
  expect(done.getAttribute('aria-pressed')).toBe('true');
  await fireEvent.click(done);
  expect(view.value('state')).toBe('');
});

test('that the list opens a courier, selects a stop and is walked by arrow keys', async () => {
  const routes = viewRoutes(
    makeBoard([makeRoute('An', [makeStop('a', '09:30'), makeStop('b', '09:40')])]),
    ms('09:00'),
  );
  render(RouteList, { routes, isFiltered: false });
  const route = screen.getByRole('button', { name: /An/ });
  await fireEvent.click(route);
  expect(route.getAttribute('aria-expanded')).toBe('true');
  route.focus();
  await fireEvent.keyDown(route, { key: 'ArrowDown' });
  expect(document.activeElement?.textContent).toContain('Người a');
  await fireEvent.click(document.activeElement as Element);
  expect(view.value('stop')).toBe('a');
  await fireEvent.keyDown(route, { key: 'Escape' });
  expect(view.value('stop')).toBe('');
});

test('that what is left out says why and what would help', () => {
  const reasons = [{ code: 'unassigned.no_pin', params: {} }];
  render(LeftOut, { items: [{ errand_id: 'e', reasons }] });
  expect(screen.getByText(/Địa chỉ chưa có vị trí/)).toBeTruthy();
  expect(screen.getByText(/ghim vị trí/)).toBeTruthy();
});

test('that a plan says in both languages what it had to do without', async () => {
  const codes = ['down', 'late', 'wrong_answer', 'unavailable', 'preparing', 'off_map', 'no_way'];
  const items = [...codes, 'factors'].map((code) => ({
    code: `travel.${code}`,
    params: { engine: 'OSRM', count: 3 },
  }));
  const { container } = render(PlanWarnings, { items });
  expect(screen.getByText('3 điểm nằm ngoài bản đồ đường', { exact: false })).toBeTruthy();
  expect(screen.getByText('OSRM không trả lời', { exact: false })).toBeTruthy();
  await setLocale('en');
  expect(screen.getByText('3 places', { exact: false })).toBeTruthy();
  expect(container.querySelectorAll('li')).toHaveLength(items.length);
  expect(container.textContent).not.toMatch(/travel\.|\{/);
  await setLocale('vi');
});

test('that a wrong password shows the sentence of the server and clears the field', async () => {
  const problem = { code: 'wrong_sign_in', title: 'Sai tên hoặc mật khẩu.', request_id: 'r1' };
  vi.stubGlobal('fetch', async () => answer(problem, 401));
  render(SignIn);
  await fireEvent.input(screen.getByLabelText('Tên đăng nhập'), { target: { value: 'a' } });
  const password = screen.getByLabelText<HTMLInputElement>('Mật khẩu');
  await fireEvent.input(password, { target: { value: 'b' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Đăng nhập' }));
  await screen.findByText('Sai tên hoặc mật khẩu.');
  await waitFor(() => expect(password.value).toBe(''));
});

test('that a file is judged first, its faults named by cell, then written on request', async () => {
  const fault = { row: 4, column: 'phone', code: 'x', value: '12', message: 'Số điện thoại sai.' };
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    if (path.endsWith('/me')) return answer(ME);
    asked.push(path);
    const is_committed = path.includes('commit=true');
    return answer({ num_rows: 3, num_accepted: 2, num_known: 0, is_committed, faults: [fault] });
  });
  await findSession();
  const { container } = render(Imports);
  const input = container.querySelector('input[type=file]') as HTMLInputElement;
  const file = new File(['a,b\n'], 'hop-le.csv', { type: 'text/csv' });
  await fireEvent.change(input, { target: { files: [file] } });
  await screen.findByText('Số điện thoại sai.');
  expect(asked).toEqual(['/api/dispatch/v1/imports?commit=false']);
  await fireEvent.click(screen.getByRole('button', { name: 'Ghi 2 yêu cầu' }));
  await screen.findByText('Đã ghi 2 yêu cầu.');
  expect(asked.at(-1)).toBe('/api/dispatch/v1/imports?commit=true');
});

const CONFLICT = {
  id: 'r',
  state: 'overtaken',
  stop_id: 'a',
  errand_id: 'e',
  from_courier_id: '1',
  from_name: 'An',
  to_courier_id: '2',
  to_name: 'Bình',
  asked_at: '2026-11-23T02:00:00Z',
  settled_at: '2026-11-23T03:00:00Z',
  act_state: 'done',
  address: 'Số 9 đường Mẫu',
  name: 'Nguyễn Thị Mẫu',
} as const;

test('that a stop goes to another courier on the road, and a refusal is read out', async () => {
  vi.stubGlobal('fetch', async () => answer({ ...ME, permissions: ['plans.publish'] }));
  await findSession();
  const day = makeBoard([
    makeRoute('An', [makeStop('a', '09:30')]),
    makeRoute('Bình', [makeStop('b', '09:30')]),
  ]);
  board.set(day);
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    sent.push(`${init.method} ${path} ${String(init.body)}`);
    return answer({ code: 'item_with_courier', title: '1 bưu gửi đang trong túi' }, 409);
  });
  const [route] = viewRoutes(day, ms('09:00'));
  const [stop] = route?.stops ?? [];
  if (route === undefined || stop === undefined) throw new Error('the day has no stop');
  render(Reassign, { route, stop });
  await fireEvent.click(screen.getByRole('button', { name: /Chuyển cho bưu tá khác/ }));
  const choices = screen.getAllByRole('option').map((one) => one.textContent);
  expect(choices).toEqual(['Chọn bưu tá', 'Bình']);
  const to = board.data?.routes[1]?.courier.id ?? '';
  await fireEvent.change(screen.getByRole('combobox'), { target: { value: to } });
  await fireEvent.click(screen.getByRole('button', { name: 'Chuyển' }));
  await waitFor(() => expect(screen.getByText(/đang trong túi/)).toBeTruthy());
  expect(sent[0]).toContain('POST /api/dispatch/v1/stops/a/reassign');
  expect(sent[0]).toContain(`{"courier_id":"${to}"}`);
});

test('that a conflict shows who had done it, and is ticked off once', async () => {
  vi.stubGlobal('fetch', async () => answer({ ...ME, permissions: ['held.decide'] }));
  await findSession();
  vi.stubGlobal('fetch', async () => answer(null));
  const onlooked = vi.fn();
  render(Recalls, { items: [CONFLICT, { ...CONFLICT, id: 's', state: 'asked' }], onlooked });
  expect(screen.getByText(/An đã làm xong/)).toBeTruthy();
  expect(screen.getByText(/Đang thu hồi/)).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Đã xem' }));
  await waitFor(() => expect(onlooked).toHaveBeenCalledOnce());
});
