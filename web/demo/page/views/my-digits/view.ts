/** The view of my digits: browse, relabel, delete, export, import; and "Learn my hand". */
import './view.css';
import '../parts/parts.css';
import { make } from '../../dom.js';
import { BadFile, BYTES_AT_MOST, fromFile, toFile } from '../../my-digits/digits-file.js';
import { newDigit, sameImage } from '../../my-digits/my-digit.js';
import { drawingWords } from '../../words/drawing.js';
import { button, save } from '../parts/controls.js';
import type { PageParts } from '../views.js';
import { HandPanel } from './hand-panel.js';
import { Tiles } from './tiles.js';
import { words } from './words.js';

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

export function mount(panel: HTMLElement, page: PageParts): void {
  const { store, myDigits, arrivals } = page;
  const note = make('p', 'my-note');
  note.setAttribute('role', 'status');

  const exported = button(words.exported, () => {
    save(`my-digits-${new Date().toISOString().slice(0, 10)}.json`, toFile(store.state.myDigits), 'application/json');
  });
  const undo = button(words.undo, () => myDigits.undo());
  const input = make('input', 'sr-only');
  input.type = 'file';
  input.accept = '.json,application/json';
  input.id = 'my-digits-file';
  const choose = make('label', 'file-button', words.import);
  choose.htmlFor = input.id;
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    input.value = '';
    if (file) void take(file);
  });

  const take = async (file: File): Promise<void> => {
    try {
      if (file.size > BYTES_AT_MOST) throw new BadFile({ fault: 'large' });
      const present = store.state.myDigits;
      const found = fromFile(await file.text());
      const added = found.filter(
        ({ label, pixels }) => !present.some((kept) => kept.label === label && sameImage(kept.pixels, pixels)),
      );
      if (added.length > 0) myDigits.add(...added.map(newDigit));
      note.textContent = words.imported(added.length, found.length - added.length);
    } catch (error) {
      note.textContent = words.fault(file.name, error instanceof BadFile ? error.reason : undefined);
    }
  };

  arrivals.on(
    'my-digits',
    (files) => void files.reduce((before, file) => before.then(() => take(file)), Promise.resolve()),
  );

  const tiles = new Tiles(store, myDigits);
  const chosen = make('p', 'chosen-note');
  chosen.id = 'chosen-note';
  const labels = DIGITS.map((digit) => {
    const made = button(String(digit), () => tiles.relabel(digit));
    made.setAttribute('aria-label', words.relabel(digit));
    return made;
  });
  const remove = button(words.remove, () => tiles.remove());
  const bar = make('div', 'chosen-bar');
  bar.setAttribute('role', 'group');
  bar.setAttribute('aria-labelledby', chosen.id);
  const digits = make('div', 'correction-digits');
  digits.append(...labels);
  bar.append(chosen, digits, remove);
  tiles.onChoice = (count) => {
    chosen.textContent = words.chosen(count);
    for (const each of [...labels, remove]) each.setAttribute('aria-disabled', String(count === 0));
  };
  tiles.onChoice(0);

  const head = make('div', 'view-head');
  head.append(make('h1', '', words.title), make('p', 'lede', words.lede));
  const tools = make('div', 'controls');
  tools.append(exported, input, choose, undo);
  const empty = make('p', 'my-empty', words.empty);
  const keys = make('p', 'note', words.keys);
  const kept = make('section', 'my-kept');
  kept.append(head, tools, note, empty, bar, tiles.element, keys);
  panel.append(kept, new HandPanel(page).element);

  store.on(['myDigits', 'myDigitsTrouble'], () => {
    const { myDigits: all, myDigitsTrouble } = store.state;
    empty.hidden = all.length > 0;
    bar.hidden = tiles.element.hidden = keys.hidden = all.length === 0;
    exported.disabled = all.length === 0;
    // The focus is not lost with the button that goes out.
    if (!myDigits.canUndo && document.activeElement === undo) input.focus();
    undo.disabled = !myDigits.canUndo;
    if (myDigitsTrouble) note.textContent = drawingWords.trouble[myDigitsTrouble];
  });
}
