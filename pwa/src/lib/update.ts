/** Taking the newest app: a reload alone would open the kept one again. */
export async function takeUpdate(): Promise<void> {
  const found = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  await found?.update().catch(() => undefined);
  found?.waiting?.postMessage('activate');
  location.reload();
}
