/** Deflated bytes, by fflate, but without trust in what a file says of their size. */
import { Inflate, inflateSync } from 'fflate';
import { excerpt } from '../check/bytes.js';
import { messageOf } from '../check/realm.js';

/** Deflate makes no more than this of one byte. */
const MOST_GROWTH = 1032;

/** As many bytes are made at once in the room that they should take: more than that then costs little time, and no memory. */
const AT_ONCE = 2 ** 27;

/** Bytes after which a longer file is looked at, so that it ends where it is too much. */
const STEP = 2 ** 14;

/**
 * @param argument opens the errors
 * @param bytes of deflate, without a header
 * @param size of what they make
 * @throws {RangeError} where they are broken, or make more or less than `size` bytes.
 */
export function inflated(argument: string, bytes: Uint8Array, size: number): Uint8Array {
  const refused = (got: string, cause?: unknown) =>
    new RangeError(`${argument}: expected what inflates to ${size} bytes, got ${got}`, { cause });
  const room = new Uint8Array(size + 1); // with one more, by which too much is seen
  let length = 0;
  try {
    if (bytes.length * MOST_GROWTH <= AT_ONCE) length = inflateSync(bytes, { out: room }).length;
    else {
      const stream = new Inflate((part) => {
        if ((length += part.length) <= size) room.set(part, length - part.length);
      });
      for (let at = 0; at < bytes.length && length <= size; at += STEP) {
        stream.push(bytes.subarray(at, at + STEP), at + STEP >= bytes.length);
      }
    }
  } catch (cause) {
    // Of fflate's own errors, which have a number; the other one is that of a stretch that does not fit into the room.
    if (Object.hasOwn(cause as Error, 'code')) throw refused(`bytes that do not (${excerpt(messageOf(cause))})`, cause);
    length = Infinity;
  }
  if (length !== size) throw refused(length > size ? 'more' : String(length));
  return room.subarray(0, size);
}
