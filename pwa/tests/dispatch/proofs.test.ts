/** Tests of the proof rules' screen: what is sent, who may change it, what is not usual. */
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import ProofRules from '../../src/dispatch/screens/ProofRules.svelte';
import { findSession } from '../../src/lib/desk/session.svelte';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const line = (reason: string | null, proof: string, demand: string, usual = demand) => ({
  act: 'dossier.accept',
  ending: reason === null ? 'done' : 'failed',
  ...{ reason, proof, demand, usual },
});
const TABLE = {
  valid_from: null,
  set_at: null,
  reason: '',
  rules: [],
  lines: [
    line(null, 'photo', 'required'),
    line('ABSENT', 'photo', 'required'),
    line('ABSENT', 'note', 'required', 'asked'),
    line('ABSENT', 'sign_citizen', 'off'),
  ],
};

/** Sign somebody in who may do this, with a server that keeps what it is sent. */
async function begin(permissions: string[]): Promise<{ sent: unknown[] }> {
  const sent: unknown[] = [];
  const me = {
    staff_id: 's',
    username: 'quantri',
    display_name: 'Mẫu',
    role: 'administrator',
    office: { id: 'o', name: 'Kinh Bắc' },
    offices: [],
    permissions,
    server_at: '2026-11-23T02:00:00Z',
  };
  vi.stubGlobal('fetch', async (address: string | URL, init?: RequestInit) => {
    if (String(address).includes('/me')) return new Response(JSON.stringify(me));
    if (init?.method === 'PUT') sent.push(JSON.parse(String(init.body)));
    const valid_from = init?.method === 'PUT' ? '2026-11-24' : null;
    return new Response(JSON.stringify({ ...TABLE, valid_from }));
  });
  await findSession();
  render(ProofRules);
  await waitFor(() => screen.getByRole('row', { name: /Vắng nhà/ }));
  return { sent };
}

test('that who may not write sees the table and what is not usual', async () => {
  await begin(['proof_rules.read']);
  expect(screen.queryByRole('combobox', { name: /Ảnh/ })).toBeNull();
  expect(screen.getByText('Mặc định: Nên có')).toBeTruthy();
});

test('that only lines unlike the house’s are sent, with a reason', async () => {
  const { sent } = await begin(['proof_rules.read', 'proof_rules.write']);
  expect(screen.queryByRole('button', { name: /Lưu/ })).toBeNull();
  const photo = screen.getByRole('combobox', { name: 'Vắng nhà, Ảnh' });
  await fireEvent.change(photo, { target: { value: 'off' } });
  await fireEvent.click(screen.getByRole('button', { name: /Lưu/ }));
  expect(screen.getByText('Hãy ghi lý do, ít nhất 3 ký tự.')).toBeTruthy();
  expect(sent).toEqual([]);
  const reason = screen.getByLabelText(/Vì sao đổi/);
  await fireEvent.input(reason, { target: { value: 'Ảnh không cần' } });
  await fireEvent.click(screen.getByRole('button', { name: /Lưu/ }));
  const rule = { act: 'dossier.accept', ending: 'failed', reason: 'ABSENT' };
  await waitFor(() =>
    expect(sent).toEqual([
      {
        reason: 'Ảnh không cần',
        rules: [
          { ...rule, proof: 'photo', demand: 'off' },
          { ...rule, proof: 'note', demand: 'required' },
        ],
      },
    ]),
  );
});
