/**
 * The settings of a training run: a table with one row per field, presets over it, and the URL hash that carries
 * all of them. A field's state is its text, as typed; `readSettings` turns the texts into values or sentences.
 */
import type { ActivationName, OptimizerName } from 'mlp-wasm';
import { layerInWords } from '../../shared/plain-layers.js';
import { words } from '../words/first-view.js';
import { locale } from '../words/language.js';
import { whole } from '../words/numbers.js';
import { AUGMENTATION_NAMES, BATCH_OPTIMIZERS, HIDDEN_ACTIVATIONS } from './choices.js';
import type { AugmentationName } from './choices.js';
import { hiddenLayers, readDifferences, textOfDifferences } from './layer-texts.js';
import type { Differences } from './layer-texts.js';
import { attempt, choice, fail, integer, positive } from './read-field.js';

/** Settings of a training run. */
export interface Settings {
  data: 'digits' | 'mnist';
  /** Generated digits to train on. */
  count: number;
  /** Units of each hidden layer; empty for none. */
  hidden: number[];
  /** Of all hidden layers, but those that differ. */
  activation: ActivationName;
  /** The ways in which single hidden layers differ; absent where all are alike. */
  layers?: Differences;
  optimizer: OptimizerName;
  learningRate: number;
  batchSize: number;
  epochs: number;
  seed: number;
  /** Absent: the digits are learned as they are. */
  augmentation?: AugmentationName;
}

export type FieldName = keyof Settings;
/** The text of every field. */
export type Fields = Record<FieldName, string>;
/** A sentence for each field that cannot be used. */
export type FieldErrors = Partial<Record<FieldName, string>>;

export const LAYERS_AT_MOST = 6;
export const UNITS_AT_MOST = 2048;

/** The text of the units of each layer. */
export function unitTexts(text: string): string[] {
  return text.trim() === '' ? [] : text.trim().split(/\s*[,;+→]\s*|\s+/);
}

export function isUnits(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= UNITS_AT_MOST;
}

function layers(text: string): number[] {
  const parts = unitTexts(text);
  if (parts.length > LAYERS_AT_MOST) fail(words.errors.layers(whole(LAYERS_AT_MOST)));
  return parts.map((part) => (isUnits(part) ? Number(part) : fail(words.errors.units(whole(UNITS_AT_MOST)))));
}

interface Field<Value> {
  /** Name in the URL hash. */
  key: string;
  initial: string;
  /** The value of a text; throws a FieldError with a sentence where it has none. */
  read(text: string): Value;
}

export const FIELDS: { readonly [Name in FieldName]: Field<Settings[Name]> } = {
  data: { key: 'data', initial: 'digits', read: (text) => choice(text, ['digits', 'mnist']) },
  count: { key: 'count', initial: '20000', read: (text) => integer(text, 100, 100_000) },
  hidden: { key: 'hidden', initial: '128', read: layers },
  activation: {
    key: 'activation',
    initial: 'sigmoid',
    read: (text) => choice(text, HIDDEN_ACTIVATIONS),
  },
  layers: { key: 'layers', initial: '', read: readDifferences },
  optimizer: {
    key: 'optimizer',
    initial: 'sgd',
    read: (text) => choice(text, BATCH_OPTIMIZERS),
  },
  learningRate: { key: 'lr', initial: '0.5', read: (text) => positive(text, 100) },
  batchSize: { key: 'batch', initial: '32', read: (text) => integer(text, 1, 10_000) },
  epochs: { key: 'epochs', initial: '10', read: (text) => integer(text, 1, 1000) },
  seed: { key: 'seed', initial: '42', read: (text) => integer(text, 0, 4_294_967_295) },
  augmentation: {
    key: 'augment',
    initial: 'none',
    read: (text) => {
      const name = choice(text, ['none', ...AUGMENTATION_NAMES]);
      return name === 'none' ? undefined : name;
    },
  },
};

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

/** A network and the way it is trained; the data and the seed stay as they are. */
export interface Preset {
  id: 'classic' | 'modern' | 'deeper';
  fields: Pick<Fields, 'hidden' | 'activation' | 'layers' | 'optimizer' | 'learningRate' | 'batchSize' | 'epochs'>;
}

