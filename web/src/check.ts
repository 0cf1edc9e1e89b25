/** Checks of arguments. Every message names the argument, what was expected and what came. */

/** How a value is shown in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value.length <= 80 ? `'${value}'` : `'${value.slice(0, 79)}…'`;
  if (value === null || typeof value !== 'object') return String(value);
  const name = value.constructor?.name ?? 'object';
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `${name}(${(value as unknown as ArrayLike<unknown>).length})`;
  }
  return name;
}

export function typeError(argument: string, expected: string, actual: unknown): TypeError {
  return new TypeError(`${argument}: expected ${expected}, got ${shown(actual)}`);
}

export function rangeError(argument: string, expected: string, actual: unknown): RangeError {
  return new RangeError(`${argument}: expected ${expected}, got ${shown(actual)}`);
}

/** An integer in [low, high]. */
export function checkInteger(argument: string, value: unknown, low: number, high = 2 ** 31 - 1): number {
  if (Number.isInteger(value) && (value as number) >= low && (value as number) <= high)
    return value as number;
  const expected = `an integer from ${low} to ${high}`;
  throw (typeof value === 'number' ? rangeError : typeError)(argument, expected, value);
}

/** The least normal number: the lower limit of what must be above 0. */
const SMALLEST = 2 ** -1022;

/** A finite number in [low, high). */
export function checkNumber(argument: string, value: unknown, low = -Infinity, high = Infinity): number {
  const from = low > 0 && low <= SMALLEST ? 'a number above 0' : `a number from ${low}`;
  const expected =
    low === -Infinity ? 'a finite number' : from + (high < Number.MAX_VALUE ? ` to below ${high}` : '');
  if (typeof value !== 'number') throw typeError(argument, expected, value);
  if (!Number.isFinite(value) || value < low || value >= high) throw rangeError(argument, expected, value);
  return value;
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

/** An object whose keys are all among `keys`. */
export function checkObject<T extends object>(argument: string, value: T, keys: readonly string[]): T {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw typeError(argument, 'an object', value);
  }
  // Not Object.keys, whose array would be the only garbage of a call that is made often.
  for (const key in value) {
    if (!keys.includes(key) && Object.hasOwn(value, key)) checkName(`${argument}: option`, key, keys);
  }
  return value;
}

/** One of `names`; a name that is close gets a "Did you mean". */
export function checkName(argument: string, value: unknown, names: readonly string[]): string {
  const list = names.map((name) => `'${name}'`).join(', ');
  if (typeof value !== 'string') throw typeError(argument, `one of ${list}`, value);
  if (names.includes(value)) return value;
  const suggestion = closest(value, names);
  throw new RangeError(
    `${argument}: expected one of ${list}, got '${value}'.${suggestion ? ` Did you mean '${suggestion}'?` : ''}`,
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
  checkName(`${argument}.name`, value.name, names);
  return Object.fromEntries(Object.entries(value).filter(([, option]) => option !== undefined)) as Config;
}

/** What the same thing is called elsewhere. */
const SYNONYMS: Record<string, string> = {
  swish: 'silu',
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  acc: 'accuracy',
  rmse: 'rootMeanSquaredError',
  f1: 'f1Score',
  r2: 'r2Score',
  bce: 'binaryCrossentropy',
  crossentropy: 'categoricalCrossentropy',
  kld: 'kullbackLeiblerDivergence',
  xaviernormal: 'glorotNormal',
  xavieruniform: 'glorotUniform',
  kaimingnormal: 'heNormal',
  kaiminguniform: 'heUniform',
  momentum: 'sgd',
  lr: 'learningRate',
};

function closest(value: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(value);
  const synonym = SYNONYMS[wanted];
  if (synonym && names.includes(synonym)) return synonym;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted, plain(name));
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Levenshtein 1966. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; ++i) {
    const next = [i];
    for (let j = 1; j <= b.length; ++j) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
