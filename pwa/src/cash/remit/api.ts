/** What these screens ask the server. */
import { ask, askFile } from '../../lib/desk/ask';
import type { HeldLease } from '../../lib/desk/leases';
import type { AskedOfCash } from '../wire';
import type * as wire from './wire';

export type { Answer, Problem } from '../../lib/desk/ask';

const CASH = '/api/cash/v1';
const LISTS = '/api/partner/v1/payout-lists';
/** A file of thousands of rows is judged row by row. */
const FILE_MS = 120_000;
const post = <T>(path: string, json: unknown = {}) =>
  ask<T>(`${CASH}${path}`, { method: 'POST', json });

export const getDeadlines = () => ask<wire.Deadlines>(`${CASH}/charges/deadlines`);
export const getBatches = () => ask<wire.BatchList>(`${CASH}/charges/batches`);
export const makeBatch = (kind: wire.ChargeKind, payee_id: string, through_on: string) =>
  post<wire.Batch>('/charges/batches', { kind, payee_id, through_on });
export const remitBatch = (id: string, bank_reference: string) =>
  post<null>(`/charges/batches/${id}/remit`, { bank_reference });
export const dropBatch = (id: string) => post<null>(`/charges/batches/${id}/drop`);
export const getPayees = () => ask<wire.PayeeList>(`${CASH}/charges/payees`);
export const savePayee = (payee: wire.PayeeIn) => post<{ id: string }>('/charges/payees', payee);
export const saveAccount = (account: wire.AccountIn) => post<null>('/charges/accounts', account);
export const importCharges = (payee_id: string, file: File, commit: boolean) =>
  ask<wire.ImportReport>(`${CASH}/charges/imports/${payee_id}`, {
    method: 'POST',
    query: { commit: String(commit) },
    timeout_ms: FILE_MS,
    ...(/\.xlsx$/i.test(file.name) ? { xlsx: file } : { csv: file }),
  });

/** Lists of payouts stand with the agencies that brought them; the desk reads them there. */
export const getPayoutLists = () => ask<wire.PayoutListRow[]>(LISTS);
export const fundList = (id: string, amount_vnd: number, reference: string) =>
  post<{ id: string }>(`/payouts/lists/${id}/fund`, { amount_vnd, reference });
export const closeList = (id: string, unpaid: 'carry' | 'give_back') =>
  post<{ given_back_vnd: number }>(`/payouts/lists/${id}/close`, { unpaid });

export const getRanges = () => ask<wire.RangeList>(`${CASH}/receipts/ranges`);
export const allotRange = (range: wire.Allot) => post<{ id: string }>('/receipts/ranges', range);
export const lendBlock = (block: wire.Lend) => post<wire.Block>('/receipts/blocks', block);
export const giveBack = (id: string) =>
  post<{ numbers: number[] }>(`/receipts/blocks/${id}/give-back`);
export const spoilNumber = (id: string, number: number, reason: string) =>
  post<null>(`/receipts/blocks/${id}/spoil`, { number, reason });
export const getReceipts = (from_day: string, to_day: string) =>
  ask<wire.ReceiptList>(`${CASH}/receipts`, { query: { from_day, to_day } });
export const voidReceipt = (id: string, reason: string) =>
  post<null>(`/receipts/${id}/void`, { reason });

/** Of money that a bank told of when no number was left. */
export const issueReceipt = (charge_id: string) =>
  post<{ receipt_id: string }>(`/charges/${charge_id}/receipt`);
export const getWaiting = () => ask<wire.Waiting>(`${CASH}/charges/waiting`);
export const findCharges = (q: string, charge_state: 'due' | 'collected') =>
  ask<{ items: wire.Charge[] }>(`${CASH}/charges`, { query: { charge_state, q } });
export const getPayoutProposals = () => ask<wire.PayoutProposal[]>(`${CASH}/payouts/proposals`);
export const getPayoutDoubts = () => ask<wire.PayoutDoubt[]>(`${CASH}/payouts/doubts`);
export const getOrders = () => ask<wire.OrderList>(`${CASH}/orders`);
export const getFlags = (from_day: string, to_day: string) =>
  ask<wire.FlagList>(`${CASH}/orders/flags`, { query: { from_day, to_day } });

export const getHeld = () => ask<{ proposals: wire.HeldProposal[] }>(`${CASH}/held`);
export const getLeases = () => ask<{ leases: HeldLease[] }>(`${CASH}/leases`);

/** Rooms whose money may be in doubt. */
export type MoneyRoom = 'payouts' | 'charges' | 'orders';
export type Room = MoneyRoom | 'held' | 'leases' | 'cash';
export const getAskedOfCash = () => ask<AskedOfCash[]>(`${CASH}/proposals`);
export const decide = (room: Room, id: string, is_allowed: boolean) =>
  room === 'cash'
    ? post<null>(`/proposals/${id}/decide`, { is_allowed })
    : decideOf(room, id, is_allowed);
const decideOf = (room: Exclude<Room, 'cash'>, id: string, is_allowed: boolean) =>
  room === 'payouts' || room === 'held' || room === 'leases'
    ? post<null>(`/${room}/proposals/${id}/decide`, { is_allowed })
    : post<null>(`/${room}/proposals/${id}/${is_allowed ? 'approve' : 'refuse'}`);
export const proposeOfCharge = (
  kind: 'take_back' | 'confirm_qr',
  subject_id: string,
  note: string,
  bank_reference: string,
) => post<{ id: string }>('/charges/proposals', { kind, subject_id, note, bank_reference });
/** The money of a draft list was booked wrongly. */
export const proposeRefund = (subject_id: string, reason: string) =>
  post<{ id: string }>('/payouts/proposals', { kind: 'refund', subject_id, detail: '', reason });
export const proposePayout = (subject_id: string, detail: string, reason: string) =>
  post<{ id: string }>('/payouts/proposals', { kind: 'settle', subject_id, detail, reason });
export const proposeCharge = (
  kind: 'apply' | 'give_back',
  subject_id: string,
  note: string,
  charge_id: string | null,
) => post<{ id: string }>('/charges/proposals', { kind, subject_id, note, charge_id });
export const proposeOrder = (
  kind: 'bring_home' | 'courier_owes' | 'valid',
  subject_id: string,
  note: string,
) => post<{ id: string }>('/orders/proposals', { kind, subject_id, note });

type Query = Readonly<Record<string, string | number>>;
/** A file of the server's, as PDF or as a table. */
export const getFile = (path: string, query: Query, is_csv = false) =>
  askFile(`${CASH}${path}`, {
    query: is_csv ? { ...query, is_csv: 'true' } : query,
    timeout_ms: FILE_MS,
  });
