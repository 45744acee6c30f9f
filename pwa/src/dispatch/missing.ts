/** Evidence that has not come: what the server says of it, and what is asked and told. */
import { ask } from '../lib/desk/ask';

/** An instant, RFC 3339. */
type Instant = string;

/** A picture that a fact names and that has not come. */
export interface MissingPicture {
  op_id: string;
  sha256: string;
  kind: string;
  courier_name: string;
  device_label: string | null;
  device_status: 'active' | 'lost' | 'retired' | null;
  last_seen_at: Instant | null;
  occurred_at: Instant;
  named_at: Instant;
  /** The phone had no room and has it no more. */
  let_go_at: Instant | null;
  num_received: number | null;
  length: number | null;
  errand_id: string | null;
  stop: { id: string; name: string; address: string } | null;
}
export interface MissingPictures {
  items: MissingPicture[];
}

const MISSING = '/api/dispatch/v1/missing-pictures';

export const listMissing = (office: string) => ask<MissingPictures>(MISSING, { query: { office } });
export const lookAtMissing = (op_id: string, sha256: string, office: string, note: string) =>
  ask<null>(`${MISSING}/${op_id}/${sha256}/look`, {
    method: 'POST',
    query: { office },
    json: { note },
  });
