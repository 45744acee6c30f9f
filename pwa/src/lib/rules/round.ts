/** What the phone shows of a round: the office's documents, with the phone's own facts laid over.

Pure: takes documents and facts, returns what a screen may draw. Whatever is not decided yet is
marked as such, and counted beside the day's figures, never inside them (reliability S16).
*/
import { CORRECTED, listWithdrawn } from '../sync/hold';
import type { Document, StoredOp } from '../sync/types';
import type { ProofRule } from './demands';

export interface RoundDoc {
  id: string;
  service_on: string;
  state: 'published' | 'open' | 'closed';
  rev: number;
  courier: { id: string; display_name: string; badge: string };
  office: { id: string; name: string; phone: string; lat: number | null; lon: number | null };
  starts_at: string;
  ends_at: string;
  lunch_at: string | null;
  lunch_duration_s: number;
  num_stops: number;
  distance_m: number;
  /** How long the office keeps where this phone was last, in hours. */
  place_hours_max?: number;
  /** Whether money may leave with a phone that promises nothing (S18); `waived` by a dispatcher. */
  storage?: 'free' | 'required' | 'waived';
  /** When to come again by the calendar of working days; a round of before has none. */
  again_on?: { next: string; invited: string };
  /** Which proof the office asks otherwise than the house; missing before this was told. */
  proof_rules?: readonly ProofRule[];
}

export type PaperKind = 'dossier.accept' | 'result.deliver';
export type MoneyKind = 'payout.pay' | 'charge.collect' | 'order.take' | 'order.pay';

export interface ActDoc {
  id: string;
  kind: PaperKind | MoneyKind;
  state: 'open' | 'done' | 'failed' | 'removed';
  reason: string | null;
  errand_id: string;
  item_id: string | null;
  item_code: string | null;
  /** `colleague`: handed to one on the road, who has not said so yet. */
  holder_kind: HolderKind | null;
  seal_number: string | null;
  dossier_code: string | null;
  procedure_code: string;
  procedure_name: string;
  partner_name: string;
  checklist: { paper: string; name: string; form: PaperForm; count: number }[];
  reclaims: { paper: string; name: string }[];
  fee_due_vnd: number;
  postage_due_vnd: number;
  instruction: string;
  num_attempts: number;
  num_invitations: number;
  /** Taken from another courier, whose phone may not know yet; missing before this was told. */
  recall_state?: 'asked' | 'taken' | 'overtaken' | null;
  recalled_from?: string | null;
  /** Of acts of money only: what the citizen pays or gets, and what is shown of it. */
  cash_in_vnd?: number;
  cash_out_vnd?: number;
  /** Of a charge the dossier it is for. */
  subject_id?: string | null;
  /** What a dossier costs where that is collected by acts of its own at the same stop. */
  fee_apart_vnd?: number;
  /** Under this id the list of a payout is lent to this phone. */
  share_id?: string | null;
  shown?: unknown;
}
export type HolderKind = 'citizen' | 'courier' | 'colleague' | 'office' | 'agency';
export type PaperForm = 'original' | 'copy' | 'electronic';

export interface StopDoc {
  id: string;
  round_id: string;
  position: number;
  state: 'open' | 'arrived' | 'done' | 'partly' | 'failed' | 'removed';
  rev: number;
  planned_at: string;
  tw_early_at: string | null;
  tw_late_at: string | null;
  service_duration_s: number;
  arrived_at: string | null;
  ended_at: string | null;
  /** When the office gives more cash before this stop, and how much to have then. */
  reload_at?: string | null;
  reload_cash_vnd?: number | null;
  point: {
    id: string;
    address: string;
    commune: string;
    lat: number | null;
    lon: number | null;
    pin: 'none' | 'commune' | 'street' | 'door';
    note: string;
  };
  party: { name: string; phone: string; wishes: string };
  acts: ActDoc[];
}

/** How far a fact has come, in the honest words of S15. */
export type FactState = 'saved' | 'sent' | 'applied' | 'held';

export interface ActView extends ActDoc {
  /** The fact that ended it on this phone, if any is still kept here. */
  fact: { state: FactState; reason: string | null } | null;
  /** The round's. */
  proof_rules?: readonly ProofRule[] | undefined;
}
export interface StopView extends Omit<StopDoc, 'acts'> {
  acts: ActView[];
}
export interface RoundView {
  round: RoundDoc | null;
  stops: StopView[];
}
export interface OneRound extends RoundView {
  round: RoundDoc;
}

export const ENDING: Readonly<Record<string, 'done' | 'failed'>> = {
  'dossier.accepted': 'done',
  'result.delivered': 'done',
  'payout.paid': 'done',
  'charge.collected': 'done',
  'order.taken': 'done',
  'order.paid': 'done',
  'visit.failed': 'failed',
};

