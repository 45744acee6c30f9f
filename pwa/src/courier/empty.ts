/** What the app knows before it knows anything. */
import { PIN_TRIES_MAX, type LockState } from '../lib/phone/shift';
import type { StorageState } from '../lib/phone/storage';
import type { LoopState } from '../lib/sync/loop';

export const QUIET: LoopState = {
  is_running: false,
  trouble: null,
  num_unsent: 0,
  num_waiting: 0,
  last_success_at: null,
  is_stuck: false,
  clock: 'good',
};
export const NO_LOCK: LockState = {
  phase: 'no_shift',
  tries_left: PIN_TRIES_MAX,
  must_sign_in: false,
  has_authenticator: false,
  is_day_over: false,
};
export const NO_STORAGE: StorageState = { persisted: false, installed: false, free_bytes: null };
