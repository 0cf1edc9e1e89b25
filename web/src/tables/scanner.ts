/**
 * Reads the bytes of a table, comma-separated values as in RFC 4180, straight into the arrays of its columns: no string
 * and no object is made for a cell that is a number. Columns that turn out to hold texts are read in a second pass.
 */
import { malformed, quote } from '../check/bytes.js';
import { numberOf } from '../data/csv-cells.js';
import { MANY, MOST, tooMany } from './column.js';

const [LF, CR, SPACE, TAB, QUOTE, MINUS, PLUS] = [10, 13, 32, 9, 34, 45, 43];

/** The powers of ten that are doubles exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Integers up to here are doubles exactly, so that one division or product rounds once (Clinger 1990). */
const EXACT = 2 ** 53;

/** Text of the bytes of a cell. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The use that a pass makes of a column. */
export type Mode = 'skip' | 'numbers' | 'names';

/** The first cell of a column that is no number. */
export interface Oddity {
  text: string;
  line: number;
}

export interface Format {
  /** One byte. */
  delimiter: number;
  decimal: '.' | ',';
  isMissing(text: string): boolean;
}

/** A column while it is read. */
export class ScannedColumn {
  mode: Mode = 'numbers';
  numbers: Float64Array = new Float64Array(0);
  names: NameTable | undefined;
  /** A cell because of which it is not read as numbers. */
  oddity: Oddity | undefined;
  /** True to keep more than {@link MANY} names. */
  keepsAll = false;
}

/** A reader of rows. Reading past the end gives undefined, which is neither a digit nor a delimiter. */
export class Scanner {
  /** Rows that were read. */
  rows = 0;
  /** Bytes that these take. */
  bytesRead = 0;
  line: number;
  readonly #columns: ScannedColumn[];
  readonly #format: Format;
  readonly #decimal: number;
  #capacity: number;
  /** Begin and end of the cell that was last found, and whether it has two quotes for one. */
  #cellBegin = 0;
  #cellEnd = 0;
  #isEscaped = false;

  /** `line` is that of the first byte, counted from 1. `capacity` is a guess at the number of rows. */
  constructor(columns: ScannedColumn[], format: Format, line: number, capacity: number) {
    this.#columns = columns;
    this.#format = format;
    this.#decimal = format.decimal.charCodeAt(0);
    this.line = line;
    this.#capacity = Math.max(1, capacity);
    for (const column of columns) this.#allocate(column);
  }

