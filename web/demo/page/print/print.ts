/** The page on paper: black on white whatever its theme, with its address at the foot, and lines for names on a worksheet. */
import './print.css';
import { element, make, paintNow } from '../dom.js';
import type { PageStore, State } from '../state.js';
import { language } from '../words/language.js';
import type { Language } from '../words/language.js';

const WORDS: Readonly<Record<Language, { name: string; date: string }>> = {
  en: { name: 'Name', date: 'Date' },
  de: { name: 'Name', date: 'Datum' },
};

/** Width of A4 and of Letter between the margins of print.css, about, in CSS pixels. */
const PAPER_WIDTH = 680;

/** Tells print.css how large a picture is on the screen, and how much smaller it must be on paper. */
function keepWhole({ offsetWidth, offsetHeight, style }: HTMLElement): void {
  if (offsetWidth === 0) return;
  style.setProperty('--screen-width', `${offsetWidth}px`);
  style.setProperty('--screen-height', `${offsetHeight}px`);
  style.setProperty('--print-zoom', String(Math.min(1, PAPER_WIDTH / offsetWidth)));
}

export function mountPrint(store: PageStore): void {
  const names = make('div', 'print-names');
  names.append(make('span', '', WORDS[language].name), make('span', '', WORDS[language].date));
  const address = make('p', 'print-address');
  element('lesson', HTMLElement).before(names);
  document.body.append(address);

  /** The theme on the screen while the page is on paper. */
  let onScreen: State['theme'] | undefined;
  window.addEventListener('beforeprint', () => {
    const { view, lesson, theme } = store.state;
    onScreen ??= theme;
    names.hidden = lesson === undefined && view !== 'backpropagation';
    address.textContent = location.href;
    // Canvases are painted anew, because style sheets do not reach into them.
    store.set({ theme: 'light' });
    paintNow();
    document.querySelectorAll<HTMLElement>('.prints-whole').forEach(keepWhole);
  });
  window.addEventListener('afterprint', () => {
    if (onScreen) store.set({ theme: onScreen });
    onScreen = undefined;
  });
}
