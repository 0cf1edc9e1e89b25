/** Shared by the readers of files: the check of the bytes given, and the sentences of their errors. */
import { isArrayBuffer, isUint8Array } from './realm.js';
import { typeError } from './arguments.js';

/** Bytes as callers hold them: a Node `Buffer` is a `Uint8Array`, `fetch` and `File` give `ArrayBuffer`s. */
export type Bytes = Uint8Array | ArrayBuffer;

/** Longest excerpt of a file in an error. */
const EXCERPT = 80;

/**
 * `value` as a `Uint8Array` over the same memory.
 *
 * @param argument opens the error: `readIdx: bytes`
 * @param expected what the error says that it takes
 * @throws TypeError if `value` is neither a `Uint8Array` nor an `ArrayBuffer`
 */
export function asBytes(argument: string, value: unknown, expected = 'a Uint8Array or an ArrayBuffer'): Uint8Array {
  if (isUint8Array(value)) return value;
  if (isArrayBuffer(value)) {
    try {
      return new Uint8Array(value);
    } catch {
      throw new TypeError(`${argument}: expected ${expected}, got one that was transferred (detached)`);
    }
  }
  const short = typeof value === 'string' ? value.slice(0, EXCERPT) : value;
  throw typeError(argument, expected, short);
}

/** The error for a file that cannot be read; `cause` is the error that told, if one did. */
export function malformed(where: string, expected: string, got: string, cause?: unknown): RangeError {
  const text = `${where}: expected ${expected}, got ${got}`;
  return cause === undefined ? new RangeError(text) : new RangeError(text, { cause });
}

/**
 * How a file begins that is text, where it should have been bytes of some format: with `'<!doctype'`, say, where a server
 * answered with a page that there is no such file. Undefined where its first bytes are not all text.
 */
export function beginningOf(file: Uint8Array): string | undefined {
  const start = String.fromCharCode(...file.subarray(0, 40)).replace(/^\u00ef\u00bb\u00bf/, '');
  const text = /^\s*[\x20-\x7e]{4,}/.exec(start)?.[0].trim().slice(0, 24);
  if (text === undefined) return undefined;
  return `'${text}'${text.startsWith('<') ? ', as a web page does: is the address right?' : ''}`;
}

/** `value` as JSON, cut where it is long, for the “got …” of an error. */
export function quote(value: unknown): string {
  let json: string;
  try {
    json = JSON.stringify(value) ?? String(value);
  } catch {
    return 'something nested too deep';
  }
  return excerpt(json);
}

/** `text`, cut where it is long: names in a file may be of any length. */
export function excerpt(text: string): string {
  return text.length <= EXCERPT ? text : `${text.slice(0, EXCERPT - 1)}…`;
}
