/** Models of tables: a network with the names, categories, scales and units of what it was trained on. */
import { checkObject, rangeError } from '../check/arguments.js';
import { asBytes, malformed } from '../check/bytes.js';
import { isBlob, isUrl, type ByteArray } from '../check/realm.js';
import { init, loadModel, readSafetensors, writeSafetensors } from '../index.js';
import type { History, Sequential } from '../index.js';
import { loadBytes, save, type SaveOptions, type SaveResult, type TransferOptions } from '../storage/index.js';
import { checkSchema } from './saved-schema.js';
import { Encoder, encodeTargets, outputsOf, targetNames } from './schema.js';
import type { EncodedTargets, Feature, NumbersTarget, Schema } from './schema.js';
import { argmax, scoreClasses, scoreNumbers, scoreSeveral } from './score.js';
import type { ClassifierScore, RegressorScore } from './score.js';
import { checkTable, isTable, type Row, type Table } from './table.js';

/** A class, and how likely it is: 0 to 1. */
export interface LabelProbability {
  label: string;
  probability: number;
}

/** Answer of a {@link ClassifierModel} on one row. */
export interface ClassPrediction {
  /** The likeliest class, as its name. */
  label: string;
  probability: number;
  /** All classes, the likeliest first. With several classes a row their probabilities do not sum up to 1. */
  probabilities: LabelProbability[];
  /** With several classes a row: those with a probability above 0.5. */
  labels?: string[];
}

/** Answer of a {@link RegressorModel} on one row: the number, or with several targets numbers by name; in their units. */
export type NumberPrediction = number | Record<string, number>;

/** Figures of the training of a model; empty for one that was loaded. */
export interface Training {
  history: Record<string, number[]>;
  epochs: number;
  /** Name of the optimizer. */
  optimizer: string;
  /** The rate that training began with. */
  learningRate: number;
  /** Sentences on columns and rows that were left out. */
  notes: string[];
}

/** The key of the schema in the metadata of a file. */
const METADATA_KEY = 'table';

const VERSION = 1;

/** Rows that are encoded at once, so that a large table is not there a second time as inputs. */
const CHUNK_ROWS = 16_384;

abstract class TableModel<Prediction, Score> {
  /** The network, for all that is to be looked into: `network.layers`, `network.explain(model.encode(table))` … */
  readonly network: Sequential;
  /** Names, categories, ranges and scales of what it was trained on. */
  readonly schema: Schema;
  /** The training; without numbers where the model was loaded. */
  readonly training: Training;
  readonly #encoder: Encoder;

  /** True for a model of either kind. @internal */
  static isOne(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #encoder in value;
  }

  /** @internal */
  constructor(network: Sequential, schema: Schema, training: Training) {
    this.network = network;
    this.schema = schema;
    this.training = training;
    this.#encoder = new Encoder(schema);
  }

  /** Columns that it learnt from. */
  get features(): readonly Feature[] {
    return this.schema.features;
  }

