/**
 * Tables of numbers as text: comma-separated values as in RFC 4180, with `;` or tab instead of the comma too.
 */
import { checkObject, typeError } from '../check.js';
import { asBytes, malformed, quote } from './input.js';

/** Options of {@link readCsv}. */
export interface CsvOptions {
  /**
   * Whether the first row holds the names of the columns. Default `'auto'`: it does if, the labels aside,
   * some cell of it is text and none is a number; and always where `labelColumn` is a name.
   */
  header?: boolean | 'auto';
  /**
   * One character that parts the cells. Default `'auto'`: of comma, semicolon and tab the one that comes most
   * often in the first row, outside quotes; the earlier one of these where two come equally often.
   */
  delimiter?: string;
  /** Column of the labels: position from 0, or its name in the header. Default: the last; null: no labels. */
  labelColumn?: number | string | null;
}

/** What {@link readCsv} returns. */
export interface CsvTable {
  /** rows × features, row-major: all columns but the labels, in the order of the file. */
  x: Float32Array;
  /** A label a row: the number itself, or a position in `classNames`. Absent where `labelColumn` is null. */
  y?: Float32Array;
  /**
   * Where labels are text: each text once, sorted by UTF-16 code unit, so that files with the same classes
   * agree whatever the order of their rows (scikit-learn's LabelEncoder sorts too).
   */
  classNames?: string[];
  /** Names of the columns of `x`: from the header, else `column1`, `column2` … by place in the file. */
  columns: string[];
  /** Name of the label column. Absent where `labelColumn` is null. */
  labelName?: string;
  /** Rows of `x`, at least 1. */
  rows: number;
  /** Columns of `x`, at least 1. */
  features: number;
}

/** A row of the file. */
interface Row {
  /** Where it starts: a quoted cell may run over several lines. Counts from 1. */
  line: number;
  cells: string[];
}

const DELIMITERS = [',', ';', '\t'];

/** Decimal numbers; no hexadecimal, no thousands separator, no NaN, no Infinity. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Spellings of what is not a finite number in C, Python, R and JavaScript. */
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;

/**
 * Reads a table of numbers, with a column of labels (numbers or text) if there is one.
 *
 * Cells may be quoted as in RFC 4180; lines end in LF, CRLF or CR; a byte order mark, blank lines and spaces
 * around cells are skipped. Numbers are decimal with a point (`-1`, `.5`, `1.5e-3`) and rounded to float32.
 * Labels are either all numbers or all text.
 *
 * @param text the file; bytes are read as UTF-8
 * @returns `x`, rows × features, and for the labels `y`, one number a row, with `classNames` if they are text
 * @throws TypeError if an argument is of the wrong type
 * @throws RangeError naming line and column (both from 1) of a cell that is not a finite number, a label that
 *   is empty or of the other kind than those before it, a quote that is misplaced or never closed; naming the
 *   line of a row with more or fewer cells than the first; and if there is no row of data, no column beside
 *   the labels, no such label column, or the bytes are not UTF-8
 */
export function readCsv(text: string | Uint8Array | ArrayBuffer, options: CsvOptions = {}): CsvTable {
  checkObject('readCsv: options', options, ['header', 'delimiter', 'labelColumn']);
  const { header = 'auto', delimiter = 'auto', labelColumn } = options;
  checkHeader(header);
  checkDelimiter(delimiter);
  const table = decode(text);
  const rows = new RowReader(table, delimiter === 'auto' ? guessDelimiter(table) : delimiter);

  const first = rows.next();
  if (first === undefined) throw malformed('readCsv', 'a row of data', 'an empty file');
  const width = first.cells.length;
  const labelAt = findLabelColumn(labelColumn, header, first.cells);
  const features = labelAt === undefined ? width : width - 1;
  if (features === 0) {
    const hint = 'is the delimiter right? for a table without labels pass labelColumn: null';
    throw malformed('readCsv', 'a column beside the labels', `1 column (${hint})`);
  }
  const hasHeader = header === 'auto' ? typeof labelColumn === 'string' || isHeader(first, labelAt) : header;
  const names = first.cells.map((cell, column) => (hasHeader ? cell.trim() : `column${column + 1}`));

  const x = new FloatList();
  const labels = new LabelList();
  let row = hasHeader ? rows.next() : first;
  if (row === undefined) throw malformed('readCsv', 'a row of data', 'only a header');
  for (; row !== undefined; row = rows.next()) {
    const { line, cells } = row;
    if (cells.length !== width) {
      throw malformed(`readCsv: line ${line}`, `${width} cells as in line ${first.line}`, `${cells.length}`);
    }
    for (let column = 0; column < width; column++) {
      if (column === labelAt) {
        labels.push(cells[column]!, line, column);
      } else {
        const value = parseNumber(cells[column]!);
        if (value === undefined) {
          const mayBeHeader = row === first && header === 'auto';
          const hint = mayBeHeader ? ' (if this row holds the names of the columns, pass header: true)' : '';
          throw notANumber(cells[column]!.trim(), line, column, hint);
        }
        x.push(value);
      }
    }
  }

  const data = x.toArray();
  const shape = { rows: data.length / features, features };
  if (labelAt === undefined) return { x: data, columns: names, ...shape };
  const columns = names.filter((_, column) => column !== labelAt);
  return { x: data, ...labels.encode(), columns, labelName: names[labelAt]!, ...shape };
}

