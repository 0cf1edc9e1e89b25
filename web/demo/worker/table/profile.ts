/** Columns in a few figures: what the page shows of each, and by what it guesses their use. */
import type { Column } from 'mlp-wasm/tables';
import type { ColumnProfile } from '../../shared/table-work.js';

/** Different values beyond this many are not told apart. */
export const MANY = 1000;
const BINS = 18;
const TOP = 8;

export function profileOf(column: Column): ColumnProfile {
  const { name, kind, missing, numbers, codes, categories } = column;
  const plain = { name, kind, missing, distinct: 0, isRowNumber: false, isWhole: false, isBinary: false };
  if (codes && categories) return { ...plain, ...ofCategories(codes, categories) };
  if (!numbers) return plain;
  if (kind === 'boolean') return { ...plain, ...ofBooleans(numbers) };
  return { ...plain, ...ofNumbers(numbers) };
}

function ofCategories(codes: Int32Array, categories: readonly string[]) {
  const counts = new Array<number>(categories.length).fill(0);
  for (const code of codes) if (code >= 0) ++counts[code]!;
  const sorted = counts
    .flatMap((count, code) => (count > 0 ? [{ name: categories[code]!, count }] : []))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const top = sorted.slice(0, TOP);
  const others = sorted.slice(TOP).reduce((sum, { count }) => sum + count, 0);
  return { distinct: sorted.length, categories: { top, others } };
}

function ofBooleans(numbers: Float64Array) {
  const [no, yes] = [0, 1].map((value) => numbers.reduce((sum, number) => sum + Number(number === value), 0));
  const top = [
    { name: 'true', count: yes! },
    { name: 'false', count: no! },
  ];
  return { distinct: top.filter(({ count }) => count > 0).length, isBinary: true, categories: { top, others: 0 } };
}

function ofNumbers(numbers: Float64Array) {
  const present = numbers.filter((number) => !Number.isNaN(number)).sort();
  if (present.length === 0) return {};
  const [min, max] = [present[0]!, present.at(-1)!];
  const distinct = new Set<number>();
  let sum = 0;
  let isWhole = true;
  for (const number of present) {
    if (distinct.size <= MANY) distinct.add(number);
    sum += number / present.length;
    isWhole &&= Number.isInteger(number);
  }
  return {
    distinct: distinct.size,
    isWhole,
    isBinary: min >= 0 && max <= 1 && isWhole,
    isRowNumber:
      numbers.length >= 10 &&
      (numbers[0] === 0 || numbers[0] === 1) &&
      numbers.every((number, row) => number === numbers[0]! + row),
    numbers: { min, max, mean: sum, median: present[present.length >> 1]!, bins: binsOf(present, min, max) },
  };
}

/** Counts of numbers in intervals of equal width; of few whole numbers, one for each. */
function binsOf(present: Float64Array, min: number, max: number): number[] {
  const isFew = Number.isInteger(min) && max - min < BINS && present.every(Number.isInteger);
  const count = max === min ? 1 : isFew ? max - min + 1 : BINS;
  const bins = new Array<number>(count).fill(0);
  // Divided before they are subtracted, because the width of very large numbers is beyond what a double holds.
  for (const number of present) {
    const share = max === min ? 0 : (number / 2 - min / 2) / (max / 2 - min / 2);
    ++bins[isFew ? number - min : Math.min(count - 1, Math.floor(share * count))]!;
  }
  return bins;
}
