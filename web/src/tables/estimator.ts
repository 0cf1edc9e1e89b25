/** Training on tables: {@link classifier} and {@link regressor}. */
import { checkObject } from '../check/arguments.js';
import { init } from '../index.js';
import { quoted } from './cells.js';
import { checkOptions, FIT_KEYS } from './estimator-options.js';
import type { Checked, EstimatorOptions, TableFitOptions } from './estimator-options.js';
import { Encoder, encodeTargets, labelsOf, makeClasses, makeFeatures, makeNumbers } from './schema.js';
import type { EncodedTargets, Schema, Target } from './schema.js';
import { checkTable, type Table } from './table.js';
import { ClassifierModel, RegressorModel } from './table-model.js';
import { countsOf, trainNetwork } from './train-network.js';

/** The difference between kinds of estimators. */
interface Kind {
  method: 'classifier' | 'regressor';
  targetOf(table: Table, names: string[]): Target;
}

const CLASSIFIER: Kind = {
  method: 'classifier',
  targetOf: (table, names) => {
    const stores = names.map((name) => table.storeOf('classifier: target', name));
    const [store] = stores;
    if (stores.length > 1) return makeClasses('classifier', stores);
    return { kind: 'class', name: store!.name, labels: labelsOf('classifier', store!) };
  },
};

const REGRESSOR: Kind = {
  method: 'regressor',
  targetOf: (table, names) =>
    makeNumbers(
      'regressor',
      names.map((name) => table.storeOf('regressor: target', name)),
    ),
};

abstract class Estimator<Model extends ClassifierModel | RegressorModel> {
  /** The options that it was made with. */
  readonly options: Readonly<EstimatorOptions>;
  readonly #kind: Kind;
  readonly #checked: Checked;

  /** True for an estimator of either kind. @internal */
  static isOne(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #kind in value;
  }

  /** @internal */
  constructor(kind: Kind, options: EstimatorOptions) {
    this.#kind = kind;
    this.#checked = checkOptions(kind.method, options);
    this.options = Object.freeze({ ...options });
  }

  /** Name of the function that makes it. */
  get method(): 'classifier' | 'regressor' {
    return this.#kind.method;
  }

  /** The same with some options changed. */
  abstract with(changes: Partial<EstimatorOptions>): Estimator<Model>;

  /**
   * Trains a new model on a table; the estimator can be used again. Rows without a target are left out
   * (`model.training.notes`). Loads the core, if that is not done yet. The same seed, table and options give the same
   * model, wherever training gives the same bits (web/docs/guide/determinism.md).
   *
   * @throws {TypeError | RangeError} for a table without such columns, without rows that have a target, without a column
   *   that differs from row to row; with one class only; and for options that do not go together.
   * @throws what `signal` was aborted with, if that was before training began.
   */
  async fit(table: Table, options: TableFitOptions = {}): Promise<Model> {
    const where = `${this.#kind.method}.fit`;
    checkTable(`${where}: table`, table);
    const fitting = checkObject(`${where}: options`, options, FIT_KEYS);
    fitting.signal?.throwIfAborted?.();
    await init();
    const { schema, x, y, notes } = prepare(this.#kind, this.#checked, table);
    const { network, training } = await trainNetwork(this.#kind.method, this.#checked, schema.target, x, y, fitting);
    training.notes.unshift(...notes);
    return (schema.target.kind === 'numbers'
      ? new RegressorModel(network, schema, training)
      : new ClassifierModel(network, schema, training)) as unknown as Model;
  }
}

/** Learns classes; made by {@link classifier}. */
export class Classifier extends Estimator<ClassifierModel> {
  override with(changes: Partial<EstimatorOptions>): Classifier {
    return new Classifier(CLASSIFIER, { ...this.options, ...changes });
  }
}

/** Learns numbers; made by {@link regressor}. */
export class Regressor extends Estimator<RegressorModel> {
  override with(changes: Partial<EstimatorOptions>): Regressor {
    return new Regressor(REGRESSOR, { ...this.options, ...changes });
  }
}

/** True for what `classifier()` or `regressor()` gives. */
export function isEstimator(value: unknown): value is Classifier | Regressor {
  return Estimator.isOne(value);
}

/**
 * Learns to tell the class in one column (of texts, numbers, or true and false) from the other columns; or with an array
 * of columns of true and false, which of several classes a row has.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong.
 * @example
 * const model = await classifier({ target: 'species', seed: 1 }).fit(train);
 * model.predict({ petal_length: 4.7, petal_width: 1.4 }); // { label: 'versicolor', probability: 0.97, probabilities: […] }
 * model.score(test).accuracy;
 */
export function classifier(options: EstimatorOptions): Classifier {
  return new Classifier(CLASSIFIER, options);
}

/**
 * Learns to tell the number in one column, or in several, from the other columns.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong.
 * @example
 * const model = await regressor({ target: 'price', hidden: [64, 32], seed: 1 }).fit(train);
 * model.predict({ area: 84, rooms: 3, district: 'north' }); // 312500, in the unit of the column
 * model.score(test).r2;
 */
export function regressor(options: EstimatorOptions): Regressor {
  return new Regressor(REGRESSOR, options);
}

/** Inputs and targets of the rows that have a target. */
interface Prepared {
  schema: Schema;
  x: Float32Array;
  y: EncodedTargets;
  notes: string[];
}

function prepare(kind: Kind, { targets, features }: Checked, table: Table): Prepared {
  const notes: string[] = [];
  const target = kind.targetOf(table, targets);
  const y = encodeTargets(kind.method, table, target);
  const rows = y.rows.length;
  const lost = table.rows - rows;
  if (lost > 0) notes.push(`${lost} of ${table.rows} rows are left out, because their target is missing`);
  const whole = lost === 0 ? table : table.taken(y.rows);
  if (target.kind === 'class') {
    const counts = countsOf(y.classes!, target.labels.length);
    target.labels.forEach((label, i) => {
      if (counts[i] !== 1) return;
      notes.push(
        `class ${quoted(label)} has a single row: it is learnt from and never held out, so that nothing tells how well`,
      );
    });
  }
  const schema: Schema = {
    features: makeFeatures(kind.method, whole, targets, features, notes),
    target,
    missing: [...table.missingSpellings],
  };
  return { schema, x: new Encoder(schema).table(kind.method, whole), y, notes };
}
