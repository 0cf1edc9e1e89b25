/** Object headers of HDF5: lists of messages, in two versions. */
import type { FileBytes } from './bytes.js';

/** Kinds of messages that are read. */
export const DATASPACE = 0x01;
export const LINK_INFO = 0x02;
export const DATATYPE = 0x03;
export const LINK = 0x06;
export const LAYOUT = 0x08;
export const FILTERS = 0x0b;
export const ATTRIBUTE = 0x0c;
const CONTINUATION = 0x10;
export const SYMBOL_TABLE = 0x11;
export const ATTRIBUTE_INFO = 0x15;

/** A message: where its body lies. */
export interface Message {
  kind: number;
  at: number;
  size: number;
}

/** The messages of the object at an address. */
export function readHeader(file: FileBytes, at: number): Message[] {
  file.visit(at, 'object');
  if (file.uint(at, 1, 'an object header') !== 1) return readSecond(file, at);
  const size = file.uint(at + 8, 4, 'an object header');
  return collect(file, at + 16, size, 8, (where) => ({
    kind: file.uint(where, 2, 'a message'),
    size: file.uint(where + 2, 2, 'a message'),
    flags: file.uint(where + 4, 1, 'a message'),
  }));
}

function readSecond(file: FileBytes, at: number): Message[] {
  file.signature(at, 'OHDR', 'an object header');
  const flags = file.uint(at + 5, 1, 'an object header');
  const sizeAt = at + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const width = 1 << (flags & 3);
  const size = file.uint(sizeAt, width, 'an object header');
  return collect(
    file,
    sizeAt + width,
    size,
    flags & 4 ? 6 : 4,
    (where) => ({
      kind: file.uint(where, 1, 'a message'),
      size: file.uint(where + 1, 2, 'a message'),
      flags: file.uint(where + 3, 1, 'a message'),
    }),
    'OCHK',
  );
}

/** Messages of a block and of those that it goes on in. */
function collect(
  file: FileBytes,
  begin: number,
  size: number,
  prefix: number,
  readPrefix: (at: number) => { kind: number; size: number; flags: number },
  signature?: string,
): Message[] {
  const messages: Message[] = [];
  const blocks = [[begin, size]] as [number, number][];
  for (let block = blocks.pop(); block; block = blocks.pop()) {
    const [start, length] = block;
    file.visit(start, 'block of messages');
    file.spend(start, length, 'messages');
    const end = start + length;
    for (let at = start; at + prefix <= end;) {
      const { kind, size, flags } = readPrefix(at);
      at += prefix;
      if (at + size > end) throw file.refused(`${size} bytes of a message at ${at}`, `a block that ends at ${end}`);
      if (kind === CONTINUATION) {
        const next = file.address(at, 'a continuation');
        const count = file.length(at + file.offsetSize, 'a continuation');
        if (signature) file.signature(next, signature, 'a continuation'); // and a checksum behind it
        blocks.push(signature ? [next + 4, count - 8] : [next, count]);
      } else if (flags & 2) messages.push({ kind: -kind, at, size });
      else messages.push({ kind, at, size });
      at += size;
    }
  }
  return messages;
}
