/** The visitor's own file with what the model says of each row: every line as it was, and further cells at its end. */
import type { Table } from 'mlp-wasm/tables';
import type { Parts, TableModel } from './training.js';

const CHUNK = 4096;

/** The lines of a file that hold cells: line ends within quoted cells part no rows, blank lines are none. */
export function* records(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const begin = at;
    let isQuoted = false;
    // A quote opens a cell only at its beginning.
    let isBeginning = true;
    for (; at < text.length; at++) {
      const letter = text[at]!;
      if (isQuoted) {
        if (letter !== '"') continue;
        if (text[at + 1] === '"') at++;
        else isQuoted = false;
      } else if (letter === '\n' || letter === '\r') break;
      else if (letter === '"' && isBeginning) isQuoted = true;
      else isBeginning = ',;|\t'.includes(letter) || (isBeginning && letter === ' ');
    }
    const line = text.slice(begin, at);
    if (line.trim() !== '') yield line;
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
}

/** The character that parts the cells of a line into `columns`. */
export function delimiterOf(line: string, columns: number): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  return ['\t', ';', '|', ','].find((delimiter) => bare.split(delimiter).length === columns) ?? ',';
}

function quoted(cell: string, delimiter: string): string {
  const isPlain = !cell.includes(delimiter) && !/["\n\r]/.test(cell) && cell === cell.trim();
  return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`;
}

export function predictions(
  bytes: Uint8Array<ArrayBuffer>,
  table: Table,
  { test, train }: Pick<Parts, 'test' | 'train'>,
  model: TableModel,
): Blob {
  const lines = [...records(new TextDecoder().decode(bytes))];
  const hasHeader = lines.length === table.rows + 1;
  const [first = ''] = lines;
  const delimiter = delimiterOf(first, table.names.length);
  const comma = table.notes.some((note) => note.includes('decimal comma'));
  const written = (value: number): string => {
    const text = String(Number(value.toPrecision(6)));
    return comma ? text.replace('.', ',') : text;
  };
  const { schema } = model;
  const target = schema.target.kind === 'class' ? schema.target.name : schema.target.names[0]!;
  const isClasses = 'labels' in model;
  const use = new Map<number, string>([
    ...train.map((row) => [row, 'train'] as const),
    ...test.map((row) => [row, 'test'] as const),
  ]);
  const join = (line: string, more: string[]): string =>
    [line, ...more.map((cell) => quoted(cell, delimiter))].join(delimiter);
  // A byte order mark, by which Excel knows UTF-8, stays.
  const parts: string[] = bytes[0] === 0xef && bytes[1] === 0xbb ? ['\ufeff'] : [];
  const heads = [`${target} predicted`, ...(isClasses ? ['probability'] : []), 'part'];
  if (hasHeader) parts.push(join(first, heads), '\r\n');
  const begin = hasHeader ? 1 : 0;
  for (let from = 0; from < table.rows; from += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, table.rows - from) }, (_, i) => from + i);
    const some = table.take(rows);
    const answers = isClasses
      ? model.predict(some).map(({ label, probability }) => [label, written(probability)])
      : (model.predict(some) as number[]).map((value) => [written(value)]);
    rows.forEach((row, i) => {
      parts.push(join(lines[begin + row] ?? '', [...answers[i]!, use.get(row) ?? '']), '\r\n');
    });
  }
  return new Blob(parts, { type: 'text/csv' });
}
