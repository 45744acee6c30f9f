/** Codes that travel, in the words a courier reads. */
import { t } from '../lib/i18n/courier';
import { FAILURE_REASONS, type FailureReason } from '../lib/rules/failures';
import type { ActDoc } from '../lib/rules/round';
import type { Trouble } from '../lib/sync/loop';

const OPS = [
  'round.opened',
  'items.loaded',
  'stop.arrived',
  'dossier.accepted',
  'result.delivered',
  'visit.failed',
  'items.returned',
  'pin.moved',
  'note.added',
  'call.logged',
  'position.logged',
  'act.withdrawn',
  'round.closed',
  'payout.paid',
  'charge.collected',
  'cash.accepted',
  'cash.passed',
  'cash.counted',
  'lease.released',
] as const;

const HELD = [
  'unknown_kind',
  'unreadable',
  'unknown_stop',
  'unknown_act',
  'not_your_round',
  'already_done',
  'state_conflict',
  'missing_proof',
  'seal_mismatch',
  'wrong_holder',
  'round_not_open',
  'open_stops',
  'items_on_hand',
  'suspect_time',
  'server_error',
  'too_late',
  'unknown_round',
  'extra_papers',
] as const;

const KINDS = {
  'dossier.accept': { text: 'kind_accept', icon: 'dossier' },
  'result.deliver': { text: 'kind_deliver', icon: 'result' },
  'payout.pay': { text: 'kind_pay', icon: 'money' },
  'charge.collect': { text: 'kind_collect', icon: 'receipt' },
  'order.take': { text: 'kind_collect', icon: 'receipt' },
  'order.pay': { text: 'kind_pay', icon: 'money' },
} as const;

export function kindText(kind: ActDoc['kind']): string {
  return t(KINDS[kind].text);
}

export function kindIcon(kind: ActDoc['kind']): 'dossier' | 'result' | 'money' | 'receipt' {
  return KINDS[kind].icon;
}

export function opText(kind: string): string {
  const known = OPS.find((one) => one === kind);
  return known ? t(`op_${known}`) : kind;
}

export function heldText(reason: string | null): string {
  const known = HELD.find((one) => one === reason);
  return known ? t(`held_${known}`) : t('held_other');
}

export function failureText(reason: string | null): string {
  const known = FAILURE_REASONS.find((one) => one === reason);
  return known ? t(`fail_${known}`) : (reason ?? '');
}

export function reasonText(reason: FailureReason): string {
  return t(`fail_${reason}`);
}

/** Why something is still here. */
export function causeText(trouble: Trouble | null, isOnline: boolean): string {
  if (trouble !== null) return t(`cause_${trouble}`);
  return isOnline ? t('cause_none') : t('cause_no_answer');
}
