/** Tests that the shift opens only to its PIN, and that its screens say what is left to do. */
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isWeakPin } from '../../src/courier/lock/pin';
import Burnt from '../../src/courier/lock/Burnt.svelte';
import NewPin from '../../src/courier/lock/NewPin.svelte';
import Unlock from '../../src/courier/lock/Unlock.svelte';
import { NoServerKey } from '../../src/lib/phone/shift';

const fake = vi.hoisted(() => ({
  lock: { phase: 'locked', tries_left: 10, must_sign_in: false },
  begin: vi.fn<(pin: string) => Promise<void>>(),
  unlock: vi.fn<(pin: string) => Promise<boolean>>(),
}));
vi.mock('../../src/courier/state.svelte', () => ({
  app: {
    me: { display_name: 'Bùi Minh Hùng (mẫu)', office: { name: 'Kinh Bắc', phone: '0222' } },
    numUnsent: 3,
    get lock() {
      return fake.lock;
    },
  },
  beginShift: fake.begin,
  unlock: fake.unlock,
  syncNow: vi.fn(),
  exportUnsent: vi.fn(),
}));

beforeEach(() => {
  fake.lock = { phase: 'locked', tries_left: 10, must_sign_in: false };
  fake.begin.mockReset().mockResolvedValue();
  fake.unlock.mockReset().mockResolvedValue(false);
});
afterEach(cleanup);

async function press(digits: string): Promise<void> {
  for (const digit of digits) await fireEvent.click(screen.getByRole('button', { name: digit }));
  await Promise.resolve();
}

test.each(['111111', '123456', '654321', '123123', '121212'])('that %s is too weak', (pin) => {
  expect(isWeakPin(pin)).toBe(true);
});

test('that an ordinary PIN is not called weak', () => {
  expect(['290185', '739164', '112358'].filter(isWeakPin)).toEqual([]);
});

test('that a shift begins when the same PIN was entered twice', async () => {
  render(NewPin);
  await press('290185');
  expect(screen.getByRole('heading', { name: 'Nhập lại mã PIN' })).toBeTruthy();
  await press('290185');
  expect(fake.begin).toHaveBeenCalledExactlyOnceWith('290185');
});

test('that two different entries begin again, and a weak PIN is refused by name', async () => {
  render(NewPin);
  await press('290185');
  await press('290186');
  expect(screen.getByRole('alert').textContent).toContain('không giống nhau');
  await press('123456');
  expect(screen.getByRole('alert').textContent).toContain('dễ đoán');
  expect(fake.begin).not.toHaveBeenCalled();
});

test('that a phone without the key of the office says so', async () => {
  fake.begin.mockRejectedValue(new NoServerKey());
  render(NewPin);
  await press('290185');
  await press('290185');
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('bật mạng'));
});

test('that the PIN can be typed, and a wrong one says how many tries are left', async () => {
  render(Unlock, { onsignin: () => undefined });
  fake.lock = { phase: 'locked', tries_left: 8, must_sign_in: false };
  for (const key of '290184') await fireEvent.keyDown(window, { key });
  expect(fake.unlock).toHaveBeenCalledExactlyOnceWith('290184');
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Sai mã PIN'));
});

test('that after five wrong PINs the phone wants a sign-in', async () => {
  fake.lock = { phase: 'locked', tries_left: 5, must_sign_in: true };
  const asked = vi.fn();
  render(Unlock, { onsignin: asked });
  expect(screen.queryByRole('button', { name: '1' })).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: 'Đăng nhập lại' }));
  expect(asked).toHaveBeenCalledOnce();
});

test('that a destroyed key says what is left here and offers the file', () => {
  render(Burnt, { isRevoked: false, onsignin: () => undefined });
  expect(screen.getByText('Còn trên máy: 3 mục chưa gửi')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Xuất tệp việc chưa gửi' })).toBeTruthy();
  expect(screen.getAllByRole('listitem')).toHaveLength(5);
});
