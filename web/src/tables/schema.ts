/**
 * From a table to the numbers that a network takes, and back: made from training rows alone, kept with the model.
 */
import { isPlain, rangeError, shown, typeError } from '../check/arguments.js';
import { malformed } from '../check/bytes.js';
import { closest } from '../check/did-you-mean.js';
import { numberOf } from '../data/csv-cells.js';
import { cellOf, missingTest, nameOf, quoted, sortedNames, type Cell } from './cells.js';
import type { ColumnStore } from './column.js';
import type { Row, Table } from './table.js';

/** A column of numbers, or of true and false as 1 and 0, as the network gets it: (number − mean) / deviation. */
export interface NumericFeature {
  name: string;
  kind: 'numeric' | 'boolean';
  /** Median of the training rows, which stands for a missing cell. */
  median: number;
  /** Mean of the training rows, missing cells filled. */
  mean: number;
  /** Their standard deviation, over all rows as scikit-learn's StandardScaler has it; above 0. */
  deviation: number;
}

/** A column of categories, of which each is an input that is 1 or 0; missing and unknown ones are 0 everywhere. */
export interface CategoryFeature {
  name: string;
  kind: 'category';
  categories: string[];
}

export type Feature = NumericFeature | CategoryFeature;

/** A class a row: one of `labels`. */
export interface ClassTarget {
  kind: 'class';
  name: string;
  labels: string[];
}

/** Several classes that a row may be of at once: a column of true and false for each. */
export interface ClassesTarget {
  kind: 'classes';
  names: string[];
}

/** One or several numbers, scaled for training as features are. */
export interface NumbersTarget {
  kind: 'numbers';
  names: string[];
  means: number[];
  deviations: number[];
}

export type Target = ClassTarget | ClassesTarget | NumbersTarget;

/** Names, categories, ranges and scales of the training rows. */
export interface Schema {
  features: Feature[];
  target: Target;
  /** Spellings of a missing cell, beside the usual ones. */
  missing: string[];
}

/** More classes than this are taken for a mistake. */
const MOST_CLASSES = 1000;

/** Names of the columns that are to be found out. */
export function targetNames(target: Target): string[] {
  return target.kind === 'class' ? [target.name] : target.names;
}

/** Outputs of the network. */
export function outputsOf(target: Target): number {
  return target.kind === 'class' ? target.labels.length : target.names.length;
}

/** Inputs of the network. */
export function widthOf(features: readonly Feature[]): number {
  return features.reduce((sum, feature) => sum + (feature.kind === 'category' ? feature.categories.length : 1), 0);
}

/** The features of a table, from all columns but the targets; `notes` gets a sentence for each that is left out. */
export function makeFeatures(
  method: string,
  table: Table,
  without: readonly string[],
  only: readonly string[] | undefined,
  notes: string[],
): Feature[] {
  const names = only ?? table.names.filter((name) => !without.includes(name));
  const features: Feature[] = [];
  for (const name of names) {
    const feature = makeFeature(table.storeOf(`${method}: features`, name), notes);
    if (feature) features.push(feature);
  }
  if (features.length > 0) return features;
  const reasons = notes.slice(0, 3).join('; ');
  throw malformed(`${method}: table`, 'a column to learn from, beside the target', `none${reasons && `: ${reasons}`}`);
}

function makeFeature(store: ColumnStore, notes: string[]): Feature | undefined {
  const { name, kind, numbers, categories, codes } = store.view();
  const skip = (reason: string) => void notes.push(`column ${quoted(name)} is left out, because ${reason}`);
  if (kind === 'text') {
    const { note } = store;
    return note === undefined ? undefined : void notes.push(note);
  }
  if (kind === 'category') {
    const seen = new Set(codes);
    seen.delete(-1);
    if (seen.size === 0) return skip('all its cells are missing');
    if (seen.size === 1 && !codes!.includes(-1)) return skip('all its cells are the same');
    return { name, kind, categories: sortedNames(Array.from(seen, (code) => categories![code]!)) };
  }
  const present = numbers!.filter((number) => !Number.isNaN(number)).sort();
  if (present.length === 0) return skip('all its cells are missing');
  const middle = present.length >> 1;
  const median = present.length % 2 === 1 ? present[middle]! : present[middle - 1]! / 2 + present[middle]! / 2;
  const { mean, deviation } = momentsOf(numbers!, median);
  if (deviation === 0) return skip('all its cells are the same');
  if (!Number.isFinite(deviation)) return skip('its numbers are too large to be scaled');
  return { name, kind, median, mean, deviation };
}

/** Mean and standard deviation, with `filler` for missing numbers. In two passes, so that large means do no harm. */
function momentsOf(numbers: Float64Array, filler: number): { mean: number; deviation: number } {
  let sum = 0;
  for (const number of numbers) sum += Number.isNaN(number) ? filler : number;
  const mean = sum / numbers.length;
  let squares = 0;
  let largest = 0;
  for (const number of numbers) {
    const distance = (Number.isNaN(number) ? filler : number) - mean;
    squares += distance * distance;
    largest = Math.max(largest, Math.abs(distance));
  }
  const deviation = Math.sqrt(squares / numbers.length);
  // Rounding leaves a little where all numbers are the same.
  return { mean, deviation: largest <= 1e-14 * Math.abs(mean) ? 0 : deviation };
}

