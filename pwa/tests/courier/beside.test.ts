/** Tests that rounds beside the one shown are named with what is left on them, and led to. */
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import Beside from '../../src/courier/beside/Beside.svelte';
import { nameOf, shortNameOf } from '../../src/courier/beside/words';
import { countUnlent } from '../../src/courier/money/provide';
import { choose, findStop, roundOf, rounds, setRounds } from '../../src/courier/rounds.svelte';
import { viewRounds, type ActDoc, type RoundDoc } from '../../src/lib/rules/round';
import { documents, makeAct, makeStop } from './day';

const TODAY = '2026-11-27';
afterEach(() => {
  cleanup();
  setRounds([], '');
  choose(null);
});

/** Put rounds of one act each on the phone, named by their day of November. */
function keep(specs: Record<string, [state: RoundDoc['state'], act: Partial<ActDoc>]>): void {
  const docs = Object.entries(specs).flatMap(([day, [state, act]]) => {
    const isOpen = act.state === 'open';
    const made = makeAct({ id: `a${day}`, errand_id: `e${day}`, item_id: `i${day}`, ...act });
    const stop = { id: `s${day}`, round_id: day, acts: [made] };
    return documents([makeStop({ ...stop, state: isOpen ? 'open' : 'failed' })], {
      id: day,
      service_on: `2026-11-${day}`,
      state,
    });
  });
  setRounds(viewRounds(docs, [], 0), TODAY);
}
const show = () => render(Beside, { onopen: async () => undefined });

test('that an older round is named with what keeps it open, and led to', async () => {
  keep({ 26: ['open', { state: 'failed' }], 27: ['open', { state: 'open' }] });
  choose({ id: '27', on: TODAY });
  show();
  expect(screen.getByText('Chuyến hôm qua 26/11 chưa đóng: còn 1 bưu gửi trên tay')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Xem chuyến' }));
  expect(rounds.view.round?.id).toBe('26');
  expect(screen.getByText('Chuyến hôm nay chưa đóng: còn 1 điểm')).toBeTruthy();
});

test.each([
  [{ 26: ['open', { state: 'failed', holder_kind: 'office' }] }, 'Chuyến hôm qua 26/11 chưa đóng'],
  [{ 25: ['published', { state: 'open' }] }, 'Chuyến ngày 25/11 chưa đi: còn 1 điểm'],
] as const)('that what is left of before is said: %#', (older, words) => {
  keep({ ...older, 27: ['open', { state: 'open' }] } as unknown as Parameters<typeof keep>[0]);
  choose({ id: '27', on: TODAY });
  show();
  expect(screen.getByText(words)).toBeTruthy();
});

test('that each round is a choice with its stops, and the choice stands for its day', async () => {
  keep({ 27: ['open', { state: 'open' }], 28: ['published', { state: 'open' }] });
  show();
  const next = screen.getByRole<HTMLInputElement>('radio', { name: /^Ngày mai 28.11/ });
  expect(screen.getByRole<HTMLInputElement>('radio', { name: /^Hôm nay/ }).checked).toBe(true);
  expect(screen.getAllByText('Còn 1/1 điểm')).toHaveLength(2);
  expect(screen.queryByText(/chưa đóng/)).toBeNull();
  await fireEvent.click(next);
  expect(rounds.view.round?.id).toBe('28');
  expect(screen.getByText(/chưa đến ngày đi/)).toBeTruthy();
  expect(rounds.out?.id).toBe('27');
  setRounds(rounds.all, '2026-11-28');
  expect(rounds.view.round?.id).toBe('27');
});

test('that a stop is found on any round, and goes by its own', () => {
  keep({ 27: ['open', { state: 'open' }], 28: ['published', { state: 'open' }] });
  expect(roundOf(findStop('s28'))?.state).toBe('published');
  expect(roundOf(findStop('s27'))?.state).toBe('open');
  expect(findStop('s29')).toBeNull();
});

test('that money needs lists for what is out or may set out today, not for a day to come', () => {
  const pays = { kind: 'payout.pay', state: 'open', share_id: 'x' } as const;
  keep({ 26: ['open', pays], 27: ['published', pays], 28: ['published', pays] });
  expect(countUnlent()).toBe(2);
  keep({ 26: ['closed', pays], 28: ['published', pays] });
  expect(countUnlent()).toBe(0);
});

test.each([
  ['2026-11-30', '2026-11-30', 'Chuyến hôm nay', 'Hôm nay'],
  ['2026-12-01', '2026-11-30', 'Chuyến ngày mai 01/12', 'Ngày mai 01/12'],
  ['2026-12-31', '2027-01-01', 'Chuyến hôm qua 31/12', 'Hôm qua 31/12'],
  ['2026-12-02', '2026-11-30', 'Chuyến ngày 02/12', '02/12'],
])('that on %2$s the round of %1$s is named', (service_on, today, name, short) => {
  expect([nameOf(service_on, today), shortNameOf(service_on, today)]).toEqual([name, short]);
});
