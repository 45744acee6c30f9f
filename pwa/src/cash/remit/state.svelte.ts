/** What these screens share: what waits for a second person. */
import { makeResource } from '../../lib/desk/resource.svelte';
import { may } from '../../lib/desk/session.svelte';
import * as api from './api';
import { listAsked, listDoubts, type Asked, type InDoubt } from './inbox';

/** A badge on another screen need not be of this second. */
const STALE_MS = 30_000;

const payoutProposals = makeResource(api.getPayoutProposals);
const payoutDoubts = makeResource(api.getPayoutDoubts);
const waiting = makeResource(api.getWaiting);
const orders = makeResource(api.getOrders);
const held = makeResource(api.getHeld);
const leases = makeResource(api.getLeases);
const cash = makeResource(api.getAskedOfCash);
const sources = [payoutProposals, payoutDoubts, waiting, orders, held, leases, cash];

const asked = $derived(
  listAsked(
    payoutProposals.data ?? [],
    waiting.data,
    orders.data,
    held.data?.proposals,
    leases.data?.leases,
    cash.data ?? [],
  ),
);
const doubts = $derived(listDoubts(payoutDoubts.data ?? [], waiting.data, orders.data));
const notices = $derived((waiting.data?.notices ?? []).filter((one) => one.outcome !== 'paid'));
let readAt = 0;

export const inbox = {
  get asked(): Asked[] {
    return asked;
  },
  get doubts(): InDoubt[] {
    return doubts;
  },
  /** Money in doubt of which nobody has proposed anything. */
  get numUnasked(): number {
    return doubts.filter(({ id }) => !asked.some(({ subject_id }) => subject_id === id)).length;
  },
  get notices() {
    return notices;
  },
  /** Money of the state whose receipt could not be issued yet. */
  get unreceipted() {
    return waiting.data?.unreceipted ?? [];
  },
  get charges() {
    return waiting.data?.charges ?? [];
  },
  get problem() {
    return sources.map((one) => one.problem).find((one) => one !== null) ?? null;
  },
  get isSlow(): boolean {
    return sources.some((one) => one.isSlow);
  },
  get isKnown(): boolean {
    return sources.every((one) => one.data !== null);
  },
  get loadedAt(): number | null {
    return waiting.loadedAt;
  },
  async load(): Promise<void> {
    readAt = Date.now();
    await Promise.all(sources.map((one) => one.load()));
  },
  /** Read for the badge in the bar alone, now and then. */
  touch(): void {
    if (Date.now() - readAt > STALE_MS && may('payouts.fund') && may('charges.read'))
      void inbox.load();
  },
};
