import { cleanup, render, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import type { ListAlarm } from '../../src/lib/desk/alarms';
import ListAlarms from '../../src/lib/desk/ListAlarms.svelte';

afterEach(cleanup);

const ALARM: ListAlarm = {
  kind: 'not_settled',
  list_id: 'l',
  partner_id: 'a',
  number: 0,
  scheme: 'pension',
  scheme_name: 'Lương hưu',
  scheme_name_en: 'Pension',
  period: '2026-12',
  reference: '',
  due_on: '2026-12-18',
  is_late: false,
  num: 2,
  amount_vnd: 7_000_000,
  raised_at: '2026-12-14T17:00:00Z',
};

test('that each list says what it lacks, by when, and leads there', () => {
  const alarms = [ALARM, { ...ALARM, list_id: 'm', number: 1, num: 0, is_late: true }];
  render(ListAlarms, { alarms, hrefOf: (id: string) => `#/lists/${id}`, agencyOf: () => 'UBND' });
  const [near, late] = within(screen.getByRole('region')).getAllByRole('listitem');
  expect(near?.textContent).toMatch(/Hạn .*18.*12/);
  expect(near?.textContent).toContain('còn 2 người chưa nhận, 7.000.000');
  expect(near?.textContent).toContain('UBND');
  expect(within(near!).getByRole('link', { name: /Lương hưu · .*12\/2026/ })).toHaveProperty(
    'hash',
    '#/lists/l',
  );
  expect(late?.textContent).toMatch(/Quá hạn/);
  expect(late?.textContent).toContain('Biến động 1');
  expect(late?.textContent).toContain('Đã chi trả đủ');
});

test('that nothing is shown where nothing is due', () => {
  render(ListAlarms, { alarms: [] });
  expect(screen.queryByRole('region')).toBeNull();
});
