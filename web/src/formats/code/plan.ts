/**
 * The steps that a network computes, as few as that takes, for code that stands alone: layers that only train are left
 * out, and normalizations behind a dense layer are part of its weights.
 */
import { checkName, checkObject, rangeError } from '../../check/arguments.js';
import type { ActivationConfig, LayerConfig } from '../../index.js';
import { exampleOf, modelOf, type DescribedLayer, type Examples, type ModelDescription } from '../description.js';

/** Options of stored weights. */
export interface WeightOptions {
  /** `'int8'`: kernels as integers from -127 to 127 with a scale for each unit. Default: float32. */
  quantize?: 'int8';
}

/** Numbers of one layer. Vectors have one number for each unit. */
export type Step =
  | Dense
  /** (x − mean)·factor + offset */
  | { kind: 'affine'; units: number; mean: Float32Array; factor: Float32Array; offset: Float32Array }
  /** γ·(x − mean of the row)/√(variance of the row + ε) + β */
  | { kind: 'layerNorm'; units: number; epsilon: number; gamma: Float32Array; beta: Float32Array }
  | { kind: 'activation'; units: number; activation: ActivationConfig };

/** kernel·x + bias */
export interface Dense {
  kind: 'dense';
  inputs: number;
  units: number;
  /** A row of `inputs` weights for each unit; of int8, what the integers stand for. */
  kernel: Float32Array;
  bias: Float32Array;
  /** The integers, if the kernel is int8. */
  quantized?: { values: Int8Array; scale: Float32Array };
}

/** A network for a generator of code. */
export interface Plan {
  inputs: number;
  outputs: number;
  /** At least one. */
  steps: Step[];
  isInt8: boolean;
  /** The outputs of the steps for the inputs that {@link exampleOf} makes, by the core. */
  examples: Examples;
  /** One sentence for the head of a file. */
  summary: string;
}

/**
 * @param keys options of the format
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export function checkOptions<Options extends WeightOptions>(
  method: string,
  options: object,
  keys: readonly string[],
): Options {
  const given = checkObject(`${method}: options`, options as Options, keys);
  if (given.quantize !== undefined) checkName(`${method}: quantize`, given.quantize, ['int8']);
  return given;
}

/** @throws {RangeError} naming the weight that has a number which is not finite. */
export function planOf(method: string, description: ModelDescription, { quantize }: WeightOptions): Plan {
  const [inputs] = description.inputShape as [number];
  const isInt8 = quantize === 'int8';
  for (const { name, data } of description.layers.flatMap(({ weights }) => weights)) {
    const wrong = data.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) throw rangeError(`${method}: ${name}`, 'finite numbers', wrong);
  }
  const exact = stepsOf(description);
  const steps = isInt8 ? exact.map((step) => (step.kind === 'dense' ? quantizedOf(step) : step)) : exact;
  const examples = examplesOf(method, inputs, steps);
  const outputs = examples.outputs.length / examples.rows;
  const sizes = [inputs, ...steps.flatMap((step) => (step.kind === 'dense' ? [step.units] : []))].join('-');
  const loss = isInt8 ? differenceOf(examples, examplesOf(method, inputs, exact)).toPrecision(1) : '';
  const weights = isInt8 ? `kernels in int8, moving outputs by ${loss}` : 'weights in float32';
  return { inputs, outputs, steps, isInt8, examples, summary: `${sizes}, ${weights}; by mlp-wasm` };
}

function stepsOf({ inputShape, layers }: ModelDescription): Step[] {
  const steps: Step[] = [];
  let inputs = inputShape[0]!;
  for (const { layer, weights } of layers) {
    const { units } = layer;
    const weight = (part: string, missing = 0) =>
      weights.find(({ name }) => name.endsWith(`/${part}`))?.data ?? new Float32Array(units).fill(missing);
    if (layer.className === 'dense') {
      const kernel = weight('kernel');
      const rows = Float32Array.from({ length: kernel.length }, (_, i) => {
        return kernel[(i % inputs) * units + Math.floor(i / inputs)]!;
      });
      steps.push({ kind: 'dense', inputs, units, kernel: rows, bias: weight('bias') });
    } else if (layer.className === 'layerNormalization') {
      const [gamma, beta] = [weight('gamma', 1), weight('beta')];
      steps.push({ kind: 'layerNorm', units, epsilon: layer.epsilon!, gamma, beta });
    } else if (layer.className === 'batchNormalization') {
      const [gamma, variance] = [weight('gamma', 1), weight('movingVariance')];
      const factor = Array.from(variance, (value, j) => gamma[j]! / Math.sqrt(value + layer.epsilon!));
      addAffine(steps, weight('movingMean'), factor, weight('beta'));
    } else if (layer.className === 'normalization') {
      // A feature that never varied is only centred.
      const factor = Array.from(weight('variance'), (value) => 1 / Math.sqrt(value || 1));
      addAffine(steps, weight('mean'), factor, weight('beta'));
    }
    if (layer.activation.name !== 'linear') steps.push({ kind: 'activation', units, activation: layer.activation });
    inputs = units;
  }
  // A model that only trains gives its inputs; a step that does nothing spares the generators that case.
  if (steps.length === 0) {
    const zeros = new Float32Array(inputs);
    addAffine(steps, zeros, Array<number>(inputs).fill(1), zeros);
  }
  return steps;
}

