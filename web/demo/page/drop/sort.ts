/** Decides for every file that is dropped on the page what it is and which view takes it, and refuses the others. */
import './drop.css';
import { follow } from '../address.js';
import { make } from '../dom.js';
import { VIEWS } from '../views/views.js';
import type { DropTarget } from './entry.js';
import { kindOf } from './kinds.js';
import type { Kind } from './kinds.js';
import { words } from './words.js';

export { words };

/** The view that takes files of a kind. */
const TAKERS: Readonly<Record<Exclude<Kind, 'picture'>, string>> = {
  mnist: 'train',
  'my digits': 'my-digits',
  table: 'table',
  model: 'share',
};

export async function take(files: readonly File[], target: DropTarget): Promise<void> {
  // A folder, say, cannot be read.
  const kinds = await Promise.all(files.map((file) => kindOf(file).catch(() => undefined)));
  const of = (kind: Kind | undefined): File[] => files.filter((_, i) => kinds[i] === kind);
  const [models, unknown] = [of('model'), of(undefined)];
  // A model's numbers may stand in files beside it, which say nothing by themselves.
  const beside = models.length > 0 ? unknown : [];
  // "Your table" reads more than is told by a beginning: other encodings, quoted cells, titles above. Else it says why not.
  const tried = models.length === 0 && target.store.state.view === TAKERS.table ? unknown : [];
  refuse(beside.length + tried.length > 0 ? [] : unknown);
  const given = {
    mnist: of('mnist'),
    'my digits': of('my digits'),
    table: [...of('table'), ...tried],
    model: [...models, ...beside],
  };
  for (const [kind, view] of Object.entries(TAKERS) as [keyof typeof TAKERS, string][]) {
    if (given[kind].length === 0) continue;
    if (target.store.state.view !== view) follow({ view: view === VIEWS[0].id ? undefined : view });
    target.arrivals.give(view, given[kind]);
  }
  of('picture').slice(0, 1).forEach(target.showPicture);
}

const note = make('div', 'drop-note');
const sentence = make('p');
const close = make('button', '', words.close);
close.type = 'button';
close.addEventListener('click', () => refuse([]));
note.addEventListener('keydown', ({ key }) => key === 'Escape' && refuse([]));
sentence.setAttribute('role', 'alert');
note.append(sentence, close);
note.hidden = true;
document.querySelector('main')!.append(note);

/** Says which files are of no use; of none, takes away what it said before. */
function refuse(files: readonly File[]): void {
  note.hidden = files.length === 0;
  sentence.textContent = files.length === 0 ? '' : words.unknown(files.map(({ name }) => name));
}
