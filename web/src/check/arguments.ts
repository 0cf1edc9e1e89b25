/** Checks of arguments. Every message names the argument, what was expected and what came. */
import { closest } from './did-you-mean.js';

/** How a value is shown in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value.length <= 80 ? `'${value}'` : `'${value.slice(0, 79)}…'`;
  if (value === null || typeof value !== 'object') return String(value);
  // As text, because what a file calls so may be a list of lists.
  const name = value.constructor?.name;
  const kind = typeof name === 'string' ? name : 'object';
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `${kind}(${(value as unknown as ArrayLike<unknown>).length})`;
  }
  return kind;
}

/** `value` as text. Of lists and objects only their kind, because lists within lists would exhaust the stack. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : shown(value);
}

export function typeError(argument: string, expected: string, actual: unknown): TypeError {
  return new TypeError(`${argument}: expected ${expected}, got ${shown(actual)}`);
}

export function rangeError(argument: string, expected: string, actual: unknown): RangeError {
  return new RangeError(`${argument}: expected ${expected}, got ${shown(actual)}`);
}

/** An integer in [low, high]. */
export function checkInteger(argument: string, value: unknown, low: number, high = 2 ** 31 - 1): number {
  if (Number.isInteger(value) && (value as number) >= low && (value as number) <= high) return value as number;
  const expected = `an integer from ${low} to ${high}`;
  throw (typeof value === 'number' ? rangeError : typeError)(argument, expected, value);
}

/** The least normal float32: the lower limit of what must be above 0 and is kept as a float; of others it is a double. */
const SMALLEST = 2 ** -126;

/** Limits from here on are those of a 32-bit float, give or take a factor. */
const FAR = 1e36;

/** A finite number in [low, high). */
export function checkNumber(argument: string, value: unknown, low = -Infinity, high = Infinity): number {
  // Limits near the end of the range of floats are named only for a `value` of that size.
  const isFar = Number.isFinite(value) && Math.abs(value as number) >= FAR;
  const far = (limit: number) => Math.abs(limit) >= (isFar ? Infinity : FAR);
  const from = low > 0 && low <= SMALLEST ? 'a number above 0' : `a number from ${low}`;
  const expected = far(low) ? 'a finite number' : from + (far(high) ? '' : ` to below ${high}`);
  if (typeof value !== 'number') throw typeError(argument, expected, value);
  if (!Number.isFinite(value) || value < low || value >= high) throw rangeError(argument, expected, value);
  return value;
}

/** The least number that rounds to infinity as a 32-bit float. */
const BEYOND_FLOATS = 2 ** 128 - 2 ** 103;

/**
 * A number in [low, high) that the core takes as a 32-bit float, which must lie there too: 1e-50 would be 0 to it,
 * 0.99999999 would be 1 and 1e39 infinite.
 */
export function checkFloat(argument: string, value: unknown, low = -Infinity, high = BEYOND_FLOATS): number {
  const number = checkNumber(argument, value, low, high);
  const float = Math.fround(number);
  if (Math.abs(float) === Infinity || float >= high || float < Math.fround(low) || (float === 0 && number !== 0)) {
    throw rangeError(argument, `a number that stays in its limits as a 32-bit float (it would be ${float})`, value);
  }
  return number;
}

export function checkBoolean(argument: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw typeError(argument, 'true or false', value);
  return value;
}

export function checkString(argument: string, value: unknown): string {
  if (typeof value !== 'string') throw typeError(argument, 'a string', value);
  if (value === '') throw rangeError(argument, 'a string that is not empty', value);
  return value;
}

export function checkFunction(argument: string, value: unknown): void {
  if (typeof value !== 'function') throw typeError(argument, 'a function', value);
}

/** True if `value` is a `Map`, a `Date` …, also one of another realm. */
export function isKind(value: unknown, name: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${name}]`;
}

/**
 * True if an object is one that a program makes of its own: of no class, of a class of the program's, or a module
 * (`import * as options`). A `Map`, a `Set`, a `Date` and the like are not, because their content is no property.
 */
export function isPlain(value: object): boolean {
  const kind = Object.prototype.toString.call(value);
  return kind === '[object Object]' || kind === '[object Module]';
}

/**
 * A copy of an object whose keys are all among `keys`. Each option is read once: what is checked afterwards is what is
 * used, also where a getter would give another value the next time, or the object is changed while a model trains.
 */
export function checkObject<T extends object>(argument: string, value: T, keys: readonly string[]): T {
  checkKeys(argument, value, keys);
  const copy: Record<string, unknown> = {};
  for (const key of keys) {
    const option = (value as Record<string, unknown>)[key];
    if (option !== undefined) copy[key] = option;
  }
  return copy as T;
}

/** The elements of an array, each read once; one that is missing is undefined. */
export function checkArray(argument: string, value: unknown, expected: string): unknown[] {
  if (!Array.isArray(value)) throw typeError(argument, expected, value);
  return Array.from({ length: value.length }, (_, i) => value[i] as unknown); // an iterator may be the caller's own
}

/** As {@link checkObject}, without a copy: for calls that are made so often that one would be garbage each time. */
export function checkKeys(argument: string, value: object, keys: readonly string[]): void {
  if (value === null || typeof value !== 'object' || !isPlain(value)) {
    throw typeError(argument, 'an object', value);
  }
  // Not Object.keys, because its array would be garbage too.
  for (const key in value) {
    if (!keys.includes(key) && Object.hasOwn(value, key)) checkName(`${argument}: option`, key, keys);
  }
}

/** One of `names`; a name that is close gets a "Did you mean". */
export function checkName(argument: string, value: unknown, names: readonly string[]): string {
  const list = names.map((name) => `'${name}'`).join(', ');
  if (typeof value !== 'string') throw typeError(argument, `one of ${list}`, value);
  if (names.includes(value)) return value;
  const suggestion = closest(value, names);
  throw new RangeError(
    `${argument}: expected one of ${list}, got ${shown(value)}.${suggestion ? ` Did you mean '${suggestion}'?` : ''}`,
  );
}

/** The name out of `'name'` or `{ name: 'name', … }`, and what else the latter gives: a copy. */
export function named<Config extends { name: string }>(
  argument: string,
  value: string | Config,
  names: readonly string[],
): Config {
  if (typeof value !== 'object' || value === null) {
    return { name: checkName(argument, value, names) } as Config;
  }
  const copy = Object.fromEntries(Object.entries({ ...value }).filter(([, option]) => option !== undefined)) as Config;
  checkName(`${argument}.name`, copy.name, names);
  return copy;
}

/**
 * Runs `work`, whose errors then begin with the name of the method that was called, also where they come from within:
 * `loadModel: compile: loss: …`. Those on memory stay as they are.
 */
export function namedAfter<Result>(method: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { constructor: Kind, message } = error as Error;
    if (/^(out of memory|mlp-wasm)/.test(message) || message.startsWith(method)) throw error;
    throw new (Kind as ErrorConstructor)(`${method}: ${message}`, { cause: error });
  }
}
