/** Who is at the phone: a one-time code once, then the device's own cookie. */
import type { Me } from '../lib/db/who';
import { isRecord } from '../lib/sync/feed';
import { locale } from '../lib/i18n/catalog.svelte';
import { t as common } from '../lib/i18n/shared';
import { t } from '../lib/i18n/courier';

export type Answer = { kind: 'ok'; me: Me } | { kind: 'refused' | 'no_answer'; text: string };

const BASE = '/api/identity/v1';
export const CODE_LENGTH = 20;
const ANSWER_MS_MAX = 15_000;

/** What a person typed or pasted, as the code is: letters and digits, no spaces or dashes. */
export function tidyCode(text: string): string {
  return text.toUpperCase().replace(/[^0-9A-Z]/g, '');
}

/** The one-time code of a link (`#code=…`), if this address carries one. */
export function codeOfAddress(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#\/?/, '')).get('code');
  return code ? tidyCode(code) : null;
}

export function enrol(code: string): Promise<Answer> {
  return ask('enrol', { code: tidyCode(code), device_label: deviceLabel() });
}

export function resume(): Promise<Answer> {
  return ask('resume', null);
}

/** Whose session this is; the device's cookie brings a new one when the old has ended. */
export async function whoAmI(): Promise<Answer> {
  const answer = await ask('me', null, 'GET');
  return answer.kind === 'refused' ? resume() : answer;
}

export async function signOut(): Promise<boolean> {
  try {
    const response = await fetch(`${BASE}/sign-out`, { method: 'POST' });
    return response.ok || response.status === 401;
  } catch {
    return false;
  }
}

/** What the office sees in its list of devices: the kind of phone, nothing that tracks it. */
function deviceLabel(): string {
  const system = /Android|iPhone|iPad|Windows|Macintosh|Linux/.exec(navigator.userAgent)?.[0];
  return `${system ?? 'Web'} · ${new Date().toISOString().slice(0, 10)}`;
}

async function ask(path: string, body: object | null, method = 'POST'): Promise<Answer> {
  try {
    const response = await fetch(`${BASE}/${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      headers: { 'content-type': 'application/json', 'accept-language': locale() },
      body: body === null ? null : JSON.stringify(body),
    });
    const read: unknown = await response.json().catch(() => null);
    if (response.ok && isRecord(read)) return meOf(read);
    const detail = isRecord(read) && typeof read['detail'] === 'string' ? read['detail'] : '';
    return { kind: 'refused', text: detail || common('unexpected') };
  } catch {
    return { kind: 'no_answer', text: common('no_network') };
  }
}

function meOf(read: Record<string, unknown>): Answer {
  const me = read as unknown as Me;
  if (me.role !== 'courier') return { kind: 'refused', text: t('not_a_courier') };
  const { id, name, lat, lon, phone } = me.office;
  return {
    kind: 'ok',
    me: {
      staff_id: me.staff_id,
      display_name: me.display_name,
      badge: me.badge,
      role: me.role,
      office: { id, name, lat, lon, phone },
    },
  };
}
