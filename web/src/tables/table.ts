/** Tables: named columns of equally many rows. */
import {
  checkArray,
  checkInteger,
  checkName,
  checkObject,
  isPlain,
  rangeError,
  typeError,
} from '../check/arguments.js';
import { malformed } from '../check/bytes.js';
import { closest } from '../check/did-you-mean.js';
import { cellOf, missingTest, quoted, type Cell } from './cells.js';
import { COLUMN_KINDS, ColumnStore, type Column, type ColumnKind } from './column.js';

/** A row: cells by the names of their columns; null where one is missing. */
export type Row = Readonly<Record<string, number | boolean | string | bigint | Date | null | undefined>>;

/** Options of {@link Table}, and of {@link readTable}. */
export interface TableOptions {
  /** Spellings of a missing cell, beside `''`, `NA`, `N/A`, `#N/A`, `NaN`, `null` and `?`, in capitals or not. */
  missing?: readonly string[];
  /** Kinds of columns by name, for those whose cells would tell another: `{ zip: 'category' }`. */
  kinds?: Readonly<Record<string, ColumnKind>>;
}

/** More columns are refused, because each takes arrays of its own, and because nobody names so many. */
export const MOST_COLUMNS = 100_000;

/** Result of {@link readTable}; or made empty, to be filled row by row with {@link Table.add}. */
export class Table {
  /** Sentences on what was not taken as it is: columns left as text, decimal commas, names that were changed. */
  readonly remarks: string[] = [];
  #rows = 0;
  readonly #stores = new Map<string, ColumnStore>();
  readonly #isMissing: (text: string) => boolean;
  /** @internal Spellings of a missing cell, beside the usual ones. */
  readonly missingSpellings: readonly string[];
  readonly #kinds: ReadonlyMap<string, ColumnKind>;

  /** True for a table. @internal */
  static isOne(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #stores in value;
  }

  /**
   * A table without rows and columns, for data that come row by row.
   *
   * @example
   * const table = new Table();
   * sensor.onreading = ({ x, y, z }) => table.add({ x, y, z, gesture: 'circle' });
   * @throws {TypeError | RangeError} naming the option that is wrong.
   */
  constructor(options: TableOptions = {}) {
    const { missing, kinds } = checkTableOptions('Table: options', options);
    this.#isMissing = missingTest(missing);
    this.missingSpellings = missing;
    this.#kinds = kinds;
  }

  /** @internal */
  static of(
    stores: readonly ColumnStore[],
    rows: number,
    remarks: readonly string[],
    options: TableOptions = {},
  ): Table {
    const table = new Table(options);
    for (const store of stores) table.#stores.set(store.name, store);
    table.#rows = rows;
    table.remarks.push(...remarks);
    return table;
  }

  /** Number of rows. */
  get rows(): number {
    return this.#rows;
  }

