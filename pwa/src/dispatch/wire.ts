/** What the server says to the dispatch app, field for field as its structs write it. */
import type { Office } from '../lib/desk/identity';
import type { Demand, ProofRule } from '../lib/rules/demands';

export type { ProofRule };
export type * from './wire_phones';

/** Seconds after midnight of the service day. */
type DaySeconds = number;
/** An instant, RFC 3339. */
type Instant = string;
/** A day, `YYYY-MM-DD`. */
type Day = string;

export interface Commune {
  code: string;
  name: string;
  lat: number;
  lon: number;
  is_ours: boolean;
}

export type StopState = 'open' | 'arrived' | 'done' | 'partly' | 'failed' | 'removed';
export type ActState = 'open' | 'done' | 'failed' | 'removed';
export type ActKind = 'dossier.accept' | 'result.deliver';
export type RoundState = 'published' | 'open' | 'closed';
export type Service = 'S1' | 'S2';
export type ErrandState =
  | 'booked'
  | 'accepted'
  | 'at_office'
  | 'out'
  | 'handed_to_agency'
  | 'delivered'
  | 'returning'
  | 'returned_to_agency'
  | 'refused'
  | 'cancelled'
  | 'frozen';

export interface BoardAct {
  id: string;
  kind: ActKind;
  state: ActState;
  reason: string | null;
  errand_id: string;
  item_code: string | null;
}

export interface BoardStop {
  id: string;
  position: number;
  state: StopState;
  planned_at: Instant;
  tw_early_at: Instant | null;
  tw_late_at: Instant | null;
  service_duration_s: number;
  arrived_at: Instant | null;
  ended_at: Instant | null;
  name: string;
  address: string;
  commune: string | null;
  lat: number | null;
  lon: number | null;
  pin: string;
  acts: BoardAct[];
}

export interface BoardPhone {
  /** Facts the phone said it has minus those received: nobody knows more until it speaks again. */
  num_unsent: number;
  last_seen_at: Instant;
  last_occurred_at: Instant | null;
  app_version: string;
}

export interface BoardRoute {
  round_id: string;
  state: RoundState;
  courier: {
    id: string;
    display_name: string;
    badge: string | null;
    phone: string | null;
    vehicle_label: string;
    profile: string;
  };
  starts_at: Instant;
  ends_at: Instant;
  lunch_at: Instant | null;
  lunch_duration_s: number;
  duration_s: number;
  distance_m: number;
  published_at: Instant;
  opened_at: Instant | null;
  closed_at: Instant | null;
  place: { lat: number; lon: number; accuracy_m: number | null; seen_at: Instant } | null;
  phone: BoardPhone | null;
  storage: 'free' | 'required' | 'waived';
  stops: BoardStop[];
  polyline: [number, number][];
}

export interface Board {
  service_on: Day;
  server_at: Instant;
  office: Office;
  routes: BoardRoute[];
  num_unplanned: number;
  num_held: number;
}

export interface ErrandRow {
  id: string;
  service: Service;
  state: ErrandState;
  item_code: string | null;
  dossier_code: string | null;
  procedure_name: string;
  partner_name: string;
  name: string;
  address: string;
  commune: string | null;
  pin: string;
  wanted_on: Day;
  tw_early_s: DaySeconds | null;
  tw_late_s: DaySeconds | null;
  num_attempts: number;
  courier_name: string | null;
}

export interface ErrandPage {
  items: ErrandRow[];
  next: string | null;
}

export interface Link {
  n: number;
  from_kind: string | null;
  from_name: string | null;
  to_kind: string;
  to_name: string | null;
  seal_number: string | null;
  is_seal_whole: boolean | null;
  occurred_at: Instant;
  received_at: Instant;
  note: string;
}

export interface ErrandEvent {
  n: number;
  code: string;
  occurred_at: Instant;
  received_at: Instant;
  data: Record<string, unknown>;
}

export interface Attempt {
  n: number;
  reason: string;
  invitation_n: number | null;
  next_on: Day | null;
  note: string;
  occurred_at: Instant;
}

export interface Proof {
  id: string;
  kind: string;
  url: string | null;
  data: Record<string, unknown>;
  occurred_at: Instant;
}

export interface ErrandDetail extends ErrandRow {
  agency_state: number;
  phone: string | null;
  lat: number | null;
  lon: number | null;
  delivery_point_id: string;
  instruction: string;
  fee_due_vnd: number;
  postage_due_vnd: number;
  seal_number: string | null;
  checklist: { paper: string; name: string; form: string; count: number }[];
  reclaims: { paper: string; name: string }[];
  custody: Link[];
  events: ErrandEvent[];
  attempts: Attempt[];
  proofs: Proof[];
}

export interface Fault {
  row: number;
  column: string;
  code: string;
  value: string;
  message: string;
}

