/** Options that the tables of the core have: checked as these say, defaults filled in. */
import { checkBoolean, checkFloat, checkInteger, checkName, checkObject } from '../check/arguments.js';
import type { CatalogueOption } from '../wasm/native.js';

/** The entry of a table that has this name, which there is. */
export function entryNamed<Entry extends { name: string }>(table: readonly Entry[], name: string): Entry {
  return table.find((entry) => entry.name === name)!;
}

/**
 * A configuration by its table's entry: it may have these options and no others; those that are not given get their
 * default, or are left out where there is none.
 */
export function resolveOptions<Config extends { name: string }>(
  argument: string,
  config: Config,
  options: readonly CatalogueOption[],
): Config {
  checkObject(argument, config, ['name', ...options.map(({ name }) => name)]);
  const resolved: Record<string, unknown> = { name: config.name };
  for (const option of options) {
    const value = (config as Record<string, unknown>)[option.name] ?? defaultOf(option);
    if (value !== undefined) resolved[option.name] = checkOption(`${argument}.${option.name}`, value, option);
  }
  return resolved as Config;
}

/** The default of an option. */
export function defaultOf({ kind, default: value }: Pick<CatalogueOption, 'default'> & { kind: string }) {
  return kind === 'flag' ? value !== 0 : value;
}

export function checkOption(argument: string, value: unknown, option: CatalogueOption): number | boolean | string {
  const { kind, low, high, choices } = option;
  if (kind === 'flag') return checkBoolean(argument, value);
  if (kind === 'choice') return checkName(argument, value, choices!);
  if (kind === 'integer') return checkInteger(argument, value, low, high - 1);
  return checkFloat(argument, value, low > -Number.MAX_VALUE ? low : -Infinity, high);
}
