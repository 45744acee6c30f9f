/**
 * A phone's disk in memory, for the many: quick also with thousands of facts. It outlives the app
 * as a file does; a transaction left half done by a kill is undone when the app is opened again.
 */
import type { Disk, Tables, ViewRow } from '../../../pwa/src/lib/sync/disk';
import type { KeptOp, KeptPhoto, LeftOp } from '../../../pwa/src/lib/sync/types';

export interface Rows {
  meta: Map<string, unknown>;
  /** In order of number, without a gap. */
  ops: KeptOp[];
  view: Map<string, ViewRow>;
  blobs: Map<string, KeptPhoto>;
  left: Map<string, LeftOp>;
  /** What brings back the state before the transaction under way. */
  undo: (() => void)[];
}

/** Does one step of the app, or none when it was killed. */
export type Step = <T>(work: () => T) => Promise<T>;

export function emptyRows(): Rows {
  return {
    meta: new Map(),
    ops: [],
    view: new Map(),
    blobs: new Map(),
    left: new Map(),
    undo: [],
  };
}

export function openQuick(rows: Rows, step: Step): Disk {
  const rollBack = (): void => {
    for (const back of rows.undo.reverse()) back();
    rows.undo = [];
  };
  rollBack();
  const tables = tablesOf(rows, step);
  let queue: Promise<unknown> = Promise.resolve();
  const transact = <T>(work: (tables: Tables) => Promise<T>): Promise<T> => {
    const mine = queue.then(async () => {
      try {
        const result = await work(tables);
        rows.undo = [];
        return result;
      } catch (error) {
        rollBack();
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

function tablesOf(rows: Rows, step: Step): Tables {
  return {
    meta: {
      get: (key) => step(() => rows.meta.get(key)),
      listKeys: () => step(() => [...rows.meta.keys()]),
      put: (key, value) => step(() => put(rows, rows.meta, key, value)),
      delete: (key) => step(() => drop(rows, rows.meta, key)),
    },
    ops: opsOf(rows, step),
    view: {
      list: () => step(() => [...rows.view.values()]),
      put: (row) => step(() => put(rows, rows.view, `${row.kind}/${row.ref}`, row)),
      delete: (kind, ref) => step(() => drop(rows, rows.view, `${kind}/${ref}`)),
      clear: () => step(() => replace(rows, 'view', new Map())),
    },
    blobs: blobsOf(rows, step),
    left: {
      list: () => step(() => [...rows.left.values()]),
      put: (row) => step(() => put(rows, rows.left, `${row.stream}/${row.op.seq}`, row)),
      delete: (stream, seq) => step(() => drop(rows, rows.left, `${stream}/${seq}`)),
    },
  };
}

function opsOf(rows: Rows, step: Step): Tables['ops'] {
  const at = (seq: number): number => seq - (rows.ops[0]?.seq ?? seq);
  const places = new Map<string, number>();
  const find = (id: string): KeptOp | undefined => {
    const known = rows.ops[at(places.get(id) ?? 0)];
    if (known?.id === id) return known;
    places.clear();
    for (const op of rows.ops) places.set(op.id, op.seq);
    const seq = places.get(id);
    return seq === undefined ? undefined : rows.ops[at(seq)];
  };
  return {
    get: (seq) => step(() => rows.ops[at(seq)]),
    findById: (id) => step(() => find(id)),
    list: (from_seq, limit) =>
      step(() => {
        const from = Math.max(0, at(from_seq));
        return rows.ops.slice(from, from + Math.min(limit, rows.ops.length));
      }),
    count: () => step(() => rows.ops.length),
    put: (op) =>
      step(() => {
        const place = at(op.seq);
        if (place < 0 || place > rows.ops.length) throw new Error(`op ${op.seq} leaves a gap`);
        const before = rows.ops[place];
        rows.undo.push(() => {
          if (before === undefined) rows.ops.length = place;
          else rows.ops[place] = before;
        });
        rows.ops[place] = op;
      }),
    deleteUpTo: (seq) => step(() => replace(rows, 'ops', rows.ops.slice(at(seq) + 1))),
    clear: () => step(() => replace(rows, 'ops', [])),
  };
}

function blobsOf(rows: Rows, step: Step): Tables['blobs'] {
  const inState = (state: KeptPhoto['state']): KeptPhoto[] =>
    [...rows.blobs.values()].filter((photo) => photo.state === state);
  return {
    get: (sha256) => step(() => rows.blobs.get(sha256)),
    list: (state) => step(() => inState(state)),
    listKeys: (state) => step(() => inState(state).map((photo) => photo.sha256)),
    count: (state) => step(() => inState(state).length),
    put: (photo) => step(() => put(rows, rows.blobs, photo.sha256, photo)),
    delete: (sha256) => step(() => drop(rows, rows.blobs, sha256)),
  };
}

function put<K, V>(rows: Rows, map: Map<K, V>, key: K, value: V): void {
  const had = map.has(key);
  const before = map.get(key) as V;
  rows.undo.push(() => void (had ? map.set(key, before) : map.delete(key)));
  map.set(key, value);
}

function drop<K, V>(rows: Rows, map: Map<K, V>, key: K): void {
  if (!map.has(key)) return;
  const before = map.get(key) as V;
  rows.undo.push(() => void map.set(key, before));
  map.delete(key);
}

function replace<N extends 'ops' | 'view'>(rows: Rows, name: N, value: Rows[N]): void {
  const before = rows[name];
  rows.undo.push(() => {
    rows[name] = before;
  });
  rows[name] = value;
}