export interface ImportReport {
  num_rows: number;
  num_accepted: number;
  num_known: number;
  is_committed: boolean;
  faults: Fault[];
}

export interface CourierDay {
  id: string;
  office_id: string;
  display_name: string;
  badge: string | null;
  phone: string | null;
  skills: string[];
  vehicle: { id: string; label: string; profile: string; capacity_g: number; capacity_ml: number };
  shift: {
    id: string;
    starts_s: DaySeconds;
    ends_s: DaySeconds;
    lunch_early_s: DaySeconds | null;
    lunch_late_s: DaySeconds | null;
    lunch_duration_s: number;
  } | null;
}

export type PlanState = 'queued' | 'solving' | 'draft' | 'published' | 'discarded' | 'failed';
export interface PlanStop {
  delivery_point_id: string;
  errand_ids: string[];
  name: string;
  address: string;
  commune: string | null;
  lat: number;
  lon: number;
  pin: string;
  arrival_s: DaySeconds;
  start_s: DaySeconds;
  departure_s: DaySeconds;
  tw_early_s: DaySeconds | null;
  tw_late_s: DaySeconds | null;
  service_duration_s: number;
  travel_s: number;
  distance_m: number;
  reload: { arrival_s: DaySeconds; departure_s: DaySeconds; cash_vnd: number } | null;
}

export interface PlanRoute {
  courier: {
    id: string;
    display_name: string;
    badge: string | null;
    vehicle_label: string;
    profile: string;
  };
  is_extension: boolean;
  starts_s: DaySeconds;
  ends_s: DaySeconds;
  lunch_at_s: DaySeconds | null;
  lunch_duration_s: number;
  duration_s: number;
  start_cash_vnd: number;
  peak_cash_vnd: number;
  distance_m: number;
  stops: PlanStop[];
  polyline: [number, number][];
}

export interface Cause {
  code: string;
  params: Record<string, string | number>;
}

export interface Plan {
  id: string;
  service_on: Day;
  state: PlanState;
  progress: {
    elapsed_s: number;
    budget_s: number;
    best_cost: number | null;
    num_stops: number;
    num_planned: number;
    num_found: number;
  };
  failure: string | null;
  asked_at: Instant;
  solved_at: Instant | null;
  published_at: Instant | null;
  routes: PlanRoute[];
  unassigned: { errand_id: string; reasons: Cause[] }[];
  totals: {
    num_errands: number;
    num_stops: number;
    num_routes: number;
    num_unassigned: number;
    duration_s: number;
    distance_m: number;
    cost: number;
  } | null;
  /** What the plan had to do without; it stands all the same. */
  warnings: Cause[];
}

/** A stop taken from a courier: still to be let go of, or done before that. */
export interface Recall {
  id: string;
  state: 'asked' | 'taken' | 'overtaken';
  stop_id: string;
  errand_id: string;
  from_courier_id: string;
  from_name: string;
  to_courier_id: string | null;
  to_name: string | null;
  asked_at: Instant;
  settled_at: Instant | null;
  act_state: ActState;
  address: string;
  name: string;
}

/** A line of the office's proof table, with the house's own word. */
export interface ProofLine extends ProofRule {
  act: NonNullable<ProofRule['act']>;
  usual: Demand;
}
export interface ProofTable {
  valid_from: string | null;
  set_at: Instant | null;
  reason: string;
  rules: ProofRule[];
  lines: ProofLine[];
}

/** What couriers handed each other on the road; open while one side is missing or both differ. */
export interface OpenPassing {
  id: string;
  code: string;
  standing: 'waits_for_other' | 'passing_differs' | 'passing_other_taker' | 'joined';
  giver: string | null;
  given_at: Instant | null;
  num_given: number | null;
  to: string | null;
  taker: string | null;
  taken_at: Instant | null;
  num_counted: number | null;
  items: string[];
}
export interface PassingList {
  items: OpenPassing[];
}
export interface RecallList {
  items: Recall[];
}
export interface HeldFact {
  op_id: string;
  kind: string;
  reason: string;
  courier_name: string;
  occurred_at: Instant;
  received_at: Instant;
  time_quality: 'good' | 'corrected' | 'suspect';
  /** The fact as the phone wrote it. */
  raw: string;
  stop: { id: string; name: string; address: string } | null;
  is_item_frozen: boolean;
  /** About money: what one person makes of it waits for a controller. */
  needs_second: boolean;
  asked: HeldAsked | null;
}
interface HeldAsked {
  id: string;
  outcome: 'applied' | 'noop';
  note: string;
  made_by_name: string | null;
  made_at: Instant;
}

export interface CourierList {
  service_on: Day;
  items: CourierDay[];
}
export interface PlanList {
  items: Plan[];
}
export interface HeldList {
  items: HeldFact[];
}
export interface PublishedPlan {
  plan_id: string;
  round_ids: string[];
}
export interface CitizenLink {
  url: string;
}
