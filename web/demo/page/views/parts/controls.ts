/** Buttons of the views, and files that they hand to the browser. */
import { make } from '../../dom.js';

export function button(text: string, work: () => void, className = ''): HTMLButtonElement {
  const made = make('button', className, text);
  made.type = 'button';
  made.addEventListener('click', work);
  return made;
}

/** How long a file stays at its address: some browsers fetch it after they have asked where to. */
const KEPT_MS = 60_000;

/** Hands a file to the browser, which saves it where it saves downloads. */
export function save(name: string, content: Blob | BlobPart, type = 'application/octet-stream'): void {
  const link = make('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
