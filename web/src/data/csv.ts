/**
 * Tables of numbers as text: comma-separated values as in RFC 4180, with `;`, tab or `|` instead of the comma too.
 */
import { isArrayBuffer } from '../check/realm.js';
import { checkName, checkObject, typeError } from '../check/arguments.js';
import { asBytes, malformed, quote } from '../check/bytes.js';
import {
  cureFor,
  isMissing,
  isNumber,
  notANumber,
  parseNumber,
  placeOf,
  WITH_COMMA,
  WITH_THOUSANDS,
} from './csv-cells.js';
import { guessDelimiter, RowReader, sampleRows, type Row } from './csv-rows.js';

/** Options of {@link readCsv}. */
export interface CsvOptions {
  /**
   * True if the first row holds the names of the columns. Default `'auto'`: it does if, the labels aside, some cell of
   * it is text and none is a number (empty cells and `?` are neither); if a cell of it is one of the names that
   * `labelColumn` looks for and does not come again below; and always where `labelColumn` is a name.
   */
  header?: boolean | 'auto';
  /**
   * One character that parts the cells. Default `'auto'`: of tab, semicolon, `|` and comma the one that parts the first
   * rows into equally many cells, and most of these into numbers (with a point or a comma); if none does, the one that
   * comes most often in the first row.
   */
  delimiter?: string;
  /** The decimal separator: `','` for numbers like `36,6`. Default `'.'`. */
  decimal?: '.' | ',';
  /**
   * Column of the labels: position from 0, or its name in the header. Default: the column named label, target, class
   * or y in the header (in capitals or not; the earlier of these names), else the last. The result's `labelColumn` says
   * which it became. null: no labels.
   */
  labelColumn?: number | string | null;
}

/** Result of {@link readCsv}. */
export interface CsvTable {
  /** rows × features, row-major: all columns but the labels, in the order of the file. */
  x: Float32Array;
  /** A label a row: the number itself, or a position in `classNames`. Absent where `labelColumn` is null. */
  y?: Float32Array;
  /**
   * For labels that are text: each text once, sorted by UTF-16 code unit, so that files with the same classes
   * agree whatever the order of their rows (scikit-learn's LabelEncoder sorts too).
   */
  classNames?: string[];
  /** Names of the columns of `x`: from the header, else `column1`, `column2` … by place in the file. */
  columns: string[];
  /** Name of the label column. Absent where `labelColumn` is null. */
  labelName?: string;
  /** The column of the file that the labels were taken from, counted from 0. Absent where there are none. */
  labelColumn?: number;
  /** Rows of `x`, at least 1. */
  rows: number;
  /** Columns of `x`, at least 1. */
  features: number;
}

/** Columns with such a name hold the labels. */
const LABEL_NAMES = ['label', 'target', 'class', 'y'];

/**
 * Reads a table of numbers, with a column of labels (numbers or text) if there is one.
 *
 * Cells may be quoted as in RFC 4180; lines end in LF, CRLF or CR; a byte order mark, blank lines and spaces
 * around cells are skipped. Numbers are decimal with a point, or as `decimal` says (`-1`, `.5`, `1.5e-3`), and rounded
 * to float32; thousands separators, currencies and missing cells are refused. Labels are either all numbers or all text.
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
  const {
    header = 'auto',
    delimiter: given = 'auto',
    decimal = '.',
    labelColumn,
  } = checkObject('readCsv: options', options, ['header', 'delimiter', 'decimal', 'labelColumn']);
  checkHeader(header);
  checkDelimiter(given);
  checkName('readCsv: decimal', decimal, ['.', ',']);
  const table = decode(text);
  const delimiter = given === 'auto' ? guessDelimiter(table) : given;
  const rows = new RowReader(table, delimiter);

  const first = rows.next();
  if (first === undefined) throw malformed('readCsv', 'a row of data', 'an empty file');
  const width = first.cells.length;
  const below = sampleRows(table, delimiter).slice(1);
  const namedAt = labelColumn === undefined && header !== false ? findLabelName(first, below, header) : undefined;
  const labelAt = namedAt ?? findLabelColumn(labelColumn, header, first.cells);
  const features = labelAt === undefined ? width : width - 1;
  if (features === 0) {
    const hint = 'is the delimiter right? for a table without labels pass labelColumn: null';
    throw malformed('readCsv', 'a column beside the labels', `1 column (${hint})`);
  }
  const isNamed = namedAt !== undefined || typeof labelColumn === 'string';
  const hasHeader = header === 'auto' ? isNamed || isHeader(first, labelAt, decimal) : header;
  const names = first.cells.map((cell, column) => (hasHeader ? cell.trim() : `column${column + 1}`));

  const most = mostRows(table, width);
  const x = new FloatList(most * features);
  const labels = new LabelList(decimal, most);
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
        const value = parseNumber(cells[column]!, decimal);
        if (value === undefined) {
          const mayBeHeader = row === first && header === 'auto';
          const hint = mayBeHeader ? ' (if this row holds the names of the columns, pass header: true)' : '';
          throw notANumber(cells[column]!.trim(), line, column, decimal, hint);
        }
        x.push(value);
      }
    }
  }

  const data = x.toArray();
  const shape = { rows: data.length / features, features };
  if (labelAt === undefined) return { x: data, columns: names, ...shape };
  const columns = names.filter((_, column) => column !== labelAt);
  return { x: data, ...labels.encode(), columns, labelName: names[labelAt]!, labelColumn: labelAt, ...shape };
}

/**
 * As many rows as a text can have at most: those of its lines, but for those that are too short, because a row of so many
 * cells has at least a character and a delimiter or line end for each.
 */
