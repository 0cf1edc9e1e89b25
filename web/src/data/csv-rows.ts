/** Rows of a table as text: its delimiter, quotes and line ends. */
import { malformed, quote } from '../check/bytes.js';
import { NUMBER, placeOf, WITH_COMMA } from './csv-cells.js';

/** A row of the file. */
export interface Row {
  /** Its first line, counted from 1; a quoted cell may run over several. */
  line: number;
  cells: string[];
}

/** The earlier one is taken where two fit equally well: a comma may be a decimal one. */
const DELIMITERS = ['\t', ';', '|', ','];

/** Rows that are looked at before reading, to find out what is not said. */
const SAMPLE_ROWS = 100;

/** The rows of a text one by one, blank lines left out, cells without their quotes. */
export class RowReader {
  private at = 0;
  private line = 1;

  constructor(
    private readonly text: string,
    private readonly delimiter: string,
  ) {}

  /** The next row, undefined after the last. */
  next(): Row | undefined {
    while (this.at < this.text.length) {
      const start = this.at;
      const row: Row = { line: this.line, cells: [] };
      for (;;) {
        const quoted = this.text[this.at] === '"';
        row.cells.push(quoted ? this.quotedCell(row) : this.plainCell(row));
        if (this.text[this.at] !== this.delimiter) break;
        this.at++;
      }
      const blank = row.cells.length === 1 && this.text.slice(start, this.at).trim() === '';
      this.at += this.text.startsWith('\r\n', this.at) ? 2 : 1;
      this.line++;
      if (!blank) return row;
    }
    return undefined;
  }

  /** The cell from here to the next delimiter or line end. */
  private plainCell(row: Row): string {
    const start = this.at;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at];
      if (char === this.delimiter || char === '\n' || char === '\r') break;
      if (char === '"') {
        const got = quote(this.text.slice(start, this.at + 1));
        throw malformed(placeOf(row.line, row.cells.length), 'quotes around a cell with a quote in it', got);
      }
    }
    return this.text.slice(start, this.at);
  }

  /** The cell whose opening quote is here. */
  private quotedCell(row: Row): string {
    let cell = '';
    for (;;) {
      const close = this.text.indexOf('"', this.at + 1);
      if (close < 0) {
        throw malformed(placeOf(row.line, row.cells.length), 'a closing quote', 'the end of the file');
      }
      cell += this.text.slice(this.at + 1, close);
      this.at = close + 1;
      if (this.text[this.at] !== '"') break;
      cell += '"';
    }
    const next = this.text[this.at];
    if (next !== undefined && next !== this.delimiter && next !== '\n' && next !== '\r') {
      const expected = 'a delimiter or a line end after the closing quote';
      throw malformed(placeOf(row.line, row.cells.length), expected, quote(next));
    }
    this.line += cell.match(/\r\n|\r|\n/g)?.length ?? 0;
    return cell;
  }
}

/** The candidate that makes a table, and the most numbers, of the first rows. */
export function guessDelimiter(text: string): string {
  let best: string | undefined;
  let bestShare = -1;
  for (const delimiter of DELIMITERS) {
    const rows = sampleRows(text, delimiter);
    const width = rows[0]?.cells.length ?? 0;
    if (width < 2 || rows.some(({ cells }) => cells.length !== width)) continue;
    const cells = rows.flatMap((row) => row.cells.map((cell) => cell.trim()));
    const share = cells.filter((cell) => NUMBER.test(cell) || WITH_COMMA.test(cell)).length / cells.length;
    if (share > bestShare) [best, bestShare] = [delimiter, share];
  }
  return best ?? mostFrequent(text);
}

/** The first rows; fewer if there is an error in them, which is thrown when the table is read. */
export function sampleRows(text: string, delimiter: string): Row[] {
  const reader = new RowReader(text, delimiter);
  const rows: Row[] = [];
  try {
    for (let row = reader.next(); row && rows.length < SAMPLE_ROWS; row = reader.next()) rows.push(row);
  } catch {
    // thrown again when the table is read
  }
  return rows;
}

/** The candidate that comes most often in the first row that is not blank. */
function mostFrequent(text: string): string {
  let counts = new Map<string, number>();
  let quoted = false;
  let blank = true;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '\n' || char === '\r')) {
      if (!blank) break;
      counts = new Map();
    } else if (!quoted) counts.set(char, countOf(char) + 1);
    blank &&= char.trim() === '';
  }
  return DELIMITERS.reduce((best, next) => (countOf(next) >= countOf(best) ? next : best));

  function countOf(char: string): number {
    return counts.get(char) ?? 0;
  }
}
