/** The phone's clock against the office's. */
import { app } from '../state.svelte';

/** Now by the office's clock, as far as the phone knows it: ms since 1970. */
export function correctedNow(): number {
  return Date.now() + (app.meta?.offset_ms ?? 0);
}

/** Seconds the phone's clock is off, when it is enough to matter (over five minutes). */
export function clockOff_s(): number | null {
  const offset_ms = app.meta?.offset_ms ?? null;
  if (offset_ms === null || Math.abs(offset_ms) < 300_000) return null;
  return Math.round(offset_ms / 1000);
}
