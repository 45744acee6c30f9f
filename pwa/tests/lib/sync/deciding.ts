/** What the town makes of a fact: pure, over its books, as the rules say (reliability 1.5). */

export interface Facts {
  id: string;
  kind: string;
  stop?: string;
  act?: string;
  op?: string;
  text?: string;
  photos?: string[];
}

export interface Known {
  stops: Record<string, { courier: string; state: string; note: string; acts: string[] }>;
  acts: Record<string, { stop: string; state: 'open' | 'done' | 'failed'; by: string | null }>;
  /** Facts that were taken back in the same batch. */
  withdrawn: string[];
}

interface Outcome {
  outcome: 'applied' | 'noop' | 'held';
  reason: string | null;
}
type Change = (kind: string, ref: string, doc: unknown, courier: string) => void;

const APPLIED: Outcome = { outcome: 'applied', reason: null };
const held = (reason: string): Outcome => ({ outcome: 'held', reason });

const ENDING: Record<string, 'done' | 'failed'> = {
  'dossier.accepted': 'done',
  'result.delivered': 'done',
  'visit.failed': 'failed',
};

/** Decide `op` of `courier`; `behind` are the facts that came behind it in the same batch. */
export function decide(
  known: Known,
  op: Facts,
  courier: string,
  behind: readonly (Facts | null)[],
  change: Change,
): Outcome {
  if (op.kind.startsWith('future.')) return held('unknown_kind');
  if (op.kind === 'act.withdrawn') {
    return known.withdrawn.includes(op.op ?? '') ? APPLIED : held('too_late');
  }
  if (op.kind === 'act.corrected') return correct(known, op, courier, change);
  const ending = ENDING[op.kind];
  if (ending) return end(known, op, courier, behind, change, ending);
  const stop = known.stops[op.stop ?? ''];
  if (!stop) return APPLIED;
  if (stop.courier !== courier) return held('not_your_round');
  if (op.kind === 'stop.arrived' && stop.state === 'open') stop.state = 'arrived';
  if (op.kind === 'note.added') stop.note = op.text ?? '';
  tell(known, op.stop ?? '', change);
  return APPLIED;
}

function end(
  known: Known,
  op: Facts,
  courier: string,
  behind: readonly (Facts | null)[],
  change: Change,
  ending: 'done' | 'failed',
): Outcome {
  if (behind.some((later) => later?.kind === 'act.withdrawn' && later.op === op.id)) {
    known.withdrawn.push(op.id);
    return { outcome: 'noop', reason: 'withdrawn' };
  }
  const act = known.acts[op.act ?? ''];
  if (!act) return APPLIED;
  if (act.state !== 'open') return held('already_done');
  act.state = ending;
  act.by = op.id;
  tell(known, act.stop, change);
  const isLate = known.stops[act.stop]?.courier !== courier;
  return isLate ? { outcome: 'applied', reason: 'late_previous_holder' } : APPLIED;
}

/** A visit in vain is open again; what changed hands is for a person. */
function correct(known: Known, op: Facts, courier: string, change: Change): Outcome {
  const act = known.acts[op.act ?? ''];
  if (!act) return held('unknown_act');
  if (known.stops[act.stop]?.courier !== courier) return held('not_your_round');
  if (act.by === null || act.by !== op.op) return held('nothing_to_correct');
  if (act.state !== 'failed') return held('correction_asked');
  act.state = 'open';
  act.by = null;
  tell(known, act.stop, change);
  return APPLIED;
}

/** Tell the stop's courier what it looks like now. */
function tell(known: Known, ref: string, change: Change): void {
  const stop = known.stops[ref];
  if (!stop) return;
  const acts = stop.acts.map((id) => ({ id, state: known.acts[id]?.state }));
  change('stop', ref, { ...stop, acts }, stop.courier);
}

export function addStop(known: Known, ref: string, courier: string, change: Change): void {
  known.stops[ref] = { courier, state: 'open', note: '', acts: [`${ref}-a`, `${ref}-b`] };
  for (const act of known.stops[ref].acts) known.acts[act] = { stop: ref, state: 'open', by: null };
  tell(known, ref, change);
}

/** Give a stop to another courier: a tombstone for the one, the stop for the other. */
export function reassign(known: Known, ref: string, courier: string, change: Change): void {
  const stop = known.stops[ref];
  if (!stop || stop.courier === courier) return;
  change('stop', ref, null, stop.courier);
  stop.courier = courier;
  tell(known, ref, change);
}
