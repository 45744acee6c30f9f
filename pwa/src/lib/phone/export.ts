/** The last way out: what the server has not, as a file a person can carry to the office. */
import { base64Of } from '../sync/base64';
import { atRest } from '../sync/seals';
import type { KeptOp, LeftOp, Meta, Sealed } from '../sync/types';

type Row = Record<string, unknown>;

const sealedRow = ({ eph, iv, ct }: Sealed): Row => ({ eph, iv: base64Of(iv), ct: base64Of(ct) });

/** As it lies on the disk: what is sealed there stays sealed in the file. */
function opRow(op: KeptOp): Row {
  const { seq, id, kind, hash, recorded_at, photos, raw, side, sealed } = atRest({
    ...op,
    sealed: op.sealed ?? null,
  });
  const clear = { seq, id, kind, hash, recorded_at: new Date(recorded_at).toISOString(), photos };
  if (!sealed) return { ...clear, raw, side };
  const sealed_side = sealed.side ? sealedRow(sealed.side) : null;
  return { ...clear, sealed: sealedRow(sealed.op), sealed_side };
}

export type Counters = Pick<
  Meta,
  'stream' | 'epoch' | 'ack' | 'head' | 'boundary_seq' | 'boundary_hash'
>;

export interface KeptFacts {
  ops: readonly KeptOp[];
  left: readonly LeftOp[];
}

export const unsentIn = (ack: number, kept: KeptFacts): KeptFacts => ({
  ops: kept.ops.filter((op) => op.seq > ack),
  left: kept.left.filter((row) => !row.is_set_aside),
});

/** Everything needed to take the facts up at the office: exact texts or seals, hashes, streams.
Where the stream's own name is lost, `device` says whose they are. */
export function makeExport(
  meta: Counters,
  kept: KeptFacts,
  app_version: string,
  made_at: number,
  device?: string,
): string {
  const { stream, epoch, ack, head, boundary_seq, boundary_hash } = meta;
  const unsent = unsentIn(ack, kept);
  return JSON.stringify({
    format: 'tannoi-unsent',
    v: 1,
    app: app_version,
    made_at: new Date(made_at).toISOString(),
    ...(device === undefined ? {} : { device }),
    stream,
    epoch,
    ack,
    head,
    boundary: { seq: boundary_seq, hash: boundary_hash },
    ops: unsent.ops.map(opRow),
    left: unsent.left.map((row) => ({ stream: row.stream, op: opRow(row.op) })),
  });
}