  #allocate(column: ScannedColumn): void {
    if (column.mode === 'numbers') column.numbers = new Float64Array(this.#capacity);
    if (column.mode === 'names') column.names = new NameTable(this.#capacity, column.keepsAll);
  }

  #grow(): void {
    this.#capacity = Math.ceil(1.25 * this.#capacity) + 16;
    for (const column of this.#columns) {
      if (column.mode === 'numbers') {
        const longer = new Float64Array(this.#capacity);
        longer.set(column.numbers);
        column.numbers = longer;
      } else if (column.mode === 'names') column.names!.grow(this.#capacity);
    }
  }

  /** Reads rows from `begin` to the end, up to this many. */
  scan(bytes: Uint8Array, begin: number, atMost = Infinity): void {
    const end = bytes.length;
    const columns = this.#columns;
    const width = columns.length;
    const { delimiter } = this.#format;
    const decimal = this.#decimal;
    let at = begin;
    while (at < end && this.rows < atMost) {
      if (this.#isBlank(bytes, at)) {
        at = this.#pastLine(bytes, this.#cellEnd);
        continue;
      }
      if (this.rows === this.#capacity) this.#grow();
      const { rows: row, line } = this;
      for (let i = 0; ; ++i) {
        if (i === width) throw this.#wrongWidth(line, bytes, at, end);
        const column = columns[i]!;
        let next = -1;
        if (column.mode === 'numbers') {
          // The common spellings of numbers; all else goes the slow way.
          let p = at;
          const isNegative = bytes[p] === MINUS;
          if (isNegative) ++p;
          const first = p;
          let digits = 0;
          let digit = bytes[p]! ^ 48;
          while (digit < 10) {
            digits = digits * 10 + digit;
            digit = bytes[++p]! ^ 48;
          }
          let exponent = 0;
          let count = p - first;
          if (bytes[p] === decimal && decimal !== delimiter) {
            const fraction = ++p;
            digit = bytes[p]! ^ 48;
            while (digit < 10) {
              digits = digits * 10 + digit;
              digit = bytes[++p]! ^ 48;
            }
            exponent = fraction - p;
            count -= exponent;
          }
          if ((bytes[p]! | 32) === 101 && count > 0) {
            let q = p + 1;
            const isSmall = bytes[q] === MINUS;
            if (isSmall || bytes[q] === PLUS) ++q;
            const firstOfPower = q;
            let power = 0;
            digit = bytes[q]! ^ 48;
            while (digit < 10 && power < 1000) {
              power = power * 10 + digit;
              digit = bytes[++q]! ^ 48;
            }
            if (q > firstOfPower) {
              p = q;
              exponent += isSmall ? -power : power;
            } else count = 0;
          }
          const byte = bytes[p]!;
          if (count > 0 && digits <= EXACT && exponent >= -22 && exponent <= 22) {
            if (byte === delimiter || byte === LF || byte === CR) {
              const value = exponent < 0 ? digits / POWERS[-exponent]! : digits * POWERS[exponent]!;
              column.numbers[row] = isNegative ? -value : value;
              next = p;
            }
          }
        }
        if (next < 0) {
          next = this.#findCell(bytes, at, end, i);
          if (column.mode === 'numbers') this.#readNumber(column, bytes, row, line);
          else if (column.mode === 'names') this.#readName(column, bytes, row);
        }
        const byte = bytes[next]!;
        at = next + 1;
        if (byte === delimiter) continue;
        if (i + 1 < width) throw this.#tooFew(line, i + 1);
        at = this.#pastLine(bytes, next);
        break;
      }
      ++this.rows;
    }
    this.bytesRead = at - begin;
  }

  /** True if nothing but spaces comes before the line end; `#cellEnd` is then that of the line. */
  #isBlank(bytes: Uint8Array, at: number): boolean {
    const first = bytes[at]!;
    if (first > SPACE) return false;
    const { delimiter } = this.#format;
    let p = at;
    while ((bytes[p] === SPACE || bytes[p] === TAB) && bytes[p] !== delimiter) ++p;
    this.#cellEnd = p;
    return p >= bytes.length || bytes[p] === LF || bytes[p] === CR;
  }

  /** Past the line end that is here. */
  #pastLine(bytes: Uint8Array, at: number): number {
    ++this.line;
    return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  /** Finds the cell that begins here, without its spaces and quotes; returns where its delimiter or line end is. */
  #findCell(bytes: Uint8Array, at: number, end: number, index: number): number {
    const { delimiter } = this.#format;
    let begin = at;
    while (bytes[begin] === SPACE || (bytes[begin] === TAB && delimiter !== TAB)) ++begin;
    this.#isEscaped = false;
    if (bytes[begin] === QUOTE) return this.#findQuoted(bytes, begin + 1, end, index);
    let p = begin;
    let byte = bytes[p]!;
    while (byte !== delimiter && byte !== LF && byte !== CR && p < end) byte = bytes[++p]!;
    let last = p;
    while (last > begin && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) --last;
    this.#cellBegin = begin;
    this.#cellEnd = last;
    return p;
  }

  #findQuoted(bytes: Uint8Array, begin: number, end: number, index: number): number {
    const { line } = this;
    const { delimiter } = this.#format;
    let p = begin;
    for (; ; ++p) {
      if (p >= end) throw malformed(place(line, index), 'a closing quote', 'the end of the file');
      const byte = bytes[p];
      if (byte === QUOTE) {
        if (bytes[p + 1] !== QUOTE) break;
        this.#isEscaped = true;
        ++p;
      } else if (byte === LF || (byte === CR && bytes[p + 1] !== LF)) ++this.line;
    }
    this.#cellBegin = begin;
    this.#cellEnd = p;
    do ++p;
    while (bytes[p] === SPACE || (bytes[p] === TAB && delimiter !== TAB));
    const byte = bytes[p];
    if (byte === delimiter || byte === LF || byte === CR || p >= end) return p;
    const got = quote(decode(bytes, p, Math.min(p + 1, end)));
    throw malformed(place(line, index), 'a delimiter or a line end after the closing quote', got);
  }

  #text(bytes: Uint8Array): string {
    const text = decode(bytes, this.#cellBegin, this.#cellEnd);
    return (this.#isEscaped ? text.replaceAll('""', '"') : text).trim();
  }

  #readNumber(column: ScannedColumn, bytes: Uint8Array, row: number, line: number): void {
    if (this.#cellEnd === this.#cellBegin) {
      column.numbers[row] = NaN;
      return;
    }
    const text = this.#text(bytes);
    const value = this.#format.isMissing(text) ? NaN : numberOf(text, this.#format.decimal);
    if (value === undefined) column.oddity ??= { text, line };
    column.numbers[row] = value ?? NaN;
    if (value === undefined) column.mode = 'skip'; // for now: it is read again
  }

  #readName(column: ScannedColumn, bytes: Uint8Array, row: number): void {
    const isKept = column.names!.put(row, bytes, this.#cellBegin, this.#cellEnd, this.#isEscaped);
    if (!isKept) column.mode = 'skip';
  }

