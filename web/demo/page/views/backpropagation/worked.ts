/** Sums as tables: the largest terms, the rest in one, and what becomes of the sum. */
import { make } from '../../dom.js';
import type { Words } from '../../words/words.js';
import { count, number, signed } from '../parts/numbers.js';
import type { Sum } from './arithmetic.js';

export interface SumTable {
  sum: Sum;
  /** Heads of the first and the third column. */
  heads: [from: string, value: string];
  nameOf(unit: number): string;
  /** The unit whose row is marked, and what a press on a row does. */
  selected?: number | undefined;
  select(unit: number): void;
  /** Lines below the sum: a name and a number each; the last is the result. */
  tail: [string, string][];
}

export function sumTable({ sum, heads, nameOf, selected, select, tail }: SumTable, words: Words['steps']): HTMLElement {
  const table = make('table', 'worked-sum');
  const head = table.createTHead().insertRow();
  for (const text of [heads[0], words.terms.weight, heads[1], words.terms.product]) {
    const cell = make('th', '', text);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = table.createTBody();
  const line = (first: HTMLElement | string, ...cells: string[]): HTMLTableRowElement => {
    const row = body.insertRow();
    const name = make('th');
    name.scope = 'row';
    name.append(first);
    row.append(name, ...cells.map((text) => make('td', '', text)));
    return row;
  };
  for (const { unit, weight, value, product } of sum.terms) {
    const row = line(
      chooser(nameOf(unit), `term-${unit}`, () => select(unit)),
      number(weight),
      number(value),
      signed(product),
    );
    row.classList.toggle('is-selected', unit === selected);
  }
  if (sum.others.count > 0) line(words.others(count(sum.others.count)), '', '', signed(sum.others.sum));
  for (const [i, [name, value]] of tail.entries()) {
    line(name, '', '', value).classList.toggle('is-result', i === tail.length - 1);
  }
  const box = make('div', 'scrolls');
  box.append(table);
  return box;
}

/** A button that looks like a link; `key` lets the focus find it again after the next rendering. */
export function chooser(text: string, key: string, choose: () => void): HTMLButtonElement {
  const button = make('button', 'chooser', text);
  button.type = 'button';
  button.dataset['key'] = key;
  button.addEventListener('click', choose);
  return button;
}
