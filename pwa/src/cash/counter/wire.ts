/** What the server says to the counter, as its own description has it. */
import type { components } from '../../lib/api/schema';

type Schemas = components['schemas'];
export type Payout = Schemas['PayoutOut'];
export type PayAsked = Schemas['PayAsked'];
export type PaidOut = Schemas['PaidOut'];
export type PayoutList = Schemas['ListOut'];
export type Scheme = Schemas['SchemeOut'];
export type Sitting = Schemas['Sitting'];
export type SittingAsked = Schemas['SittingAsked'];
export type MinutesAsked = Schemas['MinutesAsked'];
export type Minutes = Schemas['Minutes'];
export type Charge = Schemas['ChargeOut'];
export type Payer = Schemas['PayerOut'];
export type ChargeList = Schemas['ChargeList'];
export type ChargeDetail = Schemas['ChargeDetail'];
export type Collected = Schemas['Outcome'];
export type Qr = Schemas['Qr'];
export type Order = Schemas['OrderOut'];
export type OrderIn = Schemas['OrderIn'];
export type OrderList = Schemas['OrderList'];
export type Party = Schemas['Party'];
export type PinOut = Schemas['PinOut'];
export type Presented = Schemas['PresentedOut'];
export type PayIn = Schemas['PayIn'];
export type Parties = Schemas['PartiesOut'];
export type Proposal = Schemas['money_orders_model_Proposal'];