/** Adds (x − mean)·factor + offset, within the weights of the step before where that is a dense layer. */
function addAffine(steps: Step[], mean: Float32Array, factor: number[], offset: Float32Array): void {
  const last = steps.at(-1);
  if (last?.kind !== 'dense') {
    steps.push({ kind: 'affine', units: mean.length, mean, factor: Float32Array.from(factor), offset });
    return;
  }
  const { inputs, kernel, bias } = last;
  steps[steps.length - 1] = {
    ...last,
    kernel: kernel.map((value, i) => value * factor[Math.floor(i / inputs)]!),
    bias: bias.map((value, j) => (value - mean[j]!) * factor[j]! + offset[j]!),
  };
}

/** Each unit's weights as integers, the largest of which is 127. */
function quantizedOf(step: Dense): Dense {
  const { inputs, units, kernel } = step;
  const scale = new Float32Array(units);
  const values = new Int8Array(kernel.length);
  for (let unit = 0; unit < units; ++unit) {
    const row = kernel.subarray(unit * inputs, (unit + 1) * inputs);
    scale[unit] = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    if (scale[unit] === 0) continue;
    row.forEach((value, i) => (values[unit * inputs + i] = Math.round(value / scale[unit]!)));
  }
  const rounded = Float32Array.from(values, (value, i) => value * scale[Math.floor(i / inputs)]!);
  return { ...step, kernel: rounded, quantized: { values, scale } };
}

/** The outputs of a model of these steps, so that a generated program is examined by the core. */
function examplesOf(method: string, inputs: number, steps: readonly Step[]): Examples {
  const layers = steps.map((step, i) => ({ ...layerOf(step), name: `step${i}` }));
  const model = modelOf(method, {
    source: 'code',
    inputShape: [inputs],
    layers: layers.map((layer, i) => ({ layer, weights: weightsOf(steps[i]!) })),
    remarks: [],
  });
  const examples = exampleOf(model);
  model.dispose();
  return examples;
}

/** Epsilon of a batch normalization whose variance is chosen such that it multiplies by 1. */
const HALF = 0.5;

function layerOf(step: Step): LayerConfig {
  if (step.kind === 'dense') return { className: 'dense', units: step.units };
  if (step.kind === 'activation') return { className: 'activation', activation: step.activation };
  if (step.kind === 'layerNorm') return { className: 'layerNormalization', epsilon: step.epsilon };
  return { className: 'batchNormalization', epsilon: HALF };
}

function weightsOf(step: Step): DescribedLayer['weights'] {
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  if (step.kind === 'activation') return [];
  if (step.kind === 'layerNorm') return [vector(step.gamma), vector(step.beta)];
  if (step.kind === 'affine') {
    const variance = new Float32Array(step.units).fill(1 - HALF);
    return [vector(step.factor), vector(step.offset), vector(step.mean), vector(variance)];
  }
  const { inputs, units, kernel, bias } = step;
  const data = kernel.map((_, i) => kernel[(i % units) * inputs + Math.floor(i / units)]!);
  return [{ shape: [inputs, units], data }, vector(bias)];
}

/** Largest difference of outputs, relative to the largest of all, at least 1. */
function differenceOf({ outputs }: Examples, { outputs: exact }: Examples): number {
  const scale = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return outputs.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i]!)), 0) / scale;
}

/** The shortest decimal that is this number as a 32-bit float; `NaN` and `Infinity` as they are called in JavaScript. */
export function shortest(value: number): string {
  for (let digits = 6; digits < 9; ++digits) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

/** The names of activations among the steps, each once. */
export function activationsOf(steps: readonly Step[]): ActivationConfig['name'][] {
  return [...new Set(steps.flatMap((step) => (step.kind === 'activation' ? [step.activation.name] : [])))];
}

/** A model's own name, of which no part begins or ends a comment. */
export const inComment = (name = ''): string => JSON.stringify(name).replace(/\*(?=\/)|\/(?=\*)/g, '$& ');
