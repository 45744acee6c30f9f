/** The room a phone has, and whether the browser promises to keep what is in it (S18). */

export interface StorageState {
  persisted: boolean;
  /** null where the browser does not say. */
  free_bytes: number | null;
}

export async function findStorage(): Promise<StorageState> {
  const storage = navigator.storage as StorageManager | undefined;
  const [persisted, estimate] = await Promise.all([
    storage?.persisted?.().catch(() => false),
    storage?.estimate?.().catch(() => null),
  ]);
  const { quota, usage } = estimate ?? {};
  const isKnown = quota !== undefined && usage !== undefined;
  return { persisted: persisted === true, free_bytes: isKnown ? Math.max(0, quota - usage) : null };
}

export async function requestPersist(): Promise<boolean> {
  const storage = navigator.storage as StorageManager | undefined;
  return (await storage?.persist?.().catch(() => false)) === true;
}
