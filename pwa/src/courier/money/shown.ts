/** What stands on an act of money, read from what the office shows of it. */
import type { ChargeShown } from '../../lib/rules/charges';
import type { OrderShown } from '../../lib/rules/orders';
import type { PayoutShown } from '../../lib/rules/payouts';
import type { ActDoc } from '../../lib/rules/round';
import { locale } from '../../lib/i18n/catalog.svelte';
import { t } from '../../lib/i18n/courier/money';

export function payoutOf(act: Pick<ActDoc, 'kind' | 'shown'>): PayoutShown | null {
  return act.kind === 'payout.pay' ? ((act.shown as PayoutShown | undefined) ?? null) : null;
}

export function chargeOf(act: Pick<ActDoc, 'kind' | 'shown'>): ChargeShown | null {
  return act.kind === 'charge.collect' ? ((act.shown as ChargeShown | undefined) ?? null) : null;
}

export function orderOf(act: Pick<ActDoc, 'kind' | 'shown'>): OrderShown | null {
  const isOrder = act.kind === 'order.take' || act.kind === 'order.pay';
  return isOrder ? ((act.shown as OrderShown | undefined) ?? null) : null;
}

/** What the money is for, in one line. */
export function titleOf(act: Pick<ActDoc, 'kind' | 'shown'>): string {
  const payout = payoutOf(act);
  if (payout) return locale() === 'vi' ? payout.scheme_name : payout.scheme_name_en;
  const order = orderOf(act);
  if (order) return t('order', { reference: order.reference });
  const charge = chargeOf(act);
  return charge ? charge.items.map(({ name }) => name).join(', ') : '';
}
