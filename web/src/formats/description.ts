/**
 * Between the files of other tools and a model: every reader gives a description, and every writer is given one, so that
 * what a `Sequential` has to do with files stands here alone.
 */
import { sequential } from '../index.js';
import type { CompileOptions, LayerConfig, LayerDescription, Sequential, Weight } from '../index.js';
import { checkArray, checkNumber, checkObject, rangeError } from '../check/arguments.js';
import { messageOf } from '../check/realm.js';
import { warnOnce } from '../check/warn.js';

/** A multilayer perceptron, as a file holds it. */
export interface NetworkDescription {
  /** Tool and format, for sentences: `'brain.js'`, `'Keras 3.7.0 (.keras)'`. */
  source: string;
  /** Shape of one sample as the tool has it, `[28, 28, 1]` say; a model takes it as one row, the last axis fastest. */
  inputShape: readonly number[];
  layers: DescribedLayer[];
  name?: string;
  /** Loss and optimizer, where the file tells them and they are ours, too. */
  compile?: CompileOptions;
  /** Names of the outputs, in their order. */
  classNames?: string[];
  /** Names of the inputs, in their order. */
  featureNames?: string[];
  /** All else that the file says, for `metadata` of the model: plain JSON. */
  metadata?: Record<string, unknown>;
  /** A few inputs, and what the tool that wrote the file gets for them. */
  examples?: Examples;
  /** A sentence for each thing that was left out or guessed, with its cure; said once on the console. */
  remarks: string[];
}

/** A layer, with its weights in the order of `Sequential.getWeights()`. */
export interface DescribedLayer {
  layer: LayerConfig | LayerDescription;
  weights: DescribedWeight[];
}

export interface DescribedWeight {
  /** Kernels: `[inputs, units]`. */
  shape: number[];
  data: Float32Array;
}

/** Rows of inputs, and the outputs for them, row-major. */
export interface Examples {
  rows: number;
  inputs: Float32Array;
  outputs: Float32Array;
}

/** Largest difference of an output from what a file says, relative to the largest output of the same row, at least 1. */
const TOLERANCE = 1e-4;

/**
 * The model of a description.
 *
 * @param method opens the errors
 * @throws {TypeError | RangeError} naming the layer or weight that does not fit.
 */
export function modelOf(method: string, description: NetworkDescription): Sequential {
  const { source, inputShape, layers, name, compile, examples } = description;
  const remarks = [...description.remarks];
  const features = inputShape.reduce((product, size) => product * size, 1);
  const model = sequential({
    layers: layers.map(({ layer }, i) => ({ ...layer, ...(i === 0 && { inputShape: [features] }) }) as LayerConfig),
    seed: 0,
    ...(name !== undefined && { name }),
  });
  try {
    model.setWeights(layers.flatMap(({ weights }) => weights));
    remarks.push(...named(model, description));
    if (compile) remarks.push(...compiled(model, compile));
    if (examples) examine(method, source, model, examples);
  } catch (error) {
    model.dispose();
    throw error;
  }
  for (const remark of remarks) warnOnce(`${method}: ${source}: ${remark}`);
  return model;
}

/** Names that a model cannot have, because two are the same, say, are no reason to refuse it: they are told, and left out. */
function named(model: Sequential, { classNames, featureNames, metadata }: NetworkDescription): string[] {
  return Object.entries({ classNames, featureNames, metadata }).flatMap(([key, value]) => {
    if (value === undefined) return [];
    try {
      Object.assign(model, { [key]: value });
      return [];
    } catch (error) {
      return [`set ${key} yourself, because those of the file are refused (${messageOf(error)})`];
    }
  });
}

/** A loss that does not go with the layers is no reason to refuse a model, because it predicts without: it is told. */
function compiled(model: Sequential, options: CompileOptions): string[] {
  try {
    model.compile(options);
    return [];
  } catch (error) {
    return [`compile() it with other options to train it, because those of the file are refused (${messageOf(error)})`];
  }
}