/** Reason of an act that is done but for a part: a paper wanted back was not taken. */
export const PARTLY = 'partly';

function isPartly({ reclaimed }: { reclaimed?: { is_taken: boolean }[] }): boolean {
  return reclaimed?.some((one) => !one.is_taken) ?? false;
}

export function isMoney(act: Pick<ActDoc, 'kind'>): boolean {
  return !/^(dossier|result)/.test(act.kind);
}

/** What the citizen is to pay for an act, đồng. */
export function dueOf(act: ActDoc): number {
  return act.fee_due_vnd + act.postage_due_vnd + (act.cash_in_vnd ?? 0);
}

export function factState(op: StoredOp, ack: number): FactState {
  if (op.decision?.outcome === 'held') return 'held';
  if (op.decision) return 'applied';
  return op.seq <= ack ? 'sent' : 'saved';
}

/** Lay the phone's facts over the office's documents: each round it knows of, the oldest first. */
export function viewRounds(
  documents: readonly Document[],
  ops: readonly StoredOp[],
  ack: number,
): OneRound[] {
  const stops = documents.filter((row) => row.kind === 'stop').map((row) => row.doc as StopDoc);
  const views = documents
    .filter((row) => row.kind === 'round')
    .map((row): OneRound => {
      const round = { ...(row.doc as RoundDoc) };
      const own = stops.filter((stop) => stop.round_id === round.id);
      return {
        round,
        stops: own
          .map((stop) => copyStop(stop, round.proof_rules))
          .sort((a, b) => a.position - b.position),
      };
    })
    .sort((a, b) => a.round.service_on.localeCompare(b.round.service_on));
  const taken = { withdrawn: listWithdrawn(ops), failed: new Set<string>() };
  for (const op of ops) {
    if (taken.withdrawn.has(op.id)) continue;
    for (const view of views) {
      layOver(view, op, ack, taken);
      if (op.kind === 'items.passed' || op.kind === 'items.kept') layOverPassing(view, op, ops);
    }
  }
  return views;
}

/** What a dossier has and an act of money has not: the office tells null. */
const NO_DOSSIER = {
  procedure_name: '',
  partner_name: '',
  checklist: [],
  reclaims: [],
  fee_due_vnd: 0,
  postage_due_vnd: 0,
  num_invitations: 0,
};

function copyStop(doc: StopDoc, proof_rules: RoundDoc['proof_rules']): StopView {
  const costing = new Set(doc.acts.map((act) => act.kind === 'charge.collect' && act.subject_id));
  const acts = doc.acts.map((act): ActView => {
    const view = { ...act, fact: null, proof_rules };
    if (isMoney(act)) return { ...view, ...NO_DOSSIER };
    if (!costing.has(act.errand_id)) return view;
    const fee_apart_vnd = act.fee_due_vnd + act.postage_due_vnd;
    return { ...view, fee_due_vnd: 0, postage_due_vnd: 0, fee_apart_vnd };
  });
  return { ...doc, point: { ...doc.point }, acts };
}

/** True until the office has let the fact be. */
function isUndecided(op: StoredOp): boolean {
  return op.decision === null || op.decision.outcome === 'held';
}

/** True while the document does not yet show what the fact did. */
function isAhead(op: StoredOp, rev: number): boolean {
  return isUndecided(op) || op.subject.rev === rev;
}

interface Taken {
  /** Facts that were taken back. */
  withdrawn: ReadonlySet<string>;
  /** Acts that facts of this phone failed and that stand: no correction of another opens them. */
  failed: Set<string>;
}

function layOver(view: OneRound, op: StoredOp, ack: number, taken: Taken): void {
  layOverRound(view, op);
  const stop = view.stops.find((one) => one.id === op.subject.stop);
  if (stop === undefined) return;
  const act = stop.acts.find((one) => one.id === op.subject.act);
  const ending = ENDING[op.kind];
  const isCorrected = op.kind === CORRECTED;
  const isTaken = isCorrected && taken.withdrawn.has(op.subject.op ?? '');
  if (act && (ending || (isCorrected && !isTaken))) {
    act.fact = { state: factState(op, ack), reason: op.decision?.reason ?? null };
  }
  if (!isAhead(op, stop.rev)) return;
  const fields = JSON.parse(op.raw) as Record<string, unknown>;
  if (op.kind === 'stop.arrived' && stop.state === 'open') {
    stop.state = 'arrived';
    stop.arrived_at = String(fields['at']);
  } else if (op.kind === 'pin.moved') {
    Object.assign(stop.point, { lat: fields['lat'], lon: fields['lon'], pin: 'door' });
  } else if (op.kind === 'note.added') {
    stop.point.note = String(fields['text']);
  } else if (act?.state === 'failed' && isTaken && !taken.failed.has(act.id)) {
    // The door is there to be tried again at once, with no network too.
    act.state = 'open';
    act.reason = null;
    stop.state = stopState(stop.acts, true);
    stop.ended_at = null;
  } else if (act && ending && act.state === 'open') {
    act.state = ending;
    if (ending === 'failed') {
      act.reason = String(fields['reason']);
      taken.failed.add(act.id);
    } else if (isPartly(fields)) act.reason = PARTLY;
    if (op.kind === 'dossier.accepted') act.holder_kind = 'courier';
    if (op.kind === 'result.delivered') act.holder_kind = 'citizen';
    stop.state = stopState(stop.acts, stop.arrived_at !== null);
    if (stop.state !== 'open' && stop.state !== 'arrived') stop.ended_at = String(fields['at']);
  }
}

