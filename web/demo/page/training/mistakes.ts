/** Owner of the section on what the trained network gets wrong: the confusion table and a gallery. */
import { inkRamp } from '../colour.js';
import { context2d, element, make } from '../dom.js';
import type { PageStore } from '../state.js';
import { words } from '../words/first-view.js';
import { whole } from '../words/numbers.js';
import type { Mistake } from './judge.js';

const { mistakes: say } = words;
const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

export function mountMistakes(store: PageStore): void {
  const section = element('mistakes', HTMLElement);
  const summary = element('mistakes-summary', HTMLElement);
  const gallery = element('gallery', HTMLUListElement);
  const cells = makeTable(element('confusion', HTMLTableElement));

  store.on(['mistakes', 'theme'], () => {
    const { mistakes } = store.state;
    section.hidden = mistakes === undefined;
    if (!mistakes) return;
    const { confusion, worst, wrong, total } = mistakes;
    summary.textContent = `${say.summary(whole(wrong), whole(total))} ${commonest(confusion)}`;
    const most = Math.max(1, ...confusion.filter((_, i) => i % 11 !== 0));
    cells.forEach((cell, i) => {
      const count = confusion[i]!;
      cell.textContent = count === 0 ? '' : String(count);
      cell.style.setProperty('--share', i % 11 === 0 ? '0' : String(count / most));
    });
    const ramp = inkRamp();
    gallery.parentElement!.hidden = worst.length === 0;
    gallery.replaceChildren(...worst.map((mistake) => tile(mistake, ramp)));
  });
}

/** The most frequent confusion, as a sentence. */
function commonest(confusion: Uint32Array): string {
  let most = -1;
  confusion.forEach((count, i) => {
    if (i % 11 !== 0 && count > (confusion[most] ?? 0)) most = i;
  });
  if (most < 0) return '';
  return say.commonest(Math.floor(most / 10), most % 10);
}

/** Fills in the table's heads; returns its hundred cells, row by row. */
function makeTable(table: HTMLTableElement): HTMLTableCellElement[] {
  const head = (text: string, scope: 'row' | 'col'): HTMLTableCellElement => {
    const cell = make('th', '', text);
    cell.scope = scope;
    return cell;
  };
  const first = table.tHead!.insertRow();
  first.append(make('td'), ...DIGITS.map((digit) => head(String(digit), 'col')));
  return DIGITS.flatMap((label) => {
    const row = table.tBodies[0]!.insertRow();
    row.append(head(String(label), 'row'));
    return DIGITS.map((read) => {
      const cell = row.insertCell();
      if (read === label) cell.className = 'is-right';
      return cell;
    });
  });
}

function tile({ pixels, label, read, probability }: Mistake, ramp: Uint32Array): HTMLLIElement {
  const item = make('li');
  const canvas = make('canvas');
  canvas.width = canvas.height = 28;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', say.tile(label, read, whole(Math.round(100 * probability))));
  const context = context2d(canvas);
  const image = context.createImageData(28, 28);
  const rgba = new Uint32Array(image.data.buffer);
  pixels.forEach((level, i) => (rgba[i] = ramp[level]!));
  context.putImageData(image, 0, 0);
  const caption = make('span', 'gallery-caption');
  caption.setAttribute('aria-hidden', 'true');
  caption.append(String(label), make('span', 'muted', say.readAs), make('b', '', String(read)));
  item.append(canvas, caption);
  return item;
}
