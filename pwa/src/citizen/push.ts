/** Messages to this browser: whether it can have them, and asking for them or for silence. */
import { locale } from '../lib/i18n/catalog.svelte';
import { findSubscription, makeSubscription, whyNoPush, type PushState } from '../lib/push';
import * as api from './api';

export type { PushState };
export type Outcome = { state: PushState; problem: string | null; isRefusedByBrowser?: boolean };

/** A browser has one subscription for all errands, so this errand's is remembered by its ref. */
const stored = (ref: string): string => `tannoi.push.${ref}`;

/** Where the worker finds this page when a message about `ref` is opened. */
async function keepLink(ref: string, path: string | null): Promise<void> {
  const links = await caches.open('links');
  if (path === null) await links.delete(`/links/${ref}`);
  else await links.put(`/links/${ref}`, new Response(path));
}

export async function findPush(ref: string): Promise<PushState> {
  const reason = whyNoPush();
  if (reason !== null) return reason;
  const isAsked = localStorage.getItem(stored(ref)) !== null;
  return isAsked && (await findSubscription()) !== null ? 'on' : 'off';
}

export async function startPush(token: string, visit: api.Visit): Promise<Outcome> {
  const wish = await makeSubscription(visit.push_key);
  if (wish === null) {
    return { state: await findPush(visit.ref), problem: null, isRefusedByBrowser: true };
  }
  const { endpoint, keys } = wish.toJSON();
  const answer = await api.subscribe(token, { endpoint, keys, locale: locale() });
  if (!answer.ok) return { state: 'off', problem: answer.problem.title };
  localStorage.setItem(stored(visit.ref), '1');
  await keepLink(visit.ref, location.pathname);
  return { state: 'on', problem: null };
}

export async function stopPush(token: string, visit: api.Visit): Promise<Outcome> {
  const kept = await findSubscription();
  if (kept !== null) {
    const answer = await api.unsubscribe(token, kept.endpoint);
    if (!answer.ok) return { state: 'on', problem: answer.problem.title };
  }
  localStorage.removeItem(stored(visit.ref));
  await keepLink(visit.ref, null);
  return { state: 'off', problem: null };
}
