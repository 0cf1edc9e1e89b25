/** The ways in which a picture comes to the page: chosen, pasted, dropped. What reads it is loaded with the first one. */
import { element, make } from '../dom.js';
import type { Reading } from '../reading/look-inside.js';
import type { PageStore } from '../state.js';
import { drawingWords } from '../words/drawing.js';

export type ReadImage = (pixels: Uint8Array) => Promise<Reading | undefined>;

/** @returns takes a file if it says that it is a picture, and tells whether it did */
export function mountPictures(store: PageStore, read: ReadImage): (file: File) => boolean {
  const show = (file: File): void =>
    void import('./dialog.js').then(({ PictureDialog }) => PictureDialog.of(store, read).show(file));
  const take = (file: File): boolean => {
    const isPicture = file.type.startsWith('image/');
    if (isPicture) show(file);
    return isPicture;
  };
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
  return take;
}