export const PRESETS: readonly [Preset, ...Preset[]] = [
  {
    id: 'classic',
    fields: {
      hidden: '128',
      activation: 'sigmoid',
      layers: '',
      optimizer: 'sgd',
      learningRate: '0.5',
      batchSize: '32',
      epochs: '10',
    },
  },
  {
    id: 'modern',
    fields: {
      hidden: '128',
      activation: 'relu',
      layers: '',
      optimizer: 'adam',
      learningRate: '0.001',
      batchSize: '64',
      epochs: '10',
    },
  },
  {
    id: 'deeper',
    fields: {
      hidden: '256, 128',
      activation: 'relu',
      layers: '',
      optimizer: 'adam',
      learningRate: '0.001',
      batchSize: '128',
      epochs: '10',
    },
  },
];

/** The preset whose network and optimizer these fields describe, if any. */
export function presetOf(fields: Fields): Preset | undefined {
  const plain = (text: string): string => text.replace(/\s/g, '');
  return PRESETS.find(({ fields: wanted }) =>
    (['hidden', 'activation', 'layers', 'optimizer', 'learningRate', 'batchSize'] as const).every(
      (name) => plain(fields[name]) === plain(wanted[name]),
    ),
  );
}

export function initialFields(): Fields {
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, FIELDS[name].initial])) as Fields;
}

/** These settings as the texts of their fields. */
export function toFields(settings: Settings): Fields {
  const { hidden, layers, augmentation = 'none' } = settings;
  const each = FIELD_NAMES.map((name) => [name, String(settings[name])]);
  const own = { hidden: hidden.join(', '), layers: textOfDifferences(layers), augmentation };
  return { ...Object.fromEntries(each), ...own } as Fields;
}

/** The network and the training in a line: "784 → 128 sigmoid → 10, sgd at 0.5, …". */
export function describe(settings: Settings): string {
  const { hidden, activation, optimizer, learningRate, batchSize, epochs, seed, data, count } = settings;
  const alike = hidden.length > 0 ? `${hidden.join(' → ')} ${activation} → ` : '';
  const layers = settings.layers
    ? hiddenLayers(settings)
        .map((layer) => `${layerInWords(layer)} → `)
        .join('')
    : alike;
  const say = words.describe;
  return [
    `784 → ${layers}10`,
    say.rate(optimizer, learningRate.toLocaleString(locale, { maximumSignificantDigits: 21 })),
    say.batches(whole(batchSize)),
    say.epochs(epochs),
    data === 'mnist' ? 'MNIST' : say.digits(whole(count)),
    say.seed(String(seed)),
    ...(settings.augmentation ? [say.augmentation[settings.augmentation]] : []),
  ].join(' · ');
}

/** The values of all fields, or a sentence for each that has none. */
export function readSettings(fields: Fields): { settings?: Settings; errors: FieldErrors } {
  const errors: FieldErrors = {};
  const values: Partial<Record<FieldName, unknown>> = {};
  for (const name of FIELD_NAMES) {
    // A run on MNIST makes no digits, so that their number need not be valid.
    const text = name === 'count' && fields.data === 'mnist' ? FIELDS.count.initial : fields[name];
    const { value, error } = attempt(() => FIELDS[name].read(text));
    if (error !== undefined) errors[name] = error;
    else if (value !== undefined) values[name] = value;
  }
  return Object.keys(errors).length > 0 ? { errors } : { settings: values as unknown as Settings, errors };
}

/** Keys that stand in an address only where they say something, because most runs do without. */
const OCCASIONAL = ['layers', 'augmentation'] as const satisfies readonly FieldName[];

/** All fields by their keys in the address; undefined for one that says nothing. */
export function toQuery(fields: Fields): Record<string, string | undefined> {
  const query: Record<string, string | undefined> = {};
  for (const name of FIELD_NAMES) query[FIELDS[name].key] = fields[name];
  for (const name of OCCASIONAL) if (fields[name] === FIELDS[name].initial) query[FIELDS[name].key] = undefined;
  return query;
}

/** The fields that an address sets, over the initial ones. */
export function fromQuery(query: URLSearchParams): Fields {
  const fields = initialFields();
  for (const name of FIELD_NAMES) fields[name] = query.get(FIELDS[name].key) ?? fields[name];
  return fields;
}
