/** Payout lists at phones, as the office tells of them. */
export const LEASES = '/api/cash/v1/leases';

export interface HeldLease {
  id: string;
  share_id: string;
  share: {
    list_id: string;
    scheme: string;
    period: string;
    num_unpaid: number;
    unpaid_vnd: number;
  } | null;
  courier_id: string;
  courier: string;
  device_label: string;
  device_status: 'active' | 'lost' | 'retired';
  issued_at: string;
  expires_at: string;
  last_seen_at: string | null;
  num_unsent: number;
  asked: {
    id: string;
    reason: string;
    asked_by_id: string;
    asked_by: string;
    asked_at: string;
  } | null;
}
