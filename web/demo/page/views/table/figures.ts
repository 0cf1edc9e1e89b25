/** Numbers of a table, and of what was learned from it, in a few digits. */
import { locale } from '../../words/language.js';
import { number } from '../parts/numbers.js';

// Not 2,020 for a year: thousands are set apart from five digits on.
const cells = [false, true].map(
  (useGrouping) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 6, useGrouping }),
);
const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const minus = (text: string): string => text.replace('-', '−');
const isPlain = (value: number): boolean => value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e9);

/** A number as a table has it. */
export function cell(value: number): string {
  return isPlain(value) ? minus(cells[Number(Math.abs(value) >= 1e4)]!.format(value)) : number(value);
}

/** Three digits that count. */
export function rough(value: number): string {
  return Math.abs(value) < 1e3 && isPlain(value) ? minus(three.format(value)) : number(value);
}

/** With one decimal. */
export function tenth(value: number): string {
  return minus(tenths.format(value));
}
