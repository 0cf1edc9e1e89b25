/**
 * Classes of values, asked of the engine. A page's frames, Node's `vm` and Jest each have an `Array`, a `Float32Array`
 * and an `Error` of their own; no file of the package uses `instanceof`, because it denies values of another realm.
 */

const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype) as object,
  Symbol.toStringTag,
)!.get as (this: unknown) => string | undefined;

/** Numbers in a typed array: all kinds but those of BigInts. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** `Float32Array<ArrayBuffer>`, said so that TypeScript below 5.7, whose arrays are not generic, understands it too. */
export type Floats = ReturnType<Float32ArrayConstructor['of']>;

/** `Uint8Array<ArrayBuffer>`, likewise. */
export type ByteArray = ReturnType<Uint8ArrayConstructor['of']>;

/** The name of a typed array's class; undefined for everything else. Allocates nothing. */
export function arrayName(value: unknown): string | undefined {
  return typedArrayName.call(value);
}

export function isFloat32Array(value: unknown): value is Float32Array {
  return arrayName(value) === 'Float32Array';
}

export function isUint8Array(value: unknown): value is Uint8Array {
  return arrayName(value) === 'Uint8Array';
}

export function isInt32Array(value: unknown): value is Int32Array {
  return arrayName(value) === 'Int32Array';
}

/** A typed array of numbers, of whatever width. */
export function isNumberArray(value: unknown): value is NumberArray {
  return /^(?:Float|Uint|Int)/.test(arrayName(value) ?? '');
}

/** The engine's name for the class of a value: `'ArrayBuffer'`, `'AbortSignal'`, `'URL'`, `'WebAssembly.Module'` … */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return tagOf(value) === 'ArrayBuffer';
}

export function isAbortSignal(value: unknown): value is AbortSignal {
  return tagOf(value) === 'AbortSignal';
}

export function isUrl(value: unknown): value is URL {
  return tagOf(value) === 'URL';
}

export function isMap(value: unknown): value is Map<unknown, unknown> {
  return tagOf(value) === 'Map';
}

export function isBlob(value: unknown): value is Blob {
  return /^(?:Blob|File)$/.test(tagOf(value));
}

/** An error of the language or of the DOM. */
export function isError(value: unknown): value is Error {
  return /^(?:Error|DOMException)$/.test(tagOf(value));
}

/** The message of an error; anything else that was thrown, as text. */
export function messageOf(thrown: unknown): string {
  return isError(thrown) ? thrown.message : String(thrown);
}
