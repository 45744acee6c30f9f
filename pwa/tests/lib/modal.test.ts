/** Tests that a dialog gives the focus back to what opened it, however it ends. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openModal } from '../../src/lib/ui/modal';

beforeAll(() => {
  // jsdom has no dialogs yet; a browser gives the focus back only to a dialog on the page.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
    this.querySelector('button')?.focus();
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
});
afterEach(() => document.body.replaceChildren());

function makePage(): { opener: HTMLButtonElement; dialog: HTMLDialogElement } {
  const opener = document.createElement('button');
  const dialog = document.createElement('dialog');
  dialog.append(document.createElement('button'));
  document.body.append(opener, dialog);
  opener.focus();
  return { opener, dialog };
}

test('that a dialog taken off the page with its screen gives the focus back', () => {
  const { opener, dialog } = makePage();
  const end = openModal(dialog);
  expect(document.activeElement).toBe(dialog.firstElementChild);
  dialog.remove();
  end();
  expect(document.activeElement).toBe(opener);
});

test('that a focus which has gone on meanwhile stays where it is', () => {
  const { dialog } = makePage();
  const end = openModal(dialog);
  const next = document.createElement('input');
  document.body.append(next);
  dialog.remove();
  next.focus();
  end();
  expect(document.activeElement).toBe(next);
});

test('that nothing is focused where the opener is gone too', () => {
  const { opener, dialog } = makePage();
  const end = openModal(dialog);
  opener.remove();
  dialog.remove();
  end();
  expect(document.activeElement).toBe(document.body);
});
