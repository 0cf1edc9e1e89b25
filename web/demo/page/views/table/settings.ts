/** Settings of a training on a table: texts of the fields, and what they mean. */
import type { TrainPlan } from '../../../shared/table-work.js';
import { BATCH_OPTIMIZERS, HIDDEN_ACTIVATIONS } from '../../settings/choices.js';

export const OPTIMIZERS = [...BATCH_OPTIMIZERS, 'lbfgs'] as const;
export const ACTIVATIONS = HIDDEN_ACTIVATIONS;

/** Texts of the fields as they are typed, and what is ticked. */
export interface Fields {
  hidden: string;
  activation: string;
  dropout: string;
  optimizer: string;
  learningRate: string;
  batchSize: string;
  epochs: string;
  patience: string;
  seed: string;
  test: string;
  validation: string;
  stopsEarly: boolean;
  balanced: boolean;
}

export type TextField = Exclude<keyof Fields, 'stopsEarly' | 'balanced'>;

export function initialFields(): Fields {
  return {
    hidden: '32',
    activation: 'relu',
    dropout: '0',
    optimizer: 'adam',
    learningRate: '',
    batchSize: '',
    epochs: '200',
    patience: '15',
    seed: '1',
    test: '20',
    validation: '15',
    stopsEarly: true,
    balanced: false,
  };
}

/** Kinds of mistakes, for a sentence each, with the limits that were crossed. */
export type FieldFault =
  { fault: 'layers' } | { fault: 'whole' | 'number'; low: number; high: number } | { fault: 'positive'; high: number };

export type FieldFaults = Partial<Record<TextField, FieldFault>>;

/** Settings of a plan that come from the fields. */
export type Settings = Omit<TrainPlan, 'target' | 'task' | 'features'>;

const LAYERS_AT_MOST = 6;
const UNITS_AT_MOST = 1024;

class Faulty extends Error {
  constructor(readonly fault: FieldFault) {
    super(fault.fault);
  }
}

function valueOf(text: string): number {
  const plain = text.trim().replace(',', '.');
  return /^\d*\.?\d*(?:e[+-]?\d+)?$/i.test(plain) && /\d/.test(plain) ? Number(plain) : NaN;
}

function whole(text: string, low: number, high: number): number {
  const value = valueOf(text);
  if (!Number.isInteger(value) || value < low || value > high) throw new Faulty({ fault: 'whole', low, high });
  return value;
}

function within(text: string, low: number, high: number): number {
  const value = valueOf(text);
  if (!(value >= low && value <= high)) throw new Faulty({ fault: 'number', low, high });
  return value;
}

function positive(text: string, high: number): number {
  const value = valueOf(text);
  if (!(value > 0 && value <= high)) throw new Faulty({ fault: 'positive', high });
  return value;
}

function layersOf(text: string): number[] {
  const parts = text.split(/[\s,;→]+/).filter(Boolean);
  const units = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
  if (units.length > LAYERS_AT_MOST || !units.every((count) => count >= 1 && count <= UNITS_AT_MOST)) {
    throw new Faulty({ fault: 'layers' });
  }
  return units;
}

/** True of a field that these settings have no use for. */
export function isUnused(name: TextField, { optimizer, stopsEarly }: Fields): boolean {
  if (name === 'patience') return !stopsEarly;
  return optimizer === 'lbfgs' && (name === 'learningRate' || name === 'batchSize' || name === 'dropout');
}

/** The values of all fields, or a fault for each that has none. */
export function readSettings(fields: Fields): { settings?: Settings; faults: FieldFaults } {
  const faults: FieldFaults = {};
  const read = <Value>(name: TextField, from: (text: string) => Value, unused: Value): Value => {
    if (isUnused(name, fields)) return unused;
    try {
      return from(fields[name]);
    } catch (error) {
      if (!(error instanceof Faulty)) throw error;
      faults[name] = error.fault;
      return unused;
    }
  };
  const orNothing =
    (from: (text: string) => number) =>
    (text: string): number | undefined =>
      text.trim() === '' ? undefined : from(text);
  const learningRate = read(
    'learningRate',
    orNothing((text) => positive(text, 100)),
    undefined,
  );
  const batchSize = read(
    'batchSize',
    orNothing((text) => whole(text, 1, 100_000)),
    undefined,
  );
  const patience = read<number | undefined>('patience', (text) => whole(text, 1, 10_000), undefined);
  const settings: Settings = {
    hidden: read('hidden', layersOf, []),
    activation: fields.activation,
    dropout: read('dropout', (text) => within(text, 0, 0.9), 0),
    optimizer: fields.optimizer,
    ...(learningRate !== undefined && { learningRate }),
    ...(batchSize !== undefined && { batchSize }),
    epochs: read('epochs', (text) => whole(text, 1, 100_000), 1),
    ...(patience !== undefined && { patience }),
    seed: read('seed', (text) => whole(text, 0, 4_294_967_295), 0),
    test: read('test', (text) => within(text, 5, 80), 20),
    validation: read('validation', (text) => within(text, 5, 50), 10),
    balanced: fields.balanced,
  };
  return Object.keys(faults).length > 0 ? { faults } : { settings, faults };
}
