/** Checks of a schema that comes from a file, in which nothing is trusted. */
import { checkArray, checkName, checkNumber, checkObject, rangeError, typeError } from '../check/arguments.js';
import { malformed } from '../check/bytes.js';
import { MOST } from './column.js';
import type { Schema } from './schema.js';

export function checkSchema(argument: string, schema: unknown): asserts schema is Schema {
  const { features, target, missing } = schema as Schema;
  const list = checkArray(`${argument}.features`, features, 'an array of columns');
  if (list.length === 0) throw malformed(`${argument}.features`, 'at least one column', 'none');
  const names = list.map((feature, i) => checkFeature(`${argument}.features[${i}]`, feature));
  const targets = checkTarget(`${argument}.target`, target);
  checkDistinct(argument, [...names, ...targets]);
  checkTexts(`${argument}.missing`, missing, 0);
}

function checkFeature(argument: string, value: unknown): string {
  const { name, kind, median, mean, deviation, categories } = checkObject(argument, value as Record<string, unknown>, [
    'name',
    'kind',
    'median',
    'mean',
    'deviation',
    'categories',
  ]);
  checkText(`${argument}.name`, name);
  if (checkName(`${argument}.kind`, kind, ['numeric', 'boolean', 'category']) === 'category') {
    checkDistinct(`${argument}.categories`, checkTexts(`${argument}.categories`, categories, 1));
  } else {
    checkNumber(`${argument}.median`, median);
    checkNumber(`${argument}.mean`, mean);
    checkNumber(`${argument}.deviation`, deviation, Number.MIN_VALUE);
  }
  return name as string;
}

function checkTarget(argument: string, value: unknown): string[] {
  const target = checkObject(argument, value as Record<string, unknown>, [
    'kind',
    'name',
    'labels',
    'names',
    'means',
    'deviations',
  ]);
  const kind = checkName(`${argument}.kind`, target['kind'], ['class', 'classes', 'numbers']);
  if (kind === 'class') {
    checkDistinct(`${argument}.labels`, checkTexts(`${argument}.labels`, target['labels'], 2));
    return [checkText(`${argument}.name`, target['name'])];
  }
  const names = checkTexts(`${argument}.names`, target['names'], 1);
  if (kind === 'numbers') {
    for (const [key, low] of [
      ['means', -Infinity],
      ['deviations', Number.MIN_VALUE],
    ] as const) {
      const numbers = checkArray(`${argument}.${key}`, target[key], 'an array of numbers');
      if (numbers.length !== names.length) {
        throw rangeError(`${argument}.${key}`, `${names.length} numbers, one for each name`, numbers.length);
      }
      numbers.forEach((number, i) => checkNumber(`${argument}.${key}[${i}]`, number, low));
    }
  }
  return names;
}

function checkText(argument: string, value: unknown): string {
  if (typeof value !== 'string') throw typeError(argument, 'a text', value);
  return value;
}

function checkTexts(argument: string, value: unknown, atLeast: number): string[] {
  const texts = checkArray(argument, value, 'an array of texts').map((text, i) => checkText(`${argument}[${i}]`, text));
  if (texts.length < atLeast || texts.length > MOST) {
    throw rangeError(argument, `${atLeast} to ${MOST} texts`, texts.length);
  }
  return texts;
}

function checkDistinct(argument: string, names: string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw rangeError(argument, 'each name once', name);
    seen.add(name);
  }
}
