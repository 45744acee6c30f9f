/** Tests that what is unsent stands on the courier's side screens too: ended, empty, loading. */
import { cleanup, render, screen } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import Counting from '../../src/courier/cash/Counting.svelte';
import Give from '../../src/courier/hand/Give.svelte';
import Take from '../../src/courier/hand/Take.svelte';
import { setRounds } from '../../src/courier/rounds.svelte';
import Stop from '../../src/courier/screens/stop.svelte';
import Door from '../../src/courier/visit/Door.svelte';
import { documents, makeAct, makeOp, makeStop, viewRound } from './day';

const fake = vi.hoisted(() => ({ getDraft: vi.fn<() => Promise<unknown>>() }));
vi.mock('../../src/courier/state.svelte', async (original) => ({
  ...(await original<object>()),
  app: {
    numUnsent: 3,
    numHeld: 0,
    isOnline: true,
    loop: { is_running: false, is_stuck: false, trouble: null },
    cash: null,
    me: null,
    ops: [],
  },
  db: () => ({
    getDraft: fake.getDraft,
    listView: async () => [],
    changeKept: async () => undefined,
    findKept: async () => undefined,
  }),
}));

const CASH = {
  id: 'cash',
  balance_vnd: 0,
  free_vnd: 0,
  limit_vnd: 0,
  shift: null,
  lines: [],
  handovers: [],
  leases: [],
};
const never = new Promise<null>(() => undefined);
/** Nothing of it is in the bag. */
const away = (part: object): ReturnType<typeof makeAct> =>
  makeAct({ holder_kind: 'office', ...part });
const done = makeStop({ state: 'done', acts: [away({ state: 'done' })] });
const paid = away({ kind: 'payout.pay', state: 'done' });
const open = makeStop({ id: 's2', acts: [away({ id: 'a2', kind: 'dossier.accept' })] });

beforeEach(() => {
  fake.getDraft.mockReset().mockResolvedValue(null);
  const stops = [done, open, makeStop({ id: 's3', state: 'done', acts: [paid] })];
  setRounds([viewRound(documents(stops), [makeOp(1, 'round.opened', {})], 0)], '2026-11-23');
});
afterEach(() => {
  cleanup();
  setRounds([], '');
});

const door = (route: object): object => ({ route });
const count = (deed: string, offer: string | null): object => ({ deed, offer, cash: CASH });
const STOP_GONE = 'Điểm này không còn trong chuyến của bạn';
const ENDED = [
  ['a stop that is gone', Stop, { id: 'none' }, STOP_GONE],
  ['a door whose stop is gone', Door, door({ screen: 'visit', stop: 'none' }), STOP_GONE],
  ['a door that is done', Door, door({ screen: 'visit', stop: 's1' }), 'Điểm này đã xong.'],
  ['an act that is done', Door, door({ screen: 'attempt', stop: 's3', act: 'a1' }), /đã xong/],
  ['a bag with nothing to give', Give, {}, 'Trong túi không có bưu gửi nào để giao.'],
  ['an offer that is gone', Counting, count('take', 'gone'), /đã được trả lời hoặc đã huỷ/],
] as unknown as [words: string, screen: Component, props: object, title: string | RegExp][];

test.each(ENDED)('that %s shows how much is unsent', async (_, One, props, title) => {
  render(One, props);
  expect(await screen.findByRole('heading', { level: 2, name: title })).toBeTruthy();
  expect(screen.getByRole('link', { name: /Chờ gửi 3/ }).getAttribute('href')).toBe('#/outbox');
});

const LOADING = [
  ['a visit', Door, door({ screen: 'visit', stop: 's2' })],
  ['a count', Counting, count('count', null)],
  ['a giving', Give, {}],
  ['a taking', Take, {}],
] as unknown as [words: string, screen: Component, props: object][];

test.each(LOADING)('that %s that is loading shows how much is unsent', (_, One, props) => {
  fake.getDraft.mockReturnValue(never);
  render(One, props);
  expect(screen.getByRole('heading', { level: 1, name: 'Đang tải…' })).toBeTruthy();
  expect(screen.getByRole('link', { name: /Chờ gửi 3/ })).toBeTruthy();
});
