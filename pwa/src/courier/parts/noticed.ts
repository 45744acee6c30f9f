/** Whether there is anything that must not be overlooked. */
import { app } from '../state.svelte';
import { clockOff_s } from './clock';

const CAUSES = ['revoked', 'update', 'storage', 'full', 'portal', 'tls'] as const;

/** What stops the exchange and wants somebody to do something. */
export function troubleCause(): (typeof CAUSES)[number] | null {
  return CAUSES.find((one) => one === app.loop.trouble) ?? null;
}

export function hasNotices(): boolean {
  const { trouble, is_stuck, clock } = app.loop;
  const isOff = clock === 'moved' || clockOff_s() !== null;
  return trouble === 'sign_in' || troubleCause() !== null || is_stuck || isOff || app.hasOtherTab;
}
