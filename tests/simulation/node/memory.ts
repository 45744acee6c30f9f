/**
 * A phone's store in memory, for the many: each method does its work in one step, so it is whole or
 * nothing. It keeps to what `lib/db/phone.ts` does, which a share of the phones uses.
 */
import { makeStream } from '../../../pwa/src/lib/sync/acts';
import { decisionOf } from '../../../pwa/src/lib/sync/feed';
import type {
  Change,
  Decision,
  Document,
  Meta,
  Photo,
  PhoneStore,
  Ports,
  StoredOp,
} from '../../../pwa/src/lib/sync/types';

/** What the harness needs of a store, beyond what the core does. */
export interface FieldStore extends PhoneStore {
  listView(): Promise<Document[]>;
  listAllOps(): Promise<StoredOp[]>;
  keepPhoto(photo: Photo): Promise<void>;
}

interface State {
  meta: Meta;
  /** In order of number, without a gap; the first is `boundary_seq + 1`. */
  ops: StoredOp[];
  view: Map<string, Document>;
  photos: Map<string, Photo>;
}

export async function openMemory(ports: Pick<Ports, 'makeId' | 'sha256'>): Promise<FieldStore> {
  const state: State = {
    meta: await makeStream(ports),
    ops: [],
    view: new Map(),
    photos: new Map(),
  };
  return { ...streamOf(state), ...viewOf(state), ...photosOf(state) };
}

type PhotoPart = 'keepPhoto' | 'findWaitingPhoto' | 'countWaitingPhotos' | 'markPhotoStored';
type ViewPart = 'listView' | 'listAllOps' | 'replaceView';

function streamOf(state: State): Omit<FieldStore, PhotoPart | ViewPart> {
  return {
    async getMeta() {
      return { ...state.meta };
    },
    async append(op, expected) {
      const { meta } = state;
      if (meta.stream !== expected.stream || meta.head !== expected.head) return false;
      for (const sha256 of op.photos) {
        const photo = state.photos.get(sha256);
        if (photo?.state === 'draft') state.photos.set(sha256, { ...photo, state: 'waiting' });
      }
      state.ops.push(op);
      state.meta = { ...meta, head: op.seq, head_hash: op.hash };
      return true;
    },
    async listOps(from_seq, limit) {
      const from = Math.max(0, from_seq - state.meta.boundary_seq - 1);
      return state.ops.slice(from, from + Math.min(limit, state.ops.length));
    },
    async findHash(seq) {
      if (seq === state.meta.boundary_seq) return state.meta.boundary_hash;
      return findOp(state, seq)?.hash ?? null;
    },
    async applyChange(change, expected) {
      const { meta } = state;
      if (meta.stream !== expected.stream || meta.cursor !== expected.cursor) return false;
      applyNow(state, change);
      return true;
    },
    async startStream(meta, ops, expected) {
      if (state.meta.stream !== expected.stream || state.meta.head !== expected.head) return false;
      state.ops = [...ops];
      state.meta = meta;
      return true;
    },
  };
}

function findOp(state: State, seq: number): StoredOp | undefined {
  return state.ops[seq - state.meta.boundary_seq - 1];
}

function applyNow(state: State, change: Change): void {
  const { meta } = state;
  const places = placesOf(state, change);
  for (const decision of change.decisions) decide(state, places, decision);
  for (const row of change.feed) {
    const decision = decisionOf(row);
    if (decision) decide(state, places, decision);
    else if (row.doc === null) state.view.delete(`${row.kind}/${row.ref}`);
    else {
      const { kind, ref, rev, doc } = row;
      state.view.set(`${kind}/${ref}`, { kind, ref, rev, doc });
    }
  }
  state.meta = {
    ...meta,
    ack: change.ack,
    safe: change.safe,
    cursor: meta.cursor + change.feed.length,
    offset_ms: change.offset_ms,
    last_success_at: change.at,
  };
  const purge = Math.min(change.safe, change.ack);
  const last = findOp(state, purge);
  if (purge > meta.boundary_seq && last) {
    state.ops.splice(0, purge - meta.boundary_seq);
    state.meta.boundary_seq = purge;
    state.meta.boundary_hash = last.hash;
  }
}

/** Where the decided facts stand; by id, for after a fork the same fact has another number. */
function placesOf(state: State, change: Change): Map<string, number> {
  const later = change.feed.map(decisionOf).filter((one) => one !== null);
  const wanted = new Set([...change.decisions, ...later].map((one) => one.id));
  const places = new Map<string, number>();
  for (const one of change.decisions) {
    const at = one.seq - state.meta.boundary_seq - 1;
    if (state.ops[at]?.id === one.id && wanted.delete(one.id)) places.set(one.id, at);
  }
  if (wanted.size > 0) {
    state.ops.forEach((op, at) => {
      if (wanted.has(op.id)) places.set(op.id, at);
    });
  }
  return places;
}

function decide(state: State, places: Map<string, number>, decision: Decision): void {
  const at = places.get(decision.id);
  const op = at === undefined ? undefined : state.ops[at];
  if (at === undefined || op === undefined || (op.decision?.n ?? 0) > decision.n) return;
  if (op.decision?.n === decision.n && decision.outcome === 'noop') return;
  state.ops[at] = { ...op, decision };
}

function viewOf(state: State): Pick<FieldStore, ViewPart> {
  return {
    async listView() {
      return [...state.view.values()];
    },
    async listAllOps() {
      return [...state.ops];
    },
    async replaceView(snapshot, expected) {
      const { meta } = state;
      if (meta.stream !== expected.stream) return false;
      state.view = new Map(snapshot.docs.map((row) => [`${row.kind}/${row.ref}`, row]));
      if (meta.epoch !== 0 && meta.epoch !== snapshot.epoch) {
        for (const [name, photo] of state.photos) {
          if (photo.state === 'stored') state.photos.set(name, { ...photo, state: 'waiting' });
        }
      }
      state.meta = { ...meta, epoch: snapshot.epoch, cursor: snapshot.cursor };
      return true;
    },
  };
}

function photosOf(state: State): Pick<FieldStore, PhotoPart> {
  const waiting = (): Photo[] => [...state.photos.values()].filter((p) => p.state === 'waiting');
  return {
    async keepPhoto(photo) {
      if (!state.photos.has(photo.sha256)) state.photos.set(photo.sha256, photo);
    },
    async findWaitingPhoto() {
      return waiting()[0] ?? null;
    },
    async countWaitingPhotos() {
      return waiting().length;
    },
    async markPhotoStored(sha256) {
      const photo = state.photos.get(sha256);
      if (photo) state.photos.set(sha256, { ...photo, state: 'stored' });
    },
  };
}
