// @vitest-environment node
/** Tests that putting away one tab puts away all, and that no forgotten tab hands the key on. */
import { afterEach, expect, test, vi } from 'vitest';
import { openOn } from '../../../src/lib/db/phone';
import { emptyRows, memoryDisk } from '../../../src/lib/db/memory';
import { AWAY_MS_MAX, watchAway } from '../../../src/lib/phone/away';
import { makeLock } from '../../../src/lib/phone/lock';
import { joinTabs, type Channel, type Tabs } from '../../../src/lib/phone/tabs';
import { makeVault } from '../../../src/lib/phone/vault';
import { base64Of } from '../../../src/lib/sync/base64';
import { makePhone, sha256, Town } from '../sync/phones';

const NAME = 'tannoi-courier-x';
const PIN = '246810';
const opened: Tabs[] = [];
afterEach(() => opened.splice(0).forEach((one) => one.close()));

/** Node's own channel takes no key for more than one hearer. Order is kept, as browsers keep it. */
function makeBus() {
  const hearers = new Set<Channel>();
  return (): Channel => {
    const channel: Channel = {
      onmessage: null,
      postMessage(data: unknown) {
        const others = [...hearers].filter((one) => one !== channel);
        const event = new MessageEvent('message', { data });
        for (const one of others) {
          setTimeout(() => one.onmessage?.call(one as BroadcastChannel, event), 0);
        }
      },
      close: () => void hearers.delete(channel),
    };
    hearers.add(channel);
    return channel;
  };
}

/** A browser with one phone in it; `open` opens the app in another tab. */
async function makeBrowser() {
  const rows = emptyRows();
  const { ports } = await makePhone(new Town(), 7);
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
    'deriveBits',
  ]);
  const key = base64Of(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
  const join = makeBus();
  const open = async () => {
    const vault = makeVault();
    const db = await openOn(memoryDisk(rows), { makeId: ports.makeId, sha256 }, vault);
    const tab = { isAway: false, news: [] as string[] };
    const lock = await makeLock(
      db.shift,
      vault,
      async () => key,
      () => '2027-01-05',
      () => tab.news.push('lock'),
    );
    const tabs = joinTabs(join(), {
      name: NAME,
      vault,
      lock,
      isAway: () => tab.isAway,
      onchanged: () => tab.news.push('changed'),
      onwiped: () => tab.news.push('wiped'),
    });
    opened.push(tabs);
    const phase = (): string => lock.state().phase;
    /** As the button does it. */
    const putAway = (): void => {
      lock.lock();
      tabs.tell('shut');
    };
    return { tab, vault, lock, tabs, phase, putAway };
  };
  return { open, join };
}

/** Long enough for a key to be asked for, given and taken. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setTimeout(done, 1));
}

test('that a second tab opens with the key of the first, while that is in use', async () => {
  const { open } = await makeBrowser();
  const first = await open();
  await first.lock.begin(PIN);
  const second = await open();
  await vi.waitFor(() => expect(second.phase()).toBe('open'));
});

test('that locking one tab locks the others, and a new one wants the PIN', async () => {
  const { open } = await makeBrowser();
  const forgotten = await open();
  await forgotten.lock.begin(PIN);
  const used = await open();
  await vi.waitFor(() => expect(used.phase()).toBe('open'));
  used.putAway();
  await vi.waitFor(() => expect(forgotten.phase()).toBe('locked'));
  const reopened = await open();
  await settle();
  expect(reopened.phase()).toBe('locked');
  expect(await reopened.lock.unlock(PIN)).toBe(true);
});

test('that a tab unseen for too long gives no key', async () => {
  const { open } = await makeBrowser();
  const forgotten = await open();
  await forgotten.lock.begin(PIN);
  forgotten.tab.isAway = true;
  const reopened = await open();
  await settle();
  expect(reopened.phase()).toBe('locked');
});

test('that a key is not taken by who was put away while it was on its way', async () => {
  const { open, join } = await makeBrowser();
  const first = await open();
  await first.lock.begin(PIN);
  const key = first.vault.share();
  const second = await open();
  second.putAway();
  await settle();
  const stranger = join();
  stranger.postMessage({ name: NAME, kind: 'key', open: key });
  await settle();
  stranger.close();
  expect(second.phase()).toBe('locked');
});

test('that a key nobody asked for is not taken', async () => {
  const { open } = await makeBrowser();
  const first = await open();
  await first.lock.begin(PIN);
  const second = await open();
  await vi.waitFor(() => expect(second.phase()).toBe('open'));
  second.lock.lock(); // it lay unseen by itself
  const third = await open(); // whose key the second hears too
  await vi.waitFor(() => expect(third.phase()).toBe('open'));
  await settle();
  expect(second.phase()).toBe('locked');
});

test('that what another phone of this browser says is not heard', async () => {
  const { open, join } = await makeBrowser();
  const first = await open();
  await first.lock.begin(PIN);
  const stranger = join();
  const answers: unknown[] = [];
  stranger.onmessage = ({ data }) => void answers.push(data);
  stranger.postMessage({ name: 'tannoi-courier-y', kind: 'key_wanted' });
  stranger.postMessage({ name: 'tannoi-courier-y', kind: 'shut' });
  await settle();
  stranger.close();
  expect(answers).toEqual([]);
  expect(first.phase()).toBe('open');
});

/** A page that is seen or not, and two clocks that are set by hand. */
function makePage(visibilityState: 'visible' | 'hidden' = 'visible') {
  const page = Object.assign(new EventTarget(), { visibilityState });
  const clocks: [number, number] = [1_000_000, 5_000];
  const onaway = vi.fn<() => void>();
  const away = watchAway(page as unknown as Document, onaway, () => [clocks[0], clocks[1]]);
  const turn = (to: 'visible' | 'hidden'): void => {
    page.visibilityState = to;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  return { clocks, onaway, away, turn };
}

test.each([
  ['both clocks', AWAY_MS_MAX, AWAY_MS_MAX, 1],
  ['a wall clock set back', -9 * AWAY_MS_MAX, AWAY_MS_MAX, 1],
  ['a monotonic clock that slept', AWAY_MS_MAX, 3, 1],
  ['a moment less', AWAY_MS_MAX - 1, AWAY_MS_MAX - 1, 0], // not yet
])('that a page unseen for fifteen minutes by %s is put away', (_, wall, mono, times) => {
  const { clocks, onaway, away, turn } = makePage();
  turn('hidden');
  clocks[0] += wall;
  clocks[1] += mono;
  expect(away.isAway()).toBe(times === 1);
  turn('visible');
  expect(onaway).toHaveBeenCalledTimes(times);
  expect(away.isAway()).toBe(false);
});

test('that a page nobody looks at is put away where it lies', () => {
  vi.useFakeTimers();
  try {
    const { clocks, onaway, away } = makePage('hidden'); // opened behind another tab
    expect(away.isAway()).toBe(false);
    clocks[0] += AWAY_MS_MAX;
    vi.advanceTimersByTime(AWAY_MS_MAX);
    expect(onaway).toHaveBeenCalledOnce();
    away.stop();
  } finally {
    vi.useRealTimers();
  }
});
