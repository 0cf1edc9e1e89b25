/** Owner of the table of runs. */
import { make } from '../../dom.js';
import { describe, toFields } from '../../settings/settings.js';
import type { PageStore } from '../../state.js';
import type { PastRun, PastRuns } from '../../training/past-runs.js';
import { isRunning } from '../../training/run.js';
import { button } from '../parts/controls.js';
import { section, statusLine } from './controls.js';
import { duration, figure, moment } from './figures.js';
import { words } from './words.js';

const say = words.runs;

const NAME_AT_MOST = 80;

export function runsPanel(store: PageStore, past: PastRuns): HTMLElement {
  const panel = section('share-runs', say.title, say.lede);
  const note = statusLine();
  const empty = make('p', 'share-of', say.none);
  const undo = button(say.undo, () => {
    past.undo();
    note.textContent = '';
    panel.querySelector<HTMLElement>('tbody input')?.focus();
  });
  const table = make('table', 'runs');
  const head = table.createTHead().insertRow();
  for (const text of [say.name, say.settings, say.accuracy, say.loss, say.time]) {
    const cell = make('th', '', text);
    cell.scope = 'col';
    head.append(cell);
  }
  head.append(make('td'));
  const body = table.createTBody();
  const scroll = make('div', 'scrolls');
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'group');
  scroll.setAttribute('aria-label', say.title);
  scroll.append(table);
  const tools = make('div', 'share-tools');
  tools.append(undo);

  const restore = (run: PastRun): void => {
    if (isRunning(store.state.run.phase)) {
      note.textContent = say.locked;
      return;
    }
    store.set({ fields: toFields(run.settings) });
    note.textContent = say.restored(describe(run.settings));
  };
  const remove = (run: PastRun): void => {
    past.remove(run.began);
    note.textContent = say.removed(nameOf(run));
    undo.focus();
  };
  const rowOf = (run: PastRun): HTMLTableRowElement => {
    const row = make('tr');
    row.dataset['began'] = String(run.began);
    const name = make('input');
    name.value = run.name ?? '';
    name.placeholder = moment(run.began);
    name.maxLength = NAME_AT_MOST;
    name.setAttribute('aria-label', say.nameOf(moment(run.began)));
    name.addEventListener('change', () => past.change(run.began, { name: name.value.trim() }));
    const first = make('th');
    first.scope = 'row';
    first.append(name);
    const pin = button(say.pin, () => past.change(run.began, { isPinned: !run.isPinned }));
    pin.setAttribute('aria-pressed', String(run.isPinned));
    const actions = make('td', 'run-actions');
    actions.append(
      pin,
      button(say.restore, () => restore(run)),
      button(say.remove, () => remove(run)),
    );
    for (const each of actions.children) each.setAttribute('aria-label', `${each.textContent}: ${nameOf(run)}`);
    const settings = make('td', 'run-about', describe(run.settings));
    const remarks = [
      run.openedFrom && say.openedFrom(run.openedFrom),
      run.phase !== 'done' && say.ended[run.phase],
      run.isTouched && say.touched,
    ].filter((text) => typeof text === 'string');
    if (remarks.length > 0) settings.append(make('small', '', remarks.join(' ')));
    row.append(
      first,
      settings,
      make('td', '', figure(run.valAccuracy)),
      make('td', '', figure(run.loss)),
      make('td', '', duration(run.milliseconds)),
      actions,
    );
    return row;
  };

  /** Rows that are shown, by their runs: those that have not changed stay, with the focus in them. */
  let shown = new Map<PastRun, HTMLTableRowElement>();
  store.on(['runs'], () => {
    const { runs } = store.state;
    const focus = document.activeElement as HTMLElement | null;
    const focused = focus?.closest('tr')?.dataset['began'];
    const place = focused === undefined ? -1 : [...focusable(focus!)].indexOf(focus!);
    const rows = new Map(runs.map((run) => [run, shown.get(run) ?? rowOf(run)]));
    shown = rows;
    body.replaceChildren(...rows.values());
    empty.hidden = runs.length > 0;
    scroll.hidden = runs.length === 0;
    undo.hidden = !past.canUndo;
    if (place < 0) return;
    const again = body.querySelector(`[data-began="${focused}"]`);
    if (again) [...focusable(again.firstElementChild!)][place]?.focus();
  });
  panel.append(empty, scroll, tools, note);
  return panel;
}

function focusable(inRow: Element): NodeListOf<HTMLElement> {
  return inRow.closest('tr')!.querySelectorAll<HTMLElement>('input, button');
}

function nameOf(run: PastRun): string {
  return run.name || moment(run.began);
}
