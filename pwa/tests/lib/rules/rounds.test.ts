/** Tests which round a phone shows of several, and that facts are laid over all of them. */
import { describe, expect, test } from 'vitest';
import { listOnHand, listToGiveBack } from '../../../src/lib/rules/bringing';
import { viewRounds, type RoundDoc, type StopDoc } from '../../../src/lib/rules/round';
import { chooseRound, listBeside } from '../../../src/lib/rules/rounds';
import type { Document } from '../../../src/lib/sync/types';
import { documents, makeAct, makeOp, makeStop } from '../../courier/day';

const TODAY = '2026-11-27';
type Spec = readonly [day: string, state: RoundDoc['state'], stop?: StopDoc['state']];

/** A round of one stop for each day, named by it. */
function make(specs: readonly Spec[]): Document[] {
  return specs.flatMap(([day, state, stop = 'open']) =>
    documents([makeStop({ id: `s${day}`, round_id: day, state: stop })], {
      id: day,
      service_on: `2026-11-${day}`,
      state,
    }),
  );
}
const show = (specs: readonly Spec[], chosen: string | null = null): string | undefined =>
  chooseRound(viewRounds(make(specs), [], 0), TODAY, chosen).round?.id;

test.each<[string, readonly Spec[], string]>([
  ['only today', [['27', 'published']], '27'],
  [
    "tomorrow's published while today's is out",
    [
      ['27', 'open'],
      ['28', 'published'],
    ],
    '27',
  ],
  [
    "tomorrow's published before today's set out",
    [
      ['28', 'published'],
      ['27', 'published'],
    ],
    '27',
  ],
  [
    "yesterday's not closed",
    [
      ['26', 'open'],
      ['27', 'published'],
    ],
    '26',
  ],
  [
    'two out: the older',
    [
      ['27', 'open'],
      ['26', 'open'],
    ],
    '26',
  ],
  [
    "today's closed: the day is not over with it",
    [
      ['27', 'closed'],
      ['28', 'published'],
    ],
    '27',
  ],
  [
    'nothing today: the next to come',
    [
      ['30', 'published'],
      ['28', 'published'],
    ],
    '28',
  ],
  [
    "yesterday's closed, today's next",
    [
      ['26', 'closed'],
      ['27', 'published'],
    ],
    '27',
  ],
  ['never set out, with work', [['25', 'published']], '25'],
  [
    'never set out, beside what comes',
    [
      ['25', 'published'],
      ['28', 'published'],
    ],
    '28',
  ],
  [
    'only a closed one of before',
    [
      ['25', 'closed'],
      ['26', 'closed'],
    ],
    '26',
  ],
])('that of rounds the one to work on is shown: %s', (_, specs, id) => {
  expect(show(specs)).toBe(id);
});

describe('the choice of the courier', () => {
  const BOTH: readonly Spec[] = [
    ['26', 'open'],
    ['27', 'published'],
    ['28', 'published'],
  ];

  test('that each round beside can be chosen', () => {
    expect(['26', '27', '28'].map((id) => show(BOTH, id))).toEqual(['26', '27', '28']);
  });

  test('that a choice which is gone or over is none', () => {
    expect(show(BOTH, '29')).toBe('26');
    expect(
      show(
        [
          ['25', 'closed'],
          ['27', 'published'],
        ],
        '25',
      ),
    ).toBe('27');
  });

  test('that closed rounds and empty ones of before are not beside', () => {
    const views = viewRounds(
      make([
        ['24', 'published', 'removed'],
        ['25', 'closed'],
        ['26', 'published'],
        ['27', 'closed'],
        ['28', 'published'],
      ]),
      [],
      0,
    );
    expect(listBeside(views, TODAY).map(({ round }) => round.id)).toEqual(['26', '27', '28']);
  });
});

describe('facts over two rounds', () => {
  const acts = (id: string, item: string) => [
    makeAct({ id: `a${id}`, errand_id: `e${item}`, item_id: `i${item}`, state: 'open' }),
  ];
  const docs = [
    ...documents([makeStop({ id: 's1', acts: acts('1', '1') })], { service_on: '2026-11-26' }),
    ...documents([makeStop({ id: 's2', round_id: 'r2', acts: acts('2', '2') })], {
      id: 'r2',
      service_on: TODAY,
    }),
  ];
  const fail = (n: number) =>
    makeOp(n, 'visit.failed', { reason: 'ABSENT' }, { subject: { stop: `s${n}`, act: `a${n}` } });
  const back = (items: string[], round: string, decision: 'applied' | 'held' | null = null) =>
    makeOp(
      3,
      'items.returned',
      { round, items },
      {
        subject: { round, rev: 1 },
        decision: decision && { seq: 3, id: 'op3', n: 1, outcome: decision, reason: null },
      },
    );
  const closed = (round: string, outcome: 'applied' | 'held' | null) =>
    makeOp(
      4,
      'round.closed',
      { round },
      {
        subject: { round, rev: 1 },
        decision: outcome && { seq: 4, id: 'op4', n: 1, outcome, reason: 'items_on_hand' },
      },
    );

  test('that each is laid over its own round', () => {
    const views = viewRounds(docs, [fail(1), fail(2)], 0);
    expect(views.map(({ stops }) => stops[0]?.state)).toEqual(['failed', 'failed']);
    expect(listOnHand(views, 'r1').map(({ act }) => act.item_id)).toEqual(['i1']);
    expect(listOnHand(views, 'r2').map(({ act }) => act.item_id)).toEqual(['i2']);
  });

  test('that an old item given back under the name of the new round is off both', () => {
    const views = viewRounds(docs, [fail(1), fail(2), back(['i1', 'i2'], 'r2')], 0);
    expect([...listOnHand(views, 'r1'), ...listOnHand(views, 'r2')]).toEqual([]);
  });

  test("that once decided the office's word on the other round stands", () => {
    const views = viewRounds(docs, [fail(1), back(['i1'], 'r2', 'applied')], 9);
    expect(listOnHand(views, 'r1')).toHaveLength(1);
  });

  test('that the later round gives back what the earlier left over, and not the other way', () => {
    const views = viewRounds(docs, [fail(1), fail(2)], 0);
    const items = (at: number) => {
      const round = views[at]?.round as RoundDoc;
      return listToGiveBack(views, round).map((one) => `${one.round.id} ${one.act.item_id}`);
    };
    expect(items(1)).toEqual(['r1 i1', 'r2 i2']);
    expect(items(0)).toEqual(['r1 i1']);
  });

  test('that an item in vain on both rounds goes back once', () => {
    const again = [
      ...docs.slice(0, 2),
      ...documents([makeStop({ id: 's2', round_id: 'r2', acts: acts('2', '1') })], {
        id: 'r2',
        service_on: TODAY,
      }),
    ];
    const views = viewRounds(again, [fail(1), fail(2)], 0);
    const round = views.find((one) => one.round.id === 'r2')?.round as RoundDoc;
    expect(listToGiveBack(views, round)).toHaveLength(1);
  });

  test.each([
    [null, 'closed'],
    ['applied', 'closed'],
    ['held', 'open'], // what the office asks for can still be done
  ] as const)('that a round whose end is %s is %s', (outcome, state) => {
    const views = viewRounds(docs, [closed('r1', outcome)], 0);
    expect(views.map(({ round }) => round.state)).toEqual([state, 'open']);
  });
});
