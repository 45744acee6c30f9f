/** A disk as the store sees it: five tables, and transactions that happen whole or not at all.

The browser's is IndexedDB (`db/indexed.ts`); Node and the simulator keep theirs in memory
(`db/memory.ts`). Inside a transaction nothing else may be waited for: IndexedDB would commit it.
*/
import type { KeptOp, KeptPhoto, LeftOp, Sealed } from './types';

/** A document as it lies on the disk; with `sealed`, `doc` is null. */
export interface ViewRow {
  kind: string;
  ref: string;
  rev: number;
  doc: unknown;
  sealed?: Sealed;
}

export interface Tables {
  meta: {
    get(key: string): Promise<unknown>;
    listKeys(): Promise<string[]>;
    put(key: string, value: unknown): Promise<void>;
    delete(key: string): Promise<void>;
  };
  ops: {
    get(seq: number): Promise<KeptOp | undefined>;
    findById(id: string): Promise<KeptOp | undefined>;
    list(from_seq: number, limit: number): Promise<KeptOp[]>;
    count(): Promise<number>;
    put(op: KeptOp): Promise<void>;
    deleteUpTo(seq: number): Promise<void>;
    clear(): Promise<void>;
  };
  view: {
    list(): Promise<ViewRow[]>;
    put(row: ViewRow): Promise<void>;
    delete(kind: string, ref: string): Promise<void>;
    clear(): Promise<void>;
  };
  blobs: {
    get(sha256: string): Promise<KeptPhoto | undefined>;
    list(state: KeptPhoto['state']): Promise<KeptPhoto[]>;
    listKeys(state: KeptPhoto['state']): Promise<string[]>;
    count(state: KeptPhoto['state']): Promise<number>;
    put(photo: KeptPhoto): Promise<void>;
    delete(sha256: string): Promise<void>;
  };
  left: {
    list(): Promise<LeftOp[]>;
    put(row: LeftOp): Promise<void>;
    delete(stream: string, seq: number): Promise<void>;
  };
}
export type TableName = keyof Tables;

export interface Disk {
  read<T>(names: TableName[], work: (tables: Tables) => Promise<T>): Promise<T>;
  /** Resolves when it is durable; when `work` throws, nothing of it was done. */
  write<T>(names: TableName[], work: (tables: Tables) => Promise<T>): Promise<T>;
  close(): void;
}

/** The key of a shift, where it is at hand. */
export interface Cipher {
  /** Which key is at hand; null when none is. */
  eph(): string | null;
  seal(bound: string, bytes: Uint8Array): Promise<Sealed>;
  /** null when it was sealed under another key. */
  open(bound: string, sealed: Sealed): Promise<Uint8Array | null>;
}
