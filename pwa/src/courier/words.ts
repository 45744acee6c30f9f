/** Codes that travel, in the words a courier reads. */
import { t } from '../lib/i18n/courier';
import type { ActDoc } from '../lib/rules/round';

const KINDS = {
  'dossier.accept': { text: 'kind_accept', icon: 'dossier' },
  'result.deliver': { text: 'kind_deliver', icon: 'result' },
  'payout.pay': { text: 'kind_pay', icon: 'money' },
  'charge.collect': { text: 'kind_collect', icon: 'receipt' },
  'order.take': { text: 'kind_take_order', icon: 'receipt' },
  'order.pay': { text: 'kind_pay_order', icon: 'money' },
} as const;

export function kindText(kind: ActDoc['kind']): string {
  return t(KINDS[kind].text);
}

export function kindIcon(kind: ActDoc['kind']): 'dossier' | 'result' | 'money' | 'receipt' {
  return KINDS[kind].icon;
}
