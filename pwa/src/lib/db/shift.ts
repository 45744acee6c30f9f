/** The key of a shift on the disk, and the moments at which everything comes under it or goes. */
import type { Cipher, Disk, Tables } from '../sync/disk';
import type { Seals } from '../sync/seals';
import { PIN_TRIES_MAX } from '../phone/shift';
import { COUNTERS, readMeta } from '../sync/store';
import { sealAllPhotos } from './pictures';

/** A key under a PIN: nobody reads it without one of a million tries of 600 000 rounds each. */
export interface WrappedKey {
  eph: string;
  salt: Uint8Array;
  iv: Uint8Array;
  wrapped: Uint8Array;
  /** The same key once more, where the phone knows its owner; it goes when the PIN's goes. */
  by_authenticator?: AuthenticatorWrap;
}

/** A key under what the phone's authenticator gives out for `salt` once it saw its owner (PRF). */
export interface AuthenticatorWrap {
  credential_id: Uint8Array;
  salt: Uint8Array;
  iv: Uint8Array;
  wrapped: Uint8Array;
}

export interface ShiftRecord {
  state: 'kept' | 'ended' | 'burnt';
  /** null once it was destroyed. */
  key: WrappedKey | null;
  /** Wrong PINs since the last right one. */
  tries: number;
  /** Somebody signed in online after the fifth wrong PIN. */
  is_signed_in: boolean;
  /** The service day it was begun on, by the phone's clock; earlier versions did not write it. */
  day?: string;
}

export interface ShiftShelf {
  find(): Promise<ShiftRecord | null>;
  save(record: ShiftRecord): Promise<void>;
  /** Put everything readable under `record`'s key, which the cipher has at hand; with `old` what is
  of use still under the key of the shift before. Rejects with `Locked` when that is another. */
  begin(record: ShiftRecord, eph: string, old?: Cipher): Promise<void>;
  /** Destroy the key and all that only it could read, but for the facts and their pictures. */
  end(state: 'ended' | 'burnt'): Promise<void>;
  /** Seal pictures that came before the key. */
  sealPhotos(eph: string): Promise<void>;
  /** Forget what was read: the key was put away. */
  forget(): void;
  /** Forget everything (S21). */
  wipe(): Promise<void>;
}

export const SHIFT = 'shift';
export const DRAFT = 'draft:';

/** A phone without any room takes no number any more, but still lets go of something: with each
wrong PIN that cannot be written down a mark is torn off, and what is torn off stays so. */
const MARK = 'pin:';
const LAID = `${MARK}laid`;
const markOf = (number: number): string => MARK + number;

export async function layMarks(meta: Tables['meta']): Promise<void> {
  await meta.put(LAID, 0);
  for (let number = 0; number < PIN_TRIES_MAX; number += 1) await meta.put(markOf(number), 0);
}

async function tearMarks(meta: Tables['meta'], { tries }: ShiftRecord): Promise<void> {
  for (let number = 0; number < tries; number += 1) await meta.delete(markOf(number));
}

async function findRecord(meta: Tables['meta']): Promise<ShiftRecord | null> {
  const record = (await meta.get(SHIFT)) as ShiftRecord | undefined;
  const marks = (await meta.listKeys()).filter((key) => key.startsWith(MARK));
  if (!marks.includes(LAID)) return record ?? null;
  const torn = PIN_TRIES_MAX - (marks.length - 1);
  if (record === undefined) return { state: 'burnt', key: null, tries: 0, is_signed_in: false };
  return record.state === 'kept' ? { ...record, tries: Math.max(record.tries, torn) } : record;
}

/** Where there was no room for a write, do what needs none. */
async function onFull(
  error: unknown,
  disk: Disk,
  work: (tables: Tables) => Promise<void>,
): Promise<void> {
  if (!(error instanceof Error) || error.name !== 'QuotaExceededError') throw error;
  await disk.write(['meta'], work);
}

/** Once a day, and only at the start of it: fetched when it is wanted. */
export type FindBegin = () => Promise<typeof import('./begin')>;

export function shelfOf(disk: Disk, seals: Seals, find: FindBegin): ShiftShelf {
  return {
    find: () => disk.read(['meta'], ({ meta }) => findRecord(meta)),
    save: (record) =>
      disk
        .write(['meta'], async ({ meta }) => {
          await meta.put(SHIFT, record);
          if (record.tries === 0) await layMarks(meta);
        })
        .catch((error: unknown) => onFull(error, disk, ({ meta }) => tearMarks(meta, record))),
    async begin(record, eph, old) {
      const { beginShift } = await find();
      await beginShift(disk, seals, record, eph, old);
    },
    async end(state) {
      seals.forget();
      const ended = disk.write(['meta', 'view', 'blobs'], async (tables) => {
        const meta = await readMeta(tables);
        const record: ShiftRecord = { state, key: null, tries: 0, is_signed_in: false };
        await tables.meta.put(SHIFT, record);
        await tables.meta.put(COUNTERS, { ...meta, seal: '', is_view_lost: true });
        await dropUnsaved(tables);
      });
      // The key goes in any case; that it was burnt is told by the mark that is left.
      await ended.catch((error: unknown) =>
        onFull(error, disk, async ({ meta }) => {
          await meta.delete(SHIFT);
          if (state === 'ended') await meta.delete(LAID);
        }),
      );
    },
    sealPhotos: (eph) => sealAllPhotos(disk, seals, eph),
    forget: () => seals.forget(),
    async wipe() {
      seals.forget();
      await disk.write(['meta', 'ops', 'view', 'blobs', 'left'], async (tables) => {
        await tables.view.clear();
        await tables.ops.clear();
        for (const state of ['draft', 'waiting', 'sent', 'stored'] as const) {
          for (const name of await tables.blobs.listKeys(state)) await tables.blobs.delete(name);
        }
        for (const { stream, op } of await tables.left.list()) {
          await tables.left.delete(stream, op.seq);
        }
        for (const key of await tables.meta.listKeys()) await tables.meta.delete(key);
      });
    },
  };
}

/** The view, half-done acts and their pictures: what a shift leaves behind besides its facts. */
export async function dropUnsaved(tables: Pick<Tables, 'meta' | 'view' | 'blobs'>): Promise<void> {
  await tables.view.clear();
  for (const key of await tables.meta.listKeys()) {
    if (key.startsWith(DRAFT)) await tables.meta.delete(key);
  }
  for (const name of await tables.blobs.listKeys('draft')) await tables.blobs.delete(name);
}
