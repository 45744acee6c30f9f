/** The ten seconds after an act in which it can be taken back. */
import type { StoredOp } from '../lib/sync/types';

export interface Undoable {
  ops: readonly StoredOp[];
  stop: string;
  /** What was being done, put back when the act is taken back. */
  draft: { key: string; value: unknown };
  text: string;
}

let last = $state.raw<Undoable | null>(null);

export function undoable(): Undoable | null {
  return last;
}

export function offerUndo(next: Undoable | null): void {
  last = next;
}
