/** Messages that wake this phone when the office changes the round. Asked for, never by itself. */
import { locale } from '../../lib/i18n/catalog.svelte';
import { findSubscription, makeSubscription, whyNoPush, type PushState } from '../../lib/push';
import { isRecord } from '../../lib/sync/feed';
import { app, ask } from '../state.svelte';

const PATH = '/api/courier/v1/push';
/** Whose messages come here: another courier on this phone asks anew. */
const STORED = 'tannoi.push';

export type Outcome = PushState | 'refused' | 'no_answer';

export async function findPush(): Promise<PushState> {
  const reason = whyNoPush();
  if (reason !== null) return reason;
  const isMine = localStorage.getItem(STORED) === app.me?.staff_id;
  return isMine && (await findSubscription()) !== null ? 'on' : 'off';
}

/** `refused`: the person or the browser would not; `no_answer`: the office was not reached. */
export async function startPush(): Promise<Outcome> {
  const told = await ask('GET', PATH).catch(() => null);
  const key = told?.status === 200 && isRecord(told.body) ? told.body['push_key'] : null;
  if (typeof key !== 'string') return 'no_answer';
  const wish = await makeSubscription(key);
  if (wish === null) return whyNoPush() ?? 'refused';
  const { endpoint, keys } = wish.toJSON();
  const body = JSON.stringify({ endpoint, keys, locale: locale() });
  const answer = await ask('POST', PATH, body).catch(() => null);
  if (answer?.status !== 204) return 'no_answer';
  localStorage.setItem(STORED, app.me?.staff_id ?? '');
  return 'on';
}

/** The browser lets go at once, also with no network: the office finds out when it sends next. */
export async function stopPush(): Promise<void> {
  const kept = await findSubscription();
  localStorage.removeItem(STORED);
  if (kept === null) return;
  const body = JSON.stringify({ endpoint: kept.endpoint });
  await ask('POST', `${PATH}/stop`, body).catch(() => undefined);
  await kept.unsubscribe().catch(() => false);
}
