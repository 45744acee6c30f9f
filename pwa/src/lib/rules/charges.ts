/** What the phone shows of money that a citizen owes (`backend/charges/actions/owing.py`). */
import type { ReceiptKind } from './receipts';

export interface ChargeShown {
  charge_kind: 'fee' | 'postage' | 'bill' | 'tax' | 'order';
  payee: string;
  payer_name: string;
  period: string;
  items: { name: string; amount_vnd: number }[];
  amount_vnd: number;
  reference: string;
  receipt_kind: ReceiptKind | null;
  needs_receipt: boolean;
  /** The payload of a VietQR made by the office; null where it has no account. */
  qr: string | null;
}
