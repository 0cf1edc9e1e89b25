/** Guesses about a table that the visitor may change: the column to be predicted, as what, and from which others. */
import { CLASSES_AT_MOST } from '../../../shared/table-work.js';
import type { ColumnProfile, TableProfile } from '../../../shared/table-work.js';

/** Whole numbers of which there are at most this many are taken for classes. */
const FEW = 10;
/** Rows that a class of a number should have on average. */
const ROWS_A_CLASS = 5;

/** Ways in which a column can be predicted, the likelier first; none of one that tells nothing. */
export function tasksOf(column: ColumnProfile, rows: number): ('classes' | 'numbers')[] {
  const { kind, distinct, isWhole } = column;
  if (kind === 'text' || distinct < 2) return [];
  const asClasses = distinct <= CLASSES_AT_MOST;
  if (kind !== 'numeric') return asClasses ? ['classes'] : [];
  const isFew = isWhole && distinct <= FEW && rows >= ROWS_A_CLASS * distinct;
  if (!asClasses) return ['numbers'];
  return isFew ? ['classes', 'numbers'] : ['numbers', 'classes'];
}

/** Names that people give to what is to be predicted. */
const TARGETS = /^(?:target|label|class|y|outcome|result|klasse|ziel|zielwert|ergebnis)$/i;

/** The column that is called so, else the last one that can be predicted. */
export function targetOf({ columns, rows }: TableProfile): string | undefined {
  const possible = columns.filter((column) => !column.isRowNumber && tasksOf(column, rows).length > 0);
  return (possible.find(({ name }) => TARGETS.test(name)) ?? possible.at(-1))?.name;
}

/** True of a column that something can be learned from. */
export function isOfUse({ kind, distinct, missing }: ColumnProfile): boolean {
  return kind !== 'text' && (distinct > 1 || (distinct === 1 && kind === 'category' && missing > 0));
}

/** Columns that are learned from unless the visitor says otherwise. */
export function includedOf({ columns }: TableProfile): Set<string> {
  return new Set(columns.filter((column) => isOfUse(column) && !column.isRowNumber).map(({ name }) => name));
}

/** True if one class is so rare that a network gains by ignoring it. */
export function isUnbalanced({ categories, distinct }: ColumnProfile): boolean {
  const counts = categories?.top.map(({ count }) => count) ?? [];
  return distinct <= counts.length && Math.max(...counts) > 3 * Math.min(...counts.filter((count) => count > 0));
}
