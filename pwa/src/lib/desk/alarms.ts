/** What the calendar asks of payout lists, before and after its days. */
import type { components } from '../api/schema';
import { ask } from './ask';

export type ListAlarm = components['schemas']['ListAlarm'];

export const getListAlarms = () => ask<ListAlarm[]>('/api/partner/v1/payout-lists/alarms');
