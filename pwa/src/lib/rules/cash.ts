/** The courier's own cash: the office's figure, and beside it what is not decided yet (S16). */
import type { StoredOp } from '../sync/types';

export interface CashLine {
  id: string;
  code: string;
  phase: string;
  /** Positive came in, negative went out. */
  amount_vnd: number;
  at: string;
  group_id: string;
  op_id: string | null;
}

export interface HandoverDoc {
  id: string;
  kind: 'float.issue' | 'float.return' | 'float.pass';
  /** null for the taker, who counts without knowing. */
  amount_vnd: number | null;
  is_mine_to_take: boolean;
  giver: string | null;
  taker: string | null;
  made_at: string;
}

export interface LeaseDoc {
  id: string;
  share_id: string;
  expires_at: string;
}

export interface CashDoc {
  id: string;
  balance_vnd: number;
  /** Without what is offered to somebody already. */
  free_vnd: number;
  limit_vnd: number;
  shift: { id: string; state: 'open' | 'counted' | 'verified'; opened_at: string } | null;
  lines: CashLine[];
  handovers: HandoverDoc[];
  leases: LeaseDoc[];
}

/** The lines as people count them, newest first: what was offered and then taken is one of them,
what was offered and given up is none. */
export function listMoved(cash: Pick<CashDoc, 'lines'>): CashLine[] {
  const ended = new Set(
    cash.lines
      .filter(({ phase }) => phase === 'post' || phase === 'void')
      .map(({ group_id }) => group_id),
  );
  return cash.lines
    .filter(
      ({ phase, group_id }) => phase !== 'void' && (phase !== 'pending' || !ended.has(group_id)),
    )
    .reverse();
}

export interface Beside {
  op: StoredOp;
  state: 'undecided' | 'held';
  /** Positive came in, negative went out. */
  amount_vnd: number;
}

interface MoneyFields {
  amount_vnd?: number;
  fee_vnd?: number;
  method?: string;
  handover?: string;
  lease?: string;
}

const SIGNS: Readonly<Record<string, 1 | -1>> = {
  'payout.paid': -1,
  'order.paid': -1,
  'cash.passed': -1,
  'charge.collected': 1,
  'order.taken': 1,
  'cash.accepted': 1,
};

function fieldsOf(op: Pick<StoredOp, 'raw'>): MoneyFields {
  return JSON.parse(op.raw) as MoneyFields;
}

/** Facts of cash that the office's figure does not have yet, oldest first. */
export function listBeside(cash: Pick<CashDoc, 'lines'>, ops: readonly StoredOp[]): Beside[] {
  const booked = new Set(cash.lines.map((line) => line.op_id));
  return ops.flatMap((op): Beside[] => {
    const sign = SIGNS[op.kind];
    const outcome = op.decision?.outcome ?? 'undecided';
    if (sign === undefined || booked.has(op.id)) return [];
    if (outcome !== 'undecided' && outcome !== 'held') return [];
    const { amount_vnd = 0, fee_vnd = 0, method } = fieldsOf(op);
    if (method === 'qr') return [];
    return [{ op, state: outcome, amount_vnd: sign * (amount_vnd + fee_vnd) }];
  });
}

/** What should be in the courier's hand now: with everything done on this phone. */
export function inHand_vnd(cash: CashDoc, ops: readonly StoredOp[]): number {
  return (
    listBeside(cash, ops)
      // Of an offer that could not be taken nothing has moved.
      .filter(({ op, state }) => !(state === 'held' && op.kind.startsWith('cash.')))
      .reduce((sum, { amount_vnd }) => sum + amount_vnd, cash.free_vnd)
  );
}

/** Offers that wait for this courier to count. */
export function listToTake(cash: CashDoc, ops: readonly StoredOp[]): HandoverDoc[] {
  const answered = new Set(
    ops
      .filter((op) => op.kind === 'cash.accepted' && op.decision?.outcome !== 'held')
      .map((op) => fieldsOf(op).handover),
  );
  return cash.handovers.filter((one) => one.is_mine_to_take && !answered.has(one.id));
}

/** The lists this phone may pay from at `now_ms` of the corrected clock, or had by then. */
export function listLeases(cash: CashDoc, ops: readonly StoredOp[]): LeaseDoc[] {
  const released = new Set(
    ops.filter((op) => op.kind === 'lease.released').map((op) => fieldsOf(op).lease),
  );
  return cash.leases.filter((lease) => !released.has(lease.id));
}

/** How the newest of one's own counts of an offer went; null where none was decided. */
export function lastCount(ops: readonly StoredOp[]): 'differs' | 'agrees' | null {
  const op = ops.findLast((one) => one.kind === 'cash.accepted' && one.decision !== null);
  if (op === undefined) return null;
  return op.decision?.reason === 'counts_differ' ? 'differs' : 'agrees';
}
