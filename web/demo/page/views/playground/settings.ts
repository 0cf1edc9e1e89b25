/**
 * The state of the playground: a table with one row per setting, and its part of the address, which holds only what
 * differs from the defaults. Keys begin with `p-`, because the address holds the settings of the first view, too.
 */
import { ACTIVATIONS, INITIALIZERS, OPTIMIZERS } from 'mlp-wasm';
import type { ActivationName, InitializerName, OptimizerName } from 'mlp-wasm';
import { DATA_KINDS, ownFromText, ownToText } from './data.js';
import type { DataSettings } from './data.js';
import { INPUTS } from './inputs.js';
import type { InputName } from './inputs.js';

/** Steps that a frame takes while it plays. */
export const SPEEDS = ['step', 'epoch', 'full'] as const;

export interface Settings extends DataSettings {
  inputs: readonly InputName[];
  /** Units of each hidden layer. */
  layers: readonly number[];
  activation: ActivationName;
  /** Draws the first weights. */
  initializer: InitializerName;
  optimizer: OptimizerName;
  /** That the run begins with. */
  learningRate: number;
  /** Of the optimizers in `WITH_MOMENTUM`. */
  momentum: number;
  l1: number;
  l2: number;
  batchSize: number;
  speed: (typeof SPEEDS)[number];
  /** Changes that the visitor made while it learned, by the step before which it happened. */
  changes: readonly Change[];
  /** Steps to train at once when the address is opened. */
  at: number;
}

/** A change of the run under way: another learning rate, or another value of a weight or, where k is −1, of a bias. */
export type Change =
  | { step: number; kind: 'rate'; value: number }
  | { step: number; kind: 'weight'; layer: number; k: number; j: number; value: number };

export const LAYERS_AT_MOST = 6;
export const UNITS_AT_MOST = 8;
/** Steps that an address may ask for, which take some seconds. */
export const STEPS_AT_MOST = 200_000;
export const CHANGES_AT_MOST = 100;

/** Hidden layers may use any activation that looks at one unit at a time and does not run away at once. */
export const HIDDEN_ACTIVATIONS: readonly ActivationName[] = ACTIVATIONS.filter(
  (name) => name !== 'softmax' && name !== 'logSoftmax' && name !== 'exponential',
);

/** `constant` is left out, because it wants a value. */
export const KERNEL_INITIALIZERS: readonly InitializerName[] = INITIALIZERS.filter((name) => name !== 'constant');

export const WITH_MOMENTUM: readonly OptimizerName[] = ['sgd', 'rmsprop'];

/** The rate that each optimizer is tried with first. */
export const FIRST_RATES: Readonly<Record<OptimizerName, number>> = {
  sgd: 0.1,
  rmsprop: 0.01,
  adam: 0.01,
  adamw: 0.01,
  adagrad: 0.1,
  adadelta: 1,
  adamax: 0.02,
  nadam: 0.01,
  lion: 0.003,
  lbfgs: 1,
};

export interface Limits {
  low: number;
  high: number;
  isWhole?: true;
}

/** Limits of the settings that are numbers. */
export const LIMITS = {
  noise: { low: 0, high: 50, isWhole: true },
  points: { low: 20, high: 1000, isWhole: true },
  validation: { low: 0, high: 80, isWhole: true },
  learningRate: { low: 1e-6, high: 100 },
  momentum: { low: 0, high: 0.999 },
  l1: { low: 0, high: 10 },
  l2: { low: 0, high: 10 },
  batchSize: { low: 1, high: 1000, isWhole: true },
  seed: { low: 0, high: 4_294_967_295, isWhole: true },
} as const satisfies Record<string, Limits>;
export type NumberName = keyof typeof LIMITS;

/** The size that a weight may be given. */
export const WEIGHT_LIMITS: Limits = { low: -1000, high: 1000 };

