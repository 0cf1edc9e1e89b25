/** The columns of the table: from which is learned, as what, and which one is predicted. */
import type { ColumnKind } from 'mlp-wasm/tables';
import type { ColumnProfile, TableNote, TableProfile } from '../../../shared/table-work.js';
import { make } from '../../dom.js';
import { button } from '../parts/controls.js';
import { chooser, section, setOptions } from './controls.js';
import { isOfUse, tasksOf } from './guess.js';
import { distribution } from './pictures.js';
import type { Session } from './session.js';
import { isUnderWay } from './state.js';
import { words } from './words.js';

const say = words.columns;

export class ColumnsPanel {
  readonly element = section('table-columns-title', say.title);
  readonly #session: Session;
  readonly #list = make('ul', 'table-columns');
  readonly #notes = make('div', 'table-notes');
  readonly #target = chooser('table-target', []);
  readonly #tasks = make('fieldset', 'segmented table-tasks');
  readonly #count = make('p', 'note');
  /** The table that the list is of. */
  #filled: TableProfile | undefined;

  constructor(session: Session) {
    this.#session = session;
    const { store } = session;
    const lede = make('p', 'table-lede', say.lede);
    this.#list.setAttribute('aria-labelledby', 'table-columns-title');
    this.element.append(this.#goal(), lede, this.#notes, this.#tools(), this.#list);
    // After a reading that was refused, too, because its chooser says then what was wanted.
    store.on(['profile', 'target', 'task', 'included', 'run', 'isReading'], () => {
      this.#fill();
      this.#show();
    });
  }

  /** The column to be predicted, and as what. */
  #goal(): HTMLElement {
    const { store } = this.#session;
    const box = make('div', 'table-goal');
    const label = make('label', '', say.target);
    label.htmlFor = this.#target.id;
    this.#target.addEventListener('change', () => this.#session.predict(this.#target.value));
    const legend = make('legend', 'sr-only', say.as);
    this.#tasks.append(legend);
    for (const [task, text] of [
      ['classes', say.asClasses],
      ['numbers', say.asNumbers],
    ] as const) {
      const half = make('label');
      const input = make('input');
      input.type = 'radio';
      input.name = 'table-task';
      input.value = task;
      input.addEventListener('change', () => this.#session.change({ task }));
      half.append(input, make('span', '', text));
      this.#tasks.append(half);
    }
    const none = make('p', 'field-error', say.noTarget);
    none.hidden = true;
    store.on(['profile', 'target'], () => (none.hidden = !store.state.profile || store.state.target !== undefined));
    box.append(label, this.#target, make('span', 'table-as', say.as), this.#tasks, none);
    return box;
  }

  #tools(): HTMLElement {
    const tools = make('div', 'table-tools');
    const choose = (all: boolean): void => {
      const columns = this.#session.store.state.profile?.columns ?? [];
      const names = all ? columns.filter((column) => isOfUse(column)).map(({ name }) => name) : [];
      this.#session.change({ included: new Set(names) });
    };
    tools.append(
      this.#count,
      button(say.all, () => choose(true), 'quiet'),
      button(say.none, () => choose(false), 'quiet'),
    );
    return tools;
  }

  /** Rows of the list, anew for each table that was read. */
  #fill(): void {
    const { profile } = this.#session.store.state;
    if (!profile || profile === this.#filled) return;
    this.#filled = profile;
    // The focus stays on the control of the same column, or goes to what is above a note that was dealt with.
    const focused = document.activeElement?.id;
    const wasInNotes = this.#notes.contains(document.activeElement);
    this.#list.replaceChildren(...profile.columns.map((column, i) => this.#row(column, i, profile.rows)));
    this.#notes.replaceChildren(...(profile.notes.length > 0 ? this.#noteList(profile.notes) : []));
    if (wasInNotes) (this.#notes.querySelector('button') ?? this.#target).focus();
    else if (focused?.startsWith('table-')) document.getElementById(focused)?.focus();
  }

  #row(column: ColumnProfile, index: number, rows: number): HTMLLIElement {
    const { name, missing } = column;
    const row = make('li', 'table-column');
    row.dataset['column'] = name;
    const box = make('label', 'table-tick');
    const input = make('input');
    input.type = 'checkbox';
    input.id = `table-use-${index}`;
    input.setAttribute('aria-label', say.learn(name));
    input.disabled = !isOfUse(column);
    input.addEventListener('change', () => {
      const included = new Set(this.#session.store.state.included);
      if (input.checked) included.add(name);
      else included.delete(name);
      this.#session.change({ included });
    });
    box.append(input, make('span', 'table-name', name));
    const kind = chooser(`table-kind-${index}`, kindsOf(column));
    kind.value = column.kind;
    kind.setAttribute('aria-label', say.kind(name));
    kind.addEventListener('change', () => {
      const { kinds } = this.#session.store.state.options;
      void this.#session.reread({ kinds: { ...kinds, [name]: kind.value as ColumnKind } });
    });
    const facts = factsOf(column, rows);
    const picture = make('div', 'table-picture');
    if (column.distinct > 0) picture.append(distribution(column, say.picture(name, facts)));
    const told = make('p', 'table-facts', facts);
    const gaps = make('p', 'table-missing', missing > 0 && missing < rows ? say.missing(missing, missing / rows) : '');
    row.append(box, kind, picture, told, gaps);
    return row;
  }

  #noteList(notes: readonly TableNote[]): HTMLElement[] {
    const list = make('ul');
    for (const note of notes) {
      const item = make('li', '', words.note(note));
      const cure = this.#cure(note);
      if (cure) item.append(' ', cure);
      list.append(item);
    }
    return [make('h3', '', say.notes), list];
  }

  /** A button that mends what a note tells of, where one press can. */
  #cure(note: TableNote): HTMLButtonElement | undefined {
    const { options } = this.#session.store.state;
    if (note.note === 'odd cell' && note.cure === 'missing') {
      const missing = [...options.missing, note.cell];
      return button(say.treatAsMissing(note.cell), () => void this.#session.reread({ missing }), 'chooser');
    }
    if (note.note === 'dates' || note.note === 'texts') {
      const kinds = { ...options.kinds, [note.column]: 'category' as const };
      return button(say.makeCategory, () => void this.#session.reread({ kinds }), 'chooser');
    }
    return undefined;
  }

  #show(): void {
    const { profile, target, task, included, run } = this.#session.store.state;
    this.element.hidden = !profile;
    if (!profile) return;
    const locked = isUnderWay(run);
    const possible = profile.columns.filter((column) => tasksOf(column, profile.rows).length > 0);
    setOptions(
      this.#target,
      possible.map(({ name }) => ({ value: name, text: name })),
    );
    this.#target.value = target ?? '';
    this.#target.disabled = locked || possible.length === 0;
    const column = profile.columns.find(({ name }) => name === target);
    const tasks = column ? tasksOf(column, profile.rows) : [];
    for (const input of this.#tasks.querySelectorAll('input')) {
      input.checked = input.value === task;
      input.disabled = locked || !tasks.includes(input.value as typeof task);
    }
    let count = 0;
    for (const row of this.#list.children as Iterable<HTMLElement>) {
      const name = row.dataset['column']!;
      const isTarget = name === target;
      const of = profile.columns.find((each) => each.name === name)!;
      const input = row.querySelector('input')!;
      input.checked = isTarget || (included.has(name) && isOfUse(of));
      input.disabled = locked || isTarget || !isOfUse(of);
      if (input.checked && !isTarget) count++;
      const kind = row.querySelector('select')!;
      kind.value = of.kind;
      kind.disabled = locked;
      row.classList.toggle('is-target', isTarget);
      row.classList.toggle('is-out', !input.checked);
    }
    for (const cure of this.#notes.querySelectorAll('button')) cure.disabled = locked;
    this.#count.textContent = say.inputs(count);
  }
}

function kindsOf({ kind, isBinary }: ColumnProfile): { value: ColumnKind; text: string }[] {
  const possible: ColumnKind[] = ['numeric', 'category', 'text'];
  if (kind === 'boolean' || isBinary) possible.unshift('boolean');
  return possible.map((value) => ({ value, text: say.kinds[value] }));
}

/** A column in a few words. */
function factsOf({ kind, missing, distinct, numbers, categories }: ColumnProfile, rows: number): string {
  if (kind === 'text') return say.text;
  if (missing === rows) return say.allMissing;
  if (distinct === 1 && missing === 0) return say.same;
  if (numbers) return say.range(numbers.min, numbers.max, numbers.mean);
  const [first] = categories!.top;
  if (kind === 'boolean') {
    const yes = categories!.top.find(({ name }) => name === 'true')!.count;
    return say.yes(yes / Math.max(1, rows - missing));
  }
  return `${say.different(distinct)}, ${say.top(first!.name, first!.count / rows)}`;
}
