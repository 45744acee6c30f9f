/** The ledger's codes in the words a courier reads. */
import { t } from '../../lib/i18n/courier/cash';

export function codeText(code: string): string {
  if (code === 'float.issue') return t('code_float_issue');
  if (code === 'float.return') return t('code_float_return');
  if (code === 'float.pass') return t('code_float_pass');
  if (code === 'payout.in_doubt') return t('code_doubt');
  if (code === 'charge.in_doubt') return t('code_charge_doubt');
  if (code === 'order.in_doubt') return t('code_order_doubt');
  if (code === 'order.take') return t('code_order_take');
  if (code === 'order.fee') return t('code_order_fee');
  if (code === 'order.settle') return t('code_order_settle');
  if (code === 'difference.short') return t('code_short');
  if (code === 'difference.over') return t('code_over');
  const [room] = code.split('.');
  if (room === 'payout') return t('code_payout');
  if (room === 'charge') return t('code_charge');
  return room === 'order' ? t('code_order') : t('code_other');
}
