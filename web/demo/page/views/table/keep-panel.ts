/** Files to take along: the model, a module of JavaScript, the visitor's table with predictions. */
import { make } from '../../dom.js';
import { button, save } from '../parts/controls.js';
import { section, say as speak } from './controls.js';
import { faultIn, type Session } from './session.js';
import { words } from './words.js';

const say = words.keep;

const FILES = [
  { kind: 'model', text: say.model, detail: say.modelDetail, ending: '.safetensors' },
  { kind: 'script', text: say.script, detail: say.scriptDetail, ending: '.js' },
  { kind: 'predictions', text: say.predictions, detail: say.predictionsDetail, ending: '-predictions.csv' },
] as const;

export function keepPanel(session: Session): HTMLElement {
  const box = section('table-keep-title', say.title);
  const list = make('ul', 'table-files');
  const note = make('p', 'field-error');
  note.setAttribute('role', 'alert');
  const take = async ({ kind, ending }: (typeof FILES)[number]): Promise<void> => {
    speak(note, '');
    try {
      const file = await session.file(kind);
      save(`${plainName(session.store.state.source!.name)}${ending}`, file);
    } catch (error) {
      const fault = faultIn(error);
      speak(note, say.failed(fault.fault === 'other' ? fault.text : words.fault(fault)));
    }
  };
  for (const file of FILES) {
    const item = make('li');
    const made = button(file.text, () => void take(file));
    const detail = make('span', 'note', file.detail);
    detail.id = `table-file-${file.kind}`;
    made.setAttribute('aria-describedby', detail.id);
    item.append(made, detail);
    list.append(item);
  }
  box.append(list, note);
  session.store.on(['model'], () => (box.hidden = !session.store.state.model));
  return box;
}

/** A file's name without its ending, and without what file systems refuse. */
function plainName(name: string): string {
  return (
    name
      .replace(/\.[^.]{1,5}$/, '')
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[-.]+|-+$/g, '')
      .toLowerCase() || 'table'
  );
}
