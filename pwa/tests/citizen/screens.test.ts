import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Visit as VisitData } from '../../src/citizen/api';
import Code from '../../src/citizen/screens/Code.svelte';
import Visit from '../../src/citizen/screens/Visit.svelte';
import { setLocale } from '../../src/lib/i18n/catalog.svelte';

const VISIT: VisitData = {
  ref: 'r',
  service: 'S2',
  stage: 'near',
  stages: [
    { code: 'booked', at: '2026-11-22T02:00:00Z', office: 'Kinh Bắc', reason: null },
    { code: 'on_round', at: '2026-11-23T00:30:00Z', office: 'Kinh Bắc', reason: null },
  ],
  wanted_on: '2026-11-23',
  window: { early: '2026-11-23T03:20:00Z', late: '2026-11-23T04:00:00Z', narrowed: true },
  stops_away: 2,
  ready: [{ code: 'identity', text: 'Căn cước' }],
  courier: { first_name: 'Hùng', badge: 'KB-01' },
  office: 'Kinh Bắc',
  office_phone: null,
  last_update_at: null,
  receipt: null,
  instruction: '',
  can_instruct: false,
  push_key: 'BA',
  subscribed: false,
};
const answer = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status });

beforeEach(() => setLocale('vi'));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

test('that the visit says state, window, stops away and what to have ready', async () => {
  const state = Object.assign(document.createElement('main'), { id: 'state' });
  document.body.append(state);
  vi.stubGlobal('fetch', async () => answer(VISIT));
  render(Visit, { token: 'abc' });
  expect((await screen.findByRole('heading', { level: 1 })).textContent).toContain('sắp đến');
  expect(screen.getByText('10:20 – 11:00')).toBeTruthy();
  expect(screen.getByText('Còn 2 điểm nữa là tới bạn.')).toBeTruthy();
  expect(screen.getByText('Căn cước')).toBeTruthy();
  expect(document.getElementById('state')).toBeNull();
});

test('that what the server wrote stands while the app cannot read anything newer', async () => {
  const state = Object.assign(document.createElement('main'), { id: 'state' });
  document.body.append(state);
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('offline')));
  render(Visit, { token: 'abc' });
  await screen.findByRole('alert');
  expect(document.getElementById('state')).toBe(state);
});

test('that an instruction is sent and the refusal of a late one is shown', async () => {
  const problem = { title: 'Bưu tá đã lên đường.', code: 'too_late_to_instruct' };
  vi.stubGlobal('fetch', async (path: string) =>
    path.endsWith('/instruction') ? answer(problem, 409) : answer({ ...VISIT, can_instruct: true }),
  );
  render(Visit, { token: 'abc' });
  await fireEvent.input(await screen.findByLabelText('Lời dặn'), { target: { value: 'Tầng 3' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Gửi lời dặn' }));
  await screen.findByText('Bưu tá đã lên đường.');
});

test('that a malformed code is not asked for, a known one shows its stage only', async () => {
  const asked = vi.fn(async (_path: string) =>
    answer({ stage: 'at_office', on: '2026-11-23', office: 'Kinh Bắc' }),
  );
  vi.stubGlobal('fetch', asked);
  render(Code);
  const field = screen.getByLabelText('Mã bưu gửi');
  const search = screen.getByRole('button', { name: 'Tra cứu' });
  await fireEvent.input(field, { target: { value: '123' } });
  await fireEvent.click(search);
  expect(asked).not.toHaveBeenCalled();
  expect(screen.getByText('Mã gồm 2 chữ cái, 9 chữ số và đuôi VN.')).toBeTruthy();
  await fireEvent.input(field, { target: { value: 'ld 000 000 014 vn' } });
  await fireEvent.click(search);
  await screen.findByText('Bưu gửi của bạn đang ở Kinh Bắc.');
  expect(asked.mock.calls[0]?.[0]).toBe('/api/citizen/v1/codes/LD000000014VN');
});
