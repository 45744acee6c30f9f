/** The ten seconds in which an act can be taken back: it stays on the phone meanwhile. */
import type { StoredOp } from './types';

export const UNDO_MS = 10_000;
/** Acts at the door that a slip of the finger may end. Acts of money have no undo. */
const UNDOABLE: ReadonlySet<string> = new Set([
  'dossier.accepted',
  'result.delivered',
  'visit.failed',
]);
export const WITHDRAWN = 'act.withdrawn';
/** What left the phone and was not so, or not quite. */
export const CORRECTED = 'act.corrected';

type Clear = Pick<StoredOp, 'seq' | 'id' | 'kind' | 'recorded_at' | 'subject' | 'decision'>;

/** Milliseconds for which `op` waits on the phone. A clock that went back holds nothing up. */
export function waiting_ms(op: Clear, now: number): number {
  if (!UNDOABLE.has(op.kind)) return 0;
  const age_ms = now - op.recorded_at;
  return age_ms < 0 ? 0 : Math.max(0, UNDO_MS - age_ms);
}

/** Ids of the facts that a later one takes back; one that came too late takes nothing back. What
only a person may take back stands until the office has said so. */
export function listWithdrawn(
  ops: readonly Pick<StoredOp, 'id' | 'kind' | 'subject' | 'decision'>[],
): Set<string> {
  const failed = new Set(ops.filter((op) => op.kind === 'visit.failed').map((op) => op.id));
  const standing = ops.filter(
    ({ kind, subject, decision }) =>
      decision?.outcome !== 'held' &&
      (kind === WITHDRAWN ||
        (kind === CORRECTED && (decision !== null || failed.has(subject.op ?? '')))),
  );
  return new Set(standing.flatMap((op) => op.subject.op ?? []));
}

/** Milliseconds in which `op` can still be taken back; nothing once it was. */
export function undoable_ms(op: Clear, ops: readonly Clear[], sent: number, now: number): number {
  if (op.seq <= sent || listWithdrawn(ops).has(op.id)) return 0;
  return waiting_ms(op, now);
}

/** How many of `ops` (in order) may leave now: up to the first that waits, a fact not without its
withdrawal. At least one when any may leave; a pair at the head goes whole whatever `num_max` is,
but for the smallest batch: there is no smaller one for what the way does not take. */
export function countSendable(ops: readonly Clear[], num_max: number, now: number): number {
  const waits = ops.findIndex((op) => waiting_ms(op, now) > 0);
  const free = waits === -1 ? ops.length : waits;
  let count = Math.min(free, num_max);
  if (num_max === 1) return count;
  let least = 0;
  for (;;) {
    const cut = firstCut(ops, count, free);
    if (cut === null) return count;
    // A pair that does not fit goes with the next batch; a pair at the head goes whole.
    if (cut.at > 0 && cut.at >= least) count = cut.at;
    else count = least = cut.end;
  }
}

/** Ids of the first `count` facts whose withdrawal stands behind these: it comes with a later
batch, and the server is told of it with this one. */
export function listParted(ops: readonly Clear[], count: number): string[] {
  const sent = new Set(ops.slice(0, count).map(({ id }) => id));
  const taken = ops.slice(count).map((op) => (op.kind === WITHDRAWN ? (op.subject.op ?? '') : ''));
  return taken.filter((id) => sent.has(id));
}

/** The first fact before `count` whose withdrawal stands behind it. */
function firstCut(
  ops: readonly Clear[],
  count: number,
  free: number,
): { at: number; end: number } | null {
  for (let end = count; end < free; end += 1) {
    const taken = ops[end]?.kind === WITHDRAWN ? ops[end]?.subject.op : undefined;
    const at = taken === undefined ? -1 : ops.findIndex((op) => op.id === taken);
    if (at >= 0 && at < count) return { at, end: end + 1 };
  }
  return null;
}
