/** Faults by name, so that the page can tell them in the visitor's language; most begin as a sentence of the package. */
import type { Fault, TableNote } from '../../shared/table-work.js';

export class TableFault extends Error {
  constructor(readonly fault: Fault) {
    super(JSON.stringify(fault));
  }
}

/** Sentences of the package, and what they are about. A name may hold quotes itself: what follows it tells its end. */
const SENTENCES: readonly [RegExp, (parts: string[]) => Fault][] = [
  [/a row of data, got an empty file$/, () => ({ fault: 'empty' })],
  [/a row of data, got only a header$/, () => ({ fault: 'only header' })],
  [/as a web page does/, () => ({ fault: 'html' })],
  [/got a zip archive/, () => ({ fault: 'format', format: 'xlsx' })],
  [/got gzip/, () => ({ fault: 'format', format: 'gzip' })],
  [/got Parquet/, () => ({ fault: 'format', format: 'Parquet' })],
  [
    /line (\d+): expected (\d+) cells as in the first row, got (\d+)/,
    ([, line, expected, got]) => ({ fault: 'ragged', line: line!, expected: expected!, got: got! }),
  ],
  [/line (\d+).* (?:a closing quote|after the closing quote)/, ([, line]) => ({ fault: 'quote', line: line! })],
  [
    /column '(.*?)': expected a number, got '(.*?)'(?: \([^)]*\))?$/s,
    ([, column, cell]) => ({ fault: 'no number', column: column!, cell: cell! }),
  ],
  [
    /column '(.*?)': expected true and false only, got "?(.*?)"?$/s,
    ([, column, cell]) => ({ fault: 'no boolean', column: column!, cell: cell! }),
  ],
  [/column '(.*?)': expected at most .* categories/s, ([, column]) => ({ fault: 'categories', column: column! })],
  [/expected a column to learn from, beside the target, got none/, () => ({ fault: 'no feature' })],
  [/at least 2 classes in column '(.*?)', got one/s, ([, column]) => ({ fault: 'constant', column: column! })],
];

export function faultOf(error: unknown): Fault {
  if (error instanceof TableFault) return error.fault;
  const text = error instanceof Error ? error.message : String(error);
  for (const [pattern, fault] of SENTENCES) {
    const parts = pattern.exec(text);
    if (parts) return fault([...parts]);
  }
  return { fault: 'other', text };
}

const NOTES: readonly [RegExp, (parts: string[]) => TableNote][] = [
  [
    /^column '(.*?)' is left as text, because its cells are dates/s,
    ([, column]) => ({ note: 'dates', column: column! }),
  ],
  [
    /^column '(.*?)' is left as text, because it has (?:more than )?(\d+) different texts in (\d+) rows/s,
    ([, column, different, rows]) => ({ note: 'texts', column: column!, different: different!, rows: rows! }),
  ],
  [/^numbers are read with a decimal comma/, () => ({ note: 'decimal comma' })],
  [
    /^column \d+ is called '(.*?)', because another one is '(.*)'$/s,
    ([, column, from]) => ({ note: 'renamed', column: column!, from: from! }),
  ],
  [
    /^column '(.*?)' is no column of numbers, because of '(.*?)' in line (\d+)(.*)$/s,
    ([, column, cell, line, rest]) => ({
      note: 'odd cell',
      column: column!,
      cell: cell!,
      line: line!,
      cure: /currencies/.test(rest!) ? 'units' : /thousands|comma/.test(rest!) ? 'thousands' : 'missing',
    }),
  ],
];

/**
 * A remark of the package on a table that it read.
 *
 * @param names of all columns, because a sentence cuts a long one
 */
export function noteOf(text: string, names: readonly string[]): TableNote {
  for (const [pattern, made] of NOTES) {
    const parts = pattern.exec(text);
    if (!parts) continue;
    const note = made([...parts]);
    if (!('column' in note) || !note.column.endsWith('…')) return note;
    const column = names.find((name) => name.startsWith(note.column.slice(0, -1))) ?? note.column;
    return { ...note, column };
  }
  return { note: 'other', text };
}