/** The classes in a column, as names in their order. */
export function labelsOf(method: string, store: ColumnStore): string[] {
  const { name, kind } = store;
  if (kind === 'text') {
    const got = store.note ?? `column ${quoted(name)} of text`;
    throw new RangeError(
      `${method}: target: expected a column of classes (for many classes pass kinds), got one where ${got}`,
    );
  }
  const { codes, categories, numbers } = store.view();
  const names = new Set<string>();
  if (codes) for (const code of new Set(codes)) names.add(code < 0 ? '' : categories![code]!);
  else {
    for (const number of numbers!) {
      if (!Number.isNaN(number)) names.add(nameOf(kind === 'boolean' ? number === 1 : number));
      if (names.size > MOST_CLASSES) {
        const cure = 'for a number use regressor()';
        throw malformed(
          `${method}: target`,
          `at most ${MOST_CLASSES} classes (${cure})`,
          `more in column ${quoted(name)}`,
        );
      }
    }
  }
  if (codes?.includes(-1)) names.delete('');
  const labels = sortedNames(names);
  if (labels.length >= 2) return labels;
  const got = labels.length === 0 ? 'none' : `one, ${shown(labels[0])}`;
  throw malformed(`${method}: target`, `at least 2 classes in column ${quoted(name)}`, got);
}

export function makeClasses(method: string, stores: readonly ColumnStore[]): ClassesTarget {
  for (const { name, kind, at, length } of stores.map(readable)) {
    if (kind === 'boolean') continue;
    for (let row = 0; row < length; ++row) {
      const cell = at(row);
      if (cell === undefined || cell === 0 || cell === 1) continue;
      const expected = 'columns of true and false, or of 1 and 0 (for one class a row name one column)';
      throw rangeError(`${method}: target ${quoted(name)}`, expected, cell);
    }
  }
  return { kind: 'classes', names: stores.map(({ name }) => name) };
}

function readable(store: ColumnStore) {
  const { name, kind, length } = store;
  return { name, kind, length, at: (row: number) => store.at(row) };
}

export function makeNumbers(method: string, stores: readonly ColumnStore[]): NumbersTarget {
  const target: NumbersTarget = { kind: 'numbers', names: [], means: [], deviations: [] };
  for (const store of stores) {
    const { name, kind, numbers } = store.view();
    if (!numbers || kind !== 'numeric') {
      throw malformed(
        `${method}: target`,
        `numbers in column ${quoted(name)} (for classes use classifier())`,
        `one of kind ${quoted(kind)}`,
      );
    }
    const present = numbers.filter((number) => !Number.isNaN(number));
    if (present.length === 0) throw malformed(`${method}: target`, `numbers in column ${quoted(name)}`, 'none');
    const { mean, deviation } = momentsOf(present, 0);
    if (!Number.isFinite(deviation)) throw malformed(`${method}: target`, 'numbers that can be scaled', 'larger ones');
    target.names.push(name);
    target.means.push(mean);
    target.deviations.push(deviation || 1);
  }
  return target;
}

/** Categories that the training rows had not, counted by column. */
export type Unknown = Map<string, number>;

/** Turns tables and rows into inputs, and counts what it does not know. */
export class Encoder {
  readonly width: number;
  readonly unknown: Unknown = new Map();
  readonly #features: readonly Feature[];
  readonly #isMissing: (text: string) => boolean;
  /** Of each category feature, the inputs by name. */
  readonly #inputs: (Map<string, number> | undefined)[];

