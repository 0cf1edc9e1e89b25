/** Everything around a picture: caption, legend, a note, and the same figures as a table. */
import { rangeError, typeError } from '../check/arguments.js';
import { addStyle } from './style.js';

/** A chart on a page. */
export interface Chart<Data> {
  /** Shows other data, at the next frame: it may be called as often as there is news. */
  update(data: Data): void;
  /** Takes it off the page. What is called afterwards does nothing. */
  destroy(): void;
}

/** An HTML element with a class and text. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = '',
  text = '',
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** A box in which a wide table scrolls, also by keys. */
export function scrolling(label: string): HTMLElement {
  const scroll = make('div', 'mlp-chart-scroll');
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'group');
  scroll.setAttribute('aria-label', label);
  return scroll;
}

/** Rows of a table: the first cell of each is its head. */
export interface Figures {
  head: readonly string[];
  rows: readonly (readonly string[])[];
  caption?: string;
}

/** How often the table is filled in at most, in milliseconds. */
const TABLE_MS = 250;

export class Frame {
  readonly figure = make('figure', 'mlp-chart');
  readonly legend = make('span', 'mlp-chart-legend');
  readonly plot = make('div', 'mlp-chart-plot');
  readonly #empty = make('p', 'mlp-chart-empty');
  readonly #note = make('p', 'mlp-chart-note');
  readonly #details = make('details', 'mlp-chart-figures');
  readonly #table = make('table');
  readonly #paint: () => void;
  #figures: (() => Figures) | undefined;
  #frame: number | undefined;
  /** Runs while the table was filled in a moment ago. */
  #filled: ReturnType<typeof setTimeout> | undefined;
  #isStale = false;
  #isGone = false;

  /** @param paint draws what there is; called at most once a frame, after {@link due}. */
  constructor(element: HTMLElement, title: string, paint: () => void, figures?: () => Figures) {
    this.#paint = paint;
    this.#figures = figures;
    const caption = make('figcaption');
    caption.append(make('span', 'mlp-chart-title', title), this.legend);
    this.plot.append(this.#empty);
    this.#empty.hidden = true;
    this.figure.append(caption, this.plot, this.#note);
    if (figures) {
      const scroll = scrolling(`${title}, as a table`);
      scroll.append(this.#table);
      this.#details.append(make('summary', '', 'The same as a table'), scroll);
      this.#details.addEventListener('toggle', () => this.#fill());
      this.figure.append(this.#details);
    }
    element.append(this.figure);
    addStyle(this.figure);
  }

  /** There is news: it is painted at the next frame, and in a tab in the background when it is looked at again. */
  due(): void {
    if (this.#isGone || this.#frame !== undefined) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#paint();
      this.#fillSoon();
    });
  }

  /** A sentence in the place of the picture, or none. */
  set empty(sentence: string) {
    if (this.#empty.textContent !== sentence) this.#empty.textContent = sentence;
    this.#empty.hidden = sentence === '';
    this.plot.style.minHeight = sentence === '' ? '' : '4em';
  }

  get isEmpty(): boolean {
    return !this.#empty.hidden;
  }

  /** A sentence below the picture, or none. */
  set note(sentence: string) {
    if (this.#note.textContent !== sentence) this.#note.textContent = sentence;
  }

  destroy(): void {
    this.#isGone = true;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#filled);
    this.figure.remove();
  }

  /** Fills in the table, but not again before {@link TABLE_MS} are over: nobody reads as fast as frames come. */
  #fillSoon(): void {
    this.#isStale = true;
    if (this.#filled !== undefined || this.#isGone) return;
    this.#isStale = false;
    this.#fill();
    this.#filled = setTimeout(() => {
      this.#filled = undefined;
      if (this.#isStale) this.#fillSoon();
    }, TABLE_MS);
  }

  /** Fills in the table, if somebody looks at it. */
  #fill(): void {
    if (!this.#details.open || !this.#figures || this.#isGone) return;
    const { head, rows, caption } = this.#figures();
    const cell = (text: string, scope?: 'col' | 'row') => {
      const made = make(scope ? 'th' : 'td', '', text);
      if (scope) made.scope = scope;
      return made;
    };
    const tableHead = make('thead');
    const headRow = make('tr');
    headRow.append(...head.map((text) => cell(text, 'col')));
    tableHead.append(headRow);
    const body = make('tbody');
    for (const [first, ...rest] of rows) {
      const row = make('tr');
      row.append(cell(first!, 'row'), ...rest.map((text) => cell(text)));
      body.append(row);
    }
    this.#table.replaceChildren(...(caption ? [make('caption', '', caption)] : []), tableHead, body);
  }
}

/** @throws {TypeError} for anything but an element of HTML. */
export function checkElement(method: string, element: unknown): HTMLElement {
  const { nodeType, append, ownerDocument } = (element ?? {}) as Partial<HTMLElement>;
  if (nodeType === 1 && typeof append === 'function' && ownerDocument) return element as HTMLElement;
  throw typeError(`${method}: element`, 'an element of the page', element);
}

/** Names for classes, as many as there are. */
export function checkClassNames(method: string, names: unknown, count: number): readonly string[] {
  if (names === undefined) return Array.from({ length: count }, (_, i) => String(i));
  if (!Array.isArray(names)) throw typeError(`${method}: classNames`, 'an array of names', names);
  if (names.length !== count) throw rangeError(`${method}: classNames`, `${count} names`, names);
  return names.map(String);
}

/** A number for people, of three digits or so. */
export function shownNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not finite';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : value.toFixed(3);
}
