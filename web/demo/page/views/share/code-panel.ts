/** Owner of the program that does the run again. */
import { make } from '../../dom.js';
import { readSettings } from '../../settings/settings.js';
import type { Settings } from '../../settings/settings.js';
import { button } from '../parts/controls.js';
import type { PageParts } from '../views.js';
import { codeOf } from './code.js';
import type { Place } from './code.js';
import { copy, section, statusLine } from './controls.js';
import { words } from './words.js';

const say = words.code;
const PLACES: readonly Place[] = ['node', 'browser'];

export function codePanel({ store }: PageParts): HTMLElement {
  const panel = section('share-code', say.title, say.lede);
  const note = statusLine();
  const of = make('p', 'share-of');
  const program = make('pre', 'share-program');
  program.tabIndex = 0;
  program.setAttribute('role', 'group');
  program.setAttribute('aria-label', say.title);
  const code = make('code');
  program.append(code);

  let place: Place = 'node';
  const places = make('fieldset', 'share-places');
  const choices = make('div', 'segmented');
  choices.append(
    ...PLACES.map((name) => {
      const input = make('input');
      input.type = 'radio';
      input.name = 'share-place';
      input.value = name;
      input.checked = name === place;
      input.addEventListener('change', () => {
        place = name;
        show();
      });
      const label = make('label');
      label.append(input, make('span', '', say.places[name]));
      return label;
    }),
  );
  places.append(make('legend', 'sr-only', say.where), choices);
  const tools = make('div', 'share-tools');
  tools.append(
    places,
    button(say.copy, () => {
      void copy(code.textContent).then((isCopied) => {
        if (!isCopied) getSelection()?.selectAllChildren(program);
        note.textContent = isCopied ? words.copied : words.notCopied;
      });
    }),
  );

  const show = (): void => {
    const { run, fields, view } = store.state;
    if (view !== 'share') return;
    const settings: Settings | undefined = run.settings ?? readSettings(fields).settings;
    const remarks = [run.opened && say.opened(run.opened.name), run.isTouched && say.touched].filter(Boolean);
    of.textContent = [settings ? (run.settings ? say.ofRun : say.ofFields) : say.faulty, ...remarks].join(' ');
    program.hidden = !settings;
    const text = settings ? codeOf(settings, place) : '';
    if (code.textContent !== text) code.textContent = text;
  };
  store.on(['run', 'fields', 'view'], show);
  panel.append(of, tools, program, note);
  return panel;
}
