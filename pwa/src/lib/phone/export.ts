/** The last way out: what the server has not, as a file a person can carry to the office. */
import type { Meta, StoredOp } from '../sync/types';

/** Everything needed to take the facts up at the office: exact texts, hashes, the stream. */
export function makeExport(
  meta: Meta,
  ops: readonly StoredOp[],
  app_version: string,
  made_at: number,
): string {
  const { stream, epoch, ack, head, boundary_seq, boundary_hash } = meta;
  const unsent = ops.filter((op) => op.seq > ack);
  return JSON.stringify({
    format: 'tannoi-unsent',
    v: 1,
    app: app_version,
    made_at: new Date(made_at).toISOString(),
    stream,
    epoch,
    ack,
    head,
    boundary: { seq: boundary_seq, hash: boundary_hash },
    ops: unsent.map(({ seq, id, kind, hash, recorded_at, raw, side, photos }) => ({
      seq,
      id,
      kind,
      hash,
      recorded_at: new Date(recorded_at).toISOString(),
      raw,
      side,
      photos,
    })),
  });
}
