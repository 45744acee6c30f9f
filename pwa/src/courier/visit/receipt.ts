/** The one receipt of a visit: what each act came to, from the facts on this phone. */
import { factState, type ActView, type FactState, type StopView } from '../../lib/rules/round';
import { listWithdrawn } from '../../lib/sync/hold';
import type { StoredOp } from '../../lib/sync/types';

export interface ReceiptLine {
  act: ActView;
  /** The fact that ended it here; null when it ended elsewhere or is open. */
  state: FactState | null;
  at: string | null;
  reason: string | null;
}
export interface Receipt {
  lines: ReceiptLine[];
  /** Who was at the door, as written beside the facts on this phone. */
  receiver: string;
  identity: { method: string; last4: string } | null;
  fee_due_vnd: number;
}

const ENDINGS = new Set(['dossier.accepted', 'result.delivered', 'visit.failed']);

export function makeReceipt(stop: StopView, ops: readonly StoredOp[], ack: number): Receipt {
  const withdrawn = listWithdrawn(ops);
  const own = ops.filter(
    (op) => op.subject.stop === stop.id && ENDINGS.has(op.kind) && !withdrawn.has(op.id),
  );
  const acts = stop.acts.filter((act) => act.state !== 'removed');
  const lines = acts.map((act): ReceiptLine => {
    const op = own.findLast((one) => one.subject.act === act.id);
    if (op === undefined) return { act, state: null, at: null, reason: act.reason };
    const fields = JSON.parse(op.raw) as { at: string; reason?: string };
    const reason = fields.reason ?? null;
    return { act, state: factState(op, ack), at: fields.at, reason };
  });
  const done = own.findLast((op) => op.kind !== 'visit.failed');
  const side = done?.side ? (JSON.parse(done.side) as { name?: string }) : {};
  const identity = done
    ? (JSON.parse(done.raw) as { identity: Receipt['identity'] }).identity
    : null;
  const fee_due_vnd = acts
    .filter((act) => act.state === 'done')
    .reduce((sum, act) => sum + act.fee_due_vnd + act.postage_due_vnd, 0);
  return { lines, receiver: side.name ?? '', identity, fee_due_vnd };
}