/** The number that a text says, with a decimal comma or point and any minus; undefined if it is none within the limits. */
export function readNumber(text: string, { low, high, isWhole }: Limits): number | undefined {
  const plain = text.trim().replace('−', '-').replace(',', '.');
  const value = Number(plain);
  if (plain === '' || !(value >= low && value <= high) || (isWhole && !Number.isInteger(value))) return undefined;
  return value;
}

interface Field<Value> {
  initial: Value;
  write(value: Value): string;
  /** Undefined where the text says nothing that can be used. */
  read(text: string): Value | undefined;
}

const numeric = (name: NumberName, initial: number): Field<number> => ({
  initial,
  write: String,
  read: (text) => readNumber(text, LIMITS[name]),
});

function chosen<Name extends string>(names: readonly Name[], initial: Name): Field<Name> {
  return { initial, write: (name) => name, read: (text) => names.find((name) => name === text) };
}

const WHOLE = /^\d+$/;
const NUMBER = /^-?\d+(\.\d+)?(e-?\d+)?$/;

function changeFromText(text: string): Change | undefined {
  const [step, place, value] = text.split('_');
  if (!WHOLE.test(step ?? '') || !NUMBER.test(value ?? '')) return undefined;
  const common = { step: Number(step), value: Number(value) };
  if (place === 'lr')
    return readNumber(value!, LIMITS.learningRate) === undefined ? undefined : { ...common, kind: 'rate' };
  const [layer, k, j, ...more] = (place ?? '').split('.').map((part) => (part === 'b' ? -1 : Number(part)));
  if (more.length > 0 || ![layer, k, j].every(Number.isInteger) || layer! < 0 || j! < 0) return undefined;
  if (readNumber(value!, WEIGHT_LIMITS) === undefined) return undefined;
  return { ...common, kind: 'weight', layer: layer!, k: k!, j: j! };
}

function changeToText(change: Change): string {
  const { step, value } = change;
  if (change.kind === 'rate') return `${step}_lr_${value}`;
  const { layer, k, j } = change;
  return `${step}_${layer}.${k < 0 ? 'b' : k}.${j}_${value}`;
}

const FIELDS: { readonly [Name in keyof Settings]: Field<Settings[Name]> } = {
  data: chosen(DATA_KINDS, 'circle'),
  noise: numeric('noise', 10),
  points: numeric('points', 300),
  validation: numeric('validation', 25),
  seed: numeric('seed', 1),
  own: { initial: [], write: ownToText, read: ownFromText },
  inputs: {
    initial: ['x1', 'x2'],
    write: (inputs) => inputs.join('.') || 'none',
    read: (text) => {
      const names = text === 'none' ? [] : text.split('.');
      const found = INPUTS.filter((name) => names.includes(name));
      return found.length === names.length ? found : undefined;
    },
  },
  layers: {
    initial: [6, 4],
    write: (layers) => layers.join('.') || 'none',
    read: (text) => {
      if (text === 'none') return [];
      const layers = text.split('.').map((part) => readNumber(part, { low: 1, high: UNITS_AT_MOST, isWhole: true }));
      return layers.length <= LAYERS_AT_MOST && layers.every((units) => units !== undefined) ? layers : undefined;
    },
  },
  activation: chosen(HIDDEN_ACTIVATIONS, 'tanh'),
  initializer: chosen(KERNEL_INITIALIZERS, 'glorotUniform'),
  optimizer: chosen(OPTIMIZERS, 'adam'),
  learningRate: numeric('learningRate', FIRST_RATES.adam),
  momentum: numeric('momentum', 0),
  l1: numeric('l1', 0),
  l2: numeric('l2', 0),
  batchSize: numeric('batchSize', 16),
  speed: chosen(SPEEDS, 'epoch'),
  changes: {
    initial: [],
    write: (changes) => changes.map(changeToText).join('*'),
    read: (text) => {
      const changes = text.split('*').map(changeFromText);
      return changes.length <= CHANGES_AT_MOST && changes.every((change) => change !== undefined) ? changes : undefined;
    },
  },
  at: {
    initial: 0,
    write: String,
    read: (text) => readNumber(text, { low: 0, high: STEPS_AT_MOST, isWhole: true }),
  },
};

