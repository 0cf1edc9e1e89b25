/** The ways in which a picture comes to the page: chosen, pasted, dropped. The code that reads it comes with the first. */
import { element, make } from '../dom.js';
import type { Reading } from '../reading/look-inside.js';
import type { PageStore } from '../state.js';
import { drawingWords } from '../words/drawing.js';

export type ReadImage = (pixels: Uint8Array) => Promise<Reading | undefined>;

/** @returns shows a picture that came in another way */
export function mountPictures(store: PageStore, read: ReadImage): (file: File) => void {
  const show = (file: File): void =>
    void import('./dialog.js').then(({ PictureDialog }) => PictureDialog.of(store, read).show(file));
  const button = element('picture', HTMLButtonElement);
  button.title = drawingWords.picture;
  button.setAttribute('aria-label', drawingWords.picture);
  const input = make('input');
  input.type = 'file';
  input.accept = 'image/*';
  input.id = 'picture-file';
  input.hidden = true;
  input.setAttribute('aria-label', drawingWords.picture);
  button.after(input);
  button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file) show(file);
  });
  document.addEventListener('paste', (event) => {
    const file = Array.from(event.clipboardData?.files ?? []).find(({ type }) => type.startsWith('image/'));
    if (!file) return;
    event.preventDefault();
    show(file);
  });
  return show;
}
