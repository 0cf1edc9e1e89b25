/** Cells of a table as numbers, and errors on those that are none. */
import { malformed, quote } from '../check/bytes.js';

/**
 * Decimal numbers; no hexadecimal, no thousands separator, no NaN, no Infinity. There is one way to match any text: with
 * the point optional between two runs of digits, the time would grow as the square of their number.
 */
export const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Spellings of what is not a finite number in C, Python, R and JavaScript. */
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;

/** A number with a comma before its decimals, or between its thousands. */
export const WITH_COMMA = /^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/;

/** A number whose thousands are set apart, by more commas than one or by whatever else. */
export const WITH_THOUSANDS = /^[+-]?\d{1,3}(?:[,.'’ \u00a0\u202f]\d{3})+(?:[.,]\d*)?$/;

/** A number with a unit. */
const WITH_UNIT = /^(?:[$€£¥₹] ?[+-]?\d|[+-]?[\d.,]+ ?[$€£¥₹%]$)/;

/** True if a trimmed cell is empty, or stands for a missing number. */
export function isMissing(cell: string): boolean {
  return cell === '' || cell === '?' || NOT_FINITE.test(cell);
}

/** A trimmed cell's number as JavaScript writes it. */
function withPoint(cell: string, decimal: string): string {
  return decimal === ',' && !cell.includes('.') ? cell.replace(',', '.') : cell;
}

export function isNumber(cell: string, decimal: string): boolean {
  return NUMBER.test(withPoint(cell, decimal)) && !(decimal === ',' && cell.includes('.'));
}

/** The number in a trimmed cell, undefined where it is none or beyond the range of doubles. */
export function numberOf(cell: string, decimal = '.'): number | undefined {
  if (!isNumber(cell, decimal)) return undefined;
  const value = Number(withPoint(cell, decimal));
  return Number.isFinite(value) ? value : undefined;
}

/** The number in a cell, undefined where it is none or too large for float32. */
export function parseNumber(cell: string, decimal: string): number | undefined {
  const value = Math.fround(numberOf(cell.trim(), decimal) ?? NaN);
  return Number.isFinite(value) ? value : undefined;
}

export function notANumber(text: string, line: number, column: number, decimal: string, hint = ''): RangeError {
  const expected = isNumber(text, decimal) ? 'a number within the range of float32' : 'a number';
  return malformed(placeOf(line, column), expected, quote(text) + (cureFor(text, decimal) || hint));
}

/** The cure for a cell that a person would read as a number, but this format does not. */
export function cureFor(text: string, decimal: string): string {
  if (isMissing(text)) return ' (missing cells are not taken: fill them, or leave out their rows)';
  if (WITH_UNIT.test(text)) return ' (signs of currencies and % are not taken: remove them)';
  if (decimal === '.' && WITH_COMMA.test(text)) {
    return " (for a decimal comma pass decimal: ','; thousands separators are not taken: remove them)";
  }
  if (WITH_THOUSANDS.test(text)) return ' (thousands separators are not taken: remove them)';
  return decimal === ',' && NUMBER.test(text) ? " (with decimal: ',' a point is not taken)" : '';
}

/** The place of a cell, as errors name it. */
export function placeOf(line: number, column: number): string {
  return `readCsv: line ${line}, column ${column + 1}`;
}
