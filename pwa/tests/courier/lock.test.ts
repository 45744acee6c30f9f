/** Tests that the shift opens only to its owner, and that its screens say what is left to do. */
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { wipeWho } from '../../src/lib/db/who';
import { isWeakPin } from '../../src/courier/lock/pin';
import Cleared from '../../src/courier/lock/Cleared.svelte';
import Burnt from '../../src/courier/lock/Burnt.svelte';
import Finger from '../../src/courier/lock/Finger.svelte';
import NewPin from '../../src/courier/lock/NewPin.svelte';
import Unlock from '../../src/courier/lock/Unlock.svelte';
import { NoServerKey, type ShiftLock } from '../../src/lib/phone/shift';

const fake = vi.hoisted(() => ({
  lock: {
    phase: 'locked',
    tries_left: 10,
    must_sign_in: false,
    has_authenticator: false,
    is_day_over: false,
  },
  begin: vi.fn<ShiftLock['begin']>(),
  unlock: vi.fn<ShiftLock['unlock']>(),
  unlockBy: vi.fn<ShiftLock['unlockBy']>(),
  dropAuthenticator: vi.fn<ShiftLock['dropAuthenticator']>(),
}));
vi.mock('../../src/courier/state.svelte', () => ({
  app: {
    me: { display_name: 'Bùi Minh Hùng (mẫu)', office: { name: 'Kinh Bắc', phone: '0222' } },
    numUnsent: 3,
    get lock() {
      return fake.lock;
    },
  },
  withLock: (work: (lock: unknown) => unknown) => work(fake),
  syncNow: vi.fn(),
  exportUnsent: vi.fn(),
}));

const SHUT = {
  phase: 'locked',
  tries_left: 10,
  must_sign_in: false,
  has_authenticator: false,
  is_day_over: false,
};
beforeEach(() => {
  fake.lock = SHUT;
  fake.begin.mockReset().mockResolvedValue();
  fake.unlock.mockReset().mockResolvedValue(false);
  fake.unlockBy.mockReset().mockResolvedValue(false);
  fake.dropAuthenticator.mockReset().mockResolvedValue(true);
});
afterEach(async () => {
  cleanup();
  vi.unstubAllGlobals();
  await wipeWho();
});

const FINGER = 'Mở bằng vân tay hoặc khuôn mặt';

/** A browser on a phone that knows fingers; `create` is what comes of asking for one. */
function stubPhone(create: () => Promise<unknown>): void {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('PublicKeyCredential', {
    isUserVerifyingPlatformAuthenticatorAvailable: async () => true,
  });
  vi.stubGlobal('navigator', { userAgent: 'x', credentials: { create } });
}

const made = async () => ({
  rawId: new Uint8Array(16).buffer,
  getClientExtensionResults: () => ({ prf: { results: { first: new Uint8Array(32).buffer } } }),
});

async function press(digits: string): Promise<void> {
  for (const digit of digits) await fireEvent.click(screen.getByRole('button', { name: digit }));
  await Promise.resolve();
}

test('that a phone that was cleared says so, counts nothing, and leads to a new code', async () => {
  const onsignin = vi.fn();
  render(Cleared, { onsignin });
  expect(screen.getByRole('heading', { name: 'Máy này đã mất dữ liệu đã lưu' })).toBeTruthy();
  expect(screen.queryByRole('status')).toBeNull();
  expect(screen.getByRole('link', { name: /Gọi bưu cục/ })).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Đăng nhập lại' }));
  expect(onsignin).toHaveBeenCalledOnce();
});

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
  await vi.waitFor(() => expect(fake.begin).toHaveBeenCalledExactlyOnceWith('290185', undefined));
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

test('that a phone without the key of the office says so, and leads to a code', async () => {
  fake.begin.mockRejectedValue(new NoServerKey());
  const onsignin = vi.fn();
  render(NewPin, { onsignin });
  expect(screen.queryByRole('button', { name: 'Đăng nhập lại' })).toBeNull();
  await press('290185');
  await press('290185');
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('bật mạng'));
  await fireEvent.click(screen.getByRole('button', { name: 'Đăng nhập lại' }));
  expect(onsignin).toHaveBeenCalledOnce();
});

test('that the PIN can be typed, and a wrong one says how many tries are left', async () => {
  render(Unlock, { onsignin: () => undefined });
  fake.lock = { ...SHUT, tries_left: 8 };
  for (const key of '290184') await fireEvent.keyDown(window, { key });
  expect(fake.unlock).toHaveBeenCalledExactlyOnceWith('290184');
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Sai mã PIN'));
});

test('that after five wrong PINs the phone wants a sign-in', async () => {
  fake.lock = { ...SHUT, tries_left: 5, must_sign_in: true, has_authenticator: true };
  const asked = vi.fn();
  render(Unlock, { onsignin: asked });
  expect(screen.queryByRole('button', { name: '1' })).toBeNull();
  expect(screen.queryByRole('button', { name: FINGER })).toBeNull(); // it does not go round them
  await fireEvent.click(screen.getByRole('button', { name: 'Đăng nhập lại' }));
  expect(asked).toHaveBeenCalledOnce();
});

