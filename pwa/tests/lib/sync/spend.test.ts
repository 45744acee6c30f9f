// @vitest-environment node
/** Tests that a receipt number leaves its block once, with its fact, or not at all. */
import { expect, test } from 'vitest';
import { copyRows, emptyRows, memoryDisk, type MemoryRows } from '../../../src/lib/db/memory';
import { openOn, type PhoneDb } from '../../../src/lib/db/phone';
import {
  BLOCKS,
  countLeft,
  findBlock,
  mergeBlocks,
  NoReceipt,
  numberText,
  readBlocks,
  spendReceipt,
  type ReceiptBlock,
} from '../../../src/lib/rules/receipts';
import { record } from '../../../src/lib/sync/acts';
import type { Disk } from '../../../src/lib/sync/disk';
import type { Ports } from '../../../src/lib/sync/types';
import { makeChance, makePhone, sha256, Town } from './phones';

const block = (id: string, first: number, part: Partial<ReceiptBlock> = {}): ReceiptBlock => ({
  id,
  kind: 'fee',
  template: 'EBL01',
  symbol: '26TAB',
  year: 2026,
  first_number: first,
  last_number: first + 2,
  next_number: first,
  face_value_vnd: null,
  ...part,
});
const wanted = { kind: 'fee', year: 2026, amount_vnd: 8_000 } as const;
const collected = { kind: 'charge.collected', fields: { amount_vnd: 8_000 } };
const collect = { ...collected, spend: spendReceipt(wanted) };

async function open(disk: Disk): Promise<{ db: PhoneDb; ports: Ports }> {
  const { ports } = await makePhone(new Town(), 51);
  const db = await openOn(disk, { makeId: ports.makeId, sha256 });
  return { db, ports: { ...ports, store: db } };
}

async function numbersOf(db: PhoneDb): Promise<number[]> {
  const ops = await db.listAllOps();
  return ops
    .flatMap((op) => (JSON.parse(op.raw) as { receipt?: { number: number } }).receipt ?? [])
    .map(({ number }) => number);
}

async function nextOf(db: PhoneDb): Promise<number | undefined> {
  return readBlocks(await db.findKept(BLOCKS))[0]?.next_number;
}

test('that numbers ascend over the blocks, and none is left at the end', async () => {
  const { db, ports } = await open(memoryDisk(emptyRows()));
  await db.changeKept(BLOCKS, (kept) => mergeBlocks(kept, [block('b', 11), block('a', 4)]));
  for (let turn = 0; turn < 6; turn += 1) await record(ports, collect);
  expect(await numbersOf(db)).toEqual([4, 5, 6, 11, 12, 13]);
  await expect(record(ports, collect)).rejects.toThrow(NoReceipt);
  expect((await db.getMeta()).head).toBe(6);
});

test('that two tabs never write one number', async () => {
  const disk = memoryDisk(emptyRows());
  const [one, other] = [await open(disk), await open(disk)];
  await one.db.changeKept(BLOCKS, () => [block('a', 1, { last_number: 99 })]);
  const turns = Array.from({ length: 10 }, (_, at) => record([one, other][at % 2]!.ports, collect));
  await Promise.all(turns);
  expect(await numbersOf(one.db)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(await nextOf(one.db)).toBe(11);
});

/** A disk that is cut off at the `at`th write: before anything of it is there, or just after. */
function dying(rows: MemoryRows, at: number, isAfter: boolean): Disk {
  const disk = memoryDisk(rows);
  let num = 0;
  return {
    ...disk,
    async write(names, work) {
      num += 1;
      if (num < at) return disk.write(names, work);
      const done = await disk.write(names, async (tables) => {
        const result = await work(tables);
        if (!isAfter) throw new Error('the phone died');
        return result;
      });
      void done;
      throw new Error('the phone died');
    },
  };
}

test.each([
  [false, [1, 2]],
  [true, [1, 2, 3]],
])(
  'that a phone killed in between has the number with its fact or neither (%s)',
  async (isAfter, numbers) => {
    const rows = emptyRows();
    const before = await open(memoryDisk(rows));
    await before.db.changeKept(BLOCKS, () => [block('a', 1, { last_number: 99 })]);
    await record(before.ports, collect);
    const { ports } = await open(dying(rows, 1, isAfter));
    await expect(record(ports, collect)).rejects.toThrow('the phone died');
    // What a copy of the storage holds is what the phone finds when it is switched on again.
    const after = await open(memoryDisk(copyRows(rows)));
    await record(after.ports, collect);
    expect(await numbersOf(after.db)).toEqual(numbers);
    expect(await nextOf(after.db)).toBe(numbers.length + 1);
  },
);

test('that the office never brings a number back that was written here', () => {
  const kept = [block('a', 1, { next_number: 3 }), block('gone', 50)];
  const told = [block('a', 1, { next_number: 2 }), block('new', 80)];
  expect(mergeBlocks(kept, told).map(({ id, next_number }) => [id, next_number])).toEqual([
    ['a', 3],
    ['new', 80],
  ]);
});

test('that a number fits its kind, its year and its face value', () => {
  const other = [
    block('tax', 1, { kind: 'tax' }),
    block('old', 1, { year: 2025, symbol: '25TAB' }),
    block('face', 1, { face_value_vnd: 5_000 }),
    block('full', 1, { next_number: 4 }),
  ];
  expect(findBlock(other, wanted)).toBeNull();
  expect(findBlock(other, { ...wanted, amount_vnd: 5_000 })?.id).toBe('face');
  expect(countLeft(other, 'tax', 2026)).toBe(3);
  expect(numberText(block('a', 1), 42)).toBe('EBL01 26TAB 00000042');
});

test('that random orders of collecting and being told never double or lose a number', async () => {
  const seed = Number(process.env['SEED'] ?? 20_261_126);
  console.info(`seed ${seed}`);
  const chance = makeChance(seed);
  const { db, ports } = await open(memoryDisk(emptyRows()));
  const office: ReceiptBlock[] = [];
  for (let turn = 0; turn < 200; turn += 1) {
    if (chance() < 0.1) {
      office.push(
        block(`b${turn}`, 1 + office.length * 10, { last_number: office.length * 10 + 8 }),
      );
      await db.changeKept(BLOCKS, (kept) => mergeBlocks(kept, office));
    } else await record(ports, collect).catch(() => undefined);
  }
  const numbers = await numbersOf(db);
  expect(numbers.length).toBeGreaterThan(50);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});
