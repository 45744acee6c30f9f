// @vitest-environment node
/** Tests of items handed to a colleague: codes, what each side shows, what is in the bag. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ANYONE,
  makeGiven,
  makeTaken,
  missingCount,
  missingGive,
  missingRead,
  readNum,
} from '../../src/courier/hand/draft';
import {
  listInBag,
  listLoose,
  listPassings,
  makeCode,
  readCode,
  readOffer,
  sayCode,
  writeOffer,
  type Offer,
  type PassingDoc,
} from '../../src/lib/rules/passing';
import { listOnHand } from '../../src/lib/rules/bringing';
import type { Decision, StoredOp } from '../../src/lib/sync/types';
import { documents, makeAct, makeOp, makeStop, viewRound } from './day';

const file = join(import.meta.dirname, '../../../tests/vectors/passing_codes.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
  cases: { typed: string; code: string | null }[];
  qr: (Offer & { text: string })[];
  bad_qr: string[];
};
const CODE = 'K7M29QX5';

describe('codes', () => {
  test.each(vectors.cases)('that $typed is read as $code', ({ typed, code }) => {
    expect(readCode(typed)).toBe(code);
  });
  test.each(vectors.qr)('that the offer $code is written and read back', ({ text, ...offer }) => {
    expect(writeOffer(offer)).toBe(text);
    expect(readOffer(text)).toEqual(offer);
  });
  test.each(vectors.bad_qr)('that %s is no offer', (text) => {
    expect(readOffer(text)).toBeNull();
  });
  test('that a typed code is an offer of nobody known', () => {
    expect(readOffer('k7m2 9qx5')).toEqual({ code: CODE, giver: null, name: '' });
    expect(sayCode(CODE)).toBe('K7M2 9QX5');
  });
  test('that every made code is one, whatever chance gives', () => {
    for (let seed = 0; seed < 256; seed += 1) {
      let next = seed;
      const code = makeCode(() => Uint8Array.of((next = (next * 73 + 41) % 256)));
      expect(readCode(code)).toBe(code);
    }
  });
  test('that no wrong symbol and no two swapped pass', () => {
    for (let at = 0; at < CODE.length; at += 1) {
      for (const one of '0123456789ABCDEFGHJKMNPQRSTVWXY') {
        const wrong = CODE.slice(0, at) + one + CODE.slice(at + 1);
        expect(readCode(wrong)).toBe(wrong === CODE ? CODE : null);
      }
    }
    const swapped = CODE.slice(0, 2) + CODE[3] + CODE[2] + CODE.slice(4);
    expect(readCode(swapped)).toBeNull();
  });
});

let seq = 0;
function op(kind: string, fields: object, decision: Partial<Decision> | null = null): StoredOp {
  seq += 1;
  const id = `op${seq}`;
  return makeOp(
    seq,
    kind,
    { ...fields },
    {
      subject: { round: 'r1', rev: 1 },
      decision: decision && { seq, id, n: 1, outcome: 'applied', reason: null, ...decision },
    },
  );
}

const act = makeAct({
  id: 'a1',
  kind: 'result.deliver',
  errand_id: 'e1',
  item_id: 'i1',
  holder_kind: 'courier',
});
const day = documents([makeStop({ acts: [act] })]);
const holderIn = (ops: readonly StoredOp[]): string | null | undefined =>
  viewRound(day, ops, 0).stops[0]?.acts[0]?.holder_kind;

describe('the bag', () => {
  const passed = (decision: Partial<Decision> | null = null): StoredOp =>
    op('items.passed', { code: CODE, errands: ['e1'] }, decision);
  const kept = (given: StoredOp, decision: Partial<Decision> | null = null): StoredOp => {
    const made = op('items.kept', { code: CODE }, decision);
    return { ...made, subject: { ...made.subject, op: given.id } };
  };

  test('that what was handed on is in no act’s reach until it is kept, with no network', () => {
    const given = passed();
    expect(holderIn([])).toBe('courier');
    expect(holderIn([given])).toBe('colleague');
    expect(listInBag([viewRound(day, [given], 0)])).toEqual([]);
    expect(holderIn([given, kept(given)])).toBe('courier');
  });
  test('that the office’s word stands once it has decided, and a held word stays', () => {
    expect(holderIn([passed({})])).toBe('courier');
    expect(holderIn([passed({ outcome: 'held', reason: 'passing_code_used' })])).toBe('colleague');
    expect(holderIn([passed({ outcome: 'noop' })])).toBe('courier');
    const given = passed();
    const held = kept(given, { outcome: 'held', reason: 'passing_taken' });
    expect(holderIn([given, held])).toBe('colleague');
  });
  test('that a failed result goes on too, and is then not on hand', () => {
    const failed = { ...act, state: 'failed' as const };
    const docs = documents([makeStop({ acts: [failed] })]);
    expect(listInBag([viewRound(docs, [], 0)])).toHaveLength(1);
    expect(listOnHand([viewRound(docs, [], 0)], 'r1')).toHaveLength(1);
    expect(listOnHand([viewRound(docs, [passed()], 0)], 'r1')).toEqual([]);
  });
});

function docOf(changes: Partial<PassingDoc> = {}): PassingDoc {
  const at = '2026-11-24T08:00:00Z';
  const standing = 'waits_for_other';
  return {
    ...{ id: 'p', code: CODE, side: 'giver', state: 'open', standing, other: null, num: 1, at },
    items: [],
    ...changes,
  } as PassingDoc;
}

describe('what the phone shows of hand-overs', () => {
  test('that a giver may keep the items until somebody says to have them', () => {
    const given = op('items.passed', { code: CODE, errands: ['e1', 'e2'] });
    expect(listPassings([], [given], 0)).toMatchObject([
      { side: 'giver', num: 2, state: 'saved', keep: given.id },
    ]);
    const decision = { seq: given.seq, id: given.id, n: 1, outcome: 'applied', reason: null };
    const told = { ...given, decision } as StoredOp;
    expect(listPassings([docOf()], [told], 99)).toMatchObject([
      { state: 'waits_for_other', keep: given.id },
    ]);
    const joined = docOf({ state: 'joined', standing: 'joined' });
    expect(listPassings([joined], [told], 99)).toMatchObject([{ state: 'joined', keep: null }]);
    const differs = docOf({ standing: 'passing_differs' });
    expect(listPassings([differs], [told], 99)[0]?.keep).toBeNull();
    const kept = op('items.kept', { code: CODE });
    expect(listPassings([docOf()], [told, kept], 99)).toMatchObject([
      { state: 'kept', keep: null },
    ]);
  });
  test('that a held word shows its reason, and a new count stands before the old', () => {
    const reason = 'passing_to_another';
    const held = op('items.taken', { code: CODE, num: 2 }, { outcome: 'held', reason });
    expect(listPassings([], [held], 99)).toMatchObject([{ side: 'taker', state: 'held', reason }]);
    const differs = docOf({ side: 'taker', standing: 'passing_differs', num: 2 });
    const again = op('items.taken', { code: CODE, num: 3 });
    expect(listPassings([differs], [again], 0)).toMatchObject([{ state: 'saved', num: 3 }]);
  });
  test('that what has no visit is in the taker’s bag until it went on', () => {
    const item = {
      ...{ errand_id: 'e1', item_id: 'i1', item_code: null, seal_number: 'NP1' },
      ...{ procedure_name: 'Khai sinh', name: 'Mẫu', is_loose: true },
    };
    const doc = docOf({ side: 'taker', state: 'joined', standing: 'joined', items: [item] });
    const giver = docOf({ state: 'joined', standing: 'joined', items: [item] });
    expect(listLoose([doc], [])).toEqual([item]);
    expect(listLoose([giver], [])).toEqual([]);
    expect(listLoose([doc], [op('items.returned', { items: ['i1'] })])).toEqual([]);
    expect(listLoose([doc], [op('items.passed', { errands: ['e1'] })])).toEqual([]);
  });
});

describe('a hand-over in the making', () => {
  const round = { id: 'r', rev: 4 };

  test('that items, code, count and seals are each asked for', () => {
    expect(missingGive([])).toEqual(['items']);
    expect(missingGive(Array.from({ length: 61 }, String))).toEqual(['many']);
    expect(missingGive(['e1'])).toEqual([]);
    expect(missingRead(null, 'me')).toEqual(['code']);
    expect(missingRead({ code: CODE, giver: 'me', name: '' }, 'me')).toEqual(['own']);
    const draft = { step: '', offer: null, num: '', is_whole: false };
    expect(missingCount(draft)).toEqual(['count', 'whole']);
    expect(missingCount({ ...draft, num: '61', is_whole: true })).toEqual(['count']);
    expect(missingCount({ ...draft, num: '3', is_whole: true })).toEqual([]);
    expect(['3', ' 3 ', '-1', '2.5', 'ba', ''].map(readNum)).toEqual([3, 3, 0, 0, 0, 0]);
  });
  test('that a fact names whom it must and nobody else', () => {
    const give = { step: '', code: CODE, errands: ['e1'], to: ANYONE };
    expect(makeGiven(round, give).fields).toEqual({ round: 'r', code: CODE, errands: ['e1'] });
    expect(makeGiven(round, { ...give, to: 'x' }).fields['to']).toBe('x');
    const take = { step: '', offer: null, num: '2', is_whole: true };
    const typed = makeTaken(round, { code: CODE, giver: null, name: '' }, take);
    expect(typed.fields).toEqual({ round: 'r', code: CODE, num: 2, is_seal_whole: true });
    const read = makeTaken(round, { code: CODE, giver: 'g', name: 'G' }, take);
    expect(read.fields['giver']).toBe('g');
  });
});