test('that a destroyed key says what is left here and offers the file', () => {
  render(Burnt, { isRevoked: false, onsignin: () => undefined });
  expect(screen.getByText('Còn trên máy: 3 mục chưa gửi')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Xuất tệp việc chưa gửi' })).toBeTruthy();
  expect(screen.getAllByRole('listitem')).toHaveLength(5);
});

async function choosePin(): Promise<void> {
  render(NewPin);
  await press('290185');
  await press('290185');
}

test('that a finger is offered after the PIN, and the shift begins under both', async () => {
  stubPhone(made);
  await choosePin();
  const offer = await screen.findByRole('button', { name: FINGER });
  expect(fake.begin).not.toHaveBeenCalled();
  await fireEvent.click(offer);
  await vi.waitFor(() => expect(fake.begin).toHaveBeenCalledOnce());
  expect(fake.begin).toHaveBeenCalledWith('290185', expect.any(Function));
});

test('that who wants the PIN only is not asked at the next shift', async () => {
  stubPhone(made);
  await choosePin();
  await fireEvent.click(await screen.findByRole('button', { name: 'Chỉ dùng mã PIN' }));
  await vi.waitFor(() => expect(fake.begin).toHaveBeenCalledExactlyOnceWith('290185', undefined));
  cleanup();
  await choosePin();
  await vi.waitFor(() => expect(fake.begin).toHaveBeenCalledTimes(2));
});

test.each([
  ['NotAllowedError', /chưa nhận ra bạn/, true],
  ['SecurityError', /không hỗ trợ/, false],
] as const)('that after a %s the shift begins with the PIN', async (name, words, isOffered) => {
  stubPhone(() => Promise.reject(new DOMException('no', name)));
  await choosePin();
  await fireEvent.click(await screen.findByRole('button', { name: FINGER }));
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toMatch(words));
  expect(screen.queryByRole('button', { name: FINGER }) !== null).toBe(isOffered);
  await fireEvent.click(screen.getByRole('button', { name: 'Chỉ dùng mã PIN' }));
  await vi.waitFor(() => expect(fake.begin).toHaveBeenCalledExactlyOnceWith('290185', undefined));
  cleanup();
  await choosePin();
  if (isOffered) await screen.findByRole('button', { name: FINGER });
  else await vi.waitFor(() => expect(fake.begin).toHaveBeenCalledTimes(2));
});

test('that a finger that is not known asks for the PIN, which is there all the time', async () => {
  fake.lock = { ...SHUT, has_authenticator: true };
  render(Unlock, { onsignin: () => undefined });
  await fireEvent.click(screen.getByRole('button', { name: FINGER }));
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toMatch(/nhập mã PIN/));
  await press('290185');
  expect(fake.unlock).toHaveBeenCalledExactlyOnceWith('290185');
});

test('that a shift without a second wrap offers the PIN alone', () => {
  render(Unlock, { onsignin: () => undefined });
  expect(screen.queryByRole('button', { name: FINGER })).toBeNull();
});

test('that switching it off destroys the second wrap', async () => {
  fake.lock = { ...SHUT, phase: 'open', has_authenticator: true };
  render(Finger);
  const box = await screen.findByRole('checkbox');
  expect((box as HTMLInputElement).checked).toBe(true);
  await fireEvent.click(box);
  await vi.waitFor(() => expect(fake.dropAuthenticator).toHaveBeenCalledOnce());
  await vi.waitFor(() => expect(screen.getByText('Chỉ mở bằng mã PIN.')).toBeTruthy());
});

test('that on another day a right PIN begins a new shift, and a finger is asked for', async () => {
  stubPhone(made);
  fake.lock = { ...SHUT, has_authenticator: true, is_day_over: true };
  let wrapped: unknown = null;
  fake.unlock.mockImplementation(async (_pin, wrapMore) => {
    wrapped = await wrapMore?.({ eph: 'BA', raw: new Uint8Array(32) });
    return true;
  });
  render(Unlock, { onsignin: () => undefined });
  expect(screen.getByText(/Ngày mới/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: FINGER })).toBeNull();
  await press('290185');
  await fireEvent.click(await screen.findByRole('button', { name: FINGER }));
  await vi.waitFor(() => expect(wrapped).toMatchObject({ credential_id: expect.anything() }));
  expect(fake.unlock).toHaveBeenCalledExactlyOnceWith('290185', expect.any(Function));
});

test('that a wrong PIN on another day asks for no finger', async () => {
  stubPhone(made);
  fake.lock = { ...SHUT, is_day_over: true };
  render(Unlock, { onsignin: () => undefined });
  await press('290184');
  await vi.waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Sai mã PIN'));
  expect(screen.queryByRole('button', { name: FINGER })).toBeNull();
});
