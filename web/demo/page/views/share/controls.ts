/** Sections of this view, lines that say what came of a press, and copying. */
import { make } from '../../dom.js';

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

/** Copies a text; false where the browser does not let the page. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
