/** Why the store would not open, as far as a browser tells. */

export type BrokenCause =
  /** No room for the database's own writing. */
  | 'full'
  /** A newer version of the app made it: this one is old. */
  | 'newer'
  /** The browser keeps nothing here: private window, storage forbidden. */
  | 'forbidden'
  /** Damaged, or nobody knows. */
  | 'damaged';

export function brokenCause(error: unknown): BrokenCause {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'QuotaExceededError') return 'full';
  if (name === 'VersionError') return 'newer';
  if (name === 'SecurityError' || name === 'InvalidStateError') return 'forbidden';
  return typeof indexedDB === 'undefined' ? 'forbidden' : 'damaged';
}
