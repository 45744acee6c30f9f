/** Tests that the courier's cards show what is due and what may be done. */
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test } from 'vitest';
import ActCard from '../../src/courier/parts/ActCard.svelte';
import Steps from '../../src/courier/parts/Steps.svelte';
import StopRow from '../../src/courier/parts/StopRow.svelte';
import WayButton from '../../src/courier/parts/WayButton.svelte';
import { chosenMapApp } from '../../src/courier/handoff';
import { createRawSnippet } from 'svelte';
import { makeAct, makeStop } from './day';

beforeAll(() => {
  // jsdom has no dialogs yet.
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
    this.open = false;
  };
});
afterEach(cleanup);
const stop = { ...makeStop(), acts: [] };
const button = (name: string): HTMLButtonElement => screen.getByRole('button', { name });

test('that the amount due stands on the card before the door', () => {
  const act = { ...makeAct({ fee_due_vnd: 120_000 }), fact: null };
  render(ActCard, { stop, act, isUnlocked: true });
  expect(screen.getByText('120.000 đ')).toBeTruthy();
  expect(button('Trả kết quả').disabled).toBe(false);
});

test('that a result still at the office cannot be delivered', () => {
  const act = { ...makeAct({ holder_kind: 'office' }), fact: null };
  render(ActCard, { stop, act, isUnlocked: true });
  expect(button('Trả kết quả').disabled).toBe(true);
  expect(screen.getByText(/còn ở bưu cục/)).toBeTruthy();
});

test.each([
  ['saved', 'Đã lưu trên máy'],
  ['sent', 'Đã gửi'],
  ['applied', 'Đã ghi nhận'],
  ['held', 'Chờ xử lý'],
] as const)('that a fact that is %s says “%s” (S15)', (state, words) => {
  const act = { ...makeAct({ state: 'done' }), fact: { state, reason: null } };
  render(StopRow, { stop: { ...stop, state: 'done' as const, acts: [act] } });
  expect(screen.getByText(words)).toBeTruthy();
});

test('that a step names what is missing instead of going on', async () => {
  const moves: string[] = [];
  render(Steps, {
    title: 'x',
    subtitle: 'y',
    steps: [
      { name: 'one', title: 'Một', missing: ['chữ ký'] },
      { name: 'two', title: 'Hai', missing: [] },
    ],
    current: 'one',
    finishLabel: 'Xong',
    isSaving: false,
    children: createRawSnippet(() => ({ render: () => '<p>nội dung</p>' })),
    onmove: (name: string) => moves.push(name),
    onleave: () => undefined,
    onfinish: () => undefined,
  });
  await fireEvent.click(button('Tiếp tục'));
  expect(screen.getByRole('alert').textContent).toContain('chữ ký');
  expect(moves).toEqual([]);
});

test('that an act of another courier says to call first, until that phone knows', async () => {
  const act = { ...makeAct({ recall_state: 'asked', recalled_from: 'Lâm (mẫu)' }), fact: null };
  const { rerender } = render(ActCard, { stop, act, isUnlocked: true });
  expect(screen.getByText(/Chuyển từ Lâm \(mẫu\)/)).toBeTruthy();
  await rerender({ act: { ...act, recall_state: 'taken' } });
  expect(screen.queryByText(/Chuyển từ Lâm/)).toBeNull();
});

test('that the way asks once which map app shows it, and is a link from then on', async () => {
  render(WayButton, { stop });
  expect(screen.queryByText('Waze')).toBeNull();
  await fireEvent.click(button('Chỉ đường'));
  await fireEvent.click(await screen.findByRole('link', { name: 'Waze' }));
  expect(chosenMapApp()).toBe('waze');
  const way = screen.getByRole('link', { name: 'Chỉ đường' });
  expect(way.getAttribute('href')).toBe('https://waze.com/ul?ll=21.18,106.07&navigate=yes');
});

test('that a door on no map gives its address to copy', async () => {
  const point = { ...stop.point, lat: null, lon: null };
  render(WayButton, { stop: { ...stop, point } });
  await fireEvent.click(button('Chỉ đường'));
  expect(await screen.findByText('Chưa có vị trí trên bản đồ')).toBeTruthy();
  expect(button('Chép địa chỉ')).toBeTruthy();
  expect(screen.queryByText('Waze')).toBeNull();
});