/** Numbers, as many as come. */
class FloatList {
  private values = new Float32Array(1024);
  private length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float32Array(2 * this.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  toArray(): Float32Array {
    return this.values.slice(0, this.length);
  }
}

/** Labels, all of the first one's kind: one bad number must not turn all the others into classes. */
class LabelList {
  private numbers = new FloatList();
  private texts: string[] = [];
  private kind: 'number' | 'text' | undefined;

  push(cell: string, line: number, column: number): void {
    const label = cell.trim();
    const value = parseNumber(label);
    const kind = NUMBER.test(label) ? 'number' : 'text';
    this.kind ??= kind;
    if (label === '' || NOT_FINITE.test(label)) {
      throw malformed(place(line, column), 'a label', quote(label));
    }
    if (kind !== this.kind) {
      const expected = this.kind === 'number' ? 'a number' : 'text';
      throw malformed(place(line, column), `${expected}, as the labels before are`, quote(label));
    }
    if (kind === 'text') this.texts.push(label);
    else if (value !== undefined) this.numbers.push(value);
    else throw notANumber(label, line, column);
  }

  encode(): { y: Float32Array; classNames?: string[] } {
    if (this.kind === 'number') return { y: this.numbers.toArray() };
    const classNames = [...new Set(this.texts)].sort();
    const classOf = new Map(classNames.map((name, index) => [name, index]));
    return { y: Float32Array.from(this.texts, (text) => classOf.get(text)!), classNames };
  }
}

function checkHeader(header: unknown): void {
  if (typeof header === 'boolean' || header === 'auto') return;
  const expected = `true, false or 'auto'`;
  if (typeof header === 'string') throw malformed('readCsv: header', expected, quote(header));
  throw typeError('readCsv: header', expected, header);
}

function checkDelimiter(delimiter: unknown): void {
  if (typeof delimiter !== 'string') throw typeError('readCsv: delimiter', 'a string', delimiter);
  if (delimiter !== 'auto' && (delimiter.length !== 1 || /["\r\n]/.test(delimiter))) {
    const expected = `'auto' or one character that is no quote and no line end`;
    throw malformed('readCsv: delimiter', expected, quote(delimiter));
  }
}

/** The text without its byte order mark. */
function decode(text: unknown): string {
  if (typeof text === 'string') return text.replace(/^\uFEFF/, '');
  const bytes = asBytes('readCsv: text', text, 'a string, a Uint8Array or an ArrayBuffer');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice());
  } catch (cause) {
    throw malformed('readCsv', 'text in UTF-8', 'bytes that are not', cause);
  }
}

/** The candidate that comes most often in the first row that is not blank. */
function guessDelimiter(text: string): string {
  let counts = new Map<string, number>();
  let quoted = false;
  let blank = true;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '\n' || char === '\r')) {
      if (!blank) break;
      counts = new Map();
    } else if (!quoted) counts.set(char, countOf(char) + 1);
    blank &&= char.trim() === '';
  }
  return DELIMITERS.reduce((best, next) => (countOf(next) > countOf(best) ? next : best));

  function countOf(char: string): number {
    return counts.get(char) ?? 0;
  }
}

/** The rows of a text one by one, blank lines left out, cells without their quotes. */
class RowReader {
  private at = 0;
  private line = 1;

