/** Rows at random: for a test, for a fold, to be held out. */
import { checkNumber, checkObject, rangeError } from '../check/arguments.js';
import { malformed } from '../check/bytes.js';
import { nameOf, quoted } from './cells.js';
import type { ColumnStore } from './column.js';
import { Draws, STREAMS, checkSeed } from './random.js';
import { checkTable, type Table } from './table.js';

/** Options of {@link trainTestSplit}. */
export interface SplitOptions {
  /** Share of the rows to test on, above 0 and below 1. Default 0.2. */
  testSize?: number;
  /** Column of classes whose shares are to be the same on both sides. Default: none. */
  stratify?: string;
  /** Default 0. */
  seed?: number;
}

/**
 * Parts the rows of a table at random, into some to learn from and some to test on. Both keep the order of the table.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong; if a side would be empty; with `stratify`, if there
 *   is no such column, or a class of it has a single row, which can not be on both sides.
 * @example
 * const { train, test } = trainTestSplit(table, { testSize: 0.2, stratify: 'species', seed: 1 });
 */
export function trainTestSplit(table: Table, options: SplitOptions = {}): { train: Table; test: Table } {
  const method = 'trainTestSplit';
  checkTable(`${method}: table`, table);
  const {
    testSize = 0.2,
    stratify,
    seed = 0,
  } = checkObject(`${method}: options`, options, ['testSize', 'stratify', 'seed']);
  checkNumber(`${method}: testSize`, testSize, 0, 1);
  checkSeed(`${method}: seed`, seed);
  const wanted = Math.round(testSize * table.rows);
  if (wanted === 0 || wanted === table.rows) {
    throw rangeError(`${method}: testSize`, `a share that leaves rows on both sides of ${table.rows}`, testSize);
  }
  const groups = stratify === undefined ? undefined : groupsOf(method, table.storeOf(`${method}: stratify`, stratify));
  groups?.forEach((rows, label) => {
    if (rows.length > 1) return;
    throw malformed(
      `${method}: stratify`,
      `at least 2 rows of each class of ${quoted(stratify!)}`,
      `1 of ${quoted(label)}`,
    );
  });
  const lists = groups ? [...groups.values()] : [allRows(table.rows)];
  const [train, test] = part(lists, wanted, new Draws(seed, STREAMS.split));
  return { train: table.taken(train), test: table.taken(test) };
}

export function allRows(count: number): number[] {
  return Array.from({ length: count }, (_, row) => row);
}

/** Rows by their class, in an order that does not depend on that of the rows; missing cells are a class of their own. */
export function groupsOf(method: string, store: ColumnStore): Map<string, number[]> {
  if (store.kind === 'text') {
    throw malformed(`${method}: stratify`, 'a column of classes', `${quoted(store.name)}, a column of text`);
  }
  const groups = new Map<string, number[]>();
  for (let row = 0; row < store.length; ++row) {
    const cell = store.at(row);
    const label = cell === undefined ? '' : nameOf(cell);
    const rows = groups.get(label);
    if (rows) rows.push(row);
    else groups.set(label, [row]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Parts each list at random, so that `wanted` rows are on the second side and every list has its share there: the whole
 * part of it, and the rest goes to the lists whose shares were cut most.
 */
export function part(lists: readonly number[][], wanted: number, draws: Draws): [Int32Array, Int32Array] {
  const total = lists.reduce((sum, { length }) => sum + length, 0);
  const shares = lists.map(({ length }) => (wanted * length) / total);
  const counts = shares.map(Math.floor);
  let left = wanted - counts.reduce((sum, count) => sum + count, 0);
  // Rows of a class that would be on the second side alone stay on the first.
  const byRest = shares
    .map((share, i) => ({ i, rest: share - counts[i]! }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i)
    .filter(({ i }) => counts[i]! + 1 < lists[i]!.length || lists.length === 1);
  for (const { i } of byRest) if (left-- > 0) ++counts[i]!;
  const [first, second]: [number[], number[]] = [[], []];
  lists.forEach((rows, i) => {
    const shuffled = draws.shuffle(rows.slice());
    shuffled.forEach((row, place) => (place < counts[i]! ? second : first).push(row));
  });
  return [Int32Array.from(first).sort(), Int32Array.from(second).sort()];
}
