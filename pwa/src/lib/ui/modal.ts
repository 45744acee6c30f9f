/** A dialog over everything else; returns what ends it and gives the focus back.

A browser does so by itself only where the dialog is closed before it is taken off the page.
*/
export function openModal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement as HTMLElement | SVGElement | null;
  dialog.showModal();
  return () => {
    dialog.close();
    if (document.activeElement === document.body) before?.focus({ preventScroll: true });
  };
}
