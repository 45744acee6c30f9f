/** What the server says of couriers' phones and of facts set aside. */

/** An instant, RFC 3339. */
type Instant = string;

/** A one-time code that enrols a phone. */
export interface Code {
  code: string;
  expires_at: Instant;
  staff_id: string;
}

/** Numbers of a stream that its phone spoke of and never sent. */
export interface Missing {
  stream: string;
  from_seq: number;
  to_seq: number;
  last_contact_at: Instant;
  /** It is an older phone of its courier's, in service: it may still send them. */
  may_come: boolean;
}

/** Somebody has rebuilt, or looked at, what a phone could no longer send. */
export interface MissingLook {
  stream: string;
  from_seq: number;
  to_seq: number;
  by_name: string;
  at: Instant;
  note: string;
  /** So many of them have come after all. */
  num_arrived: number;
}

export interface PhoneState {
  device_id: string;
  label: string;
  staff_id: string;
  display_name: string;
  status: 'active' | 'lost' | 'retired';
  is_field: boolean;
  enrolled_at: Instant;
  last_seen_at: Instant | null;
  num_unsent: number;
  num_held: number;
  num_set_aside: number;
  missing: Missing[];
  looked: MissingLook[];
}

/** A fact that is not counted: it waits for a person, or has had one. */
export interface AsideFact {
  id: string;
  /** Empty where it cannot be read. */
  kind: string;
  reason: string;
  courier_name: string;
  device_label: string;
  seq: number;
  occurred_at: Instant | null;
  received_at: Instant;
  stop: { id: string; name: string; address: string } | null;
  is_money: boolean;
  amount_vnd: number | null;
  looked: { by_name: string; at: Instant; note: string } | null;
}
export interface AsideList {
  items: AsideFact[];
  /** How many there are, also where fewer are listed. */
  num: number;
}
export interface AsideContent {
  raw: string;
  side: string | null;
}
