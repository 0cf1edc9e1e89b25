/** Optimizers: from what callers write to what the core takes, every default filled in. */
import { checkBoolean, checkInteger, checkNumber, checkObject, named, rangeError } from './check.js';
import { resolveRate } from './schedules.js';
import { OPTIMIZERS, type CompileOptions, type OptimizerConfig } from './types.js';
import { catalogue, type OptimizerOption } from './wasm.js';

/** Which gradients are clipped: of these ways one at most. */
const CLIPS = ['clipNorm', 'clipValue', 'globalClipNorm'];

export function resolveOptimizer(argument: string, value: CompileOptions['optimizer']): OptimizerConfig {
  const config = named<OptimizerConfig>(argument, value, OPTIMIZERS);
  const { options } = entryOf(config);
  checkObject(argument, config, ['name', ...options.map(({ name }) => name)]);
  const given = config as unknown as Record<string, unknown>;
  const resolved: Record<string, unknown> = { name: config.name };
  for (const option of options) {
    const { name } = option;
    resolved[name] = name in given ? checkOption(`${argument}.${name}`, given[name], option) : defaultOf(option);
  }
  if (resolved['nesterov'] && resolved['momentum'] === 0) {
    throw new RangeError(`${argument}.nesterov: expected a momentum above 0 to go with it, got momentum 0`);
  }
  const [first, second] = CLIPS.filter((name) => (resolved[name] as number) > 0);
  if (second) throw rangeError(`${argument}.${second}`, `0 beside a ${first}`, resolved[second]);
  return resolved as unknown as OptimizerConfig;
}

/** What `compile` in `cpp/bindings.cc` reads as its optimizer: where the rate varies, each step brings its own. */
export function nativeOptimizer(optimizer: OptimizerConfig): object {
  const { learningRate } = optimizer;
  return { ...optimizer, learningRate: typeof learningRate === 'number' ? learningRate : 0 };
}

/** Whether a step of the optimizer takes all samples at once. */
export function takesFullBatch(optimizer: OptimizerConfig): boolean {
  return entryOf(optimizer).fullBatch;
}

function entryOf(config: OptimizerConfig) {
  return catalogue().optimizers.find(({ name }) => name === config.name)!;
}

function defaultOf({ kind, default: value }: OptimizerOption): number | boolean {
  return kind === 'flag' ? value !== 0 : value;
}

function checkOption(argument: string, value: unknown, { name, kind, low, high }: OptimizerOption) {
  if (name === 'learningRate') return resolveRate(argument, value, low);
  if (kind === 'flag') return checkBoolean(argument, value);
  if (kind === 'integer') return checkInteger(argument, value, low, high - 1);
  return checkNumber(argument, value, low, high);
}
