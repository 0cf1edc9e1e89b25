/** Numbers as the visitor writes them. */
import { locale } from '../../words/language.js';
import { whole } from '../../words/numbers.js';

const plain = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
const shares = new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const wholeShares = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
const longer = new Intl.NumberFormat(locale, { maximumSignificantDigits: 7 });
const longMantissa = new Intl.NumberFormat(locale, { minimumFractionDigits: 5, maximumFractionDigits: 5 });
const mantissa = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

const minus = (text: string): string => text.replace('-', '−');

/** Four digits that count; very small and very large ones with a power of ten: 1.23 · 10⁻⁵. */
export function number(value: number, mantissas = mantissa): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e6 && mantissas === mantissa)) return minus(plain.format(value));
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '?' : value > 0 ? '∞' : '−∞';
  let exponent = Math.floor(Math.log10(size));
  if (mantissas.format(size / 10 ** exponent).startsWith('10')) exponent++;
  const power = Array.from(String(Math.abs(exponent)), (digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `${minus(mantissas.format(value / 10 ** exponent))}\u202f·\u202f10${exponent < 0 ? '⁻' : ''}${power}`;
}

/** With as many digits as the difference of two like numbers needs. */
export function precise(value: number): string {
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e4 ? minus(longer.format(value)) : number(value, longMantissa);
}

/** With its sign, for a term of a sum. */
export function signed(value: number): string {
  return value < 0 ? number(value) : `+${number(value)}`;
}

/** In brackets if it is negative, for a factor. */
export function factor(value: number): string {
  return value < 0 ? `(${number(value)})` : number(value);
}

export function percent(share: number): string {
  return shares.format(share);
}

/** Without decimals. */
export function wholePercent(share: number): string {
  return wholeShares.format(share);
}

export { whole as count };

/** The value of a number that was typed, with a comma or a point; undefined if it is none above 0. */
export function typed(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value > 0 ? value : undefined;
}
