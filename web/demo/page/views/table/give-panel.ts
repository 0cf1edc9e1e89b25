/** The ways in which a table comes: dropped, chosen, pasted, made up. */
import { make } from '../../dom.js';
import type { PageStore } from '../../state.js';
import { button } from '../parts/controls.js';
import { say } from './controls.js';
import { sample, SAMPLES } from './samples.js';
import type { Session } from './session.js';
import { words } from './words.js';

const { give } = words;

export class GivePanel {
  readonly element = make('div', 'table-give');
  readonly #session: Session;
  readonly #page: PageStore;
  readonly #zone = make('div', 'table-zone');
  readonly #input = make('input', 'sr-only');
  readonly #text = make('textarea');
  readonly #note = make('p', 'table-said');
  readonly #fault = make('p', 'table-fault');
  /** A sentence that goes with the table that was given last. */
  #aside = '';

  constructor(session: Session, page: PageStore) {
    this.#session = session;
    this.#page = page;
    this.#note.setAttribute('role', 'status');
    this.#fault.setAttribute('role', 'alert');
    const details = this.#textArea();
    const tools = make('div', 'table-tools');
    const choose = make('label', 'file-button', give.choose);
    this.#input.type = 'file';
    this.#input.id = choose.htmlFor = 'table-file';
    this.#input.accept = '.csv,.tsv,.tab,.txt,text/csv,text/tab-separated-values,text/plain';
    this.#input.setAttribute('aria-describedby', 'table-limit');
    this.#input.addEventListener('change', () => {
      this.take(Array.from(this.#input.files ?? []));
      this.#input.value = ''; // The same file, mended, can be chosen again.
    });
    const paste = button(give.paste, () => {
      details.hidden = !details.hidden;
      paste.setAttribute('aria-expanded', String(!details.hidden));
      if (!details.hidden) this.#text.focus();
    });
    paste.setAttribute('aria-expanded', 'false');
    paste.setAttribute('aria-controls', details.id);
    tools.append(this.#input, choose, paste);
    const limit = make('p', 'note', give.limit);
    limit.id = 'table-limit';
    this.#zone.append(make('p', 'table-drop', give.drop), tools, limit);
    this.element.append(this.#zone, details, this.#samples(), this.#fault, this.#state());
    this.#listen();
  }

  #textArea(): HTMLElement {
    const box = make('div', 'table-text');
    box.id = 'table-text-box';
    box.hidden = true;
    this.#text.id = 'table-text';
    this.#text.rows = 6;
    this.#text.spellcheck = false;
    this.#text.placeholder = 'area,district,price\n84,north,312500\n…';
    const label = make('label', '', give.pasted);
    label.htmlFor = this.#text.id;
    box.append(
      label,
      this.#text,
      button(give.use, () => this.#open(give.pastedName, this.#text.value)),
    );
    return box;
  }

  #samples(): HTMLElement {
    const box = make('div', 'table-samples');
    box.setAttribute('role', 'group');
    const label = make('p', 'note', give.samples);
    label.id = 'table-samples';
    box.setAttribute('aria-labelledby', label.id);
    const buttons = SAMPLES.map((id) => {
      const { name, detail } = words.samples[id]!;
      const made = button('', () => this.#open(name, sample(id)), 'table-sample');
      made.append(make('b', '', name), ' ', make('span', 'note', detail));
      return made;
    });
    box.append(label, ...buttons);
    return box;
  }

  /** The line below: the table that is here, and how long it stays. */
  #state(): HTMLElement {
    const { store } = this.#session;
    const box = make('div', 'table-state');
    const kept = make('span', 'note');
    const forget = button(
      give.forget,
      () => {
        this.#aside = '';
        this.#input.focus();
        void this.#session.forget();
      },
      'quiet',
    );
    box.append(this.#note, kept, forget);
    store.on(['source', 'isReading', 'fault', 'profile', 'isKept'], () => {
      const { source, isReading, fault, profile, isKept } = store.state;
      say(this.#fault, fault ? `${words.fault(fault)} ${this.#aside}`.trim() : '');
      const here = source && profile ? give.read(source.name, profile.rows, profile.columns.length) : '';
      say(this.#note, isReading ? give.reading : `${here} ${fault ? '' : this.#aside}`.trim());
      kept.hidden = forget.hidden = !source;
      say(kept, isKept ? give.kept : give.notKept);
    });
    return box;
  }

  #open(name: string, text: string): void {
    this.#aside = '';
    void this.#session.open({ name, blob: new Blob([text], { type: 'text/csv' }) });
  }

  take(files: readonly File[]): void {
    const [file] = files;
    if (!file) return;
    this.#aside = files.length > 1 ? give.several : '';
    void this.#session.open({ name: file.name, blob: file });
  }

  get #isShown(): boolean {
    return this.#page.state.view === 'table';
  }

  /** Texts that come to the page while this view is shown, and files that are pasted; before others hear of them. */
  #listen(): void {
    const holdsTable = ({ dataTransfer }: DragEvent): boolean =>
      this.#isShown && (dataTransfer?.types.includes('text/plain') ?? false) && !dataTransfer!.types.includes('Files');
    const show = (over: boolean): void => void this.#zone.classList.toggle('is-dropping', over);
    window.addEventListener(
      'dragover',
      (event) => {
        if (!holdsTable(event)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        show(true);
      },
      true,
    );
    window.addEventListener('dragleave', ({ relatedTarget }) => relatedTarget === null && show(false), true);
    window.addEventListener(
      'drop',
      (event) => {
        if (!holdsTable(event)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        show(false);
        const text = event.dataTransfer!.getData('text/plain');
        if (text) this.#open(give.pastedName, text);
      },
      true,
    );
    document.addEventListener(
      'paste',
      (event) => {
        const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
        if (!this.#isShown || isTyping) return;
        const { files } = event.clipboardData!;
        const text = event.clipboardData!.getData('text/plain');
        if (!text && files.length === 0) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        if (text) this.#open(give.pastedName, text);
        else this.take(Array.from(files));
      },
      true,
    );
  }
}
