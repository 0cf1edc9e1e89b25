/** Numbers as the visitor writes them. */
import { locale } from './language.js';

export function whole(count: number): string {
  return count.toLocaleString(locale);
}

export function fixed(value: number, digits: number): string {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** "1 epoch", "20,000 epochs". */
export function numbered(count: number, one: string, many: string): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}
