/** What the town makes of a fact: pure, over its books, as the rules say (reliability 1.5).

`tests/vectors/office_decisions.json` holds it to the decisions of the server.
*/

export interface Facts {
  id: string;
  kind: string;
  stop?: string;
  act?: string;
  op?: string;
  text?: string;
  photos?: string[];
  is_invited?: boolean;
  /** Of a clock that nobody can trust; the simulator's own town does not look at clocks. */
  is_suspect?: boolean;
}

type ActState = 'open' | 'done' | 'failed' | 'removed';
interface Act {
  stop: string;
  state: ActState;
  /** The fact that ended it. */
  by: string | null;
}
interface Round {
  /** Stops at which the courier stood. */
  arrived: string[];
  acts: Record<string, Act>;
}

/** Plain, for backups are copies of it. */
export interface Known {
  /** By courier: what was given to somebody stays in the books as it ended there. */
  rounds: Record<string, Round>;
  /** Who has a stop now. */
  holders: Record<string, string>;
  notes: Record<string, string>;
  /** By act: the visits in vain that stand, first to last. */
  attempts: Record<string, string[]>;
  /** Facts that were taken back in the same batch. */
  withdrawn: string[];
  /** Facts that were taken back afterwards. */
  corrected: string[];
}

export interface Outcome {
  outcome: 'applied' | 'noop' | 'held';
  reason: string | null;
}
export type Change = (kind: string, ref: string, doc: unknown, courier: string) => void;

const APPLIED: Outcome = { outcome: 'applied', reason: null };
const NOOP: Outcome = { outcome: 'noop', reason: null };
const held = (reason: string): Outcome => ({ outcome: 'held', reason });

const ENDING: Record<string, 'done' | 'failed'> = {
  'dossier.accepted': 'done',
  'visit.failed': 'failed',
};
/** Facts that contradict nothing. */
const FREE: ReadonlySet<string> = new Set(['call.logged', 'position.logged', 'pin.moved']);

export function emptyKnown(): Known {
  return { rounds: {}, holders: {}, notes: {}, attempts: {}, withdrawn: [], corrected: [] };
}

/** Decide `op` of `courier`; `behind` are the facts that came behind it in the same batch. */
export function decide(
  known: Known,
  op: Facts,
  courier: string,
  behind: readonly (Facts | null)[],
  change: Change,
): Outcome {
  if (behind.some((later) => later?.kind === 'act.withdrawn' && later.op === op.id)) {
    known.withdrawn.push(op.id);
    return { outcome: 'noop', reason: 'withdrawn' };
  }
  if (op.kind === 'act.withdrawn') {
    return known.withdrawn.includes(op.op ?? '') ? APPLIED : held('too_late');
  }
  if (op.kind.startsWith('future.')) return held('unknown_kind');
  // A town without doors judges nothing.
  if (Object.keys(known.holders).length === 0 || FREE.has(op.kind)) return APPLIED;
  if (op.is_suspect && hangsOnTime(op)) return held('suspect_time');
  if (op.kind === 'act.corrected') return correct(known, op, courier, change);
  const ending = ENDING[op.kind];
  if (ending) return end(known, op, courier, change, ending);
  if (op.kind === 'stop.arrived') return arrive(known, op, courier, change);
  if (op.kind === 'note.added') return note(known, op, courier, change);
  return held('unknown_kind');
}

/** Whether law judges by the time of a fact: nobody is invited twice in a case. */
function hangsOnTime({ kind, is_invited = false }: Facts): boolean {
  return kind === 'dossier.accepted' || (kind === 'visit.failed' && is_invited);
}

function arrive(known: Known, { stop = '' }: Facts, courier: string, change: Change): Outcome {
  const wrong = notOwnStop(known, stop, courier);
  if (wrong) return wrong;
  if (!['open', 'arrived'].includes(stateOf(known, stop, courier))) return NOOP;
  known.rounds[courier]?.arrived.push(stop);
  tell(known, stop, courier, change);
  return APPLIED;
}

function note(known: Known, op: Facts, courier: string, change: Change): Outcome {
  const { stop = '', text = '' } = op;
  const wrong = notOwnStop(known, stop, courier);
  if (wrong) return wrong;
  known.notes[stop] = text;
  tell(known, stop, known.holders[stop] ?? courier, change);
  return APPLIED;
}

function end(
  known: Known,
  op: Facts,
  courier: string,
  change: Change,
  ending: 'done' | 'failed',
): Outcome {
  const act = ownAct(known, op, courier);
  if ('outcome' in act) return act;
  if (act.state === 'done' || act.state === 'failed') return held('already_done');
  const copies = copiesOf(known, op.act ?? '');
  // The papers are in somebody else's bag.
  if (copies.some(([, one]) => one.state === 'done')) {
    return held(ending === 'failed' ? 'wrong_holder' : 'state_conflict');
  }
  // Reality wins: who has the act by now has it no more.
  const isLate = act.state === 'removed';
  const others = copies.filter(([, one]) => one.state === 'open' && one !== act);
  for (const [, one] of others) one.state = 'removed';
  act.state = ending;
  act.by = op.id;
  known.rounds[courier]?.arrived.push(act.stop);
  if (ending === 'failed') (known.attempts[op.act ?? ''] ??= []).push(op.id);
  for (const whose of [courier, ...others.map(([one]) => one)])
    tell(known, act.stop, whose, change);
  return isLate ? { outcome: 'applied', reason: 'late_previous_holder' } : APPLIED;
}

