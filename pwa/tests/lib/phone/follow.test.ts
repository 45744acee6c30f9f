// @vitest-environment node
/** Tests that the office's word is heard again after every refusal, and nobody is asked in vain. */
import { expect, test, vi } from 'vitest';
import { makeFollower } from '../../../src/lib/phone/follow';

const [CONNECTING, OPEN, CLOSED] = [0, 1, 2];

/** As much of a browser's stream as is used. */
class Stream extends EventTarget {
  readyState = CONNECTING;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  opens(): void {
    this.readyState = OPEN;
    this.onopen?.();
  }

  /** What the browser tries again by itself, or where `state` is CLOSED gives up. */
  fails(state: number): void {
    this.readyState = state;
    this.onerror?.();
  }

  close(): void {
    this.readyState = CLOSED;
  }
}

function makeScene() {
  const streams: Stream[] = [];
  const due: { work: () => void; ms: number; id: number }[] = [];
  const scene = { isSeen: true, wake: vi.fn<() => void>() };
  const timer = {
    set: (work: () => void, ms: number) => due.push({ work, ms, id: due.length + 1 }),
    clear(id: number) {
      due.splice(0, due.length, ...due.filter((one) => one.id !== id));
    },
  };
  const open = (): EventSource => {
    const stream = new Stream();
    streams.push(stream);
    return stream as unknown as EventSource;
  };
  const follower = makeFollower(
    () => scene.wake(),
    timer,
    () => scene.isSeen,
    open,
    () => 1,
  );
  const last = (): Stream => streams.at(-1) ?? new Stream();
  /** Time passes until what is waited for is due; returns how long it was. */
  const wait = (): number => {
    const one = due.pop();
    one?.work();
    return one?.ms ?? -1;
  };
  return { ...scene, scene, streams, due, follower, last, wait };
}

test('that one stream is open at a time, and its word wakes the loop', () => {
  const { scene, streams, follower, last } = makeScene();
  follower.follow();
  last().opens();
  follower.follow();
  expect(streams).toHaveLength(1);
  last().dispatchEvent(new Event('hello')); // what changed before it was told to nobody
  last().dispatchEvent(new Event('wake'));
  expect(scene.wake).toHaveBeenCalledTimes(2);
});

test('that a stream refused each morning opens again with the session', () => {
  const { scene, streams, follower, last, wait } = makeScene();
  follower.follow();
  last().fails(CLOSED); // 401
  expect(scene.wake).not.toHaveBeenCalled();
  expect(wait()).toBe(1_000);
  expect(scene.wake).toHaveBeenCalledOnce();
  follower.follow(); // the exchange went well
  expect(streams).toHaveLength(2);
});

test('that an office that restarts is asked ever more seldom', () => {
  const { follower, last, wait } = makeScene();
  const waits = [1, 2, 3, 4].map(() => {
    follower.follow();
    last().fails(CLOSED); // 503
    follower.follow(); // an exchange meanwhile does not shorten it
    return wait();
  });
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  follower.follow();
  last().opens();
  last().fails(CLOSED);
  expect(wait()).toBe(1_000);
});

test('that a break which the browser mends itself is left to it', () => {
  const { streams, due, follower, last } = makeScene();
  follower.follow();
  last().opens();
  last().fails(CONNECTING);
  follower.follow();
  expect([streams.length, due.length]).toEqual([1, 0]);
});

test('that nothing is followed on a page nobody sees, nor waited for', () => {
  const { scene, streams, due, follower, last } = makeScene();
  follower.follow();
  const first = last();
  first.fails(CLOSED);
  scene.isSeen = false;
  follower.rest();
  expect(due).toEqual([]);
  follower.follow();
  expect(streams).toHaveLength(1);
  scene.isSeen = true;
  follower.follow();
  expect(streams).toHaveLength(2);
  first.fails(CLOSED); // what was let go of says nothing more
  expect(due).toEqual([]);
});
