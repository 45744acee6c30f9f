/** Every question of the counter to the server. */
import { addressOf, ask } from '../../lib/desk/ask';
import type * as wire from './wire';

export type { Answer, Problem } from '../../lib/desk/ask';

const CASH = '/api/cash/v1';
const PARTNER = '/api/partner/v1';
const post = <T>(path: string, json: unknown = {}) =>
  ask<T>(`${CASH}${path}`, { method: 'POST', json });

export const findPayouts = (id_number: string) =>
  post<wire.Payout[]>('/payouts/search', { id_number });
export const payOut = (payout_id: string, asked: wire.PayAsked) =>
  post<wire.PaidOut>(`/payouts/${payout_id}/pay`, asked);
/** Ask a controller to take back a payment that was not made, or not to this person. */
export const proposeReversal = (subject_id: string, reason: string) =>
  post<{ id: string }>('/payouts/proposals', { kind: 'correct', subject_id, detail: '', reason });
export const listLists = () => ask<wire.PayoutList[]>(`${PARTNER}/payout-lists`);
export const listSchemes = () => ask<wire.Scheme[]>(`${PARTNER}/payout-schemes`);

export const listSittings = () => ask<wire.Sitting[]>(`${PARTNER}/payout-sittings`);
export const openSitting = (asked: wire.SittingAsked) =>
  post<{ id: string }>('/payouts/sittings', asked);
export const closeSitting = (id: string, asked: wire.MinutesAsked) =>
  post<wire.Sitting>(`/payouts/sittings/${id}/close`, asked);
export const readMinutes = (id: string) =>
  ask<wire.Minutes>(`${PARTNER}/payout-sittings/${id}/minutes`);
/** Address of a sitting's minutes as PDF. */
export const minutesAddress = (id: string): string =>
  addressOf(`${PARTNER}/payout-sittings/${id}/minutes/file`, {});

export const listCharges = (
  q: string,
  charge_state: string,
  after: { on: string; id: string } | null,
) =>
  ask<wire.ChargeList>(`${CASH}/charges`, {
    query: { q, charge_state: charge_state || null, after_on: after?.on, after_id: after?.id },
  });
export const getCharge = (id: string) => ask<wire.ChargeDetail>(`${CASH}/charges/${id}`);
/** The payer's own number in full; that it was shown is kept. */
export const showPayer = (id: string) => post<wire.Payer>(`/charges/${id}/show`);
export const collect = (charge_id: string, id: string, amount_vnd: number) =>
  post<wire.Collected>(`/charges/${charge_id}/collect`, { id, amount_vnd });
export const showQr = (charge_id: string) => post<wire.Qr>(`/charges/${charge_id}/qr`);
export const cancelCharge = (charge_id: string, reason: string) =>
  post<null>(`/charges/${charge_id}/cancel`, { reason });
/** Address of a receipt as PDF. */
export const receiptAddress = (id: string): string => addressOf(`${CASH}/receipts/${id}/paper`, {});

export const listOrders = (order_state: string) =>
  ask<wire.OrderList>(`${CASH}/orders`, { query: { order_state: order_state || null } });
export const bookOrder = (asked: wire.OrderIn) => post<wire.Order>('/orders', asked);
export const takeOrder = (id: string, amount_vnd: number, fee_vnd: number) =>
  post<null>(`/orders/${id}/take`, { amount_vnd, fee_vnd });
export const makePin = (id: string) => post<wire.PinOut>(`/orders/${id}/pin`);
export const cancelOrder = (id: string) => post<null>(`/orders/${id}/cancel`);
export const showParties = (id: string) => post<wire.Parties>(`/orders/${id}/show`);
export const presentOrder = (reference: string, pin: string) =>
  post<wire.Presented>('/orders/present', { reference, pin });
export const payOrder = (asked: wire.PayIn) => post<null>('/orders/pay', asked);
export const refundOrder = (
  order_id: string,
  asked: { id: string; method: string; id_number: string },
) => post<null>(`/orders/${order_id}/refund`, asked);
export const proposeUnlock = (subject_id: string, note: string) =>
  post<{ id: string }>('/orders/proposals', { kind: 'unlock', subject_id, note });
export const approveProposal = (id: string) => post<null>(`/orders/proposals/${id}/approve`);
export const refuseProposal = (id: string) => post<null>(`/orders/proposals/${id}/refuse`);
