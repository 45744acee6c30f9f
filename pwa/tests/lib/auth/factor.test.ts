import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import ConfirmSheet from '../../../src/lib/auth/ConfirmSheet.svelte';
import FactorStep from '../../../src/lib/auth/FactorStep.svelte';
import { ask } from '../../../src/lib/desk/ask';
import { findSession, session } from '../../../src/lib/desk/session.svelte';

const ME = {
  staff_id: 's',
  display_name: 'Lan',
  office: { id: 'o', name: 'Kinh Bắc' },
  offices: [],
  permissions: [],
  is_demo: true,
  factor: 'none',
  is_factor_required: true,
  server_at: '2026-11-26T02:00:00Z',
};

function answer(body: unknown, status = 200): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), { status });
}

/** A server that wants `code` before an approval; returns what it was asked. */
function serve(right: string, isGiven = false): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push(`${init.method} ${path}`);
    if (path.endsWith('/me')) return answer(ME);
    if (path.endsWith('/factor')) return answer({ secret: 'ABCDEFGH', uri: 'otpauth://x' }, 201);
    if (path.endsWith('/demo-code')) return answer({ code: right });
    if (path.endsWith('/confirm')) {
      isGiven = String(init.body) === JSON.stringify({ code: right });
      if (isGiven) return answer(null, 204);
      return answer({ code: 'wrong_factor', title: 'Mã không đúng' }, 409);
    }
    return isGiven ? answer({ done: true }) : answer({ code: 'confirm_again', title: 'x' }, 401);
  });
  return asked;
}

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

async function give(code: string): Promise<void> {
  await fireEvent.input(screen.getByLabelText('Mã 6 số'), { target: { value: code } });
  await fireEvent.click(screen.getByRole('button', { name: 'Xác nhận' }));
}

test('that an app is set up by QR or key, and its first code opens the desk', async () => {
  serve('123456');
  await findSession();
  expect(session.isFactorDue).toBe(true);
  render(FactorStep, { icon: '/x.svg' });
  expect(await screen.findByText('ABCD EFGH')).toBeTruthy();
  expect(screen.getByRole('img', { name: /Mã QR/ })).toBeTruthy();
  expect(await screen.findByText(/mã lúc này là 123456/)).toBeTruthy();
  await give('12345');
  expect(screen.getByText('Mã gồm đúng 6 chữ số.')).toBeTruthy();
  await give('654321');
  expect(await screen.findByText('Mã không đúng')).toBeTruthy();
  await give('123 456');
  await waitFor(() => expect(session.isFactorDue).toBe(false));
});

test('that an approval that wants a code is asked again once it was given', async () => {
  const asked = serve('222333');
  render(ConfirmSheet);
  const approved = ask<{ done: boolean }>('/api/x/approve', { method: 'POST', json: {} });
  expect(await screen.findByText(/trong vòng 5 phút/)).toBeTruthy();
  await give('222333');
  expect(await approved).toEqual({ ok: true, data: { done: true } });
  expect(asked.filter((one) => one === 'POST /api/x/approve')).toHaveLength(2);
});

test('that an approval stays undone when the sheet is closed', async () => {
  serve('222333');
  render(ConfirmSheet);
  const approved = ask('/api/x/approve', { method: 'POST', json: {} });
  await screen.findByText(/trong vòng 5 phút/);
  await fireEvent.click(screen.getByRole('button', { name: 'Đóng' }));
  const refused = await approved;
  expect(refused.ok ? '' : refused.problem.code).toBe('confirm_again');
});
