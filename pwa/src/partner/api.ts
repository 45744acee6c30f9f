/** Every question this app asks the server. */
import { addressOf, ask, askFile } from '../lib/desk/ask';
import { kindOf, type Asked } from './state/bring';
import type * as wire from './wire';

export type { Answer, Problem } from '../lib/desk/ask';

const LISTS = '/api/partner/v1/payout-lists';
const FILES = `${LISTS}/files`;
const NUM_LISTS_MAX = 500;
/** 32 MB over a slow line. */
const UPLOAD_TIMEOUT_MS = 300_000;
const post = <T>(path: string, json: unknown = {}) => ask<T>(path, { method: 'POST', json });

export const listSchemes = () => ask<wire.Scheme[]>('/api/partner/v1/payout-schemes');
export const listLists = () => ask<wire.PayoutList[]>(LISTS, { query: { limit: NUM_LISTS_MAX } });
export const getList = (id: string) => ask<wire.PayoutList>(`${LISTS}/${id}`);
export const listChanges = (id: string) => ask<wire.Change[]>(`${LISTS}/${id}/changes`);
export const approve = (id: string) => post<null>(`${LISTS}/${id}/approve`);
export const discard = (id: string) => post<null>(`${LISTS}/${id}/discard`);
export const reconcile = (id: string) => ask<wire.Reconciliation>(`${LISTS}/${id}/reconciliation`);

export interface RowFilter {
  state?: string | null;
  q?: string | null;
  after?: string | null;
  limit?: number;
}
export const listPayouts = (id: string, filter: RowFilter) =>
  ask<wire.PayoutPage>(`${LISTS}/${id}/payouts`, { query: { ...filter } });

export type Which = 'paid' | 'unpaid' | 'all';
export type Format = 'csv' | 'xlsx' | 'pdf';
export const exportList = (id: string, which: Which, file: Format) =>
  askFile(`${LISTS}/${id}/statement`, { query: { which, file } });
export const getReconciliationFile = (id: string) => askFile(`${LISTS}/${id}/reconciliation/file`);
export const askExport = (id: string, reason: string) =>
  post<{ id: string }>(`${LISTS}/${id}/export-request`, { reason });

/** Bring a file to be judged; nothing is kept yet. */
export const bringFile = (file: File, asked: Asked) =>
  ask<wire.Upload>(FILES, {
    method: 'POST',
    query: { ...asked, commit: 'false' },
    ...(kindOf(file.name) === 'xlsx' ? { xlsx: file } : { csv: file }),
    timeout_ms: UPLOAD_TIMEOUT_MS,
  });
export const listFiles = () => ask<wire.Upload[]>(FILES, { query: { limit: 20 } });
export const getFile = (id: string) => ask<wire.Upload>(`${FILES}/${id}`);
export const keepFile = (id: string) => post<null>(`${FILES}/${id}/keep`);
export const getFaults = (id: string) => askFile(`${FILES}/${id}/faults`);

/** Address of the stream that says when to read again. */
export const liveAddress: string = addressOf(`${LISTS}/live`, {});