  constructor(
    private readonly text: string,
    private readonly delimiter: string,
  ) {}

  /** The next row, undefined after the last. */
  next(): Row | undefined {
    while (this.at < this.text.length) {
      const start = this.at;
      const row: Row = { line: this.line, cells: [] };
      for (;;) {
        const quoted = this.text[this.at] === '"';
        row.cells.push(quoted ? this.quotedCell(row) : this.plainCell(row));
        if (this.text[this.at] !== this.delimiter) break;
        this.at++;
      }
      const blank = row.cells.length === 1 && this.text.slice(start, this.at).trim() === '';
      this.at += this.text.startsWith('\r\n', this.at) ? 2 : 1;
      this.line++;
      if (!blank) return row;
    }
    return undefined;
  }

  /** The cell from here to the next delimiter or line end. */
  private plainCell(row: Row): string {
    const start = this.at;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at];
      if (char === this.delimiter || char === '\n' || char === '\r') break;
      if (char === '"') {
        const got = quote(this.text.slice(start, this.at + 1));
        throw malformed(place(row.line, row.cells.length), 'quotes around a cell with a quote in it', got);
      }
    }
    return this.text.slice(start, this.at);
  }

  /** The cell whose opening quote is here. */
  private quotedCell(row: Row): string {
    let cell = '';
    for (;;) {
      const close = this.text.indexOf('"', this.at + 1);
      if (close < 0) {
        throw malformed(place(row.line, row.cells.length), 'a closing quote', 'the end of the file');
      }
      cell += this.text.slice(this.at + 1, close);
      this.at = close + 1;
      if (this.text[this.at] !== '"') break;
      cell += '"';
    }
    const next = this.text[this.at];
    if (next !== undefined && next !== this.delimiter && next !== '\n' && next !== '\r') {
      const expected = 'a delimiter or a line end after the closing quote';
      throw malformed(place(row.line, row.cells.length), expected, quote(next));
    }
    this.line += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
    return cell;
  }
}

/** Position of the label column, undefined without labels. */
function findLabelColumn(
  labelColumn: unknown,
  header: boolean | 'auto',
  firstCells: readonly string[],
): number | undefined {
  if (labelColumn === null) return undefined;
  if (labelColumn === undefined) return firstCells.length - 1;
  if (typeof labelColumn === 'number') {
    const width = firstCells.length;
    if (Number.isInteger(labelColumn) && labelColumn >= 0 && labelColumn < width) return labelColumn;
    throw malformed('readCsv: labelColumn', `an integer in [0, ${width})`, String(labelColumn));
  }
  if (typeof labelColumn !== 'string') {
    throw typeError('readCsv: labelColumn', 'a number, a name or null', labelColumn);
  }
  if (header === false) {
    throw malformed(`readCsv: labelColumn ${quote(labelColumn)}`, 'a header', 'header: false');
  }
  const names = firstCells.map((cell) => cell.trim());
  const at = names.indexOf(labelColumn);
  if (at < 0 || names.indexOf(labelColumn, at + 1) >= 0) {
    const times = at < 0 ? 'not there' : 'there more than once';
    throw malformed('readCsv: labelColumn', `one of ${quote(names)}`, `${quote(labelColumn)}, ${times}`);
  }
  return at;
}

/** Empty cells and NaN count neither as text nor as numbers: a row of data with gaps is no header. */
function isHeader({ cells }: Row, labelAt: number | undefined): boolean {
  const features = cells.filter((_, column) => column !== labelAt).map((cell) => cell.trim());
  const isName = (cell: string) => cell !== '' && !NOT_FINITE.test(cell);
  return features.some(isName) && !features.some((cell) => NUMBER.test(cell));
}

/** The number in a cell, undefined where it is none or too large for float32. */
function parseNumber(cell: string): number | undefined {
  const text = cell.trim();
  if (!NUMBER.test(text)) return undefined;
  const value = Math.fround(Number(text));
  return Number.isFinite(value) ? value : undefined;
}

function notANumber(text: string, line: number, column: number, hint = ''): RangeError {
  const expected = NUMBER.test(text) ? 'a number within the range of float32' : 'a number';
  return malformed(place(line, column), expected, quote(text) + hint);
}

function place(line: number, column: number): string {
  return `readCsv: line ${line}, column ${column + 1}`;
}
