import type { Translation } from '../catalog.svelte';
import type { vi } from './alarms.vi';

export const en: Translation<typeof vi> = {
  title: 'Deadlines of payout lists',
  near: 'Due {day}',
  late: 'Overdue since {day}',
  list_missing: 'The agency has not brought the list of this period.',
  money_missing: 'The money is not all in, {amount} is missing.',
  approval_missing: 'The money is in, the list is not approved.',
  commune_unpaid: 'Payment in the communes ends soon: {count} people not paid yet, {amount}.',
  not_settled: 'The list has not ended: {count} people not paid yet, {amount}.',
  nobody_left: 'Everybody is paid, the list has not ended.',
  delta: 'Change {number}',
};