/** A visit in vain is open again; what changed hands is for a person. */
function correct(known: Known, op: Facts, courier: string, change: Change): Outcome {
  const act = ownAct(known, op, courier);
  if ('outcome' in act) return act;
  const wrong = op.op ?? '';
  if (known.corrected.includes(wrong)) return NOOP;
  if (act.by === null || act.by !== wrong) return held('nothing_to_correct');
  if (act.state !== 'failed') return held('correction_asked');
  const attempts = known.attempts[op.act ?? ''] ?? [];
  const isDone = copiesOf(known, op.act ?? '').some(([, one]) => one.state === 'done');
  // The papers are in somebody else's bag.
  if (isDone) return held('wrong_holder');
  if (attempts.at(-1) !== wrong) return held('state_conflict');
  attempts.pop();
  known.corrected.push(wrong);
  act.state = 'open';
  act.by = null;
  tell(known, act.stop, courier, change);
  return APPLIED;
}

/** A courier's own copy of what the fact names, or why it is not theirs to speak of. */
function ownAct(known: Known, op: Facts, courier: string): Act | Outcome {
  const own = known.rounds[courier]?.acts[op.act ?? ''];
  const act = own ?? copiesOf(known, op.act ?? '').at(-1)?.[1];
  if (!act) return held('unknown_act');
  if (act.stop !== op.stop) return held('unknown_stop');
  if (own) return own;
  // Somebody else's act is not at the copy of the stop that this courier has.
  return held(actsAt(known, act.stop, courier).length > 0 ? 'unknown_stop' : 'not_your_round');
}

function notOwnStop(known: Known, stop: string, courier: string): Outcome | null {
  if (known.holders[stop] === undefined) return held('unknown_stop');
  return actsAt(known, stop, courier).length > 0 ? null : held('not_your_round');
}

function copiesOf(known: Known, name: string): [courier: string, Act][] {
  return Object.entries(known.rounds).flatMap(([courier, { acts }]): [string, Act][] => {
    const act = acts[name];
    return act ? [[courier, act]] : [];
  });
}

function actsAt(known: Known, stop: string, courier: string): [name: string, Act][] {
  const acts = Object.entries(known.rounds[courier]?.acts ?? {});
  return acts.filter(([, act]) => act.stop === stop);
}

/** What its acts make of a courier's stop; those that were taken away do not count. */
export function stateOf(known: Known, stop: string, courier: string): string {
  const states = actsAt(known, stop, courier).map(([, { state }]) => state);
  const counted = new Set(states.filter((state) => state !== 'removed'));
  if (counted.size === 0) return 'removed';
  if (counted.has('open')) {
    return known.rounds[courier]?.arrived.includes(stop) ? 'arrived' : 'open';
  }
  return counted.size === 1 ? ([...counted][0] ?? '') : 'partly';
}

/** Tell a courier what the stop looks like now, or that it is gone. */
function tell(known: Known, stop: string, courier: string, change: Change): void {
  const state = stateOf(known, stop, courier);
  const kept = actsAt(known, stop, courier).filter(([, act]) => act.state !== 'removed');
  const acts = kept.map(([id, act]) => ({ id, state: act.state }));
  const doc = { courier, state, note: known.notes[stop] ?? '', acts };
  change('stop', stop, state === 'removed' ? null : doc, courier);
}

export function addStop(
  known: Known,
  stop: string,
  courier: string,
  change: Change,
  acts = [`${stop}-a`, `${stop}-b`],
): void {
  known.holders[stop] = courier;
  const round = (known.rounds[courier] ??= { arrived: [], acts: {} });
  for (const act of acts) round.acts[act] = { stop, state: 'open', by: null };
  tell(known, stop, courier, change);
}

/** Give what is open at a stop to another courier. */
export function reassign(known: Known, stop: string, courier: string, change: Change): void {
  const from = known.holders[stop];
  if (from === undefined || from === courier) return;
  const open = actsAt(known, stop, from).filter(([, act]) => act.state === 'open');
  if (open.length === 0) return;
  for (const [, act] of open) act.state = 'removed';
  tell(known, stop, from, change);
  const round = known.rounds[courier];
  if (round) round.arrived = round.arrived.filter((one) => one !== stop);
  addStop(
    known,
    stop,
    courier,
    change,
    open.map(([name]) => name),
  );
}

/** The fact by which `act` ended at a courier's; null where it is open. */
export function endedBy(known: Known, courier: string, act: string): string | null {
  return known.rounds[courier]?.acts[act]?.by ?? null;
}
