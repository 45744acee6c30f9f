/** What the server says to the agency's app, as its own description has it. */
import type { components } from '../lib/api/schema';

type Schemas = components['schemas'];
export type PayoutList = Schemas['ListOut'];
export type Scheme = Schemas['SchemeOut'];
export type Upload = Schemas['UploadOut'];
export type Fault = Upload['faults'][number];
export type Payout = Schemas['PayoutOut'];
export type PayoutPage = Schemas['PayoutPage'];
export type Change = Schemas['ChangeRow'];
export type Reconciliation = Schemas['Reconciliation'];
export type Side = Schemas['Side'];
