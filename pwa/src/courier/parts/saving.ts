/** A file of facts on its way out of the phone, named after the courier and the minute. */
export function saveFacts(blob: Blob, badge: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  const minute = new Date().toISOString().slice(0, 16).replace(/[-:]/g, '');
  link.download = `tannoi-${badge}-${minute}.json`;
  link.click();
  // The download reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
