/** Tests that news from the office sounds once, outlives a reload and ends by being read. */
import { beforeEach, expect, test } from 'vitest';
import { lineOf } from '../../src/courier/news/lines';
import { listRows, news } from '../../src/courier/news/shown.svelte';
import { forgetNews, loadNews, see, watchRounds, type Rounds } from '../../src/courier/news/watch';
import { choose, setRounds } from '../../src/courier/rounds.svelte';
import { seeRound } from '../../src/lib/rules/changes';
import type { OneRound, StopDoc } from '../../src/lib/rules/round';
import { documents, makeStop, viewRound } from './day';

const later = '2026-11-23T03:40:00Z';
const FIRST = makeStop();
const SECOND = makeStop({
  id: 's2',
  position: 2,
  party: { name: 'Vũ Bình', phone: '', wishes: '' },
});

/** A drawer for drafts; a full one takes nothing more. */
function makeDrafts() {
  const rows = new Map<string, unknown>();
  const drawer = { isFull: false, num_writes: 0 };
  return {
    drawer,
    getDraft: async (key: string) => structuredClone(rows.get(key)) ?? null,
    async saveDraft(key: string, value: unknown) {
      if (drawer.isFull) throw new DOMException('full', 'QuotaExceededError');
      drawer.num_writes += 1;
      rows.set(key, structuredClone(value));
    },
  };
}
const look = (stops: StopDoc[], ...others: OneRound[]): Rounds => {
  const view = viewRound(documents(stops), [], 0);
  return { view, beside: [view, ...others] };
};
const NEXT = viewRound(
  documents([makeStop({ id: 't1', round_id: 'r2' })], {
    id: 'r2',
    service_on: '2026-11-28',
    state: 'published',
    num_stops: 35,
  }),
  [],
  0,
);

beforeEach(forgetNews);

test('that the first look is no news, and a change sounds once', async () => {
  const drafts = makeDrafts();
  expect(await watchRounds(drafts, look([FIRST]), [])).toBe(false);
  expect(await watchRounds(drafts, look([FIRST, SECOND]), [])).toBe(true);
  expect(await watchRounds(drafts, look([FIRST, SECOND]), [])).toBe(false);
  expect(news.changes.map(lineOf)).toEqual(['Thêm điểm 2 lúc 08:00: Vũ Bình']);
  expect(drafts.drawer.num_writes).toBe(2);
});

test('that a reload shows what was not read, with no second sound, until it is', async () => {
  const drafts = makeDrafts();
  await watchRounds(drafts, look([FIRST, SECOND]), []);
  await watchRounds(drafts, look([SECOND]), []);
  forgetNews();
  await loadNews(drafts);
  const now = look([SECOND]);
  expect(await watchRounds(drafts, now, [])).toBe(false);
  expect(news.changes.map(lineOf)).toEqual(['Rút điểm 1: Phạm Thị Ánh']);
  expect(listRows(now.view.stops).map(({ id, gone }) => [id, gone !== null])).toEqual([
    ['s1', true],
    ['s2', false],
  ]);
  await see(drafts);
  expect(news.changes).toEqual([]);
  expect(listRows(now.view.stops).map(({ id }) => id)).toEqual(['s2']);
  forgetNews();
  await loadNews(drafts);
  await watchRounds(drafts, now, []);
  expect(news.changes).toEqual([]);
});

test('that another tab which read them takes them from this one too', async () => {
  const drafts = makeDrafts();
  const now = look([FIRST, SECOND]);
  await watchRounds(drafts, look([FIRST]), []);
  await watchRounds(drafts, now, []);
  expect(news.changes).toHaveLength(1);
  await drafts.saveDraft('seen', { seen: seeRound(now.view), sounded: '', n: 9 });
  await watchRounds(drafts, { ...now }, []);
  expect(news.changes).toEqual([]);
});

