/** What the server says to the cashier's app, as its own description has it. */
import type { components } from '../lib/api/schema';

type Schemas = components['schemas'];
export type People = Schemas['People'];
export type Signs = Required<Schemas['Signs']>;
export type Desk = Schemas['Desk'];
export type HandRow = Schemas['HandRow'];
export type HandoverRow = Schemas['HandoverRow'];
export type HandoverSeen = Schemas['HandoverSeen'];
export type DifferenceSeen = Schemas['DifferenceSeen'];
export type DayAhead = Schemas['DayAhead'];
export type Night = Schemas['Night'];
export type Lines = Schemas['Lines'];
export type CashLine = Schemas['CashLine'];
export type CountState = Schemas['CountState'];
export type CountSeen = Schemas['CountSeen'];
export type SideSeen = Schemas['SideSeen'];
export type ShiftSeen = Schemas['ShiftSeen'];
export type DaySeen = Schemas['DaySeen'];
export type DaySheet = Schemas['DaySheet'];
export type FloatProposal = Schemas['FloatProposal'];

export type AskedKind =
  'reopen_day' | 'write_off' | 'return_surplus' | 'take_surplus' | 'set_limit';
export interface Debt {
  owner_id: string;
  name: string | null;
  amount_vnd: number;
  since: string | null;
}
export interface Debts {
  debts: Debt[];
  surplus_vnd: number;
  loss_vnd: number;
}
export const ROUTES = ['from_bank', 'to_bank', 'to_vault', 'from_vault'] as const;
export type CarriageRoute = (typeof ROUTES)[number];
export type CarriageRow = Schemas['CarriageRow'];
export type SendOff = Schemas['SendOff'];
export type TakeIn = Schemas['ArrivalIn'];
export type FloatAsked = Omit<Schemas['Issue'], 'id'>;
export type DebtLine = Schemas['DebtLine'];
/** What waits for a second person. */
export interface AskedOfCash {
  id: string;
  kind: AskedKind;
  day: string | null;
  subject_id: string | null;
  subject: string | null;
  amount_vnd: number | null;
  reason: string;
  made_by: string;
  made_by_name: string | null;
  made_at: string;
}
