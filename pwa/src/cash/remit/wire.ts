/** What the server says about handing on, receipts and approvals, as its description has it. */
import type { components } from '../../lib/api/schema';

type Schemas = components['schemas'];
export type PersonRow = Schemas['PersonRow'];
export type Deadlines = Schemas['Deadlines'];
export type Deadline = Schemas['Deadline'];
export type Batch = Schemas['Batch'];
export type BatchList = Schemas['BatchList'];
export type ChargeKind = Batch['kind'];
export type Payee = Schemas['Payee'];
export type PayeeIn = Schemas['PayeeIn'];
export type PayeeList = Schemas['PayeeList'];
export type AccountIn = Schemas['AccountIn'];
export type ImportReport = Schemas['charges_http_payees_ImportOut'];
export type PayoutListRow = Schemas['ListOut'];
export type RangeList = Schemas['RangeList'];
export type Range = Schemas['Range'];
export type Block = Schemas['Block'];
export type Allot = Schemas['Allot'];
export type Lend = Schemas['Lend'];
export type ReceiptList = Schemas['ReceiptList'];
export type Receipt = ReceiptList['items'][number];
export type Waiting = Schemas['Waiting'];
export type Charge = Schemas['ChargeOut'];
export type ChargeProposal = Waiting['proposals'][number];
export type ChargeDoubt = Waiting['doubts'][number];
export type Notice = Waiting['notices'][number];
export type PayoutProposal = Schemas['OpenProposal'];
export type PayoutDoubt = Schemas['OpenDoubt'];
export type OrderList = Schemas['OrderList'];
export type OrderProposal = OrderList['proposals'][number];
export type OrderDoubt = OrderList['doubts'][number];
export type Flag = Schemas['Flag'];
export type FlagList = Schemas['FlagList'];

/** What one person makes of a held fact of money. */
export interface HeldProposal {
  id: string;
  op_id: string;
  kind: string;
  reason: string | null;
  courier: string | null;
  occurred_at: string;
  outcome: 'applied' | 'noop';
  note: string;
  made_by: string;
  made_by_name: string | null;
  made_at: string;
  amount_vnd: number | null;
  /** The fact as its phone wrote it. */
  raw: string;
}
