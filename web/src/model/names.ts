/** Facts that a model is told about itself: the names of its classes and features, and its owner's notes. */
import { checkArray, checkString, isPlain, rangeError, typeError } from '../check/arguments.js';
import { excerpt } from '../check/bytes.js';
import type { ResolvedLayers } from './stack.js';

/** Properties of a model that its layers do not depend on. */
export interface Names {
  /** A name for each output; for a single one, two are taken as well: of the negative and of the positive class. */
  classNames?: readonly string[];
  /** A name for each feature. */
  featureNames?: readonly string[];
  /** JSON of the owner's own. */
  metadata?: Readonly<Record<string, unknown>>;
}

export const NAME_KEYS = ['classNames', 'featureNames', 'metadata'] as const;

/** UTF-16 code units of a name, and of the metadata as JSON: more is no name and no note, but a broken file. */
const LONGEST_NAME = 1000;
const LONGEST_METADATA = 2 ** 20;

/** Levels of objects and arrays: those of a value that holds itself have no end. */
const DEEPEST = 100;

/** Different names, one for each of `count` things; or `pair` names. */
function checkNames(argument: string, value: unknown, count: number, pair = count): readonly string[] {
  if (!Array.isArray(value)) throw typeError(argument, 'an array', value);
  const { length } = value; // once, and before they are copied
  if (length !== count && length !== pair) {
    throw rangeError(argument, `${pair === count ? count : '1 or 2'} names`, value);
  }
  const names = new Set<string>();
  for (let i = 0; i < length; ++i) {
    const name = checkString(`${argument}[${i}]`, value[i]);
    if (name.length > LONGEST_NAME || names.has(name)) {
      throw rangeError(`${argument}[${i}]`, `a name of its own, at most ${LONGEST_NAME} characters`, name);
    }
    names.add(name);
  }
  return Object.freeze([...names]);
}

/** A frozen copy of what JSON can hold. */
function checkJson(argument: string, value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw rangeError(argument, `at most ${DEEPEST} levels`, value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return value;
  if (Array.isArray(value)) {
    const list = checkArray(argument, value, 'an array');
    return Object.freeze(list.map((each, i) => checkJson(`${argument}[${i}]`, each, depth + 1)));
  }
  if (!isPlain(value as object)) throw typeError(argument, 'JSON', value);
  const copy: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value as object)) {
    if (key === '__proto__') throw rangeError(`${argument}: key`, 'a harmless name', key);
    if (each !== undefined) copy[key] = checkJson(`${argument}.${excerpt(key)}`, each, depth + 1);
  }
  return Object.freeze(copy);
}

/** One of them, checked against the model that it is for: a frozen copy. Undefined stays so, and stands for none. */
export function checkNamed(
  key: keyof Names,
  argument: string,
  value: unknown,
  { layers, features }: ResolvedLayers,
): Names {
  if (value === undefined) return { [key]: value };
  if (key === 'featureNames') return { featureNames: checkNames(argument, value, features) };
  if (key === 'classNames') {
    const { units } = layers[layers.length - 1]!;
    return { classNames: checkNames(argument, value, units, units === 1 ? 2 : units) };
  }
  const metadata = checkJson(argument, value) as Readonly<Record<string, unknown>>;
  if (!isPlain(value as object)) throw typeError(argument, 'an object', value);
  const { length } = JSON.stringify(metadata);
  if (length > LONGEST_METADATA) throw rangeError(argument, `at most ${LONGEST_METADATA} characters`, length);
  return { metadata };
}
