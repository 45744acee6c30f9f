/** Tests that what is recorded by a tap is not recorded again by a swipe beside it. */
import { expect, test } from 'vitest';
import { once } from '../../src/lib/ui/once';

test('that a swipe and a tap record once, and nothing again once it is done', async () => {
  let num = 0;
  const finish = once(async () => {
    num += 1;
    await Promise.resolve();
    return true;
  });
  await Promise.all([finish(), finish()]);
  await finish();
  expect(num).toBe(1);
});

test('that what failed, or lacked something, can be tried again', async () => {
  const outcomes = [false, new Error('the phone is full'), true, true];
  let num = 0;
  const finish = once(() => {
    const outcome = outcomes[num++];
    if (outcome instanceof Error) return Promise.reject(outcome);
    return Promise.resolve(outcome === true);
  });
  await finish();
  await expect(finish()).rejects.toThrow('full');
  await finish();
  await finish();
  expect(num).toBe(3);
});
