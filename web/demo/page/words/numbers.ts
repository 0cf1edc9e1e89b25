/** Numbers as the visitor writes them. */
import { locale } from './language.js';

const wholes = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
/** By their digits, each made once: making one takes longer than writing with it, and probabilities change with each stroke. */
const fixeds: Intl.NumberFormat[] = [];

export function whole(count: number): string {
  return wholes.format(count);
}

export function fixed(value: number, digits: number): string {
  fixeds[digits] ??= new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return fixeds[digits].format(value);
}

/** "1 epoch", "20,000 epochs". */
export function numbered(count: number, one: string, many: string): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}
