/** A small day of a courier, for tests of rules and screens. */
import {
  viewRounds,
  type ActDoc,
  type OneRound,
  type RoundDoc,
  type StopDoc,
} from '../../src/lib/rules/round';
import type { Document, StoredOp } from '../../src/lib/sync/types';

export function makeAct(part: Partial<ActDoc> = {}): ActDoc {
  return {
    id: 'a1',
    kind: 'result.deliver',
    state: 'open',
    reason: null,
    errand_id: 'e1',
    item_id: 'i1',
    item_code: 'EK000000017VN',
    holder_kind: 'courier',
    seal_number: 'NP-1',
    dossier_code: 'H05-1',
    procedure_code: '1.1',
    procedure_name: 'Trích lục hộ tịch',
    partner_name: 'Một cửa Kinh Bắc',
    checklist: [],
    reclaims: [],
    fee_due_vnd: 0,
    postage_due_vnd: 0,
    instruction: '',
    num_attempts: 0,
    num_invitations: 0,
    ...part,
  };
}

export function makeStop(part: Partial<StopDoc> = {}): StopDoc {
  return {
    id: 's1',
    round_id: 'r1',
    position: 1,
    state: 'open',
    rev: 1,
    planned_at: '2026-11-23T01:00:00Z',
    tw_early_at: null,
    tw_late_at: null,
    service_duration_s: 300,
    arrived_at: null,
    ended_at: null,
    point: {
      id: 'p1',
      address: 'Số 8 Lý Thái Tổ',
      commune: 'Kinh Bắc',
      lat: 21.18,
      lon: 106.07,
      pin: 'street',
      note: '',
    },
    party: { name: 'Phạm Thị Ánh', phone: '0912000001', wishes: '' },
    acts: [makeAct()],
    ...part,
  };
}

const ROUND: RoundDoc = {
  id: 'r1',
  service_on: '2026-11-23',
  state: 'open',
  rev: 1,
  courier: { id: 'c1', display_name: 'Nguyễn Văn Bảo', badge: 'KB-07' },
  office: { id: 'o1', name: 'Kinh Bắc', phone: '', lat: 21.18, lon: 106.07 },
  starts_at: '2026-11-23T00:30:00Z',
  ends_at: '2026-11-23T09:30:00Z',
  lunch_at: null,
  lunch_duration_s: 0,
  num_stops: 1,
  distance_m: 1000,
};

export function documents(stops: StopDoc[], round: Partial<RoundDoc> = {}): Document[] {
  const whole = { ...ROUND, ...round };
  return [
    { kind: 'round', ref: whole.id, rev: whole.rev, doc: whole },
    ...stops.map((stop) => ({ kind: 'stop', ref: stop.id, rev: stop.rev, doc: stop })),
  ];
}

export function makeOp(
  seq: number,
  kind: string,
  fields: Record<string, unknown>,
  part: Partial<StoredOp> = {},
): StoredOp {
  const raw = JSON.stringify({ id: `op${seq}`, kind, v: 1, at: '2026-11-23T02:00:00Z', ...fields });
  return {
    seq,
    id: `op${seq}`,
    kind,
    raw,
    hash: '',
    side: null,
    recorded_at: 0,
    subject: { stop: 's1', act: 'a1', rev: 1 },
    photos: [],
    decision: null,
    ...part,
  };
}

/** The one round of these documents, with the facts laid over. */
export function viewRound(
  docs: readonly Document[],
  ops: readonly StoredOp[],
  ack: number,
): OneRound {
  const [view] = viewRounds(docs, ops, ack);
  if (view === undefined) throw new Error('there is no round');
  return view;
}
