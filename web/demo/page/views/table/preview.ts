/** The first rows as the file spells them, and how the file was read. */
import { make } from '../../dom.js';
import { chooser, field } from './controls.js';
import type { Session } from './session.js';
import { isUnderWay } from './state.js';
import { words } from './words.js';

const say = words.columns;

export function preview(session: Session): HTMLElement {
  const { store } = session;
  const details = make('details', 'table-preview');
  details.open = true;
  const summary = make('summary');
  const box = make('div', 'table-scroll');
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  const table = make('table');
  const caption = make('caption');
  const [head, body] = [make('thead'), make('tbody')];
  table.append(caption, head, body);
  box.append(table);
  details.append(summary, box);
  store.on(['profile'], () => {
    const { profile } = store.state;
    details.hidden = !profile;
    if (!profile) return;
    const shown = profile.preview.length;
    summary.textContent = say.preview(shown);
    box.setAttribute('aria-label', say.preview(shown));
    caption.textContent = say.caption(shown, profile.rows);
    const names = make('tr');
    names.append(
      cellOf('th', '', 'col'),
      ...profile.columns.map(({ name, kind }) => {
        const made = cellOf('th', name, 'col');
        made.classList.toggle('is-number', kind === 'numeric');
        return made;
      }),
    );
    head.replaceChildren(names);
    body.replaceChildren(
      ...profile.preview.map((cells, row) => {
        const line = make('tr');
        line.append(
          cellOf('th', String(row + 1), 'row'),
          ...cells.map((cell, i) => {
            const isNumber = profile.columns[i]!.kind === 'numeric';
            const made = make('td', isNumber ? 'is-number' : '', cell === null ? say.empty : String(cell));
            made.classList.toggle('is-missing', cell === null);
            return made;
          }),
        );
        return line;
      }),
    );
  });
  return details;
}

function cellOf(kind: 'th', text: string, scope: 'col' | 'row'): HTMLElement {
  if (text === '') return make('td');
  const made = make(kind, '', text);
  made.scope = scope;
  return made;
}

/** A few things about the file that its content does not tell, which the visitor may say. */
export function reading(session: Session): HTMLElement {
  const { store } = session;
  const details = make('details', 'table-preview');
  const header = chooser(
    'table-header',
    (['auto', 'true', 'false'] as const).map((value) => ({ value, text: say.headers[value] })),
  );
  header.addEventListener('change', () => {
    const value = header.value;
    void session.reread({ header: value === 'auto' ? 'auto' : value === 'true' });
  });
  const missing = make('input');
  missing.id = 'table-missing';
  missing.autocomplete = 'off';
  missing.spellcheck = false;
  missing.placeholder = '-, 999, unknown';
  missing.addEventListener('change', () => {
    const spellings = missing.value
      .split(',')
      .map((text) => text.trim())
      .filter(Boolean);
    void session.reread({ missing: spellings });
  });
  const fields = make('div', 'table-reading');
  fields.append(
    field(say.header, header).box,
    field(say.missingCells, missing).box,
    make('p', 'note', say.missingHint),
  );
  details.append(make('summary', '', say.how), fields);
  store.on(['options', 'profile', 'run', 'isReading'], () => {
    const { options, profile, run } = store.state;
    details.hidden = !profile;
    header.value = String(options.header);
    if (document.activeElement !== missing) missing.value = options.missing.join(', ');
    header.disabled = missing.disabled = isUnderWay(run);
  });
  return details;
}
