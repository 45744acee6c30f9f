/** Sealing what lies on the disk, and opening it again while the key is at hand (S19). */
import { utf8 } from './chain';
import type { Cipher, ViewRow } from './disk';
import type { Document, KeptOp, KeptPhoto, Meta, Photo, Sealed, StoredOp } from './types';

declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

/** The shift is locked or over: nothing can be read or recorded until it is opened. */
export class Locked extends Error {
  override name = 'Locked';
}

/** A half-done act as it lies on the disk. */
export interface DraftRow {
  saved_at: number;
  value: unknown;
  sealed?: Sealed;
}

export interface Seals {
  isReadable(meta: Pick<Meta, 'seal'>): boolean;
  sealOp(op: StoredOp, seal: string | null): Promise<KeptOp>;
  openOp(op: KeptOp): Promise<KeptOp>;
  sealDoc(row: Document, seal: string | null): Promise<ViewRow>;
  /** null when the key is not here. */
  openDoc(row: ViewRow): Promise<Document | null>;
  sealPhoto(photo: Photo, seal: string | null): Promise<KeptPhoto>;
  openPhoto(photo: KeptPhoto): Promise<Photo | null>;
  sealDraft(key: string, draft: DraftRow, seal: string | null): Promise<DraftRow>;
  openDraft(key: string, draft: DraftRow): Promise<unknown>;
  /** The key was put away: so is what was read with it. */
  forget(): void;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const json = (value: unknown): Uint8Array => utf8(JSON.stringify(value));
const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, at) => byte === b[at]);
const docKey = (row: Pick<ViewRow, 'kind' | 'ref'>): string => `view:${row.kind}:${row.ref}`;

/** What is on the disk already stays as it is: an op is sealed once, under the key of its shift. */
export function atRest(op: KeptOp): KeptOp {
  return op.sealed === null ? op : { ...op, raw: null, side: null };
}

export function makeSeals(cipher: Cipher): Seals {
  // Opened texts by what they belong to; a screen reads the whole day after every fact.
  const opened = new Map<string, { iv: Uint8Array; value: unknown }>();

  const isReadable = (meta: Pick<Meta, 'seal'>): boolean =>
    meta.seal === null || (meta.seal !== '' && cipher.eph() === meta.seal);

  async function seal(bound: string, bytes: Uint8Array, key: string): Promise<Sealed> {
    if (key === '' || cipher.eph() !== key) throw new Locked(bound);
    return cipher.seal(bound, bytes);
  }

  async function open<T>(
    bound: string,
    sealed: Sealed,
    read: (bytes: Uint8Array) => T,
  ): Promise<T | null> {
    if (cipher.eph() !== sealed.eph) return null;
    const known = opened.get(bound);
    if (known && isSame(known.iv, sealed.iv)) return known.value as T;
    const bytes = await cipher.open(bound, sealed);
    if (bytes === null) return null;
    const value = read(bytes);
    // The key may have been put away meanwhile.
    if (cipher.eph() === sealed.eph) opened.set(bound, { iv: sealed.iv, value });
    return value;
  }

  return {
    isReadable,
    async sealOp(op, key) {
      if (key === null) return { ...op, sealed: null };
      const [sealed, side] = await Promise.all([
        seal(`op:${op.id}`, utf8(op.raw), key),
        op.side === null ? null : seal(`side:${op.id}`, utf8(op.side), key),
      ]);
      return { ...op, raw: null, side: null, sealed: { op: sealed, side } };
    },
    async openOp(op) {
      const sealed = op.sealed ?? null;
      if (sealed === null) return { ...op, sealed };
      const [raw, side] = await Promise.all([
        open(`op:${op.id}`, sealed.op, text),
        sealed.side === null ? null : open(`side:${op.id}`, sealed.side, text),
      ]);
      return { ...op, raw, side, sealed };
    },
    async sealDoc(row, key) {
      const { kind, ref, rev, doc } = row;
      if (key === null) return { kind, ref, rev, doc };
      return { kind, ref, rev, doc: null, sealed: await seal(docKey(row), json(doc), key) };
    },
    async openDoc(row) {
      if (!row.sealed) return row;
      const doc = await open(
        docKey(row),
        row.sealed,
        (bytes) => JSON.parse(text(bytes)) as unknown,
      );
      return doc === null ? null : { kind: row.kind, ref: row.ref, rev: row.rev, doc };
    },
    async sealPhoto(photo, key) {
      if (key === null) return { ...photo, seal: null };
      const { eph, iv, ct } = await seal(`blob:${photo.sha256}`, photo.bytes, key);
      return { ...photo, bytes: ct, seal: { eph, iv } };
    },
    async openPhoto({ seal: sealed, ...photo }) {
      if (!sealed) return photo;
      const bytes = await cipher.open(`blob:${photo.sha256}`, { ...sealed, ct: photo.bytes });
      return bytes === null ? null : { ...photo, bytes };
    },
    async sealDraft(key, draft, eph) {
      if (eph === null) return draft;
      const sealed = await seal(`draft:${key}`, json(draft.value), eph);
      return { saved_at: draft.saved_at, value: null, sealed };
    },
    async openDraft(key, draft) {
      if (!draft.sealed) return draft.value;
      const bytes = await cipher.open(`draft:${key}`, draft.sealed);
      return bytes === null ? null : (JSON.parse(text(bytes)) as unknown);
    },
    forget: () => opened.clear(),
  };
}
