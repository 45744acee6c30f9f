/** Numbers of receipts lent to this phone: ascending, each once, also with no signal. Pure. */
import type { Spend } from '../sync/acts';

export type ReceiptKind = 'fee' | 'tax' | 'bill';

/** A block as the office tells it and as it is kept; `next_number` moves with each receipt. */
export interface ReceiptBlock {
  id: string;
  kind: ReceiptKind;
  template: string;
  symbol: string;
  year: number;
  first_number: number;
  last_number: number;
  next_number: number;
  face_value_vnd: number | null;
}

/** Under this key the blocks lie beside the stream. */
export const BLOCKS = 'receipts';
/** Fewer left and the office is asked for more (`backend/receipts/actions.py`). */
export const NUM_LEFT_MIN = 20;

/** No number is left that this receipt could bear. */
export class NoReceipt extends Error {
  override name = 'NoReceipt';
}

export function readBlocks(kept: unknown): ReceiptBlock[] {
  return Array.isArray(kept) ? (kept as ReceiptBlock[]) : [];
}

/** What the office told, where a number that was written here already is never written again. */
export function mergeBlocks(kept: unknown, told: readonly ReceiptBlock[]): ReceiptBlock[] {
  const known = new Map(readBlocks(kept).map((block) => [block.id, block.next_number]));
  return told.map(
    ({ id, kind, template, symbol, year, first_number, last_number, ...block }): ReceiptBlock => ({
      id,
      kind,
      template,
      symbol,
      year,
      first_number,
      last_number,
      next_number: Math.max(block.next_number, known.get(id) ?? 0),
      face_value_vnd: block.face_value_vnd,
    }),
  );
}

export interface Wanted {
  kind: ReceiptKind;
  /** Of the service day, by the corrected clock. */
  year: number;
  amount_vnd: number;
}

function fits(block: ReceiptBlock, { kind, year, amount_vnd }: Wanted): boolean {
  const isOpen = block.next_number <= block.last_number;
  const isWorth = block.face_value_vnd === null || block.face_value_vnd === amount_vnd;
  return isOpen && isWorth && block.kind === kind && block.year === year;
}

/** The block the next number comes from: the lowest, so that numbers ascend. */
export function findBlock(blocks: readonly ReceiptBlock[], wanted: Wanted): ReceiptBlock | null {
  const open = blocks.filter((block) => fits(block, wanted));
  const order = (a: ReceiptBlock, b: ReceiptBlock): number =>
    a.symbol.localeCompare(b.symbol) || a.first_number - b.first_number;
  return open.sort(order)[0] ?? null;
}

export function countLeft(
  blocks: readonly ReceiptBlock[],
  kind: ReceiptKind,
  year: number,
): number {
  return blocks
    .filter((block) => block.kind === kind && block.year === year)
    .reduce((sum, block) => sum + Math.max(0, block.last_number + 1 - block.next_number), 0);
}

/** `EBL01 26TAB 00000042`, as it stands on the receipt. */
export function numberText(
  block: Pick<ReceiptBlock, 'template' | 'symbol'>,
  number: number,
): string {
  return `${block.template} ${block.symbol} ${String(number).padStart(8, '0')}`;
}

/** The next number, taken from its block in the transaction of the fact that names it. */
export function spendReceipt(wanted: Wanted): Spend {
  return {
    key: BLOCKS,
    take(kept) {
      const blocks = readBlocks(kept);
      const block = findBlock(blocks, wanted);
      if (block === null) throw new NoReceipt(wanted.kind);
      const number = block.next_number;
      return {
        fields: { receipt: { block: block.id, number } },
        left: blocks.map((one) => (one === block ? { ...one, next_number: number + 1 } : one)),
      };
    },
  };
}
