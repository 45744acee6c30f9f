/** Tests that positions are few, rough on a low battery, and sent at most every five minutes. */
import { expect, test } from 'vitest';
import {
  beginTrail,
  extend,
  FACT_EVERY_MS,
  isCoarse,
  lookEvery_ms,
  POINTS_MAX,
  takeDue,
} from '../../src/courier/track/trail';

const fix = (at_ms: number, lat = 21.18) => ({ at_ms, lat, lon: 106.0712345, accuracy_m: 8.6 });

test('that at most one fact leaves in five minutes', () => {
  let trail = extend(beginTrail(0), fix(1_000), false);
  expect(takeDue(trail, FACT_EVERY_MS - 1)).toBeNull();
  const due = takeDue(trail, FACT_EVERY_MS);
  expect(due?.points).toEqual([
    { at: '1970-01-01T00:00:01.000Z', lat: 21.18, lon: 106.07123, accuracy_m: 9 },
  ]);
  trail = due?.rest ?? trail;
  expect(takeDue(trail, 10 * FACT_EVERY_MS)).toBeNull(); // nothing new
  trail = extend(trail, fix(FACT_EVERY_MS + 1), false);
  expect(takeDue(trail, 2 * FACT_EVERY_MS - 1)).toBeNull();
  expect(takeDue(trail, 2 * FACT_EVERY_MS)?.points).toHaveLength(1);
});

test('that the end of the shift sends what there is', () => {
  const trail = extend(beginTrail(0), fix(1_000), false);
  expect(takeDue(trail, 2_000, true)?.points).toHaveLength(1);
  expect(takeDue(beginTrail(0), 2_000, true)).toBeNull();
});

test('that standing still is one point and a long way has an end', () => {
  let trail = beginTrail(0);
  for (let at = 0; at < 5; at += 1) trail = extend(trail, fix(at, 21.18 + at * 1e-6), false);
  expect(trail.points).toHaveLength(1);
  for (let at = 0; at < 100; at += 1) trail = extend(trail, fix(at, 21.2 + at * 0.01), false);
  expect(trail.points).toHaveLength(POINTS_MAX);
});

test('that a low battery makes it seldom and rough', () => {
  expect(isCoarse({ level: 0.19, charging: false })).toBe(true);
  expect(isCoarse({ level: 0.19, charging: true })).toBe(false);
  expect(isCoarse(null)).toBe(false);
  expect(lookEvery_ms(true)).toBeGreaterThan(lookEvery_ms(false));
  const [point] = extend(beginTrail(0), fix(0, 21.1834567), true).points;
  expect(point).toMatchObject({ lat: 21.183, lon: 106.071, accuracy_m: 100 });
});
