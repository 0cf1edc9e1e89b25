/** How the readers and writers of files check what they are given, and say what was wrong with it. */

/** Bytes as callers hold them: a Node `Buffer` is a `Uint8Array`, `fetch` and `File` give `ArrayBuffer`s. */
export type Bytes = Uint8Array | ArrayBuffer;

/**
 * `value` as a `Uint8Array` over the same memory. Goes by the type's name, not by `instanceof`, so that
 * arrays of another realm (an iframe, Node's vm, Jest) pass.
 *
 * @param where opens the error: `readIdx: bytes`
 * @throws TypeError if `value` is neither a `Uint8Array` nor an `ArrayBuffer`
 */
export function asBytes(value: unknown, where: string): Uint8Array {
  const kind = kindOf(value);
  if (kind === 'Uint8Array') return value as Uint8Array;
  if (kind === 'ArrayBuffer') return new Uint8Array(value as ArrayBuffer);
  throw wrongType(where, 'a Uint8Array or an ArrayBuffer', value);
}

/** What `value` is: `undefined`, `null`, `number`, `Array`, `Float64Array` … */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** The error for an argument of the wrong type. */
export function wrongType(where: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${where}: expected ${expected}, got ${kindOf(value)}`);
}

/** The error for a value or a file that cannot be right; `cause` is the error that told, if one did. */
export function wrongValue(where: string, expected: string, got: string, cause?: unknown): RangeError {
  const text = `${where}: expected ${expected}, got ${got}`;
  return cause === undefined ? new RangeError(text) : new RangeError(text, { cause });
}

/** `value` as JSON for the “got …” of an error, cut where it is long. */
export function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? kindOf(value);
  return json.length <= 80 ? json : `${json.slice(0, 79)}…`;
}