function mostRows(text: string, width: number): number {
  let lines = 1;
  for (let at = 0; at < text.length; ++at) {
    const char = text[at];
    if (char === '\n' || (char === '\r' && text[at + 1] !== '\n')) ++lines;
  }
  return Math.min(lines, Math.floor((text.length + 1) / (2 * width)));
}

/** Numbers, as many as come. The most that there can be is known: a list that grows would take three times as much. */
class FloatList {
  private values: Float32Array;
  private length = 0;

  constructor(most: number) {
    this.values = new Float32Array(most);
  }

  push(value: number): void {
    this.values[this.length++] = value;
  }

  toArray(): Float32Array {
    return this.length === this.values.length ? this.values : this.values.slice(0, this.length);
  }
}

/** Labels, all of the first one's kind: one bad number must not turn all the others into classes. */
class LabelList {
  /** The numbers; for texts the places of theirs among all that there are. */
  private numbers: FloatList;
  private places = new Map<string, number>();
  private count = 0;
  private kind: 'number' | 'text' | undefined;

  constructor(
    private readonly decimal: string,
    most: number,
  ) {
    this.numbers = new FloatList(most);
  }

  push(cell: string, line: number, column: number): void {
    const label = cell.trim();
    const value = parseNumber(label, this.decimal);
    const kind = isNumber(label, this.decimal) ? 'number' : 'text';
    this.kind ??= kind;
    if (isMissing(label)) {
      throw malformed(placeOf(line, column), 'a label', quote(label));
    }
    if (kind !== this.kind) {
      const expected = this.kind === 'number' ? 'a number' : 'text';
      const isSecond = this.kind === 'text' && this.count === 1;
      const hint = isSecond ? ' (if the first row holds the names of the columns, pass header: true)' : '';
      throw malformed(placeOf(line, column), `${expected}, as the labels before are`, quote(label) + hint);
    }
    if (kind === 'text' && (WITH_COMMA.test(label) || WITH_THOUSANDS.test(label))) {
      throw notANumber(label, line, column, this.decimal); // lest a measurement become classes
    }
    ++this.count;
    if (kind === 'text') {
      let place = this.places.get(label);
      if (place === undefined) this.places.set(label, (place = this.places.size));
      this.numbers.push(place);
    } else if (value !== undefined) this.numbers.push(value);
    else throw notANumber(label, line, column, this.decimal);
  }

  encode(): { y: Float32Array; classNames?: string[] } {
    const y = this.numbers.toArray();
    if (this.kind === 'number') return { y };
    const classNames = [...this.places.keys()].sort();
    const classOf = new Float32Array(classNames.length); // by the places
    classNames.forEach((name, index) => (classOf[this.places.get(name)!] = index));
    return { y: y.map((place) => classOf[place]!), classNames };
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
    // Decoders take no shared memory.
    const own = isArrayBuffer(bytes.buffer) ? bytes : bytes.slice();
    return new TextDecoder('utf-8', { fatal: true }).decode(own);
  } catch (cause) {
    throw malformed('readCsv', 'text in UTF-8', 'bytes that are not', cause);
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

/**
 * Position of the column whose first cell is one of {@link LABEL_NAMES}, the earlier name first. Unless a header is
 * certain, not of one that comes again below: then it is a class, as y beside n.
 */
function findLabelName({ cells }: Row, below: readonly Row[], header: true | 'auto'): number | undefined {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const isName = (cell: string, column: number) =>
    header === true || !below.some((row) => row.cells[column]?.trim().toLowerCase() === cell);
  for (const wanted of LABEL_NAMES) {
    const at = names.findIndex((cell, column) => cell === wanted && isName(cell, column));
    if (at >= 0) return at;
  }
  return undefined;
}

/** Missing cells count neither as text nor as numbers: a row of data with gaps is no header. */
function isHeader({ cells }: Row, labelAt: number | undefined, decimal: string): boolean {
  const features = cells.filter((_, column) => column !== labelAt).map((cell) => cell.trim());
  const isName = (cell: string) => !isNumber(cell, decimal) && cureFor(cell, decimal) === '';
  return features.some(isName) && features.every((cell) => isName(cell) || isMissing(cell));
}
