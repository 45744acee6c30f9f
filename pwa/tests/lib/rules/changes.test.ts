/** Tests that a courier is told what the office changed, in lines, and sees no list jump. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  keepOrder,
  listChanges,
  listOwnActs,
  seeRound,
  type Seen,
} from '../../../src/lib/rules/changes';
import { type RoundDoc, type StopDoc } from '../../../src/lib/rules/round';
import type { StoredOp } from '../../../src/lib/sync/types';
import { documents, makeAct, makeOp, makeStop, viewRound } from '../../courier/day';

const TEN = '2026-11-23T03:00:00Z';
const stopOf = (n: number, part: Partial<StopDoc> = {}): StopDoc =>
  makeStop({
    id: `s${n}`,
    position: n,
    planned_at: TEN,
    party: { name: `Người ${n} (mẫu)`, phone: '', wishes: '' },
    acts: [makeAct({ id: `a${n}` })],
    ...part,
  });
const DAY = [1, 2, 3, 4].map((n) => stopOf(n));

function view(stops: StopDoc[], ops: StoredOp[] = [], round: Partial<RoundDoc> = {}) {
  return viewRound(documents(stops, round), ops, 0);
}
const SEEN = seeRound(view(DAY)) as Seen;

/** What is told, in short: kind, number, and what else the line says. */
function tell(stops: StopDoc[], ops: StoredOp[] = [], round: Partial<RoundDoc> = {}): string[] {
  return listChanges(SEEN, view(stops, ops, round), listOwnActs(ops)).map((change) => {
    const more =
      change.kind === 'moved'
        ? `→${change.to}${change.planned_at ? ' time' : ''}`
        : 'act' in change
          ? change.act
          : '';
    const at = 'position' in change ? change.position : change.service_on;
    return `${change.kind} ${at} ${more}`.trim();
  });
}
const done = makeOp(1, 'result.delivered', {}, { subject: { stop: 's2', act: 'a2', rev: 1 } });
const undone = makeOp(2, 'act.withdrawn', {}, { subject: { stop: 's2', act: 'a2', op: 'op1' } });
const [one, two, three, four] = DAY as [StopDoc, StopDoc, StopDoc, StopDoc];
const second = makeAct({ id: 'b2', kind: 'dossier.accept' });

describe('what is told', () => {
  test.each<[string, string[], StopDoc[], StoredOp[]]>([
    ['nothing changed', [], DAY, []],
    ['a stop came behind the others', ['added 5'], [...DAY, stopOf(5)], []],
    ['a stop came and was done before it was seen', [], [...DAY, stopOf(5, { state: 'done' })], []],
    ['a stop is gone', ['removed 2'], [one, three, four], []],
    [
      'a stop is taken, its document still here',
      ['removed 2'],
      [
        one,
        { ...two, state: 'removed', acts: [makeAct({ id: 'a2', state: 'removed' })] },
        three,
        four,
      ],
      [],
    ],
    ['a stop is gone that this phone did', [], [one, three, four], [done]],
    [
      'a stop is gone whose act this phone took back',
      ['removed 2'],
      [one, three, four],
      [done, undone],
    ],
    ['this phone did an act', [], DAY, [done]],
    ['this phone did an act and took it back', [], DAY, [done, undone]],
    [
      '4 min 59 s later',
      [],
      [{ ...one, planned_at: '2026-11-23T03:04:59Z' }, two, three, four],
      [],
    ],
    [
      '5 min later',
      ['time 1'],
      [{ ...one, planned_at: '2026-11-23T03:05:00Z' }, two, three, four],
      [],
    ],
    [
      '5 min earlier',
      ['time 1'],
      [{ ...one, planned_at: '2026-11-23T02:55:00Z' }, two, three, four],
      [],
    ],
    [
      'a finished stop has another time',
      [],
      [
        {
          ...one,
          state: 'done',
          planned_at: '2026-11-23T05:00:00Z',
          acts: [makeAct({ id: 'a1', state: 'done' })],
        },
        two,
        three,
        four,
      ],
      [],
    ],
    [
      'the last is first now: one moved, not three',
      ['moved 4 →1'],
      [
        { ...four, position: 1 },
        { ...one, position: 2 },
        { ...two, position: 3 },
        { ...three, position: 4 },
      ],
      [],
    ],
    [
      'moved with another time is one line',
      ['moved 4 →1 time'],
      [
        { ...four, position: 1, planned_at: '2026-11-23T01:00:00Z' },
        { ...one, position: 2 },
        { ...two, position: 3 },
        { ...three, position: 4 },
      ],
      [],
    ],
    [
      'a stop came between others: new numbers are no moves',
      ['added 2'],
      [
        one,
        stopOf(9, { position: 2 }),
        { ...two, position: 3 },
        { ...three, position: 4 },
        { ...four, position: 5 },
      ],
      [],
    ],
    [
      'an act more',
      ['act_added 2 dossier.accept'],
      [one, { ...two, acts: [...two.acts, second] }, three, four],
      [],
    ],
    [
      'an act in the place of another',
      ['act_added 2 dossier.accept', 'act_removed 2 result.deliver'],
      [
        one,
        { ...two, acts: [makeAct({ id: 'a2', state: 'removed' }), { ...second, id: 'a0' }] },
        three,
        four,
      ],
      [],
    ],
    [
      'several, the gravest first',
      ['removed 1', 'added 5', 'time 3'],
      [two, { ...three, planned_at: '2026-11-23T04:00:00Z' }, four, stopOf(5)],
      [],
    ],
  ])('%s', (_, told, stops, ops) => {
    expect(tell(stops, ops)).toEqual(told);
  });

  test('that another round, and a closed one, are no news', () => {
    expect(tell([], [], { id: 'r2' })).toEqual([]);
    expect(tell([one], [], { state: 'closed' })).toEqual([]);
  });

  test('that no round was seen where there is none', () => {
    expect(seeRound({ round: null, stops: [] })).toBeNull();
  });
});