  constructor({ features, missing }: Pick<Schema, 'features' | 'missing'>) {
    this.#features = features;
    this.#isMissing = missingTest(missing);
    this.width = widthOf(features);
    this.#inputs = features.map((feature) =>
      feature.kind === 'category' ? new Map(feature.categories.map((name, i) => [name, i])) : undefined,
    );
  }

  /** rows × width numbers, row-major. */
  table(argument: string, table: Table): Float32Array {
    const { width } = this;
    const x = new Float32Array(table.rows * width);
    let first = 0;
    this.#features.forEach((feature, i) => {
      const store = table.storeOf(`${argument}: a column of the model`, feature.name);
      if (feature.kind === 'category') {
        this.#encodeCategories(argument, store, feature, this.#inputs[i]!, x, first);
        first += feature.categories.length;
      } else this.#encodeNumbers(argument, store, feature, x, first++);
    });
    return x;
  }

  #encodeNumbers(argument: string, store: ColumnStore, feature: NumericFeature, x: Float32Array, at: number): void {
    const { median, mean, deviation } = feature;
    const { numbers } = store.view();
    for (let row = 0, to = at; row < store.length; ++row, to += this.width) {
      const number = numbers ? numbers[row]! : toNumber(argument, feature, store.at(row));
      x[to] = ((Number.isNaN(number) ? median : number) - mean) / deviation;
    }
    if (store.kind === 'text' && store.length > 0) {
      throw malformed(`${argument}: column ${quoted(feature.name)}`, 'numbers', 'text, which was not kept');
    }
  }

  #encodeCategories(
    argument: string,
    store: ColumnStore,
    feature: CategoryFeature,
    inputs: Map<string, number>,
    x: Float32Array,
    first: number,
  ): void {
    const { codes, categories } = store.view();
    if (store.kind === 'text') {
      throw malformed(
        `${argument}: column ${quoted(feature.name)}`,
        'categories (pass kinds)',
        'text, which was not kept',
      );
    }
    const known = categories?.map((name) => inputs.get(name) ?? -1);
    let missed = 0;
    for (let row = 0; row < store.length; ++row) {
      let input: number | undefined;
      if (codes) {
        if (codes[row]! < 0) continue;
        input = known![codes[row]!]!;
      } else {
        const cell = store.at(row);
        if (cell === undefined) continue;
        input = inputs.get(nameOf(cell)) ?? -1;
      }
      if (input < 0) ++missed;
      else x[row * this.width + first + input] = 1;
    }
    if (missed > 0) this.unknown.set(feature.name, (this.unknown.get(feature.name) ?? 0) + missed);
  }

  /** The inputs of a row, from `at` on. */
  row(argument: string, row: Row, x: Float32Array, at: number): void {
    if (row === null || typeof row !== 'object' || !isPlain(row)) {
      throw typeError(argument, `an object with a cell for each column (${shown(this.#features[0]!.name)} …)`, row);
    }
    x.fill(0, at, at + this.width);
    this.#features.forEach((feature, i) => {
      const { name } = feature;
      if (!Object.hasOwn(row, name) || row[name] === undefined) throw this.#lacks(argument, row, name);
      const cell = cellOf(`${argument}: ${quoted(name)}`, row[name], this.#isMissing);
      if (feature.kind === 'category') {
        if (cell !== undefined) {
          const input = this.#inputs[i]!.get(nameOf(cell));
          if (input === undefined) this.unknown.set(name, (this.unknown.get(name) ?? 0) + 1);
          else x[at + input] = 1;
        }
        at += feature.categories.length;
      } else {
        const number = toNumber(argument, feature, cell);
        x[at++] = ((Number.isNaN(number) ? feature.median : number) - feature.mean) / feature.deviation;
      }
    });
  }

  #lacks(argument: string, row: Row, name: string): RangeError {
    const others = Object.keys(row).filter((key) => !this.#features.some((feature) => feature.name === key));
    const near = closest(name, others);
    const hint = near === undefined ? '' : `, but ${shown(near)}`;
    return malformed(argument, `a cell for column ${quoted(name)} (null where it is missing)`, `none${hint}`);
  }
}

/** A cell of a numeric column; NaN where it is missing. */
function toNumber(argument: string, { name, kind }: NumericFeature, cell: Cell): number {
  if (cell === undefined) return NaN;
  if (typeof cell !== 'string') return Number(cell);
  const plain = cell.toLowerCase();
  if (plain === 'true' || plain === 'false') return Number(plain === 'true');
  const number = numberOf(cell);
  if (number !== undefined) return number;
  const expected = kind === 'boolean' ? 'true or false' : 'a number';
  throw rangeError(`${argument}: column ${quoted(name)}`, expected, cell);
}

/** Targets of a table, and the rows that have all of them. */
export interface EncodedTargets {
  rows: Int32Array;
  /** Of classes, one index a row, −1 for a class that the model does not know. */
  classes?: Int32Array;
  /** Of numbers and of several classes, in their own units: rows × outputs. */
  values?: Float64Array;
}

export function encodeTargets(argument: string, table: Table, target: Target): EncodedTargets {
  const stores = targetNames(target).map((name) => table.storeOf(`${argument}: target`, name));
  for (const store of stores) {
    if (store.kind === 'text') {
      throw malformed(`${argument}: target ${quoted(store.name)}`, 'classes or numbers', 'text, which was not kept');
    }
  }
  const rows: number[] = [];
  for (let row = 0; row < table.rows; ++row) {
    if (stores.every((store) => store.at(row) !== undefined)) rows.push(row);
  }
  if (rows.length === 0) throw malformed(`${argument}: target`, 'a row in which it is not missing', 'none');
  const kept = Int32Array.from(rows);
  if (target.kind === 'class') {
    const index = new Map(target.labels.map((label, i) => [label, i]));
    const [store] = stores;
    return { rows: kept, classes: kept.map((row) => index.get(nameOf(store!.at(row)!)) ?? -1) };
  }
  const values = new Float64Array(kept.length * stores.length);
  kept.forEach((row, i) => {
    stores.forEach((store, j) => {
      const cell = store.at(row)!;
      const value = typeof cell === 'string' ? numberOf(cell) : Number(cell);
      if (value === undefined || (target.kind === 'classes' && value !== 0 && value !== 1)) {
        const expected = target.kind === 'classes' ? 'true or false' : 'a number';
        throw rangeError(`${argument}: target ${quoted(store.name)}, row ${row + 1}`, expected, cell);
      }
      values[i * stores.length + j] = value;
    });
  });
  return { rows: kept, values };
}
