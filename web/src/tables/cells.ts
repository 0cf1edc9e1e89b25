/** Cells of a table: from what a file or a program has to a number, true or false, a text, or nothing. */
import { isKind, rangeError, shown, typeError } from '../check/arguments.js';
import { numberOf } from '../data/csv-cells.js';

/** A cell that was read: undefined where it is missing. */
export type Cell = number | boolean | string | undefined;

/** Spellings of a missing cell, in capitals or not. */
export const MISSING: readonly string[] = ['', 'na', 'n/a', '#n/a', 'nan', 'null', '?'];

/** Dates and times, as most programs write them: these columns are left as text, because a date is no quantity. */
const DATE =
  /^(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ]\d{1,2}:\d{2}.*)?|\d{1,2}([./-])\d{1,2}\1\d{2,4}(?:[ ,]+\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)$/;

export function isDate(text: string): boolean {
  return DATE.test(text);
}

/** The names that stand for true and false, in capitals or not. */
export function booleanOf(text: string): boolean | undefined {
  const plain = text.length <= 5 ? text.toLowerCase() : '';
  return plain === 'true' ? true : plain === 'false' ? false : undefined;
}

/** A test for missing cells: those of {@link MISSING} and more. */
export function missingTest(more: readonly string[] = []): (text: string) => boolean {
  const spellings = new Set([...MISSING, ...more.map((text) => text.trim().toLowerCase())]);
  const longest = Math.max(...Array.from(spellings, (text) => text.length));
  return (text) => text.length <= longest && spellings.has(text.toLowerCase());
}

/**
 * The cell of a row that is an object. Texts are trimmed; those that are numbers count as numbers.
 *
 * @throws {TypeError | RangeError} for what is neither a number, a boolean, a text nor a date.
 */
export function cellOf(argument: string, value: unknown, isMissing: (text: string) => boolean): Cell {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return undefined;
    if (!Number.isFinite(value)) throw rangeError(argument, 'a finite number, or null where it is missing', value);
    return value;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') {
    const text = value.trim();
    return isMissing(text) ? undefined : text;
  }
  if (isKind(value, 'Date')) return Number.isNaN((value as Date).getTime()) ? undefined : (value as Date).toISOString();
  throw typeError(argument, 'a number, a text, true or false, a Date, or null where it is missing', value);
}

/** A cell as the name of a category. */
export function nameOf(cell: number | boolean | string): string {
  return String(cell);
}

/** Names in an order that does not depend on the rows: by size where all are numbers, else by UTF-16 code unit. */
export function sortedNames(names: Iterable<string>): string[] {
  const list = [...names];
  const numbers = new Map(list.map((name) => [name, numberOf(name)]));
  const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return list.every((name) => numbers.get(name) !== undefined)
    ? list.sort((a, b) => numbers.get(a)! - numbers.get(b)! || byCode(a, b))
    : list.sort(byCode);
}

/** The name of a column as sentences have it. */
export function quoted(name: string): string {
  return shown(name);
}