function layOverRound(view: OneRound, op: StoredOp): void {
  const { round } = view;
  const isOwn = op.subject.round === round.id;
  // An item may have gone in and out under the name of another round.
  if (!(isOwn ? isAhead(op, round.rev) : isUndecided(op))) return;
  if (isOwn && op.kind === 'round.opened' && round.state === 'published') round.state = 'open';
  // An end that the office holds is none: what it asks for can still be done.
  if (isOwn && op.kind === 'round.closed' && op.decision?.outcome !== 'held') {
    round.state = 'closed';
  }
  if (op.kind !== 'items.loaded' && op.kind !== 'items.returned') return;
  const { items } = JSON.parse(op.raw) as { items: string[] };
  const isNamed = (act: ActView): boolean => act.item_id !== null && items.includes(act.item_id);
  if (op.kind === 'items.loaded') changeHands(view, isNamed, 'office', 'courier');
  else changeHands(view, isNamed, 'courier', 'office');
}

function changeHands(
  view: RoundView,
  isNamed: (act: ActView) => boolean,
  from: HolderKind,
  to: HolderKind,
): void {
  for (const act of view.stops.flatMap((stop) => stop.acts)) {
    if (act.holder_kind === from && isNamed(act)) act.holder_kind = to;
  }
}

/** What was handed to a colleague, or kept after all, until the office's documents say so. */
function layOverPassing(view: RoundView, op: StoredOp, ops: readonly StoredOp[]): void {
  const isKept = op.kind === 'items.kept';
  const isOpen = op.decision === null || (!isKept && op.decision.outcome === 'held');
  const given = isKept ? ops.find((one) => one.id === op.subject.op) : op;
  if (!isOpen || given === undefined) return;
  const { errands } = JSON.parse(given.raw) as { errands: string[] };
  const isNamed = (act: ActView): boolean => errands.includes(act.errand_id);
  if (isKept) changeHands(view, isNamed, 'colleague', 'courier');
  else changeHands(view, isNamed, 'courier', 'colleague');
}

/** As `rounds/rules.py` decides it from the acts that count. */
export function stopState(acts: readonly ActDoc[], isArrived: boolean): StopDoc['state'] {
  const states = new Set(acts.map((act) => act.state).filter((state) => state !== 'removed'));
  if (states.size === 0) return 'removed';
  if (states.has('open')) return isArrived ? 'arrived' : 'open';
  if (states.size === 2) return 'partly';
  return states.has('done') ? 'done' : 'failed';
}

export function isOpenStop(stop: { state: StopDoc['state'] }): boolean {
  return stop.state === 'open' || stop.state === 'arrived';
}

export interface DayCount {
  num_stops: number;
  num_stops_left: number;
  /** Decided by the office. */
  num_done: number;
  num_failed: number;
  /** Recorded here, and not decided yet. */
  num_undecided: number;
  /** Waiting for a person at the office. */
  num_held: number;
}

export function countDay(view: RoundView): DayCount {
  const stops = view.stops.filter((stop) => stop.state !== 'removed');
  const acts = stops.flatMap((stop) => stop.acts);
  const isDecided = (act: ActView): boolean => act.fact === null || act.fact.state === 'applied';
  return {
    num_stops: stops.length,
    num_stops_left: stops.filter(isOpenStop).length,
    num_done: acts.filter((act) => act.state === 'done' && isDecided(act)).length,
    num_failed: acts.filter((act) => act.state === 'failed' && isDecided(act)).length,
    num_undecided: acts.filter((act) => act.fact !== null && !isDecided(act)).length,
    num_held: acts.filter((act) => act.fact?.state === 'held').length,
  };
}

/** Items to put into the bag before setting out: results still at the office. */
export function listToLoad(view: RoundView): { stop: StopView; act: ActView }[] {
  return listActs(view).filter(
    ({ act }) =>
      act.kind === 'result.deliver' && act.state === 'open' && act.holder_kind === 'office',
  );
}

function listActs(view: RoundView): { stop: StopView; act: ActView }[] {
  return view.stops.flatMap((stop) => stop.acts.map((act) => ({ stop, act })));
}
