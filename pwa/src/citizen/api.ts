/** What a citizen's page asks the server, field for field as its structs write it. */
import { locale } from '../lib/i18n/catalog.svelte';
import { t } from '../lib/i18n/shared';

export interface Step {
  code: string;
  at: string;
  office: string;
  reason: string | null;
}

export interface Receipt {
  kind: 'accepted' | 'delivered';
  at: string;
  item_code: string | null;
  dossier_code: string | null;
  procedure_name: string;
  papers: string[];
  fee_due_vnd: number;
  postage_due_vnd: number;
}

export interface Visit {
  /** By which messages name this errand. */
  ref: string;
  service: 'S1' | 'S2';
  stage: string;
  stages: Step[];
  wanted_on: string;
  window: { early: string; late: string; narrowed: boolean } | null;
  stops_away: number | null;
  ready: { code: string; text: string }[];
  courier: { first_name: string; badge: string | null } | null;
  office: string;
  office_phone: string | null;
  last_update_at: string | null;
  receipt: Receipt | null;
  instruction: string;
  can_instruct: boolean;
  push_key: string;
  subscribed: boolean;
}

export interface CodeStage {
  stage: string;
  on: string;
  office: string;
}

export interface Problem {
  status: number;
  title: string;
}
export type Answer<T> = { ok: true; data: T } | { ok: false; problem: Problem };

const CITIZEN = '/api/citizen/v1';

async function ask<T>(path: string, json?: unknown): Promise<Answer<T>> {
  try {
    const response = await fetch(`${CITIZEN}${path}`, {
      method: json === undefined ? 'GET' : 'POST',
      body: json === undefined ? undefined : JSON.stringify(json),
      headers: {
        'accept-language': locale(),
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const body = (text === '' ? null : JSON.parse(text)) as unknown;
    if (response.ok) return { ok: true, data: body as T };
    const title = (body as Partial<Problem> | null)?.title || t('unexpected');
    return { ok: false, problem: { status: response.status, title } };
  } catch {
    return { ok: false, problem: { status: 0, title: t('no_network') } };
  }
}

const visitOf = (token: string): string => `/visits/${encodeURIComponent(token)}`;

export const getVisit = (token: string) => ask<Visit>(visitOf(token));
export const findCode = (code: string) => ask<CodeStage>(`/codes/${encodeURIComponent(code)}`);
export const instruct = (token: string, text: string) =>
  ask<null>(`${visitOf(token)}/instruction`, { text });
export const subscribe = (token: string, wish: unknown) =>
  ask<null>(`${visitOf(token)}/push`, wish);
export const unsubscribe = (token: string, endpoint: string) =>
  ask<null>(`${visitOf(token)}/push/stop`, { endpoint });
