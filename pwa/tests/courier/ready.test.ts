/** Tests that a day begins only with what it needs, and that each lack is named. */
import { expect, test } from 'vitest';
import { checkDay, mayLeave, verdict, type Facts } from '../../src/courier/ready/readiness';
import { documents, makeAct, makeStop, viewRound } from './day';

const stop = makeStop({ acts: [makeAct()] });

function facts(part: Partial<Facts> = {}, stops = [stop]): Facts {
  return {
    view: viewRound(documents(stops), [], 0),
    today: '2026-11-23',
    hasMap: true,
    hasTiles: true,
    hasScanner: true,
    isPersisted: true,
    isInstalled: true,
    free_bytes: 4e9,
    offset_ms: 1_200,
    cash: null,
    ops: [],
    num_unlent: 0,
    numbers: [],
    ...part,
  };
}

const stateOf = (name: string, given: Facts): string =>
  checkDay(given).find((check) => check.name === name)?.state ?? '';

test('that a phone with everything is ready', () => {
  expect(verdict(checkDay(facts()))).toBe('good');
});

test.each([
  ['stops', 'bad', facts({ today: '2026-11-24' })],
  ['stops', 'bad', facts({ view: { round: null, stops: [] } })],
  ['places', 'warn', facts({}, [makeStop({ point: { ...stop.point, lat: null, lon: null } })])],
  ['codes', 'warn', facts({}, [makeStop({ acts: [makeAct({ holder_kind: 'office' })] })])],
  [
    'codes',
    'warn',
    facts({}, [makeStop({ acts: [makeAct({ item_code: null, seal_number: null })] })]),
  ],
  ['map', 'bad', facts({ hasMap: false })],
  ['map', 'warn', facts({ hasTiles: false })],
  ['scanner', 'bad', facts({ hasScanner: false })],
  ['storage', 'warn', facts({ isPersisted: false })],
  ['room', 'bad', facts({ free_bytes: 49 * 1024 * 1024 })],
  ['room', 'good', facts({ free_bytes: null })],
  ['clock', 'warn', facts({ offset_ms: -301_000 })],
  ['clock', 'warn', facts({ offset_ms: null })],
  ['float', 'none', facts()],
] as const)('that %s is %s', (name, state, given) => {
  expect(stateOf(name, given)).toBe(state);
});

test('that the worst speaks for the day', () => {
  expect(verdict(checkDay(facts({ hasTiles: false })))).toBe('warn');
  expect(verdict(checkDay(facts({ hasTiles: false, hasMap: false })))).toBe('bad');
});

const money = makeStop({ acts: [makeAct({ kind: 'payout.pay', state: 'open' })] });
const open = { persisted: false, installed: false };
test.each([
  ['required', money, { persisted: true, installed: true }, true],
  ['required', money, { persisted: true, installed: false }, false],
  ['required', money, { persisted: false, installed: true }, false],
  ['waived', money, open, true],
  ['free', money, open, true],
  [undefined, money, open, true], // an office that does not say so yet
  ['required', stop, open, true],
  ['required', makeStop({ acts: [makeAct({ kind: 'payout.pay', state: 'done' })] }), open, true],
] as const)(
  'that money leaves with a phone that keeps its storage (S18): %#',
  (storage, at, phone, may) => {
    const view = viewRound(documents([at], storage ? { storage } : {}), [], 0);
    expect(mayLeave(view, phone)).toBe(may);
    const said = { view, isPersisted: phone.persisted, isInstalled: phone.installed };
    const name = stateOf('storage', facts(said));
    expect(name).toBe(!may ? 'bad' : phone.persisted ? 'good' : 'warn');
  },
);
