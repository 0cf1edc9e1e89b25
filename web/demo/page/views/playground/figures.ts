/** Numbers of the playground as texts, by the visitor's locale. */
import { locale } from '../../words/language.js';

const loss = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const written = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const typed = new Intl.NumberFormat(locale, { maximumFractionDigits: 3, useGrouping: false });
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });

/** A loss, with three decimals; of what is no number any more, a sign for it. */
export function lossText(value: number | undefined): string {
  if (value === undefined) return '–';
  if (Number.isNaN(value)) return '?';
  return Number.isFinite(value) && value < 1e6 ? loss.format(value) : '∞';
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
