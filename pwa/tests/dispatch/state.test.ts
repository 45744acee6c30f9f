import { expect, test } from 'vitest';
import type { Answer } from '../../src/dispatch/api';
import { writeFaults } from '../../src/dispatch/state/faults';
import { makeResource } from '../../src/lib/desk/resource.svelte';
import { addDays, readPlace, writePlace } from '../../src/dispatch/state/view.svelte';
import { word } from '../../src/dispatch/words';

test('that an address holds the whole view and reads back the same', () => {
  const place = {
    screen: 'errands',
    id: 'x-1',
    values: { day: '2026-11-23', q: 'hồ & đào' },
  } as const;
  expect(readPlace(writePlace(place))).toEqual(place);
  expect(readPlace('#/nowhere?day=1').screen).toBe('board');
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
});

test('that a refusal leaves on the screen what was read before', async () => {
  const answers: Answer<number>[] = [
    { ok: true, data: 1 },
    { ok: false, problem: { status: 503, code: 'busy', title: 'Bận', request_id: 'r' } },
  ];
  const resource = makeResource(async () => answers.shift() as Answer<number>);
  await resource.load();
  await resource.load();
  expect(resource.data).toBe(1);
  expect(resource.problem?.title).toBe('Bận');
});

test('that an answer overtaken by a later question is not shown', async () => {
  const ends: ((answer: Answer<string>) => void)[] = [];
  const resource = makeResource(() => new Promise<Answer<string>>((end) => ends.push(end)));
  const first = resource.load();
  const second = resource.load();
  ends[1]?.({ ok: true, data: 'new' });
  ends[0]?.({ ok: true, data: 'old' });
  await Promise.all([first, second]);
  expect(resource.data).toBe('new');
});

test('that downloaded faults cannot run in a spreadsheet', () => {
  const fault = { row: 2, column: 'phone', code: 'x', value: '=1+1', message: 'Sai, "rất" sai' };
  expect(writeFaults([fault], ['Dòng', 'Cột', 'Giá trị', 'Cần sửa'])).toBe(
    `\uFEFFDòng,Cột,Giá trị,Cần sửa\r\n2,phone,'=1+1,"Sai, ""rất"" sai"\r\n`,
  );
});

test('that codes are worded and an unknown code is shown as it is', () => {
  expect(word('left', 'no_pin')).toBe('Địa chỉ chưa có vị trí trên bản đồ.');
  expect(word('left', 'something_new')).toBe('something_new');
});
