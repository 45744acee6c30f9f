/** Couriers' phones as the dispatcher reads them: by courier, what tells something first. */
import { t } from '../../lib/i18n/dispatch/phones';
import type { MissingLook, PhoneState } from '../wire';

export interface CourierPhones {
  staff_id: string;
  display_name: string;
  /** In service, lost, or with something that a person must see. */
  shown: PhoneState[];
  /** Retired, and nothing of them is left to look at. */
  num_older: number;
  /** What was missing of any phone and somebody has looked at, the latest first. */
  looked: (MissingLook & { label: string })[];
}

/** True where nothing of a phone is unsent, missing, held or set aside. */
export function isClear(phone: PhoneState): boolean {
  const { num_unsent, num_held, num_set_aside, missing } = phone;
  return num_unsent + num_held + num_set_aside + missing.length === 0;
}

/** True where something of a phone is lost, or waits for a person. */
function isUrgent({ num_set_aside, missing }: PhoneState): boolean {
  return num_set_aside + missing.length > 0;
}

/** Return the couriers of whom a person must see something, then the others, each in the order
given and with the phones to be shown. */
export function groupPhones(phones: readonly PhoneState[]): CourierPhones[] {
  const groups = new Map<string, CourierPhones>();
  for (const phone of phones) {
    const { staff_id, display_name } = phone;
    const group = groups.get(staff_id) ?? {
      staff_id,
      display_name,
      shown: [],
      num_older: 0,
      looked: [],
    };
    groups.set(staff_id, group);
    if (phone.status !== 'retired' || !isClear(phone)) group.shown.push(phone);
    else group.num_older += 1;
    group.looked.push(...phone.looked.map((one) => ({ ...one, label: phone.label })));
  }
  const all = [...groups.values()];
  for (const { looked } of all) looked.sort((one, other) => other.at.localeCompare(one.at));
  const urgent = all.filter(({ shown }) => shown.some(isUrgent));
  return [...urgent, ...all.filter((group) => !urgent.includes(group))];
}

/** Return the numbers of a range in words. */
export const rangeOf = ({ from_seq: from, to_seq: to }: { from_seq: number; to_seq: number }) =>
  from === to ? t('missing_one', { from }) : t('missing_many', { count: to - from + 1, from, to });
