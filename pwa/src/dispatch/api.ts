/** Every question this app asks the server, each answered with data or with a refusal in words. */
import { addressOf, ask } from '../lib/desk/ask';
import type * as wire from './wire';

export type { Answer, Problem } from '../lib/desk/ask';

const IDENTITY = '/api/identity/v1';
const DISPATCH = '/api/dispatch/v1';

export const makeCode = (staff_id: string) =>
  ask<wire.Code>(`${IDENTITY}/codes`, { method: 'POST', json: { staff_id } });

/** The day and office a question is about. */
export interface Scope {
  service_on: string;
  office: string;
}

export const getBoard = ({ service_on, office }: Scope) =>
  ask<wire.Board>(`${DISPATCH}/board`, { query: { service_on, office } });
export const listCouriers = (service_on: string) =>
  ask<wire.CourierList>(`${DISPATCH}/couriers`, { query: { service_on } });
export const listCommunes = () => ask<wire.Commune[]>(`${DISPATCH}/communes`);

export interface ErrandFilter {
  service_on?: string | null;
  office: string;
  state?: string | null;
  q?: string | null;
  after?: string | null;
  limit?: number;
}

export const listErrands = (filter: ErrandFilter, signal?: AbortSignal) =>
  ask<wire.ErrandPage>(`${DISPATCH}/errands`, { query: { ...filter }, signal });
export const getErrand = (id: string, office: string) =>
  ask<wire.ErrandDetail>(`${DISPATCH}/errands/${id}`, { query: { office } });
export const makeLink = (id: string, office: string) =>
  ask<wire.CitizenLink>(`${DISPATCH}/errands/${id}/link`, {
    method: 'POST',
    query: { office },
    json: {},
  });
export const importErrands = (csv: Blob, commit: boolean) =>
  ask<wire.ImportReport>(`${DISPATCH}/imports`, {
    method: 'POST',
    query: { commit: String(commit) },
    csv,
  });

export const listPlans = ({ service_on, office }: Scope) =>
  ask<wire.PlanList>(`${DISPATCH}/plans`, { query: { service_on, office } });
export const getPlan = (id: string, office: string) =>
  ask<wire.Plan>(`${DISPATCH}/plans/${id}`, { query: { office } });
export const askPlan = ({ service_on, office }: Scope, is_from_now: boolean) =>
  ask<wire.Plan>(`${DISPATCH}/plans`, {
    method: 'POST',
    query: { office },
    json: { service_on, is_from_now },
  });
export const publishPlan = (id: string, office: string) =>
  ask<wire.PublishedPlan>(`${DISPATCH}/plans/${id}/publish`, {
    method: 'POST',
    query: { office },
    json: {},
  });
export const discardPlan = (id: string, office: string) =>
  ask<null>(`${DISPATCH}/plans/${id}/discard`, { method: 'POST', query: { office }, json: {} });

export const waiveStorage = (round_id: string, office: string, reason: string) =>
  ask<null>(`${DISPATCH}/rounds/${round_id}/storage-waiver`, {
    method: 'POST',
    query: { office },
    json: { reason },
  });
export const reassign = (stop_id: string, office: string, courier_id: string) =>
  ask<{ stop_id: string }>(`${DISPATCH}/stops/${stop_id}/reassign`, {
    method: 'POST',
    query: { office },
    json: { courier_id },
  });
export const readProofRules = (office: string) =>
  ask<wire.ProofTable>(`${DISPATCH}/proof-rules`, { query: { office } });
export const setProofRules = (office: string, rules: wire.ProofRule[], reason: string) =>
  ask<wire.ProofTable>(`${DISPATCH}/proof-rules`, {
    method: 'PUT',
    query: { office },
    json: { rules, reason },
  });
export const listPassings = (office: string) =>
  ask<wire.PassingList>(`${DISPATCH}/passings`, { query: { office } });
export const giveUpPassing = (id: string, office: string, note: string) =>
  ask<null>(`${DISPATCH}/passings/${id}/give-up`, {
    method: 'POST',
    query: { office },
    json: { note },
  });
export const listRecalls = (office: string) =>
  ask<wire.RecallList>(`${DISPATCH}/recalls`, { query: { office } });
export const lookAt = (id: string, office: string, note: string) =>
  ask<null>(`${DISPATCH}/recalls/${id}/look`, {
    method: 'POST',
    query: { office },
    json: { note },
  });

export const listHeld = (office: string) =>
  ask<wire.HeldList>(`${DISPATCH}/held`, { query: { office } });
export const decideHeld = (
  op_id: string,
  office: string,
  decision: { outcome: 'applied' | 'noop'; note: string },
) => ask<null>(`${DISPATCH}/held/${op_id}`, { method: 'POST', query: { office }, json: decision });

export const listPhones = (office: string) =>
  ask<{ phones: wire.PhoneState[] }>('/api/sync/v1/phones', { query: { office } });
export const lookAtMissing = (
  { stream, from_seq, to_seq }: Pick<wire.Missing, 'stream' | 'from_seq' | 'to_seq'>,
  office: string,
  note: string,
) =>
  ask<null>(`/api/sync/v1/streams/${stream}/missing/look`, {
    method: 'POST',
    query: { office },
    json: { from_seq, to_seq, note },
  });
export const loseDevice = (device_id: string) =>
  ask<null>(`${IDENTITY}/devices/${device_id}/lost`, { method: 'POST', json: {} });

export const listAside = (office: string, looked = false) =>
  ask<wire.AsideList>(`${DISPATCH}/set-aside`, { query: { office, looked: String(looked) } });
export const readAside = (id: string, office: string) =>
  ask<wire.AsideContent>(`${DISPATCH}/set-aside/${id}`, { query: { office } });
export const lookAtAside = (id: string, office: string, note: string) =>
  ask<null>(`${DISPATCH}/set-aside/${id}/look`, {
    method: 'POST',
    query: { office },
    json: { note },
  });

/** Address of an errand's proof sheet, a PDF. */
export const proofSheetAddress = (id: string, office: string): string =>
  addressOf(`${DISPATCH}/errands/${id}/proofs.pdf`, { office });

/** Address of the stream that says when to read again. */
export const liveAddress = (office: string): string => addressOf(`${DISPATCH}/live`, { office });