/** @throws {RangeError} where the model answers otherwise than the tool that wrote the file. */
function examine(method: string, source: string, model: Sequential, { rows, inputs, outputs }: Examples): void {
  const units = outputs.length / rows;
  if (units !== model.outputShape[0]) {
    throw new RangeError(
      `${method}: ${source}: expected ${units} outputs, as its examples have, got ${model.outputShape[0]}`,
    );
  }
  const answers = model.predict(inputs);
  for (let i = 0; i < outputs.length; ++i) {
    const row = outputs.subarray(i - (i % units), i - (i % units) + units);
    const scale = row.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
    if (Math.abs(answers[i]! - outputs[i]!) <= TOLERANCE * scale) continue;
    const place = `output ${i % units} of example ${Math.floor(i / units)}`;
    throw new RangeError(
      `${method}: ${source}: expected ${outputs[i]} as ${place}, as the file says, got ${answers[i]}: the file was changed, or its writer computes otherwise`,
    );
  }
}

/** A model's own description, every option of its layers filled in. */
export interface ModelDescription extends NetworkDescription {
  layers: { layer: LayerDescription; weights: Weight[] }[];
}

/** The description of a model, for a writer. */
export function describe(model: Sequential): ModelDescription {
  const weights = model.getWeights();
  const { classNames, featureNames, metadata } = model;
  const ownerOf = (weight: string) => weight.slice(0, weight.lastIndexOf('/'));
  return {
    source: 'mlp-wasm',
    inputShape: model.inputShape,
    name: model.name,
    ...(classNames && { classNames: [...classNames] }),
    ...(featureNames && { featureNames: [...featureNames] }),
    ...(metadata && { metadata: { ...metadata } }),
    layers: model.layers.map((layer) => ({
      layer,
      weights: weights.filter(({ name }) => ownerOf(name) === layer.name),
    })),
    remarks: [],
  };
}

/** Rows that a file carries along to be examined by. */
const EXAMPLE_ROWS = 3;

/** A few inputs, the same ones for every model of as many features, and what the model gives for them. */
export function exampleOf(model: Sequential): Examples {
  const [features] = model.inputShape;
  const inputs = Float32Array.from(
    { length: EXAMPLE_ROWS * features },
    (_, i) => Math.round(1e4 * Math.sin(i + 1)) / 1e4,
  );
  return { rows: EXAMPLE_ROWS, inputs, outputs: model.predict(inputs) };
}

/** Examples as JSON that people can read: rows of inputs, and rows of outputs. */
export function examplesToJson({ rows, inputs, outputs }: Examples): { inputs: number[][]; outputs: number[][] } {
  const table = (numbers: Float32Array) => {
    const width = numbers.length / rows;
    // Nine digits tell one float from all others.
    const shortened = (x: number) => Number(x.toPrecision(9));
    return Array.from({ length: rows }, (_, row) =>
      Array.from(numbers.subarray(row * width, (row + 1) * width), shortened),
    );
  };
  return { inputs: table(inputs), outputs: table(outputs) };
}

/**
 * The examples that {@link examplesToJson} wrote, out of a file that may come from anywhere; undefined where there is nothing.
 *
 * @throws {TypeError | RangeError} where it is something else, or of other features than the network's.
 */
export function examplesFromJson(argument: string, json: unknown, features: number): Examples | undefined {
  if (json === undefined || json === null) return undefined;
  const given = checkObject(argument, json as { inputs: unknown; outputs: unknown }, ['inputs', 'outputs']);
  const rowsOf = (name: 'inputs' | 'outputs') =>
    checkArray(`${argument}.${name}`, given[name], 'an array of rows').map((row, i) =>
      checkArray(`${argument}.${name}[${i}]`, row, 'an array of numbers').map((value) =>
        checkNumber(`${argument}.${name}[${i}]`, value),
      ),
    );
  const [inputs, outputs] = [rowsOf('inputs'), rowsOf('outputs')];
  const units = outputs[0]?.length ?? 0;
  if (inputs.length !== outputs.length) throw rangeError(`${argument}.outputs`, `${inputs.length} rows`, given.outputs);
  if (inputs.some((row) => row.length !== features) || outputs.some((row) => row.length !== units)) {
    throw rangeError(argument, `rows of ${features} inputs, and of ${units} outputs`, 'rows of another length');
  }
  if (units === 0) return undefined;
  return { rows: inputs.length, inputs: Float32Array.from(inputs.flat()), outputs: Float32Array.from(outputs.flat()) };
}
