/** The room a phone has, and whether the browser promises to keep what is in it (S18). */

export interface StorageState {
  persisted: boolean;
  /** Opened from the home screen; a browser clears its pages sooner than installed apps. */
  installed: boolean;
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
  return {
    persisted: persisted === true,
    installed: isInstalled(),
    free_bytes: isKnown ? Math.max(0, quota - usage) : null,
  };
}

function isInstalled(): boolean {
  // Safari has a word of its own for it.
  if ((navigator as { standalone?: boolean }).standalone === true) return true;
  return matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches;
}

export async function requestPersist(): Promise<boolean> {
  const storage = navigator.storage as StorageManager | undefined;
  return (await storage?.persist?.().catch(() => false)) === true;
}