test('that a change sounds once and can be read on a phone without room', async () => {
  const drafts = makeDrafts();
  await watchRounds(drafts, look([FIRST]), []);
  drafts.drawer.isFull = true;
  expect(await watchRounds(drafts, look([FIRST, SECOND]), [])).toBe(true);
  expect(await watchRounds(drafts, look([FIRST, SECOND]), [])).toBe(false);
  await see(drafts);
  expect(await watchRounds(drafts, look([FIRST, SECOND]), [])).toBe(false);
  expect(news.changes).toEqual([]);
});

test.each([
  ['removed', { kind: 'removed' }, 'Rút điểm 12: Vũ Bình'],
  ['time', { kind: 'time', planned_at: later }, 'Điểm 12 nay đến lúc 10:40: Vũ Bình'],
  ['moved', { kind: 'moved', to: 3, planned_at: null }, 'Điểm 12 nay đi thứ 3: Vũ Bình'],
  [
    'moved, later',
    { kind: 'moved', to: 3, planned_at: later },
    'Điểm 12 nay đi thứ 3, lúc 10:40: Vũ Bình',
  ],
  [
    'act added',
    { kind: 'act_added', act: 'dossier.accept' },
    'Điểm 12 thêm việc “Nhận hồ sơ”: Vũ Bình',
  ],
  [
    'act taken',
    { kind: 'act_removed', act: 'result.deliver' },
    'Điểm 12 bỏ việc “Trả kết quả”: Vũ Bình',
  ],
] as const)('that %s is one Vietnamese line', (_, change, words) => {
  expect(lineOf({ stop: 's', position: 12, name: 'Vũ Bình', ...change })).toBe(words);
});

test('that a round of another day is told and sounds once, and the list stays', async () => {
  const drafts = makeDrafts();
  await watchRounds(drafts, look([FIRST, SECOND]), []);
  const now = look([FIRST, SECOND], NEXT);
  expect(await watchRounds(drafts, now, [])).toBe(true);
  expect(await watchRounds(drafts, look([FIRST, SECOND], NEXT), [])).toBe(false);
  expect(news.changes.map(lineOf)).toEqual(['Đã có chuyến ngày 28/11: 35 điểm']);
  expect(listRows(now.view.stops).map(({ id, isNew }) => [id, isNew])).toEqual([
    ['s1', false],
    ['s2', false],
  ]);
  await see(drafts);
  forgetNews();
  await loadNews(drafts);
  expect(await watchRounds(drafts, look([FIRST, SECOND], NEXT), [])).toBe(false);
  expect(news.changes).toEqual([]);
});

test('that rounds are known at the first look, and one shown needs no telling', async () => {
  const drafts = makeDrafts();
  expect(await watchRounds(drafts, look([FIRST], NEXT), [])).toBe(false);
  expect(news.changes).toEqual([]);
  const other = makeDrafts();
  forgetNews();
  await watchRounds(other, look([FIRST]), []);
  const { beside } = look([FIRST], NEXT);
  expect(await watchRounds(other, { beside, view: NEXT }, [])).toBe(false);
  expect(await watchRounds(other, look([FIRST], NEXT), [])).toBe(false);
  expect(news.changes).toEqual([]);
});

test('that changes of the round that is out are told while another is shown', async () => {
  const drafts = makeDrafts();
  await watchRounds(drafts, look([FIRST, SECOND], NEXT), []);
  const { beside } = look([SECOND], NEXT);
  expect(await watchRounds(drafts, { beside, view: NEXT }, [])).toBe(true);
  setRounds([viewRound(documents([SECOND]), [], 0), NEXT], '2026-11-23');
  choose({ id: 'r2', on: '2026-11-23' });
  expect(news.changes.map(lineOf)).toEqual(['Chuyến 23/11: Rút điểm 1: Phạm Thị Ánh']);
  expect(listRows(NEXT.stops).map(({ gone }) => gone)).toEqual([null]);
  setRounds([], '');
  choose(null);
});