  /** The cells of a row as text, for the names in the header; and where the next one begins. */
  readRow(bytes: Uint8Array, begin: number): { cells: string[]; next: number; line: number } | undefined {
    const end = bytes.length;
    let at = begin;
    while (at < end && this.#isBlank(bytes, at)) at = this.#pastLine(bytes, this.#cellEnd);
    if (at >= end) return undefined;
    const cells: string[] = [];
    for (;;) {
      const next = this.#findCell(bytes, at, end, cells.length);
      cells.push(this.#text(bytes));
      if (bytes[next] !== this.#format.delimiter) return { cells, next: this.#pastLine(bytes, next), line: this.line };
      at = next + 1;
    }
  }

  #wrongWidth(line: number, bytes: Uint8Array, from: number, end: number): RangeError {
    let cells = this.#columns.length;
    for (let at = from; ; ++cells) {
      at = this.#findCell(bytes, at, end, cells);
      if (bytes[at++] !== this.#format.delimiter) return this.#tooFew(line, cells + 1);
    }
  }

  #tooFew(line: number, cells: number): RangeError {
    return malformed(`readTable: line ${line}`, `${this.#columns.length} cells as in the first row`, `${cells}`);
  }
}

function place(line: number, index: number): string {
  return `readTable: line ${line}, column ${index + 1}`;
}

function decode(bytes: Uint8Array, begin: number, end: number): string {
  let text = '';
  for (let p = begin; p < end && end - begin <= 40; ++p) {
    const byte = bytes[p]!;
    if (byte >= 128) break;
    text += String.fromCharCode(byte); // faster than a decoder where a text is short
  }
  if (text.length === end - begin) return text;
  try {
    return decoder.decode(bytes.slice(begin, end)); // a copy: browsers decode no shared memory
  } catch (cause) {
    throw malformed('readTable', 'a file in UTF-8', 'bytes that are not (save it as UTF-8)', cause);
  }
}

/** A text of a column: its bytes, and their hash. */
interface Place {
  bytes: Uint8Array;
  begin: number;
  end: number;
  hash: number;
  isEscaped: boolean;
}

/** The different texts of a column, and the one of each row, found by their bytes without making strings. */
export class NameTable {
  #codes: Int32Array;
  readonly #places: Place[] = [];
  /** Numbers of the texts, + 1, by their hash (open addressing); 0: none. */
  #slots = new Int32Array(64);
  readonly #atMost: number;
  readonly #keepsAll: boolean;

  constructor(capacity: number, keepsAll: boolean) {
    this.#codes = new Int32Array(capacity);
    this.#keepsAll = keepsAll;
    this.#atMost = keepsAll ? MOST : MANY;
  }

  grow(capacity: number): void {
    const longer = new Int32Array(capacity);
    longer.set(this.#codes);
    this.#codes = longer;
  }

  /** Notes the text of a row; false if it is one too many. */
  put(row: number, bytes: Uint8Array, begin: number, end: number, isEscaped: boolean): boolean {
    // FNV-1a (Fowler, Noll & Vo)
    let hash = 0x811c9dc5;
    for (let p = begin; p < end; ++p) hash = Math.imul(hash ^ bytes[p]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.#slots[slot]! - 1;
      if (code < 0) return this.#add(row, slot, { bytes, begin, end, hash, isEscaped });
      const known = this.#places[code]!;
      if (known.hash === hash && known.isEscaped === isEscaped && isSame(known, bytes, begin, end)) {
        this.#codes[row] = code;
        return true;
      }
    }
  }

  #add(row: number, slot: number, place: Place): boolean {
    this.#codes[row] = this.#places.length;
    this.#slots[slot] = this.#places.push(place);
    if (this.#places.length > this.#atMost + 8) return false; // 8 may be spellings of a missing cell
    if (2 * this.#places.length > this.#slots.length) {
      const slots = new Int32Array(4 * this.#slots.length);
      this.#places.forEach(({ hash }, code) => {
        let free = hash & (slots.length - 1);
        while (slots[free] !== 0) free = (free + 1) & (slots.length - 1);
        slots[free] = code + 1;
      });
      this.#slots = slots;
    }
    return true;
  }

  /** The texts and codes of `rows` rows, −1 for missing ones; undefined if there are more than are kept. */
  finish(
    column: string,
    rows: number,
    isMissing: (text: string) => boolean,
  ): { codes: Int32Array; names: string[] } | undefined {
    const index = new Map<string, number>();
    const recoded = this.#places.map(({ bytes, begin, end, isEscaped }) => {
      const text = decode(bytes, begin, end);
      const name = (isEscaped ? text.replaceAll('""', '"') : text).trim();
      if (isMissing(name)) return -1;
      const code = index.get(name) ?? index.size;
      index.set(name, code);
      return code;
    });
    if (index.size > this.#atMost) {
      if (this.#keepsAll) throw tooMany(column);
      return undefined;
    }
    const codes = this.#codes.subarray(0, rows);
    for (let row = 0; row < rows; ++row) codes[row] = recoded[codes[row]!]!;
    return { codes, names: [...index.keys()] };
  }
}

function isSame(known: Place, bytes: Uint8Array, begin: number, end: number) {
  if (known.end - known.begin !== end - begin) return false;
  for (let p = begin, q = known.begin; p < end; ++p, ++q) if (bytes[p] !== known.bytes[q]) return false;
  return true;
}