describe('the list under the finger', () => {
  const rows = (stops: StopDoc[]): string[] => {
    const now = view(stops);
    const changes = listChanges(SEEN, now, new Set());
    return keepOrder(SEEN, now.stops, changes).map(({ stop, gone, isNew }) =>
      gone ? `–${gone.position}` : `${stop.position}${isNew ? ' new' : ''}`,
    );
  };
  test.each([
    ['stays, with a gap where a stop is gone', [one, three, four], ['1', '–2', '3', '4']],
    [
      'keeps order and numbers',
      [
        { ...four, position: 1 },
        { ...one, position: 2 },
        { ...two, position: 3 },
        { ...three, position: 4 },
      ],
      ['1', '2', '3', '4'],
    ],
    [
      'has what is new at its end',
      [
        one,
        stopOf(9, { position: 2 }),
        { ...two, position: 3 },
        { ...three, position: 4 },
        { ...four, position: 5 },
      ],
      ['1', '2', '3', '4', '2 new'],
    ],
    ['is the office’s where nothing waits to be read', DAY, ['1', '2', '3', '4']],
  ] as [string, StopDoc[], string[]][])('%s', (_, stops, expected) => {
    expect(rows(stops)).toEqual(expected);
  });

  test('that seeing leaves nothing to tell, whatever changed', () => {
    const stop = fc.record({
      n: fc.integer({ min: 1, max: 8 }),
      at: fc.integer({ min: 0, max: 59 }),
    });
    const day = fc.uniqueArray(stop, { selector: ({ n }) => n, maxLength: 8 }).map((list) =>
      list.map(({ n, at }, index) =>
        stopOf(n, {
          position: index + 1,
          planned_at: `2026-11-23T03:${String(at).padStart(2, '0')}:00Z`,
        }),
      ),
    );
    fc.assert(
      fc.property(day, day, (before, after) => {
        const seen = seeRound(view(before)) as Seen;
        const now = view(after);
        const changes = listChanges(seen, now, new Set());
        const ids = new Set(after.map(({ id }) => id));
        const gone = before.filter(({ id }) => !ids.has(id)).length;
        const known = new Set(before.map(({ id }) => id));
        const added = after.filter(({ id }) => !known.has(id)).length;
        expect(changes.filter(({ kind }) => kind === 'removed')).toHaveLength(gone);
        expect(changes.filter(({ kind }) => kind === 'added')).toHaveLength(added);
        // Told as moved are exactly as few as leave the others in their old order.
        const moved = new Set(changes.flatMap((one) => (one.kind === 'moved' ? one.stop : [])));
        const stay = (list: StopDoc[], other: Set<string>): string[] =>
          list.map(({ id }) => id).filter((id) => other.has(id) && !moved.has(id));
        expect(stay(after, known)).toEqual(stay(before, ids));
        // Nothing that was seen leaves its place before it was read.
        const rows = keepOrder(seen, now.stops, changes).map(({ id }) => id);
        if (changes.length > 0)
          expect(rows.slice(0, before.length)).toEqual(before.map(({ id }) => id));
        expect(listChanges(seeRound(now) as Seen, now, new Set())).toEqual([]);
      }),
    );
  });
});
