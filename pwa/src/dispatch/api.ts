/** Every question this app asks the server, each answered with data or with a refusal in words. */
import { locale } from '../lib/i18n/catalog.svelte';
import { t } from '../lib/i18n/shared';
import type * as wire from './wire';

/** A refusal as the server words it (RFC 9457); status 0 means that no answer came at all. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  request_id: string;
}
export type Answer<T> = { ok: true; data: T } | { ok: false; problem: Problem };

type Query = Readonly<Record<string, string | number | null | undefined>>;
interface Ask {
  method?: 'GET' | 'POST';
  query?: Query;
  json?: unknown;
  csv?: Blob;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;
let tellSignedOut: () => void = () => undefined;

/** What to do when any answer says that nobody is signed in. */
export function onSignedOut(act: () => void): void {
  tellSignedOut = act;
}

function addressOf(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}

async function readProblem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem>;
  return {
    status: response.status,
    code: body.code ?? `http_${response.status}`,
    title: body.title || t('unexpected'),
    request_id: body.request_id ?? response.headers.get('x-request-id') ?? '',
  };
}

async function ask<T>(path: string, options: Ask = {}): Promise<Answer<T>> {
  const { method = 'GET', query = {}, json, csv, signal } = options;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'accept-language': locale() },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers = { ...init.headers, 'content-type': 'application/json' };
  } else if (csv !== undefined) {
    init.body = csv;
    init.headers = { ...init.headers, 'content-type': 'text/csv' };
  }
  let response: Response;
  try {
    response = await fetch(addressOf(path, query), init);
    if (response.ok) {
      const text = await response.text();
      return { ok: true, data: (text === '' ? null : JSON.parse(text)) as T };
    }
  } catch {
    const problem = { status: 0, code: 'no_network', title: t('no_network'), request_id: '' };
    return { ok: false, problem };
  }
  const problem = await readProblem(response);
  if (problem.status === 401 && problem.code === 'sign_in_first') tellSignedOut();
  return { ok: false, problem };
}

const IDENTITY = '/api/identity/v1';
const DISPATCH = '/api/dispatch/v1';

export const findMe = () => ask<wire.Me>(`${IDENTITY}/me`);
export const signIn = (username: string, password: string) =>
  ask<wire.Me>(`${IDENTITY}/sign-in`, { method: 'POST', json: { username, password } });
export const signOut = () => ask<null>(`${IDENTITY}/sign-out`, { method: 'POST', json: {} });
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

export const reassign = (stop_id: string, office: string, courier_id: string) =>
  ask<{ stop_id: string }>(`${DISPATCH}/stops/${stop_id}/reassign`, {
    method: 'POST',
    query: { office },
    json: { courier_id },
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

/** Address of the stream that says when to read again. */
export const liveAddress = (office: string): string => addressOf(`${DISPATCH}/live`, { office });