/** Names in the address. */
const KEYS: Readonly<Record<keyof Settings, string>> = {
  data: 'data',
  noise: 'noise',
  points: 'points',
  validation: 'val',
  seed: 'seed',
  own: 'own',
  inputs: 'inputs',
  layers: 'layers',
  activation: 'activation',
  initializer: 'init',
  optimizer: 'optimizer',
  learningRate: 'lr',
  momentum: 'momentum',
  l1: 'l1',
  l2: 'l2',
  batchSize: 'batch',
  speed: 'speed',
  changes: 'changes',
  at: 'at',
};
const NAMES = Object.keys(KEYS) as (keyof Settings)[];

/** Settings that say how it is looked at, not what is learned: a change of these begins nothing anew. */
const OF_LOOKING: readonly (keyof Settings)[] = ['speed', 'at'];

function texts(settings: Settings): Record<keyof Settings, string> {
  const write = <Name extends keyof Settings>(name: Name): string => FIELDS[name].write(settings[name]);
  return Object.fromEntries(NAMES.map((name) => [name, write(name)])) as Record<keyof Settings, string>;
}

export function initialSettings(): Settings {
  return Object.fromEntries(NAMES.map((name) => [name, FIELDS[name].initial])) as unknown as Settings;
}

/** The settings that an address holds; in place of what it holds wrongly, the defaults. */
export function fromQuery(query: URLSearchParams): Settings {
  const read = (name: keyof Settings): unknown => {
    const text = query.get(`p-${KEYS[name]}`);
    return (text === null ? undefined : FIELDS[name].read(text)) ?? FIELDS[name].initial;
  };
  return checked(Object.fromEntries(NAMES.map((name) => [name, read(name)])) as unknown as Settings);
}

/** Without changes of weights that are not there, or out of order. */
function checked(settings: Settings): Settings {
  const sizes = [settings.inputs.length, ...settings.layers, 1];
  const areGood = settings.changes.every((change, i, all) => {
    if (i > 0 && all[i - 1]!.step > change.step) return false;
    if (change.kind === 'rate') return true;
    const { layer, k, j } = change;
    return layer < sizes.length - 1 && k >= -1 && k < sizes[layer]! && j < sizes[layer + 1]!;
  });
  return areGood ? settings : { ...settings, changes: [] };
}

/** All keys of the playground with their texts; undefined of what is as by default. */
export function toQuery(settings: Settings): Record<string, string | undefined> {
  const [now, initial] = [texts(settings), texts(initialSettings())];
  return Object.fromEntries(
    NAMES.map((name) => [`p-${KEYS[name]}`, now[name] === initial[name] ? undefined : now[name]]),
  );
}

/** True if both begin with the same points, the same network and the same way to train. */
export function beginsAlike(one: Settings, other: Settings): boolean {
  const [a, b] = [texts(one), texts(other)];
  return NAMES.every((name) => OF_LOOKING.includes(name) || name === 'changes' || a[name] === b[name]);
}

/** True if both learn the same points, so that their losses can be compared. */
export function hasSamePoints(one: Settings, other: Settings): boolean {
  const [a, b] = [texts(one), texts(other)];
  return (['data', 'noise', 'points', 'validation', 'seed', 'own'] as const).every((name) => a[name] === b[name]);
}

/** True if it is plain gradient descent, for which 2/λ_max says how long a step may be. */
export function isPlainDescent({ optimizer, momentum }: Pick<Settings, 'optimizer' | 'momentum'>): boolean {
  return optimizer === 'sgd' && momentum === 0;
}

/** True if nothing at all differs. */
export function isSame(one: Settings, other: Settings): boolean {
  const [a, b] = [texts(one), texts(other)];
  return NAMES.every((name) => a[name] === b[name]);
}
