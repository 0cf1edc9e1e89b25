/** Texts of fields as values, or as sentences where they have none. */
import { words } from '../words/first-view.js';
import { whole } from '../words/numbers.js';

const { errors: say } = words;

export class FieldError extends Error {}

export function fail(sentence: string): never {
  throw new FieldError(sentence);
}

/** The value that `read` makes, or its sentence. */
export function attempt<Value>(read: () => Value): { value: Value; error?: never } | { value?: never; error: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return { error: error.message };
  }
}

/** Thousands may be set apart, as they are where numbers are shown: 20,000 or 20 000. */
export function integer(text: string, from: number, to: number): number {
  const trimmed = text.trim();
  const plain = /^[1-9]\d{0,2}([,\s’']\d{3})+$/.test(trimmed) ? trimmed.replace(/\D/g, '') : trimmed;
  const value = Number(plain);
  if (!/^\d+$/.test(plain) || value < from || value > to) {
    fail(say.integer(whole(from), whole(to)));
  }
  return value;
}

/** A comma is a decimal point, as many people write it, where it cannot set thousands apart: 0,5 but not 1,000. */
export function decimal(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '' || /^[1-9]\d*,\d{3}$/.test(trimmed)) return NaN;
  return Number(trimmed.replace(/^(\d*),(?=\d+$)/, '$1.'));
}

export function positive(text: string, to: number): number {
  const value = decimal(text);
  if (!(value > 0 && value <= to)) fail(say.positive(whole(to)));
  return value;
}

export function choice<Name extends string>(text: string, names: readonly Name[]): Name {
  return names.find((name) => name === text) ?? fail(say.choice(names.join(', ')));
}
