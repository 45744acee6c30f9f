/** Who is signed in at this desk, and what they may do. */
import { onSignedOut, type Problem } from './ask';
import * as api from './identity';
import type { Me } from './identity';

let who = $state.raw<Me | null>(null);
let isKnown = $state(false);
let hasEnded = $state(false);
let problem = $state.raw<Problem | null>(null);
/** Server time minus this machine's: a desk's clock may be wrong, the board's must not be. */
let offset_ms = $state(0);

export const session = {
  get me(): Me | null {
    return who;
  },
  /** True once the server has said who this is, or that it is nobody. */
  get isKnown(): boolean {
    return isKnown;
  },
  /** The session ran out while the app was in use. */
  get hasEnded(): boolean {
    return hasEnded;
  },
  /** A one-time code is to be given, or its app set up, before any work. */
  get isFactorDue(): boolean {
    if (who === null || who.factor === undefined || who.factor === 'given') return false;
    return who.factor === 'needed' || who.is_factor_required === true;
  },
  get problem(): Problem | null {
    return problem;
  },
  get offset_ms(): number {
    return offset_ms;
  },
};

onSignedOut(() => {
  if (who !== null) hasEnded = true;
  who = null;
});

function take(me: Me): void {
  who = me;
  hasEnded = false;
  problem = null;
  offset_ms = Date.parse(me.server_at) - Date.now();
}

export function may(permission: string): boolean {
  return who?.permissions.includes(permission) ?? false;
}

export async function findSession(): Promise<void> {
  const answer = await api.findMe();
  if (answer.ok) take(answer.data);
  else problem = answer.problem.status === 401 ? null : answer.problem;
  isKnown = answer.ok || answer.problem.status === 401;
}

/** Sign in; returns what went wrong, or null. */
export async function signIn(username: string, password: string): Promise<Problem | null> {
  const answer = await api.signIn(username, password);
  if (!answer.ok) return answer.problem;
  take(answer.data);
  return null;
}

/** The second factor was given just now. */
export function takeFactor(): void {
  if (who !== null) who = { ...who, factor: 'given' };
}

/** Sign out; the session counts as ended here only when the server has ended it. */
export async function signOut(): Promise<Problem | null> {
  const answer = await api.signOut();
  if (!answer.ok && answer.problem.status !== 401) return answer.problem;
  who = null;
  hasEnded = false;
  return null;
}
