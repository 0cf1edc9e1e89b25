/** A file as a table, and what there is to say about it; whatever is none is refused by name. */
import { readTable, type Table } from 'mlp-wasm/tables';
import { BYTES_AT_MOST, COLUMNS_AT_MOST } from '../../shared/table-work.js';
import type { Cell, ReadOptions, TableNote, TableProfile } from '../../shared/table-work.js';
import { faultOf, noteOf, TableFault } from './faults.js';
import { profileOf } from './profile.js';

const PREVIEW_ROWS = 50;
/** Bytes that are looked at to tell text from all else. */
const BEGINNING = 4096;

/** A table with the text that it was read from. */
export interface ReadResult {
  table: Table;
  profile: TableProfile;
  bytes: Uint8Array<ArrayBuffer>;
}

export async function read(source: Blob, { kinds, missing, header }: ReadOptions): Promise<ReadResult> {
  if (source.size > BYTES_AT_MOST) throw new TableFault({ fault: 'large', got: source.size });
  const { bytes, encoding } = asUtf8(new Uint8Array(await source.arrayBuffer()));
  checkText(bytes);
  const table = await readTable(bytes, { kinds, missing, header });
  const { names } = table;
  if (names.length > COLUMNS_AT_MOST) throw new TableFault({ fault: 'wide', got: names.length });
  if (names.length < 2) throw new TableFault({ fault: 'one column' });
  const notes: TableNote[] = [...(encoding ? [{ note: 'encoding' as const, name: encoding }] : [])];
  if (header === 'auto' && names.every((name, i) => name === `column${i + 1}`)) notes.push({ note: 'no header' });
  notes.push(...table.notes.map((text) => noteOf(text, names)));
  const columns = table.columns.map(profileOf);
  for (const { name, isRowNumber } of columns) if (isRowNumber) notes.push({ note: 'never numbers', column: name });
  const preview = await previewOf(bytes, table, { missing, header });
  return { table, bytes, profile: { rows: table.rows, columns, notes, preview } };
}

/** Bytes in UTF-8 of what Excel and others write in UTF-16 or in Windows' own encoding, too. */
export function asUtf8(bytes: Uint8Array<ArrayBuffer>): { bytes: Uint8Array<ArrayBuffer>; encoding?: string } {
  const anew = (encoding: string): { bytes: Uint8Array<ArrayBuffer>; encoding: string } => ({
    bytes: new TextEncoder().encode(new TextDecoder(encoding).decode(bytes)),
    encoding: encoding.replace('le', '').replace('be', '').replace('windows', 'Windows').replace('utf', 'UTF'),
  });
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return anew('utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return anew('utf-16be');
  if (isBinary(bytes)) return { bytes };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { bytes };
  } catch {
    return anew('windows-1252');
  }
}

/** True of bytes that no text has: zeros, and control characters beside tabs and line ends. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes
    .subarray(0, BEGINNING)
    .some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27 && byte !== 26));
}

function checkText(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new TableFault({ fault: 'empty' });
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && [3, 5, 7].includes(bytes[2]!);
  const isArchive = isZip || (bytes[0] === 0x1f && bytes[1] === 0x8b);
  if (isArchive) return; // named by the package
  if (isBinary(bytes)) throw new TableFault({ fault: 'binary' });
  const beginning = new TextDecoder().decode(bytes.slice(0, 200)).trim();
  if (beginning === '' && bytes.length <= 200) throw new TableFault({ fault: 'empty' });
  if (/^<(?:!doctype|html|\?xml|table)/i.test(beginning)) throw new TableFault({ fault: 'html' });
  if (/^(?:\{|\[\s*[[{])/.test(beginning)) throw new TableFault({ fault: 'json' });
}

/** The first rows as texts, those of columns that are not learned from, too: they are read once more, as categories. */
async function previewOf(
  bytes: Uint8Array<ArrayBuffer>,
  table: Table,
  options: Pick<ReadOptions, 'missing' | 'header'>,
): Promise<Cell[][]> {
  const { names } = table;
  const kinds = Object.fromEntries(names.map((name) => [name, 'category' as const]));
  for (let size = 65_536; ; size *= 4) {
    const end = size >= bytes.length ? bytes.length : bytes.lastIndexOf(10, size) + 1;
    try {
      const part = await readTable(bytes.subarray(0, end), { ...options, kinds });
      return Array.from({ length: Math.min(PREVIEW_ROWS, part.rows) }, (_, row) => {
        const cells = part.row(row);
        return names.map((name) => cells[name] ?? null);
      });
    } catch (error) {
      // A quoted cell with line ends in it may have been cut.
      if (end === bytes.length) throw new TableFault(faultOf(error));
    }
  }
}
