/** From files, addresses and rows to tables. */
import { checkArray, checkName, isPlain, rangeError, shown, typeError } from '../check/arguments.js';
import { beginningOf, malformed, quote } from '../check/bytes.js';
import { arrayName, isArrayBuffer, isUint8Array, isUrl, messageOf, tagOf } from '../check/realm.js';
import { NUMBER, WITH_COMMA, cureFor } from '../data/csv-cells.js';
import { guessDelimiter, sampleRows } from '../data/csv-rows.js';
import { booleanOf, missingTest, quoted } from './cells.js';
import { ColumnStore, type ColumnKind } from './column.js';
import { ScannedColumn, Scanner, type Format } from './scanner.js';
import { Table, checkColumnName, checkTableOptions, checkWidth, type Row, type TableOptions } from './table.js';

/** Options of {@link readTable}. */
export interface ReadTableOptions extends TableOptions {
  /**
   * Of text: true if the first row holds the names of the columns. Default `'auto'`: it does, unless a cell of it is a
   * number. Without names, columns are `column1`, `column2` …
   */
  header?: boolean | 'auto';
  /**
   * Of text: one character that parts the cells. Default `'auto'`: of tab, semicolon, `|` and comma the one that parts
   * the first rows into equally many cells, and most of these into numbers.
   */
  delimiter?: string;
  /**
   * Of text: the decimal separator. Default `'auto'`: a comma where the delimiter is none, some of the first rows'
   * cells are numbers with a comma, and none is one with a point.
   */
  decimal?: '.' | ',' | 'auto';
}

/** Everything that {@link readTable} reads. */
export type TableSource =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | Response
  | ReadableStream
  | readonly Row[]
  | Iterable<Row>
  | AsyncIterable<Row>;

/** Bytes from the beginning that tell how the rest is to be read. */
const SAMPLE = 65_536;

/** Rows that are read first, to learn which columns hold numbers. */
const FIRST_ROWS = 200;

/**
 * Reads a table: comma- or tab-separated values, or rows as objects.
 *
 * Text is read as in RFC 4180, bytes as UTF-8; a byte order mark, blank lines, spaces around cells, and line ends of
 * every kind are taken care of. Columns of decimal numbers are `numeric` (kept as doubles), those of `true` and `false`
 * `boolean`, those of texts `category`; dates, and texts of which there are too many to learn from (over 1000, or over
 * 20 and more than half of the rows), stay `text`, and `table.notes` says so. It takes some 8 bytes a number, and for
 * texts that are not bytes yet as much as their UTF-8 while they are read.
 *
 * @param source text; its bytes, a Blob (a File), a Response or a stream of bytes; its address as a URL, or as a string
 *   that begins with `https:` or the like; an array, iterable or async iterable of objects, a row each
 * @throws {TypeError} if an argument is of the wrong type
 * @throws {RangeError} naming the line of a row with more or fewer cells than the first, of a quote that is never closed,
 *   of a cell that is not of the kind that `kinds` asks for; if there is no row of data, there are more than 100,000
 *   columns, one is called `__proto__`, or the bytes are no text in UTF-8
 * @throws {Error} naming the address that could not be read
 * @example
 * const table = await readTable(await fetch('iris.csv'));
 * console.log(`${table}`); // 150 rows × 5 columns …
 */
export async function readTable(source: TableSource, options: ReadTableOptions = {}): Promise<Table> {
  const { missing, kinds, rest } = checkTableOptions('readTable: options', options, ['header', 'delimiter', 'decimal']);
  const { header = 'auto', delimiter = 'auto', decimal = 'auto' } = rest as ReadTableOptions;
  if (header !== 'auto' && typeof header !== 'boolean')
    throw typeError('readTable: header', "true, false or 'auto'", header);
  checkDelimiter(delimiter);
  checkName('readTable: decimal', decimal, ['.', ',', 'auto']);
  const tableOptions = { missing, kinds: Object.fromEntries(kinds) };

  const bytes = await bytesOf(source);
  const table = bytes
    ? readBytes(bytes, { header, delimiter, decimal }, missingTest(missing), kinds, tableOptions)
    : await readRows(source as Iterable<Row> | AsyncIterable<Row>, tableOptions);
  for (const name of kinds.keys()) {
    if (!table.names.includes(name)) table.storeOf('readTable: kinds', name);
  }
  return table;
}

