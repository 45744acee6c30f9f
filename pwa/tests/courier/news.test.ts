/** Tests that news from the office sounds once, outlives a reload and ends by being read. */
import { beforeEach, expect, test } from 'vitest';
import { lineOf } from '../../src/courier/news/lines';
import { listRows, news } from '../../src/courier/news/shown.svelte';
import { forgetNews, loadNews, see, watchRound } from '../../src/courier/news/watch';
import { seeRound } from '../../src/lib/rules/changes';
import { viewRound, type StopDoc } from '../../src/lib/rules/round';
import { documents, makeStop } from './day';

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
const look = (stops: StopDoc[]) => viewRound(documents(stops), [], 0);

beforeEach(forgetNews);

test('that the first look is no news, and a change sounds once', async () => {
  const drafts = makeDrafts();
  expect(await watchRound(drafts, look([FIRST]), [])).toBe(false);
  expect(await watchRound(drafts, look([FIRST, SECOND]), [])).toBe(true);
  expect(await watchRound(drafts, look([FIRST, SECOND]), [])).toBe(false);
  expect(news.changes.map(lineOf)).toEqual(['Thêm điểm 2 lúc 08:00: Vũ Bình']);
  expect(drafts.drawer.num_writes).toBe(2);
});

test('that a reload shows what was not read, with no second sound, until it is', async () => {
  const drafts = makeDrafts();
  await watchRound(drafts, look([FIRST, SECOND]), []);
  await watchRound(drafts, look([SECOND]), []);
  forgetNews();
  await loadNews(drafts);
  const now = look([SECOND]);
  expect(await watchRound(drafts, now, [])).toBe(false);
  expect(news.changes.map(lineOf)).toEqual(['Rút điểm 1: Phạm Thị Ánh']);
  expect(listRows(now.stops).map(({ id, gone }) => [id, gone !== null])).toEqual([
    ['s1', true],
    ['s2', false],
  ]);
  await see(drafts);
  expect(news.changes).toEqual([]);
  expect(listRows(now.stops).map(({ id }) => id)).toEqual(['s2']);
  forgetNews();
  await loadNews(drafts);
  await watchRound(drafts, now, []);
  expect(news.changes).toEqual([]);
});

test('that another tab which read them takes them from this one too', async () => {
  const drafts = makeDrafts();
  const now = look([FIRST, SECOND]);
  await watchRound(drafts, look([FIRST]), []);
  await watchRound(drafts, now, []);
  expect(news.changes).toHaveLength(1);
  await drafts.saveDraft('seen', { seen: seeRound(now), sounded: '', n: 9 });
  await watchRound(drafts, { ...now }, []);
  expect(news.changes).toEqual([]);
});

test('that a change sounds once and can be read on a phone without room', async () => {
  const drafts = makeDrafts();
  await watchRound(drafts, look([FIRST]), []);
  drafts.drawer.isFull = true;
  expect(await watchRound(drafts, look([FIRST, SECOND]), [])).toBe(true);
  expect(await watchRound(drafts, look([FIRST, SECOND]), [])).toBe(false);
  await see(drafts);
  expect(await watchRound(drafts, look([FIRST, SECOND]), [])).toBe(false);
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
