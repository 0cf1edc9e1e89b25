/** What the readers of files share: bytes come in, and errors say what is wrong with them. */
import { typeError } from '../check.js';

/** Bytes as callers hold them: a Node `Buffer` is a `Uint8Array`, `fetch` and `File` give `ArrayBuffer`s. */
export type Bytes = Uint8Array | ArrayBuffer;

/** Longest excerpt of a file in an error. */
const EXCERPT = 80;

/**
 * `value` as a `Uint8Array` over the same memory. Goes by the type's name, not by `instanceof`, so that
 * arrays of another realm (an iframe, Node's vm, Jest) pass.
 *
 * @param argument opens the error: `readIdx: bytes`
 * @param expected what the error says that it takes
 * @throws TypeError if `value` is neither a `Uint8Array` nor an `ArrayBuffer`
 */
export function asBytes(
  argument: string,
  value: unknown,
  expected = 'a Uint8Array or an ArrayBuffer',
): Uint8Array {
  const tag = Object.prototype.toString.call(value);
  if (tag === '[object Uint8Array]') return value as Uint8Array;
  if (tag === '[object ArrayBuffer]') return new Uint8Array(value as ArrayBuffer);
  const short = typeof value === 'string' ? value.slice(0, EXCERPT) : value;
  throw typeError(argument, expected, short);
}

/** The error for a file that cannot be read; `cause` is the error that told, if one did. */
export function malformed(where: string, expected: string, got: string, cause?: unknown): RangeError {
  const text = `${where}: expected ${expected}, got ${got}`;
  return cause === undefined ? new RangeError(text) : new RangeError(text, { cause });
}

/** `value` as JSON, cut where it is long, for the “got …” of an error. */
export function quote(value: unknown): string {
  let json: string;
  try {
    json = JSON.stringify(value) ?? String(value);
  } catch {
    return 'something nested too deep to show';
  }
  return json.length <= EXCERPT ? json : `${json.slice(0, EXCERPT - 1)}…`;
}