function checkDelimiter(delimiter: unknown): void {
  if (typeof delimiter !== 'string') throw typeError('readTable: delimiter', "a character, or 'auto'", delimiter);
  if (delimiter !== 'auto' && !/^[\t!#-*,/:-@[-`{-~]$/.test(delimiter)) {
    throw rangeError(
      'readTable: delimiter',
      "one character of ASCII such as ',', ';', '|' or '\\t', or 'auto'",
      delimiter,
    );
  }
}

/** The bytes of a source that is text; undefined if it is one of rows. */
async function bytesOf(source: unknown): Promise<Uint8Array | undefined> {
  if (typeof source === 'string') {
    if (/^(?:https?|file|blob|data):\S+$/.test(source)) return download(source);
    return new TextEncoder().encode(source);
  }
  if (isUint8Array(source)) return source;
  if (isArrayBuffer(source)) return new Uint8Array(source);
  if (isUrl(source)) return download(source.href);
  const tag = tagOf(source);
  if (tag === 'Response') return bodyOf(source as Response, (source as Response).url || 'the response');
  if (tag === 'Blob' || tag === 'File') return new Uint8Array(await (source as Blob).arrayBuffer());
  if (tag === 'ReadableStream') return new Uint8Array(await new Response(source as ReadableStream).arrayBuffer());
  const isRows =
    typeof source === 'object' &&
    source !== null &&
    arrayName(source) === undefined &&
    (Symbol.iterator in source || Symbol.asyncIterator in source);
  if (isRows) return undefined;
  throw typeError('readTable: source', 'text, bytes, a Blob, a URL, a Response or rows that are objects', source);
}

async function download(address: string): Promise<Uint8Array> {
  if (address.startsWith('file:') && globalThis.process?.getBuiltinModule) {
    // Node's fetch reads no files.
    const { readFile } = globalThis.process.getBuiltinModule('node:fs/promises');
    try {
      return await readFile(new URL(address));
    } catch (cause) {
      throw new Error(`readTable: could not read ${address}: ${messageOf(cause)}`, { cause });
    }
  }
  let response: Response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw new Error(`readTable: could not fetch ${address}: ${messageOf(cause)}`, { cause });
  }
  return bodyOf(response, address);
}

