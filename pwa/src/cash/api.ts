/** Every question this app asks the server. */
import { addressOf, ask } from '../lib/desk/ask';
import type { Notes } from './notes';
import type * as wire from './wire';

export type { Answer, Problem } from '../lib/desk/ask';

const CASH = '/api/cash/v1';
const post = <T>(path: string, json: unknown = {}, query = {}) =>
  ask<T>(`${CASH}${path}`, { method: 'POST', json, query });

export const getDesk = () => ask<wire.Desk>(`${CASH}/desk`);
export const listPeople = () => ask<wire.People>(`${CASH}/people`);
export const getForecast = () => ask<wire.DayAhead[]>(`${CASH}/forecast`);
export const getNight = () => ask<wire.Night | null>(`${CASH}/night`);
export const listDrawer = (day: string) =>
  ask<wire.Lines>(`${CASH}/drawer/lines`, { query: { day } });
export const listHand = (courier_id: string, day: string) =>
  ask<wire.Lines>(`${CASH}/hands/${courier_id}/lines`, { query: { day } });

export const proposeFloat = (courier_id: string, service_on: string) =>
  ask<wire.FloatProposal>(`${CASH}/floats/proposal`, { query: { courier_id, service_on } });
export const issueFloat = (id: string, asked: wire.FloatAsked) =>
  post<wire.HandoverRow>('/floats', { id, ...asked });
export const getHandover = (id: string) => ask<wire.HandoverSeen>(`${CASH}/handovers/${id}`);
export const approveHandover = (id: string) => post<null>(`/handovers/${id}/approve`);
export const voidHandover = (id: string) => post<null>(`/handovers/${id}/void`);

export const getShift = (id: string) => ask<wire.ShiftSeen>(`${CASH}/shifts/${id}`);
export const countShift = (id: string, notes: Notes) =>
  post<wire.CountSeen>(`/shifts/${id}/count`, { notes });
export const settleShift = (id: string, reason: string) =>
  post<{ difference_vnd: number }>(`/shifts/${id}/settle`, { reason });
export const closeShift = (id: string) => post<null>(`/shifts/${id}/close`);

export const listCarriages = () => ask<wire.CarriageRow[]>(`${CASH}/carriages`);
export const sendOff = (asked: wire.SendOff) => post<wire.CarriageRow>('/carriages', asked);
export const takeIn = (id: string, found: wire.TakeIn) =>
  post<{ missing_vnd: number }>(`/carriages/${id}/end`, found);

export const getDay = (day: string) => ask<wire.DaySeen>(`${CASH}/days`, { query: { day } });
export const getFigures = (day: string) =>
  ask<wire.DaySheet>(`${CASH}/days/figures`, { query: { day } });
export const countDrawer = (day: string, notes: Notes) =>
  post<wire.CountSeen>('/days/count', { notes }, { day });
export const settleDrawer = (day: string, reason: string) =>
  post<{ difference_vnd: number }>('/days/settle', { reason }, { day });
export const closeDay = (day: string, signs: wire.Signs, along = false) =>
  post<null>('/days/close', signs, { day, along });

export const getDebts = () => ask<wire.Debts>(`${CASH}/debts`);
export const listDebt = (owner_id: string) =>
  ask<wire.DebtLine[]>(`${CASH}/debts/${owner_id}/lines`);
export const repay = (owner_id: string, id: string, notes: Notes) =>
  post<null>(`/debts/${owner_id}/repay`, { id, notes });
/** Address of the slip of notes taken for a debt, as PDF. */
export const repaymentAddress = (id: string): string =>
  addressOf(`${CASH}/debts/repayments/${id}/slip`, {});
export interface Wanted {
  kind: wire.AskedKind;
  reason: string;
  day?: string | null;
  subject_id?: string | null;
  amount_vnd?: number | null;
}
/** Ask a second person. */
export const propose = (wanted: Wanted) => post<{ proposal_id: string }>('/proposals', wanted);

/** Address of the stream that says when to read again. */
export const liveAddress = `${CASH}/live`;
/** Address of a day's sheet as PDF. */
export const sheetAddress = (day: string): string => addressOf(`${CASH}/days/sheet`, { day });
