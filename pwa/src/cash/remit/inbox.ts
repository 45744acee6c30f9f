/** What waits for a second person, of all rooms, as one list. */
import type { HeldLease } from '../../lib/desk/leases';
import { periodName, shortDay } from '../../lib/units';
import type { MoneyRoom, Room } from './api';
import type { AskedOfCash } from '../wire';
import type * as wire from './wire';
import { word } from './words';

/** A proposal, whichever room it is of. */
export interface Asked {
  room: Room;
  id: string;
  kind: string;
  /** How money in doubt is to be settled. */
  detail: string;
  /** Whom or what it is about. */
  about: string;
  note: string;
  amount_vnd: number | null;
  bank_reference: string;
  subject_id: string;
  made_by: string;
  made_at: string;
  /** What a phone recorded, where that is what is asked about. */
  raw?: string;
}

type Charges = Pick<wire.Waiting, 'proposals' | 'doubts' | 'charges'>;
type Orders = Pick<wire.OrderList, 'proposals' | 'doubts' | 'items'>;

const join = (...parts: string[]): string => parts.filter((part) => part !== '').join(' · ');

const ofPayout = (one: wire.PayoutProposal): Asked => ({
  room: 'payouts',
  id: one.id,
  kind: one.kind,
  detail: one.detail,
  about: join(one.name, periodName(one.period)),
  note: one.reason,
  amount_vnd: one.amount_vnd,
  bank_reference: '',
  subject_id: one.subject_id,
  made_by: one.made_by,
  made_at: one.made_at,
});

function ofCharge(one: wire.ChargeProposal, { doubts, charges }: Charges): Asked {
  const doubt = doubts.find(({ id }) => id === one.subject_id);
  const wanted = one.charge_id ?? doubt?.charge_id ?? one.subject_id;
  const charge = charges.find(({ id }) => id === wanted);
  return {
    room: 'charges',
    id: one.id,
    kind: one.kind,
    detail: '',
    about: charge ? join(charge.payer_name, charge.reference) : '',
    note: one.note,
    amount_vnd: one.amount_vnd,
    bank_reference: one.bank_reference,
    subject_id: one.subject_id,
    made_by: one.made_by,
    made_at: one.made_at,
  };
}

function ofOrder(one: wire.OrderProposal, { doubts, items }: Orders): Asked {
  const doubt = doubts.find(({ id }) => id === one.subject_id);
  const order = items.find(({ id }) => id === (doubt?.order_id ?? one.subject_id));
  return {
    room: 'orders',
    id: one.id,
    kind: one.kind,
    detail: '',
    about: order ? join(order.payee.name, order.reference) : '',
    note: one.note,
    amount_vnd: doubt?.amount_vnd ?? order?.amount_vnd ?? null,
    bank_reference: '',
    subject_id: one.subject_id,
    made_by: one.made_by,
    made_at: one.made_at,
  };
}

const ofHeld = (one: wire.HeldProposal): Asked => ({
  room: 'held',
  id: one.id,
  kind: one.outcome,
  detail: '',
  about: join(one.courier ?? '', word('fact', one.kind)),
  note: one.note,
  amount_vnd: one.amount_vnd,
  bank_reference: '',
  subject_id: one.op_id,
  made_by: one.made_by,
  made_at: one.made_at,
  raw: one.raw,
});

const ofCash = (one: AskedOfCash): Asked => ({
  room: 'cash',
  id: one.id,
  kind: one.kind,
  detail: '',
  about: join(one.subject ?? '', one.day ? shortDay(one.day) : ''),
  note: one.reason,
  amount_vnd: one.amount_vnd,
  bank_reference: '',
  subject_id: one.subject_id ?? one.id,
  made_by: one.made_by,
  made_at: one.made_at,
});

function ofLease({ id, courier, share, asked }: HeldLease): Asked[] {
  if (asked === null) return [];
  return [
    {
      room: 'leases',
      id: asked.id,
      kind: 'take',
      detail: '',
      about: join(courier, share ? periodName(share.period) : ''),
      note: asked.reason,
      amount_vnd: share?.unpaid_vnd ?? null,
      bank_reference: '',
      subject_id: id,
      made_by: asked.asked_by_id,
      made_at: asked.asked_at,
    },
  ];
}

/** Return all that waits for a second person, the oldest first. */
export function listAsked(
  payouts: readonly wire.PayoutProposal[],
  charges: Charges | null,
  orders: Orders | null,
  held: readonly wire.HeldProposal[] = [],
  leases: readonly HeldLease[] = [],
  cash: readonly AskedOfCash[] = [],
): Asked[] {
  return [
    ...payouts.map(ofPayout),
    ...held.map(ofHeld),
    ...leases.flatMap(ofLease),
    ...cash.map(ofCash),
    ...(charges?.proposals ?? []).map((one) => ofCharge(one, charges!)),
    ...(orders?.proposals ?? []).map((one) => ofOrder(one, orders!)),
  ].sort((one, other) => Date.parse(one.made_at) - Date.parse(other.made_at));
}

/** Money that changed hands and belongs nowhere yet. */
export interface InDoubt {
  room: MoneyRoom;
  id: string;
  about: string;
  reason: string;
  amount_vnd: number;
  at: string;
  /** The courier in whose hand it is; null for the drawer and the bank. */
  holder_id: string | null;
  /** A charge that it was said to be for. */
  charge_id: string | null;
  /** Whether it came in or went out. */
  isIn: boolean;
}

/** Return what is in doubt, the oldest first. */
export function listDoubts(
  payouts: readonly wire.PayoutDoubt[],
  charges: Charges | null,
  orders: Orders | null,
): InDoubt[] {
  const ofPayouts = payouts.map((one): InDoubt => ({
    room: 'payouts',
    id: one.id,
    about: join(one.name, periodName(one.period)),
    reason: one.reason,
    amount_vnd: one.amount_vnd,
    at: one.at,
    holder_id: one.courier_id,
    charge_id: null,
    isIn: false,
  }));
  const ofCharges = (charges?.doubts ?? []).map((one): InDoubt => {
    const charge = charges?.charges.find(({ id }) => id === one.charge_id);
    return {
      room: 'charges',
      id: one.id,
      about: charge ? join(charge.payer_name, charge.reference) : '',
      reason: one.reason,
      amount_vnd: one.amount_vnd,
      at: one.occurred_at,
      holder_id: one.cash_owner_id,
      charge_id: one.charge_id,
      isIn: true,
    };
  });
  const ofOrders = (orders?.doubts ?? []).map((one): InDoubt => {
    const order = orders?.items.find(({ id }) => id === one.order_id);
    return {
      room: 'orders',
      id: one.id,
      about: order ? join(order.payee.name, order.reference) : '',
      reason: one.reason,
      amount_vnd: one.amount_vnd,
      at: one.occurred_at,
      holder_id: one.cash_owner_id,
      charge_id: null,
      isIn: one.kind === 'take',
    };
  });
  return [...ofPayouts, ...ofCharges, ...ofOrders].sort(
    (one, other) => Date.parse(one.at) - Date.parse(other.at),
  );
}
