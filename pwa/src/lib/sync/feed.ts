/** The server's changes for this phone: taken without gaps, or not at all (S10). */
import type { Decision, FeedRow, Snapshot } from './types';

/** True when the rows are numbered `cursor + 1, cursor + 2, …`. */
export function isGapless(cursor: number, feed: readonly FeedRow[]): boolean {
  return feed.every((row, index) => row.n === cursor + index + 1);
}

/** The decision a feed row carries, when it is one (a person changed `held`). */
export function decisionOf(row: FeedRow): Decision | null {
  if (row.kind !== 'decision' || !isRecord(row.doc)) return null;
  const { seq, id, n, outcome, reason } = row.doc;
  if (typeof seq !== 'number' || typeof id !== 'string' || typeof n !== 'number') return null;
  if (outcome !== 'applied' && outcome !== 'noop' && outcome !== 'held') return null;
  return { seq, id, n, outcome, reason: typeof reason === 'string' ? reason : null };
}

/** The name of the picture that the server says it has stored, when the row says that. */
export function storedPhotoOf(row: FeedRow): string | null {
  if (row.kind !== 'blob' || !isRecord(row.doc)) return null;
  const { sha256 } = row.doc;
  return typeof sha256 === 'string' ? sha256 : null;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Read a snapshot's answer; null when it is not one. */
export function readSnapshot(body: unknown): Snapshot | null {
  if (!isRecord(body)) return null;
  const { epoch, cursor, docs } = body;
  if (typeof epoch !== 'number' || typeof cursor !== 'number' || !Array.isArray(docs)) return null;
  const isWhole = docs.every(
    (one: unknown) =>
      isRecord(one) && typeof one['kind'] === 'string' && typeof one['ref'] === 'string',
  );
  return isWhole ? { epoch, cursor, docs: docs as Snapshot['docs'] } : null;
}
