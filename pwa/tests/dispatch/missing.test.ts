/** Tests that evidence which has not come says whose it is and what to expect, and can be ended. */
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import MissingPictures from '../../src/dispatch/parts/MissingPictures.svelte';
import type { MissingPicture } from '../../src/dispatch/missing';
import { findSession } from '../../src/lib/desk/session.svelte';
import { setLocale } from '../../src/lib/i18n/catalog.svelte';

const ME = {
  staff_id: 's',
  username: 'dieuphoi',
  display_name: 'Hằng',
  role: 'dispatcher',
  office: { id: 'o', name: 'Kinh Bắc' },
  offices: [],
  permissions: ['board.read', 'held.decide'],
  server_at: '2026-11-23T02:00:00Z',
};
const PICTURE: MissingPicture = {
  op_id: 'f1',
  sha256: 'ab'.repeat(32),
  kind: 'visit.failed',
  courier_name: 'Lê Thị Bưu',
  device_label: 'Nokia C12',
  device_status: 'active',
  last_seen_at: null,
  occurred_at: '2026-11-21T02:00:00Z',
  named_at: '2026-11-21T02:05:00Z',
  let_go_at: null,
  num_received: null,
  length: null,
  errand_id: 'e1',
  stop: { id: 's1', name: 'Nguyễn Thị Mẫu', address: 'Số 9 đường Mẫu' },
};

let asked: { address: string; body: unknown }[] = [];

beforeEach(async () => {
  asked = [];
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    if (address.includes('/missing-pictures/')) {
      asked.push({ address, body: JSON.parse(String(init?.body)) });
      return new Response(null, { status: 204 });
    }
    return new Response(JSON.stringify(ME));
  });
  await findSession();
});
afterEach(async () => {
  cleanup();
  vi.unstubAllGlobals();
  await setLocale('vi');
});

test.each<[string, Partial<MissingPicture>, RegExp]>([
  ['none of it has come', {}, /Chưa nhận được phần nào/],
  ['a part has come', { num_received: 3, length: 10 }, /Đã nhận 30 %/],
  ['its phone let it go', { let_go_at: PICTURE.named_at }, /ảnh không về nữa/],
  ['its phone is lost', { device_status: 'lost' }, /Máy đã báo mất/],
  ['its phone is not known', { device_label: null, device_status: null }, /Không còn biết máy nào/],
])('that it is said when %s', (_, how, words) => {
  render(MissingPictures, { items: [{ ...PICTURE, ...how }], onlooked: () => undefined });
  expect(screen.getByText(/Lê Thị Bưu, Đến nhưng không thành/)).toBeTruthy();
  expect(screen.getByText('Nguyễn Thị Mẫu')).toBeTruthy();
  expect(screen.getAllByText(words)).toHaveLength(1);
  expect(screen.getByRole('link').getAttribute('href')).toContain('e1');
});

test('that the wait is ended with words, for one picture', async () => {
  const other = { ...PICTURE, sha256: 'cd'.repeat(32) };
  const onlooked = vi.fn();
  render(MissingPictures, { items: [PICTURE, other], onlooked });
  const [first] = screen.getAllByRole('button', { name: 'Không chờ nữa' });
  await fireEvent.click(first as HTMLElement);
  const send = screen.getByRole('button', { name: 'Ghi lại, không chờ nữa' });
  await fireEvent.click(send);
  expect(screen.getByText(/ít nhất 3 ký tự/)).toBeTruthy();
  expect(asked).toEqual([]);
  await fireEvent.input(screen.getByRole('textbox'), { target: { value: 'Máy hỏng ' } });
  await fireEvent.click(send);
  await waitFor(() => expect(onlooked).toHaveBeenCalledOnce());
  expect(asked[0]?.address).toContain(`/missing-pictures/f1/${PICTURE.sha256}/look`);
  expect(asked.map(({ body }) => body)).toEqual([{ note: 'Máy hỏng' }]);
});

test('that nothing stands there while nothing is missing', () => {
  const { container } = render(MissingPictures, { items: [], onlooked: () => undefined });
  expect(container.textContent?.trim()).toBe('');
});
