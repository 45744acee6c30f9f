/** Tests that what goes wrong has its words, and that nothing is called lost. */
import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import Broken from '../../src/courier/trouble/Broken.svelte';
import { brokenCause } from '../../src/courier/trouble/cause';
import { watchTabs } from '../../src/courier/tabs';

afterEach(cleanup);

test.each([
  [new DOMException('', 'QuotaExceededError'), 'full'],
  [new DOMException('', 'VersionError'), 'newer'],
  [new DOMException('', 'SecurityError'), 'forbidden'],
  [new DOMException('', 'UnknownError'), 'damaged'],
  [new Error('the counters of the stream are gone'), 'damaged'],
  [undefined, 'damaged'],
] as const)('that %s is called %s', (error, cause) => {
  expect(brokenCause(error)).toBe(cause);
});

test.each([
  ['damaged', 'Không mở được dữ liệu trên máy'],
  ['full', 'Bộ nhớ máy đã đầy'],
  ['newer', 'Ứng dụng trên máy này đã cũ'],
  ['forbidden', 'Trình duyệt không cho lưu dữ liệu'],
] as const)('that a store that is %s has its screen with the emergency steps', (cause, words) => {
  render(Broken, { cause });
  expect(screen.getByRole('heading', { level: 1 }).textContent).toContain(words);
  expect(screen.getAllByRole('listitem')).toHaveLength(5);
  expect(screen.getByText(/Không xoá dữ liệu trình duyệt/)).toBeTruthy();
});

test('that a second tab is noticed by both', async () => {
  const first = vi.fn();
  const second = vi.fn();
  const stops = [watchTabs(first), watchTabs(second)];
  await vi.waitFor(() => {
    expect(first).toHaveBeenCalledWith(true);
    expect(second).toHaveBeenCalledWith(true);
  });
  stops.forEach((stop) => stop());
});