  /** Categories that it was asked about and that no training row had, counted by column since it was made. */
  get unknown(): Record<string, number> {
    return Object.fromEntries(this.#encoder.unknown);
  }

  /** The inputs of the network for a table or rows: rows × width, row-major. */
  encode(data: Table | readonly Row[]): Float32Array {
    return this.encoded('encode: data', data);
  }

  /** @internal */
  encoded(argument: string, data: Table | readonly Row[]): Float32Array {
    if (isTable(data)) return this.#encoder.table(argument, checkTable(argument, data));
    const { width } = this.#encoder;
    const x = new Float32Array(data.length * width);
    data.forEach((row, i) => this.#encoder.row(`${argument}[${i}]`, row, x, i * width));
    return x;
  }

  /** @internal rows × outputs, as the network gives them. */
  outputs(argument: string, data: Table | readonly Row[]): Float32Array {
    const rows = isTable(data) ? checkTable(argument, data).rows : data.length;
    if (rows <= CHUNK_ROWS)
      return rows === 0 ? new Float32Array(0) : this.network.predict(this.encoded(argument, data));
    const units = outputsOf(this.schema.target);
    const outputs = new Float32Array(rows * units);
    for (let first = 0; first < rows; first += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows - first);
      const chunk = isTable(data)
        ? data.taken(Int32Array.from({ length: count }, (_, i) => first + i))
        : data.slice(first, first + count);
      outputs.set(this.network.predict(this.encoded(argument, chunk)), first * units);
    }
    return outputs;
  }

  /**
   * The answer on a row, an object with a cell for each feature (null where it is missing; more cells do no harm); or
   * those on an array of rows or on a table, in their order. Missing numbers are taken as the median of the training
   * rows, missing categories and those that no training row had as none of the known ones; {@link unknown} counts the
   * latter.
   *
   * @throws {TypeError | RangeError} naming the row and cell that is not there, or is no number where it has to be one.
   */
  predict(row: Row): Prediction;
  predict(rows: Table | readonly Row[]): Prediction[];
  predict(data: Row | Table | readonly Row[]): Prediction | Prediction[] {
    if (isTable(data) || Array.isArray(data)) {
      const outputs = this.outputs('predict: rows', data);
      const units = outputsOf(this.schema.target);
      return Array.from({ length: outputs.length / units }, (_, row) => this.answer(outputs, row * units));
    }
    const x = new Float32Array(this.#encoder.width);
    this.#encoder.row('predict: row', data as Row, x, 0);
    return this.answer(this.network.predict(x), 0);
  }

  /** The outputs from `at` on, in words. */
  protected abstract answer(outputs: Float32Array, at: number): Prediction;

  /**
   * How well it answers on a table that has the target, too.
   *
   * @throws {TypeError | RangeError} if a column is missing, or the target is in every row.
   */
  score(table: Table): Score {
    const { outputs, ...targets } = this.scored('score: table', table);
    return this.scoreOf(outputs, targets);
  }

  protected abstract scoreOf(outputs: Float32Array, targets: EncodedTargets): Score;

  /** @internal Outputs of the network as probabilities, or as numbers in their units. */
  abstract inUnits(outputs: Float32Array): Float32Array | Float64Array;

  /** @internal Outputs and targets of the rows that have a target. */
  scored(argument: string, table: Table) {
    const { targets, whole } = this.#targets(argument, table);
    return { ...targets, outputs: this.outputs(argument, whole) };
  }

  /** @internal Inputs of the rows that have a target, and the score of outputs for them. */
  examined(argument: string, table: Table) {
    const { targets, whole } = this.#targets(argument, table);
    return {
      rows: whole.rows,
      x: this.encoded(argument, whole),
      scoreOf: (outputs: Float32Array) => this.scoreOf(outputs, targets),
    };
  }

  #targets(argument: string, table: Table) {
    checkTable(argument, table);
    const targets = encodeTargets(argument, table, this.schema.target);
    return { targets, whole: targets.rows.length === table.rows ? table : table.taken(targets.rows) };
  }

  /**
   * The model as a file, for {@link loadTableModel}: a safetensors file of the network, with the schema in its metadata.
   * `loadModel` of `mlp-wasm` takes it, too, as the network alone.
   *
   * @returns the bytes of the file.
   */
  async save(): Promise<ByteArray>;
  /**
   * The same file, saved.
   *
   * @param url where to, as `save` of `mlp-wasm/storage` has it: `indexeddb://iris`.
   * @returns what was saved.
   * @throws as `save` of `mlp-wasm/storage`.
   */
  async save(url: string | URL, options?: SaveOptions): Promise<SaveResult>;
  async save(url?: string | URL, options: SaveOptions = {}): Promise<ByteArray | SaveResult> {
    const { tensors, metadata } = readSafetensors(await this.network.save());
    const bytes = writeSafetensors(tensors, {
      ...metadata,
      [METADATA_KEY]: JSON.stringify({ version: VERSION, ...this.schema }),
    });
    return url === undefined ? bytes : save(bytes, url, options);
  }

  /** Frees the network's memory. */
  dispose(): void {
    this.network.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A model that tells classes; made by {@link Classifier.fit} or {@link loadTableModel}. */
export class ClassifierModel extends TableModel<ClassPrediction, ClassifierScore> {
  /** Names of the classes: of a column of numbers in their order, else sorted by UTF-16 code unit. */
  get labels(): string[] {
    const { target } = this.schema;
    return target.kind === 'class' ? target.labels : targetNames(target);
  }

  /** The probabilities of a table's rows: rows × labels, row-major, in the order of {@link labels}. */
  probabilities(data: Table | readonly Row[]): Float32Array {
    return this.outputs('probabilities: data', data);
  }

  protected override answer(outputs: Float32Array, at: number): ClassPrediction {
    const { labels } = this;
    const best = argmax(outputs, at, labels.length);
    const probabilities = labels
      .map((label, i) => ({ label, probability: outputs[at + i]! }))
      .sort((a, b) => b.probability - a.probability); // keeps the order of equals
    const answer: ClassPrediction = { label: labels[best]!, probability: outputs[at + best]!, probabilities };
    if (this.schema.target.kind === 'classes') {
      answer.labels = labels.filter((_, i) => outputs[at + i]! > 0.5);
    }
    return answer;
  }

  /** @internal */
  override inUnits(outputs: Float32Array): Float32Array {
    return outputs;
  }

  protected override scoreOf(outputs: Float32Array, { classes, values }: EncodedTargets): ClassifierScore {
    return classes ? scoreClasses(outputs, classes, this.labels) : scoreSeveral(outputs, values!, this.labels);
  }
}

/** A model that tells numbers; made by {@link Regressor.fit} or {@link loadTableModel}. */
export class RegressorModel extends TableModel<NumberPrediction, RegressorScore> {
  /** The target's number at an output, in its own unit. */
  #inUnit(outputs: Float32Array, at: number, j: number): number {
    const { means, deviations } = this.schema.target as NumbersTarget;
    return means[j]! + deviations[j]! * outputs[at + j]!;
  }

  protected override answer(outputs: Float32Array, at: number): NumberPrediction {
    const { names } = this.schema.target as NumbersTarget;
    if (names.length === 1) return this.#inUnit(outputs, at, 0);
    return Object.fromEntries(names.map((name, j) => [name, this.#inUnit(outputs, at, j)]));
  }

  /** @internal */
  override inUnits(outputs: Float32Array): Float64Array {
    const { names } = this.schema.target as NumbersTarget;
    return Float64Array.from(outputs, (_, i) => this.#inUnit(outputs, i - (i % names.length), i % names.length));
  }

  protected override scoreOf(outputs: Float32Array, { values }: EncodedTargets): RegressorScore {
    return scoreNumbers(this.inUnits(outputs), values!, targetNames(this.schema.target));
  }
}

/** @internal */
export function tableModel(network: Sequential, schema: Schema, training: Training): ClassifierModel | RegressorModel {
  const Kind = schema.target.kind === 'numbers' ? RegressorModel : ClassifierModel;
  return new Kind(network, schema, training);
}

export function trainingOf({ history, epoch }: History, about: Omit<Training, 'history' | 'epochs'>): Training {
  return { history, epochs: epoch.length, ...about };
}

/**
 * The model that {@link ClassifierModel.save} or {@link RegressorModel.save} wrote: the same answers, to the bit. Loads
 * the core, if that is not done yet.
 *
 * @param source the bytes of the file, or where it is, as `load` of `mlp-wasm/storage` has it: an address like
 *   `indexeddb://iris`, a `File` or a `Blob`
 * @param options of what is to be loaded from there
 * @throws {TypeError | RangeError} for anything that is not such a file, naming what is wrong with it.
 * @throws as `load` of `mlp-wasm/storage`, where it cannot be had from there.
 */
export async function loadTableModel(
  source: Uint8Array | ArrayBuffer | string | URL | Blob,
  options: TransferOptions = {},
): Promise<ClassifierModel | RegressorModel> {
  const method = 'loadTableModel';
  const isElsewhere = typeof source === 'string' || isUrl(source) || isBlob(source);
  const file = isElsewhere ? await loadBytes(source, options) : asBytes(`${method}: bytes`, source);
  const { metadata } = readSafetensors(file);
  const json = metadata[METADATA_KEY];
  if (json === undefined) {
    throw malformed(`${method}: bytes`, 'the file of a table model (one of a Sequential is for loadModel)', 'none');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new RangeError(`${method}: ${METADATA_KEY}: expected JSON in the metadata, got none that parses`, { cause });
  }
  const { version, ...schema } = checkObject(`${method}: ${METADATA_KEY}`, parsed as Schema & { version: number }, [
    'version',
    'features',
    'target',
    'missing',
  ]);
  if (version !== VERSION) throw rangeError(`${method}: ${METADATA_KEY}.version`, String(VERSION), version);
  checkSchema(`${method}: ${METADATA_KEY}`, schema);
  await init();
  const network = await loadModel(file);
  try {
    const { width } = new Encoder(schema);
    const [inputs, outputs] = [network.inputShape[0], network.outputShape[0]];
    if (inputs !== width)
      throw rangeError(`${method}: bytes`, `a network of ${width} inputs, as its columns have`, inputs);
    const units = outputsOf(schema.target);
    if (outputs !== units)
      throw rangeError(`${method}: bytes`, `a network of ${units} outputs, as its target has`, outputs);
    return tableModel(network, schema, { history: {}, epochs: 0, optimizer: '', learningRate: NaN, notes: [] });
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** True for what `classifier()` or `regressor()` has fitted. */
export function isTableModel(value: unknown): value is ClassifierModel | RegressorModel {
  return TableModel.isOne(value);
}

export function isClassifierModel(value: unknown): value is ClassifierModel {
  return isTableModel(value) && 'labels' in value;
}