async function bodyOf(response: Response, name: string): Promise<Uint8Array> {
  if (!response.ok) throw new Error(`readTable: expected a table at ${name}, got status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function readRows(source: Iterable<Row> | AsyncIterable<Row>, options: TableOptions): Promise<Table> {
  const table = new Table(options);
  const add = (row: unknown) => {
    if (row === null || typeof row !== 'object' || !isPlain(row)) {
      const expected = 'an object with a cell for each column, { length: 5.1, species: … }';
      throw typeError(`readTable: row ${table.rows + 1}`, expected, row);
    }
    try {
      table.add(row as Row);
    } catch (error) {
      // The sentence names this function, which is the one that was called.
      (error as Error).message = messageOf(error).replace(/^add:/, 'readTable:');
      throw error;
    }
  };
  if (Array.isArray(source)) checkArray('readTable: source', source, 'an array').forEach(add);
  else for await (const row of source) add(row);
  if (table.rows === 0) throw malformed('readTable: source', 'at least one row', 'none');
  return table;
}

/** Refuses files that are something else, each with the cure. */
function checkFile(bytes: Uint8Array): void {
  const [a, b] = bytes;
  const refuse = (got: string) => malformed('readTable', 'text, comma- or tab-separated', got);
  // Text may begin with PK, too: the column of a primary key.
  if (a === 0x50 && b === 0x4b && [3, 5, 7].includes(bytes[2]!))
    throw refuse('a zip archive, as .xlsx and .ods are: save the sheet as CSV');
  if (a === 0x1f && b === 0x8b) throw refuse("gzip: decompress it first, with new DecompressionStream('gzip')");
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) throw refuse('UTF-16: save it as UTF-8');
  if (a === 0x50 && b === 0x41 && bytes[2] === 0x52 && bytes[3] === 0x31) throw refuse('Parquet: export it as CSV');
  const beginning = a === 0x3c ? beginningOf(bytes) : undefined;
  if (beginning) throw refuse(beginning);
}

/** Text of the first rows, whole ones if possible. */
function sampleOf(bytes: Uint8Array, begin: number): string {
  let end = Math.min(begin + SAMPLE, bytes.length);
  if (end < bytes.length) {
    const last = Math.max(bytes.lastIndexOf(10, end), bytes.lastIndexOf(13, end));
    const second = bytes.indexOf(10, bytes.indexOf(10, begin) + 1);
    end = last > begin ? last + 1 : second > 0 ? second + 1 : bytes.length;
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.slice(begin, end));
}

function guessDecimal(cells: string[], delimiter: string): '.' | ',' {
  if (delimiter === ',') return '.';
  const hasPoint = cells.some((cell) => NUMBER.test(cell) && cell.includes('.'));
  return !hasPoint && cells.some((cell) => WITH_COMMA.test(cell)) ? ',' : '.';
}

function readBytes(
  bytes: Uint8Array,
  given: Required<Pick<ReadTableOptions, 'header' | 'delimiter' | 'decimal'>>,
  isMissing: (text: string) => boolean,
  kinds: ReadonlyMap<string, ColumnKind>,
  options: TableOptions,
): Table {
  checkFile(bytes);
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const sample = sampleOf(bytes, start);
  const delimiter = given.delimiter === 'auto' ? guessDelimiter(sample) : given.delimiter;
  const below = sampleRows(sample, delimiter).slice(1);
  const cells = below.flatMap((row) => row.cells.map((cell) => cell.trim()));
  const decimal = given.decimal === 'auto' ? guessDecimal(cells, delimiter) : given.decimal;
  const format: Format = { delimiter: delimiter.charCodeAt(0), decimal, isMissing };

  const first = new Scanner([], format, 1, 0).readRow(bytes, start);
  if (first === undefined) throw malformed('readTable', 'a row of data', 'an empty file');
  checkWidth('readTable: source', first.cells.length);
  const isNumber = (cell: string) => (decimal === ',' ? WITH_COMMA.test(cell) : false) || NUMBER.test(cell);
  const hasHeader = given.header === 'auto' ? !first.cells.some(isNumber) : given.header;
  const remarks: string[] = [];
  const names = namesOf(first.cells, hasHeader, remarks);
  if (given.decimal === 'auto' && decimal === ',') remarks.push('numbers are read with a decimal comma');

  const columns = names.map((name) => {
    const column = new ScannedColumn();
    const wanted = kinds.get(name);
    if (wanted === 'category' || wanted === 'boolean') column.mode = 'names';
    if (wanted === 'text') column.mode = 'skip';
    column.keepsAll = wanted === 'category';
    return column;
  });
  const begin = hasHeader ? first.next : start;
  const line = hasHeader ? first.line : 1;

  // The first rows tell which columns are none of numbers; what they do not tell is found out on the way.
  const taste = new Scanner(columns, format, line, FIRST_ROWS);
  taste.scan(bytes, begin, FIRST_ROWS);
  if (taste.rows === 0) throw malformed('readTable', 'a row of data', 'only a header');
  for (const column of columns) if (column.oddity) column.mode = 'names';
  const reading = new Scanner(columns, format, line, guessRows(bytes, begin, taste));
  reading.scan(bytes, begin);
  const { rows } = reading;
  const late = columns.filter(({ oddity, mode, names: table }) => oddity && mode === 'skip' && !table);
  if (late.length > 0) {
    const again = columns.map((column) => {
      const copy = new ScannedColumn();
      copy.mode = late.includes(column) ? 'names' : 'skip';
      return copy;
    });
    new Scanner(again, format, line, rows).scan(bytes, begin);
    again.forEach((copy, i) => {
      if (copy.names) [columns[i]!.names, columns[i]!.mode] = [copy.names, copy.mode];
    });
  }
  const stores = columns.map((column, i) => storeOf(names[i]!, column, rows, format, kinds.get(names[i]!), remarks));
  return Table.of(stores, rows, remarks, options);
}

/** A guess at the number of rows, rather too many than too few. */
function guessRows(bytes: Uint8Array, begin: number, taste: Scanner): number {
  if (taste.rows < FIRST_ROWS) return taste.rows;
  return Math.ceil((1.02 * (bytes.length - begin)) / (taste.bytesRead / taste.rows)) + 16;
}

function namesOf(cells: string[], hasHeader: boolean, remarks: string[]): string[] {
  const taken = new Set<string>();
  return cells.map((cell, i) => {
    const name = hasHeader && cell !== '' ? checkColumnName(`readTable: column ${i + 1}`, cell) : `column${i + 1}`;
    let free = name;
    for (let n = 2; taken.has(free); ++n) free = `${name}_${n}`;
    if (free !== name)
      remarks.push(`column ${i + 1} is called ${quoted(free)}, because another one is ${quoted(name)}`);
    taken.add(free);
    return free;
  });
}

function storeOf(
  name: string,
  column: ScannedColumn,
  rows: number,
  format: Format,
  wanted: ColumnKind | undefined,
  remarks: string[],
): ColumnStore {
  const { oddity } = column;
  if (wanted === 'text') return ColumnStore.ofNames(name, rows, undefined, wanted);
  if (oddity && wanted === 'numeric') {
    const got = shown(oddity.text) + cureFor(oddity.text, format.decimal);
    throw malformed(`readTable: line ${oddity.line}, column ${quoted(name)}`, 'a number', got);
  }
  if (!column.names) return ColumnStore.ofNumbers(name, column.numbers.subarray(0, rows), false, wanted);
  const held = column.mode === 'skip' ? undefined : column.names.finish(name, rows, format.isMissing);
  if (held && wanted !== 'category') {
    const values = held.names.map((text) => booleanOf(text) ?? (wanted === 'boolean' ? bitOf(text) : undefined));
    if (held.names.length > 0 && values.every((value) => value !== undefined)) {
      const numbers = Float64Array.from(held.codes, (code) => (code < 0 ? NaN : Number(values[code])));
      return ColumnStore.ofNumbers(name, numbers, true, wanted);
    }
    if (wanted === 'boolean') {
      const bad = held.names[values.indexOf(undefined)] ?? '';
      throw malformed(`readTable: column ${quoted(name)}`, 'true and false only', quote(bad));
    }
  }
  if (wanted === 'boolean') throw malformed(`readTable: column ${quoted(name)}`, 'true and false only', 'other texts');
  if (oddity && held) remarkOnNumbers(name, held.names, oddity, format, remarks);
  return ColumnStore.ofNames(name, rows, held, wanted);
}

function bitOf(text: string): boolean | undefined {
  return text === '1' ? true : text === '0' ? false : undefined;
}

/** A remark on a column that is nearly one of numbers. */
function remarkOnNumbers(
  name: string,
  names: string[],
  { text, line }: { text: string; line: number },
  { decimal }: Format,
  remarks: string[],
): void {
  const numbers = names.filter((known) => NUMBER.test(known)).length;
  const cure = cureFor(text, decimal);
  if (2 * numbers < names.length && !/separators|currencies|comma/.test(cure)) return;
  const how = cure || ` (if it stands for a missing cell, pass missing: [${shown(text)}])`;
  remarks.push(`column ${quoted(name)} is no column of numbers, because of ${shown(text)} in line ${line}${how}`);
}
