/** The one receipt of a visit: what each act came to, from the facts on this phone. */
import {
  ENDING,
  factState,
  type ActView,
  type FactState,
  type StopView,
} from '../../lib/rules/round';
import { listWithdrawn } from '../../lib/sync/hold';
import type { StoredOp } from '../../lib/sync/types';
import { listCorrections, type Correction } from './correction';

export interface ReceiptLine {
  act: ActView;
  /** The fact that ended it here; null when it ended elsewhere, is open or was taken back. */
  op: StoredOp | null;
  corrections: Correction[];
  state: FactState | null;
  at: string | null;
  reason: string | null;
  /** What was paid or taken here; null for papers, and for what ended elsewhere. */
  money: MoneyLine | null;
}
export interface MoneyLine {
  kind: string;
  /** With the fee of a money order. */
  amount_vnd: number;
  fee_vnd?: number;
  method?: 'cash' | 'qr';
  receipt?: { block: string; number: number } | null;
}
export interface Receipt {
  lines: ReceiptLine[];
  /** Who was at the door, as written beside the facts on this phone. */
  receiver: string;
  identity: { method: string; last4: string } | null;
  fee_due_vnd: number;
}

export function makeReceipt(stop: StopView, ops: readonly StoredOp[], ack: number): Receipt {
  const withdrawn = listWithdrawn(ops);
  const own = ops.filter(
    (op) => op.subject.stop === stop.id && op.kind in ENDING && !withdrawn.has(op.id),
  );
  const acts = stop.acts.filter((act) => act.state !== 'removed');
  const lines = acts.map((act): ReceiptLine => {
    const op = own.findLast((one) => one.subject.act === act.id);
    const corrections = listCorrections(ops, act.id);
    if (op === undefined)
      return { act, op: null, corrections, state: null, at: null, reason: act.reason, money: null };
    const fields = JSON.parse(op.raw) as MoneyLine & { at: string; reason?: string };
    const { at, reason = null, amount_vnd, fee_vnd = 0, method, receipt } = fields;
    const isMoney = op.kind !== 'visit.failed' && amount_vnd !== undefined;
    const total_vnd = amount_vnd + fee_vnd;
    const money = isMoney
      ? { kind: op.kind, amount_vnd: total_vnd, fee_vnd, method, receipt }
      : null;
    return { act, op, corrections, state: factState(op, ack), at, reason, money } as ReceiptLine;
  });
  const done = own.findLast((op) => op.kind !== 'visit.failed' && op.side !== null);
  const side = done?.side ? (JSON.parse(done.side) as { name?: string }) : {};
  const identity = done
    ? (JSON.parse(done.raw) as { identity: Receipt['identity'] }).identity
    : null;
  const fee_due_vnd = acts
    .filter((act) => act.state === 'done')
    .reduce((sum, act) => sum + act.fee_due_vnd + act.postage_due_vnd, 0);
  return { lines, receiver: side.name ?? '', identity, fee_due_vnd };
}