  /** The columns, in the order of the source, as they are now. */
  get columns(): Column[] {
    return Array.from(this.#stores.values(), (store) => store.view());
  }

  /** Names of the columns, in the order of the source. */
  get names(): string[] {
    return [...this.#stores.keys()];
  }

  /** Remarks on the table and on its columns of text. */
  get notes(): string[] {
    return [...this.remarks, ...Array.from(this.#stores.values(), ({ note }) => note ?? []).flat()];
  }

  /**
   * The column of this name, as it is now.
   *
   * @throws {RangeError} if there is none.
   */
  column(name: string): Column {
    return this.storeOf('column: name', name).view();
  }

  /** @internal */
  storeOf(argument: string, name: unknown): ColumnStore {
    if (typeof name !== 'string') throw typeError(argument, 'the name of a column', name);
    const store = this.#stores.get(name);
    if (store) return store;
    const near = closest(name, this.names);
    const names = this.names.slice(0, 20).map(quoted).join(', ') + (this.#stores.size > 20 ? ' …' : '');
    const error = rangeError(argument, `the name of a column (${names})`, name);
    throw near === undefined ? error : new RangeError(`${error.message}. Did you mean ${quoted(near)}?`);
  }

  /**
   * A row more, at the end. Columns that it has and the table has not are missing in the rows before; those that it
   * lacks are missing in it. A text in a column of numbers makes a category of that column.
   *
   * @throws {TypeError | RangeError} naming the cell that is neither a number, a text, a boolean, a Date nor null.
   */
  add(row: Row): this {
    const number = this.#rows + 1;
    if (row === null || typeof row !== 'object' || !isPlain(row)) {
      throw typeError(`add: row ${number}`, 'an object with a cell for each column', row);
    }
    const cells = new Map<string, Cell>();
    for (const name of Object.keys(row)) {
      checkColumnName(`add: row ${number}`, name);
      const value: unknown = row[name];
      // A cell that is missing makes no column, so that `undefined` may stand for no cell at all.
      if (value === undefined && !this.#stores.has(name)) continue;
      cells.set(name, cellOf(`add: row ${number}, column ${quoted(name)}`, value, this.#isMissing));
    }
    if (this.#stores.size + cells.size > MOST_COLUMNS) {
      let more = 0;
      for (const name of cells.keys()) if (!this.#stores.has(name)) ++more;
      checkWidth(`add: row ${number}`, this.#stores.size + more);
    }
    for (const name of cells.keys()) {
      if (this.#stores.has(name)) continue;
      const store = new ColumnStore(name, this.#kinds.get(name));
      for (let i = 0; i < this.#rows; ++i) store.push(undefined, () => '');
      this.#stores.set(name, store);
    }
    const pushed: ColumnStore[] = [];
    try {
      for (const [name, store] of this.#stores) {
        store.push(cells.get(name), () => `add: row ${number}, column ${quoted(name)}`);
        pushed.push(store);
      }
    } catch (error) {
      for (const store of pushed) --store.length;
      throw error;
    }
    ++this.#rows;
    return this;
  }

  /**
   * A row as an object, cells by name: numbers, booleans, texts, and null where one is missing. Columns of text are
   * left out, because their cells are not kept.
   *
   * @throws {RangeError} if there is no such row.
   */
  row(index: number): Record<string, number | boolean | string | null> {
    checkInteger('row: index', index, 0, Math.max(0, this.#rows - 1));
    if (this.#rows === 0) throw rangeError('row: index', 'a row of the table, which has none', index);
    const kept = Array.from(this.#stores.values()).filter(({ kind }) => kind !== 'text');
    return Object.fromEntries(kept.map((store) => [store.name, store.at(index) ?? null]));
  }

  /** The rows of these indices, in this order, as a table of their own. */
  take(indices: readonly number[] | Int32Array): Table {
    const rows = Array.isArray(indices) ? checkArray('take: indices', indices, 'an array of rows') : indices;
    for (let i = 0; i < rows.length; ++i) checkInteger(`take: indices[${i}]`, rows[i], 0, this.#rows - 1);
    return this.taken(rows as ArrayLike<number>);
  }

  /** @internal */
  taken(rows: ArrayLike<number>): Table {
    const stores = Array.from(this.#stores.values(), (store) => store.take(rows));
    return Table.of(stores, rows.length, this.remarks, this.#options());
  }

  /**
   * A copy of the table without some of its columns.
   *
   * @throws {TypeError | RangeError} if a name is that of no column.
   */
  drop(names: string | readonly string[]): Table {
    const list = typeof names === 'string' ? [names] : checkArray('drop: names', names, 'a name or an array of names');
    const dropped = new Set(list.map((name) => this.storeOf('drop: names', name).name));
    const stores = Array.from(this.#stores.values()).filter(({ name }) => !dropped.has(name));
    const all = Int32Array.from({ length: this.#rows }, (_, i) => i);
    const kept = stores.map((store) => store.take(all));
    return Table.of(kept, this.#rows, this.remarks, this.#options());
  }

  #options(): TableOptions {
    return { missing: this.missingSpellings, kinds: Object.fromEntries(this.#kinds) };
  }

  /** The columns with their kinds, a line each. */
  toString(): string {
    const lines = this.columns.map(({ name, kind, missing, categories }) => {
      const about = [categories && `${categories.length} categories`, missing > 0 && `${missing} missing`];
      return `  ${name}: ${[kind, ...about.filter(Boolean)].join(', ')}`;
    });
    return [`${this.#rows} rows × ${this.#stores.size} columns`, ...lines, ...this.notes].join('\n');
  }
}

/** True for a {@link Table}. */
export function isTable(value: unknown): value is Table {
  return Table.isOne(value);
}

export function checkTable(argument: string, value: unknown): Table {
  if (!isTable(value)) throw typeError(argument, 'a table, as readTable gives', value);
  if (value.rows === 0) throw malformed(argument, 'a table with rows', `${value.names.length} columns without a row`);
  return value;
}

export function checkTableOptions(argument: string, options: TableOptions, more: readonly string[] = []) {
  const { missing = [], kinds = {}, ...rest } = checkObject(argument, options, ['missing', 'kinds', ...more]);
  const prefix = argument.replace(/ options$/, '');
  const spellings = checkArray(`${prefix} missing`, missing, 'an array of texts');
  spellings.forEach((text, i) => {
    if (typeof text !== 'string') throw typeError(`${prefix} missing[${i}]`, 'a text', text);
  });
  if (kinds === null || typeof kinds !== 'object' || !isPlain(kinds)) {
    throw typeError(`${prefix} kinds`, 'an object of kinds by column', kinds);
  }
  const list = Object.entries(kinds);
  for (const [name, kind] of list) checkName(`${prefix} kinds: ${quoted(name)}`, kind, COLUMN_KINDS);
  return { missing: spellings as string[], kinds: new Map(list), rest };
}

/** A name of a column; `__proto__`, set on an object, would change what the object is. */
export function checkColumnName(where: string, name: string): string {
  if (name === '__proto__') throw rangeError(`${where}: name of a column`, "a name other than '__proto__'", name);
  return name;
}

export function checkWidth(where: string, columns: number): void {
  if (columns <= MOST_COLUMNS) return;
  const expected = `at most ${MOST_COLUMNS} columns (for wider data give numbers to a Sequential model)`;
  throw rangeError(where, expected, columns);
}
