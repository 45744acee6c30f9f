/** Tests that what must not be overlooked is fetched exactly where it has something to say. */
import { cleanup, render } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import Notices from '../../src/courier/parts/Notices.svelte';
import { hasNotices } from '../../src/courier/parts/noticed';
import type { LoopState, Trouble } from '../../src/lib/sync/loop';

const fake = vi.hoisted(() => ({
  trouble: null as Trouble | null,
  is_stuck: false,
  clock: 'good' as LoopState['clock'],
  offset_ms: 0,
  hasOtherTab: false,
}));
vi.mock('../../src/courier/state.svelte', () => ({
  app: {
    numUnsent: 3,
    get loop() {
      return { ...fake, last_success_at: null };
    },
    get meta() {
      return { offset_ms: fake.offset_ms };
    },
    get hasOtherTab() {
      return fake.hasOtherTab;
    },
  },
}));

const QUIET = { ...fake };
afterEach(() => {
  cleanup();
  Object.assign(fake, QUIET);
});

test.each([
  ['nothing', {}, false],
  ['no answer', { trouble: 'no_answer' }, false],
  ['a server in trouble', { trouble: 'server' }, false],
  ['a stream that wants the PIN', { trouble: 'locked' }, false],
  ['a session that ended', { trouble: 'sign_in' }, true],
  ['a phone out of service', { trouble: 'revoked' }, true],
  ['an app too old', { trouble: 'update' }, true],
  ['a store that fails', { trouble: 'storage' }, true],
  ['a full phone', { trouble: 'full' }, true],
  ['a page in between', { trouble: 'portal' }, true],
  ['a certificate not believed', { trouble: 'tls' }, true],
  ['a queue that is stuck', { is_stuck: true }, true],
  ['a clock that moved', { clock: 'moved' }, true],
  ['a clock off by ten minutes', { clock: 'off', offset_ms: 600_000 }, true],
  ['a second tab', { hasOtherTab: true }, true],
] as const)('that %s is told where it has words', (_, state, isTold) => {
  Object.assign(fake, state);
  expect(hasNotices()).toBe(isTold);
  const { container } = render(Notices, { onsignin: () => undefined });
  expect((container.textContent ?? '').trim() !== '').toBe(isTold);
});
