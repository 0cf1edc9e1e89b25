/** Buttons that work, copy and save. */
import { make } from '../../dom.js';

export function button(text: string, work: () => void, className = ''): HTMLButtonElement {
  const made = make('button', className, text);
  made.type = 'button';
  made.addEventListener('click', work);
  return made;
}

/** A section with a heading, which names it. */
export function section(id: string, title: string, lede: string): HTMLElement {
  const made = make('section', 'share-section');
  made.id = id;
  const head = make('h2', '', title);
  head.id = `${id}-title`;
  made.setAttribute('aria-labelledby', head.id);
  made.append(head, make('p', 'share-lede', lede));
  return made;
}

/** A line that says what came of a press. */
export function statusLine(): HTMLParagraphElement {
  const made = make('p', 'share-note');
  made.setAttribute('role', 'status');
  return made;
}

/** How long a file stays at its address: some browsers fetch it after they have asked where to. */
const KEPT_MS = 60_000;

/** Hands a file to the browser, which saves it where it saves downloads. */
export function save(name: string, content: BlobPart, type = 'application/octet-stream'): void {
  const link = make('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** Copies a text; false where the browser does not let the page. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
