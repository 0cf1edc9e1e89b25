/** Numbers of the playground as texts, by the visitor's locale. */
import { locale } from '../../words/language.js';
import { number } from '../parts/numbers.js';

const loss = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const written = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const typed = new Intl.NumberFormat(locale, { maximumFractionDigits: 3, useGrouping: false });
const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
const mantissa = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

/** A loss, with three decimals; of what is no number any more, a sign for it. */
export function lossText(value: number | undefined): string {
  if (value === undefined) return '–';
  if (Number.isNaN(value)) return '?';
  return Number.isFinite(value) && value < 1e6 ? loss.format(value) : '∞';
}

/** The size of a gradient, in as few characters as a column of the network has. */
export function normText(norm: number): string {
  if (Number.isNaN(norm)) return '?';
  return norm === 0 || (norm >= 1e-3 && norm < 1e5) ? short.format(norm) : number(norm, mantissa);
}

/** A learning rate, or its bound. */
export function rateText(rate: number | undefined): string {
  if (rate === undefined) return '–';
  return rate < 1e6 ? three.format(rate) : '∞';
}

/** A weight as it stands in a field, to be written over. */
export function editable(value: number): string {
  return Number.isFinite(value) ? typed.format(Object.is(value, -0) ? 0 : value) : '';
}

/** A weight as it is read. */
export function weightText(value: number): string {
  return Number.isFinite(value) ? written.format(value).replace('-', '−') : '?';
}

/** A number of a formula, its sign apart. */
export function formulaNumber(value: number): { text: string; isNegative: boolean } {
  return { text: Number.isFinite(value) ? written.format(Math.abs(value)) : '?', isNegative: value < 0 };
}

export function wholeText(value: number): string {
  return whole.format(value);
}

/** A setting as it stands in its field. */
export function settingText(value: number): string {
  return value.toLocaleString(locale, { maximumSignificantDigits: 12, useGrouping: false });
}
