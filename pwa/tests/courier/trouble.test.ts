/** Tests that what goes wrong has its words, and that nothing is called lost. */
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { openDisk } from '../../src/lib/db/indexed';
import { saveDevice, saveMe, wipeWho } from '../../src/lib/db/who';
import { databaseOf } from '../../src/lib/phone/page';
import { salvage } from '../../src/lib/phone/salvage';
import { COUNTERS } from '../../src/lib/sync/store';
import Broken from '../../src/courier/trouble/Broken.svelte';
import { brokenCause } from '../../src/courier/trouble/cause';
import { watchTabs } from '../../src/courier/tabs';
import { makeOp } from './day';

afterEach(async () => {
  cleanup();
  vi.unstubAllGlobals();
  await wipeWho();
});
const ME = {
  staff_id: '01a2185c-0000-7000-8000-000000000001',
  display_name: 'Bùi Minh Hùng (mẫu)',
  badge: 'KB-07',
  role: 'courier',
  office: { id: 'o1', name: 'Kinh Bắc', lat: 0, lon: 0, phone: '' },
};
const DEVICE = '01a2185c-0000-7000-8000-00000000000d';

/** A phone with two facts; without `meta` its counters are gone. */
async function makeDamaged(staff_id: string, meta?: object): Promise<void> {
  const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  await saveMe({ ...ME, staff_id });
  await saveDevice({ pair, device_id: DEVICE, server_key: null });
  const disk = await openDisk(databaseOf(staff_id));
  await disk.write(['meta', 'ops'], async (tables) => {
    for (const seq of [1, 2]) {
      await tables.ops.put({ ...makeOp(seq, 'note.added', {}), sealed: null });
    }
    if (meta) await tables.meta.put(COUNTERS, meta);
  });
  disk.close();
}

/** Press what saves the file; returns its name and what it says. */
async function saveFile(): Promise<[string, Record<string, unknown>]> {
  const saved: Blob[] = [];
  const names: string[] = [];
  vi.stubGlobal('URL', {
    createObjectURL: (blob: Blob) => `blob:${saved.push(blob)}`,
    revokeObjectURL: () => undefined,
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    names.push(this.download);
  });
  await fireEvent.click(await screen.findByRole('button', { name: 'Xuất tệp việc trên máy' }));
  expect(screen.getByRole('status').textContent).toContain('Đã xuất tệp');
  const text = await new Promise<string>((told) => {
    const reader = new FileReader();
    reader.onload = () => told(String(reader.result));
    reader.readAsText(saved[0]!);
  });
  return [names[0] ?? '', JSON.parse(text) as Record<string, unknown>];
}

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

test('that facts whose counters are gone leave as a file that says whose phone it is', async () => {
  await makeDamaged(ME.staff_id);
  render(Broken, { cause: 'damaged' });
  expect(await screen.findByText(/Còn 2 việc trên máy/)).toBeTruthy();
  const [name, file] = await saveFile();
  expect(name).toMatch(/^tannoi-KB-07-\d{8}T\d{4}\.json$/);
  // The same name for the lost stream each time: a file made twice is one at the office.
  expect(file).toMatchObject({ format: 'tannoi-unsent', device: DEVICE, stream: DEVICE, ack: 0 });
  expect(file['ops']).toMatchObject([
    { seq: 1, id: 'op1' },
    { seq: 2, id: 'op2' },
  ]);
});

test('that with counters that can be read the file has what is unsent, by its stream', async () => {
  const staff_id = '01a2185c-0000-7000-8000-000000000002';
  await makeDamaged(staff_id, { stream: 's', epoch: 1, ack: 1, head: 2 });
  render(Broken, { cause: 'full' });
  const [, file] = await saveFile();
  expect(file).toMatchObject({ stream: 's', ack: 1, ops: [{ seq: 2 }] });
  expect(file).not.toHaveProperty('device');
});

test('that no file is offered where nothing can be read, and no database is made', async () => {
  const staff_id = '01a2185c-0000-7000-8000-000000000003';
  await saveMe({ ...ME, staff_id });
  expect(await salvage(0)).toBeNull();
  render(Broken, { cause: 'damaged' });
  expect(screen.queryByRole('button', { name: 'Xuất tệp việc trên máy' })).toBeNull();
  const names = (await indexedDB.databases()).map((one) => one.name);
  expect(names).not.toContain(databaseOf(staff_id));
});
