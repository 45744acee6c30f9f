/** What is said with a file of a list, and how far the server is with reading it. */
import { readAmount } from '../../lib/rules/money';
import type { Scheme, Upload } from '../wire';

/** As the server takes it in the address; null where it does not apply. */
export interface Asked {
  scheme: string;
  period: string;
  second_period: string | null;
  reference: string | null;
  base_id: string | null;
  declared_vnd: number | null;
  due_on: string | null;
}

export type Complaint =
  | 'file_kind'
  | 'file_empty'
  | 'file_large'
  | 'scheme_missing'
  | 'period_wrong'
  | 'reference_wrong'
  | 'due_on_missing'
  | 'declared_wrong';

const BYTES_MAX = 32 * 1024 * 1024;

export function kindOf(name: string): 'csv' | 'xlsx' | null {
  if (/\.(csv|txt)$/i.test(name)) return 'csv';
  return /\.xlsx$/i.test(name) ? 'xlsx' : null;
}

/** Return why a file is not even sent, or null. */
export function complaintOf(file: { name: string; size: number }): Complaint | null {
  if (kindOf(file.name) === null) return 'file_kind';
  if (file.size === 0) return 'file_empty';
  return file.size > BYTES_MAX ? 'file_large' : null;
}

/** `1.234.000 đ` → 1234000; '' → null, for it may be left out; anything else → NaN. */
export const readDeclared = (text: string): number | null =>
  text.trim() === '' ? null : (readAmount(text) ?? Number.NaN);

/** Return what is still missing from what is said with the file, or null. */
export function missingOf(
  asked: Asked,
  scheme: Pick<Scheme, 'settings'> | undefined,
): Complaint | null {
  if (scheme === undefined) return 'scheme_missing';
  if (!/^20\d{2}-(0[1-9]|1[0-2])$/.test(asked.period)) return 'period_wrong';
  if (Number.isNaN(asked.declared_vnd)) return 'declared_wrong';
  const { needs_reference, late_days } = scheme.settings;
  if (needs_reference && !/^[A-Z0-9-]{1,40}$/.test(asked.reference ?? '')) return 'reference_wrong';
  return late_days !== null && asked.due_on === null ? 'due_on_missing' : null;
}

/** The month paid together with `period` before Tết, where the scheme allows it. */
export function mergedWith(period: string, scheme: Pick<Scheme, 'settings'> | undefined) {
  const months = scheme?.settings.calendar?.merged_months ?? [];
  const [year = '', month = ''] = period.split('-');
  return months[0] === Number(month) && months[1] !== undefined
    ? `${year}-${String(months[1]).padStart(2, '0')}`
    : null;
}

export const isRunning = ({ state }: Pick<Upload, 'state'>): boolean =>
  state === 'queued' || state === 'working';

/** Nothing is wrong with it and it is no list yet. */
export const mayKeep = (upload: Pick<Upload, 'state' | 'num_faults' | 'num_good'>): boolean =>
  upload.state === 'judged' && upload.num_faults === 0 && upload.num_good > 0;

/** How much is read, of 1; null while nobody knows how much there is. */
export function progressOf({ num_read, num_total }: Pick<Upload, 'num_read' | 'num_total'>) {
  return num_total === 0 ? null : Math.min(1, num_read / num_total);
}
