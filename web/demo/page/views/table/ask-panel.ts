/** A form with a field for each column that the model learned from, whose answer follows what is typed. */
import type { Answer, AskedFeature, Cell, Example } from '../../../shared/table-work.js';
import { make } from '../../dom.js';
import { locale } from '../../words/language.js';
import { button } from '../parts/controls.js';
import { number, percent } from '../parts/numbers.js';
import { cell } from './figures.js';
import { chooser, field, say as speak } from './controls.js';
import type { Session } from './session.js';
import type { Model } from './state.js';
import { words } from './words.js';

const say = words.ask;
/** Classes that an answer lists at most. */
const CLASSES = 8;
/** Numbers in fields: all digits, no separators of thousands. */
const plain = new Intl.NumberFormat(locale, { useGrouping: false, maximumSignificantDigits: 15 });

interface Control {
  feature: AskedFeature;
  control: HTMLInputElement | HTMLSelectElement;
  error: HTMLElement;
}

export class AskPanel {
  readonly element = make('div', 'table-ask');
  readonly #session: Session;
  readonly #form = make('form', 'table-asked');
  readonly #answer = make('output', 'table-answer');
  readonly #spoken = make('p', 'sr-only');
  readonly #from = make('p', 'note');
  readonly #another: HTMLButtonElement;
  #controls: Control[] = [];
  #shown: Model | undefined;
  #example = 0;
  /** Cells that are waiting for their answer; of several the last ones count. */
  #asked = 0;
  #speak: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#form.addEventListener('submit', (event) => event.preventDefault());
    this.#form.addEventListener('input', () => {
      this.#from.textContent = say.own;
      void this.#ask();
    });
    this.#spoken.setAttribute('role', 'status');
    // Each key would be too much to hear: what is typed is spoken when it stands.
    this.#answer.setAttribute('aria-live', 'off');
    this.#answer.setAttribute('aria-label', say.answer);
    this.#another = button(say.another, () => this.#fill(this.#example + 1));
    const line = make('div', 'table-tools');
    line.append(this.#another, this.#from);
    const said = make('div', 'table-said-answer');
    said.append(make('h3', '', say.answer), this.#answer, this.#spoken);
    this.element.append(make('h3', '', say.title), make('p', 'note', say.lede), line, this.#form, said);
    session.store.on(['model'], () => {
      const { model } = session.store.state;
      if (!model || model === this.#shown) return;
      this.#shown = model;
      this.#controls = model.results.features.map((feature, i) => controlOf(feature, i));
      this.#form.replaceChildren(...this.#controls.map(({ control }) => control.closest('.field')!));
      this.#fill(0);
    });
  }

  /** Puts the cells of a row into the fields that the model has not learned from. */
  #fill(at: number): void {
    const { examples } = this.#shown!.results;
    this.#example = at % examples.length;
    const example = examples[this.#example]!;
    this.#another.hidden = examples.length < 2;
    for (const { feature, control } of this.#controls) control.value = textOf(example.cells[feature.name] ?? null);
    this.#from.textContent = `${say.from(example.row)} ${say.truth(actualOf(example))}`;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const cells: Record<string, Cell> = {};
    let isWrong = false;
    for (const { feature, control, error } of this.#controls) {
      const value = valueOf(feature, control.value);
      isWrong ||= value === undefined;
      cells[feature.name] = value ?? null;
      control.setAttribute('aria-invalid', String(value === undefined));
      const { range } = feature;
      const isOutside = range && typeof value === 'number' && (value < range.min || value > range.max);
      error.textContent =
        value === undefined ? say.notNumber : isOutside ? say.outside(range.min, range.max) : (hintOf(feature) ?? '');
      error.classList.toggle('is-hint', value !== undefined);
    }
    const asked = ++this.#asked;
    if (isWrong) return;
    const answer = await this.#session.ask(cells).catch(() => undefined);
    if (asked !== this.#asked || !answer) return;
    this.#show(answer);
  }

  #show(answer: Answer): void {
    const { target, figures } = this.#shown!.results;
    let text: string;
    if (answer.task === 'numbers') {
      text = number(answer.value);
      const big = make('span', 'table-value', text);
      const near = figures.task === 'numbers' ? ` ± ${number(figures.mae)}` : '';
      this.#answer.replaceChildren(make('span', 'note', target), big, make('span', 'note', near));
    } else {
      const shown = answer.probabilities.slice(0, CLASSES);
      const [first] = shown;
      text = `${first!.label}, ${percent(first!.probability)}`;
      const list = make('span', 'table-bars-list');
      list.append(
        ...shown.flatMap(({ label, probability }, i) => {
          const line = make('span', 'table-bar');
          line.style.setProperty('--share', String(probability));
          const told = make('span', i === 0 ? 'table-bar-cell is-own' : 'table-bar-cell');
          told.append(line, ' ', make('span', 'table-bar-value', say.sure(probability)));
          return [make('span', i === 0 ? 'is-first' : '', label), told];
        }),
      );
      this.#answer.replaceChildren(make('span', 'table-value', first!.label), list);
    }
    clearTimeout(this.#speak);
    this.#speak = setTimeout(() => {
      if (this.element.contains(document.activeElement)) speak(this.#spoken, say.spoken(text));
    }, 700);
  }
}

function controlOf(feature: AskedFeature, index: number): Control {
  const { name, kind, categories } = feature;
  const id = `table-ask-${index}`;
  let control: HTMLInputElement | HTMLSelectElement;
  if (kind === 'numeric') {
    control = make('input');
    control.id = id;
    control.autocomplete = 'off';
    control.inputMode = 'decimal';
    control.placeholder = say.missing;
  } else {
    const values =
      kind === 'boolean'
        ? [
            { value: 'true', text: say.yes },
            { value: 'false', text: say.no },
          ]
        : categories!.map((each) => ({ value: each, text: each }));
    control = chooser(id, [...values, { value: '', text: say.missing }]);
  }
  return { feature, control, error: field(name, control).error };
}

function hintOf({ range }: AskedFeature): string | undefined {
  return range && say.range(range.min, range.max);
}

function textOf(cell: Cell): string {
  return cell === null ? '' : typeof cell === 'number' ? plain.format(cell) : String(cell);
}

/** The cell that was typed; undefined where it is no number. */
function valueOf({ kind }: AskedFeature, text: string): Cell | undefined {
  if (text.trim() === '') return null;
  if (kind === 'category') return text;
  if (kind === 'boolean') return text === 'true';
  const value = Number(text.trim().replace('−', '-').replace(',', '.'));
  return Number.isFinite(value) ? value : undefined;
}

function actualOf({ actual }: Example): string {
  return typeof actual === 'number' ? cell(actual) : say.quoted(actual);
}
