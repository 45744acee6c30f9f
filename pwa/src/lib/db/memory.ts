/** A disk in memory, for Node and for the simulator: one transaction after another, undone when it
fails. What is put is kept as it is: the store never changes a row in place. */
import type { Disk, Tables } from '../sync/disk';
import type { KeptOp, KeptPhoto, LeftOp } from '../sync/types';
import type { ViewRow } from '../sync/disk';

export interface MemoryRows {
  meta: Map<string, unknown>;
  ops: Map<number, KeptOp>;
  view: Map<string, ViewRow>;
  blobs: Map<string, KeptPhoto>;
  left: Map<string, LeftOp>;
}

export function emptyRows(): MemoryRows {
  return {
    meta: new Map(),
    ops: new Map(),
    view: new Map(),
    blobs: new Map(),
    left: new Map(),
  };
}

/** The rows as they are now: what a copy of the phone would hold. */
export function copyRows(rows: MemoryRows): MemoryRows {
  return {
    meta: new Map(rows.meta),
    ops: new Map(rows.ops),
    view: new Map(rows.view),
    blobs: new Map(rows.blobs),
    left: new Map(rows.left),
  };
}

type Undo = (() => void)[];

function put<K, V>(map: Map<K, V>, key: K, value: V, undo: Undo): void {
  const had = map.has(key);
  const before = map.get(key) as V;
  undo.push(() => void (had ? map.set(key, before) : map.delete(key)));
  map.set(key, value);
}

function drop<K, V>(map: Map<K, V>, key: K, undo: Undo): void {
  if (!map.has(key)) return;
  const before = map.get(key) as V;
  undo.push(() => void map.set(key, before));
  map.delete(key);
}

const clear = <K, V>(map: Map<K, V>, undo: Undo): void =>
  [...map.keys()].forEach((key) => drop(map, key, undo));

/** A disk over `rows`, which outlive it as a file outlives a process. */
export function memoryDisk(rows: MemoryRows): Disk {
  let queue: Promise<unknown> = Promise.resolve();
  const transact = <T>(work: (tables: Tables) => Promise<T>): Promise<T> => {
    const mine = queue.then(async () => {
      const undo: Undo = [];
      try {
        return await work(tablesOf(rows, undo));
      } catch (error) {
        undo.reverse().forEach((step) => step());
        throw error;
      }
    });
    queue = mine.catch(() => undefined);
    return mine;
  };
  return {
    read: (_names, work) => transact(work),
    write: (_names, work) => transact(work),
    close: () => undefined,
  };
}

function tablesOf(rows: MemoryRows, undo: Undo): Tables {
  const { meta, ops, view, blobs, left } = rows;
  const seqs = (): number[] => [...ops.keys()].sort((a, b) => a - b);
  const inState = (state: KeptPhoto['state']): KeptPhoto[] =>
    [...blobs.values()].filter((photo) => photo.state === state);
  return {
    meta: {
      get: async (key) => meta.get(key),
      listKeys: async () => [...meta.keys()],
      put: async (key, value) => put(meta, key, value, undo),
      delete: async (key) => drop(meta, key, undo),
    },
    ops: {
      get: async (seq) => ops.get(seq),
      findById: async (id) => [...ops.values()].find((op) => op.id === id),
      list: async (from_seq, limit) =>
        seqs()
          .filter((seq) => seq >= from_seq)
          .slice(0, limit)
          .map((seq) => ops.get(seq) as KeptOp),
      count: async () => ops.size,
      put: async (op) => put(ops, op.seq, op, undo),
      deleteUpTo: async (to) => seqs().forEach((seq) => seq <= to && drop(ops, seq, undo)),
      clear: async () => clear(ops, undo),
    },
    view: {
      list: async () => [...view.values()],
      put: async (row) => put(view, `${row.kind}/${row.ref}`, row, undo),
      delete: async (kind, ref) => drop(view, `${kind}/${ref}`, undo),
      clear: async () => clear(view, undo),
    },
    blobs: {
      get: async (sha256) => blobs.get(sha256),
      list: async (state) => inState(state),
      listKeys: async (state) => inState(state).map((photo) => photo.sha256),
      count: async (state) => inState(state).length,
      put: async (photo) => put(blobs, photo.sha256, photo, undo),
      delete: async (sha256) => drop(blobs, sha256, undo),
    },
    left: {
      list: async () => [...left.values()],
      put: async (row) => put(left, `${row.stream}/${row.op.seq}`, row, undo),
      delete: async (stream, seq) => drop(left, `${stream}/${seq}`, undo),
    },
  };
}
