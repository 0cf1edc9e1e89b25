/** Statistics of each layer, and advice where a network does not learn; documented on `Sequential`. */
import { checkInputs, type Inputs } from '../data/samples.js';
import type { Targets } from '../data/targets.js';
import type { ActivationName } from '../model/activations.js';
import type { Handle } from '../model/handle.js';
import { weightSlots, weightPointer } from '../model/weights.js';
import { wholeBatch } from '../model/workspace.js';
import { copyFloats, scoped } from '../wasm/heap.js';

/** Mean and standard deviation of numbers. */
export interface Moments {
  mean: number;
  deviation: number;
}

/** A layer's share of {@link Sequential.layerStatistics}. */
export interface LayerStatistics {
  name: string;
  /** Of all its pre-activations, over rows and units. */
  z: Moments;
  /** Of all its activations. */
  a: Moments;
  /**
   * Share of its units that are dead: of `relu`, those with a = 0 in every row; of `gelu`, `geluTanh`, `silu` and
   * `softplus` those with z ≤ 0 and |a| < 10⁻⁶ in every row. 0 with other activations.
   */
  dead: number;
  /**
   * Share of its units that are saturated: of `sigmoid`, `tanh`, `softsign` and `hardSigmoid` those whose slope
   * |σ'(z)| is below a tenth of the largest there is in 95 % of the rows or more. 0 with other activations.
   */
  saturated: number;
  /** ‖Δ‖, Euclidean, of the error signal Δ = ∂L/∂Z of all rows. */
  deltaNorm: number;
  /** ‖∂L/∂θ‖ of its weights and biases together; absent, as the next two, in a layer that has none. */
  gradientNorm?: number;
  /** ‖θ‖ of the same. */
  weightNorm?: number;
  /** Their ratio: how large a step of plain gradient descent is, for a learning rate of 1. */
  gradientRatio?: number;
}

/** Result of {@link Sequential.layerStatistics}. */
export interface NetworkStatistics {
  layers: LayerStatistics[];
  /** A sentence on the fault and its cure, if signals vanish or explode or units are dead; absent if all is well. */
  advice?: string;
}

/** |σ'(z)| as a share of its maximum, from a = σ(z), where σ is flat at both ends. */
const SLOPES: Partial<Record<ActivationName, (a: number) => number>> = {
  sigmoid: (a) => 4 * a * (1 - a),
  tanh: (a) => 1 - a * a,
  softsign: (a) => (1 - Math.abs(a)) * (1 - Math.abs(a)),
  hardSigmoid: (a) => (a > 0 && a < 1 ? 1 : 0),
};

/** A unit is saturated where its slope is below this share of the largest in at least this share of the rows. */
const FLAT = 0.1;

const NEARLY_ALL = 0.95;

/** Activations that can end at 0, where a unit learns nothing: exactly (`relu`) or ever closer (the others). */
const ENDS_AT_ZERO: readonly ActivationName[] = ['relu', 'gelu', 'geluTanh', 'silu', 'softplus'];

const ZERO = 1e-6;

/**
 * Limits of what is healthy: shares of a layer's units, and how ‖Δ‖ may change between the last layer and the
 * first. Half of the units dead is still healthy, because in deep relu networks the rows become ever more alike, and
 * about half of the units are then off for all of them.
 */
const MOSTLY_DEAD = 0.75;

const MOSTLY_SATURATED = 0.5;

const VANISHING = 1e-3;

const EXPLODING = 100;

/** Inputs of a root mean square above this, or below its reciprocal, are far from the unit scale of initial weights. */
const FAR_FROM_UNIT = 100;

export function layerStatistics(handle: Handle, x: Inputs, y: Targets): NetworkStatistics {
  const layers = scoped((scope) => {
    const batch = wholeBatch(handle, scope, 'layerStatistics', x, y);
    const norms = handle.native.gradientNorms(batch);
    const weightNorms = new Map<string, number[]>(); // by layer
    for (const slot of weightSlots(handle)) {
      if (!slot.trained) continue;
      const layer = slot.name.slice(0, slot.name.lastIndexOf('/'));
      const norms = weightNorms.get(layer) ?? [];
      weightNorms.set(layer, [...norms, norm(copyFloats(weightPointer(handle, slot), slot.length))]);
    }
    return handle.layers.map(({ name, units, activation }, layer): LayerStatistics => {
      const z = copyFloats(handle.native.z(layer), batch.rows * units);
      const a = copyFloats(handle.native.a(layer), batch.rows * units);
      const { delta, kernelGrad, biasGrad } = norms[layer]!;
      const weights = weightNorms.get(name) ?? [];
      const gradientNorm = norm([kernelGrad, biasGrad]);
      const weightNorm = norm(weights);
      return {
        name,
        z: moments(z),
        a: moments(a),
        dead: deadShare(activation.name, z, a, units),
        saturated: saturatedShare(activation.name, a, units),
        deltaNorm: delta,
        ...(weights.length > 0 && { gradientNorm, weightNorm, gradientRatio: gradientNorm / weightNorm }),
      };
    });
  });
  const advice = adviceFor(handle, layers, rootMeanSquare(handle, x));
  return { layers, ...(advice && { advice }) };
}

/** Root mean square of all numbers of the samples, with the zeros that sparse samples leave out. */
function rootMeanSquare(handle: Handle, x: Inputs): number {
  const { rows, features, dense, bytes, scale = 1, sparse } = checkInputs('layerStatistics: x', x, handle.features);
  const written = dense ?? bytes ?? sparse!.values;
  return ((bytes ? scale : 1) * norm(written)) / Math.sqrt(rows * features);
}

function norm(values: Float32Array | Uint8Array | number[]): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

function moments(values: Float32Array): Moments {
  let [sum, squares] = [0, 0];
  for (const value of values) sum += value;
  const mean = sum / values.length;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Share of the units that pass the test `is` in at least `share` of the rows. */
function shareOf(units: number, length: number, share: number, is: (place: number) => boolean): number {
  let found = 0;
  for (let unit = 0; unit < units; ++unit) {
    let rows = 0;
    for (let i = unit; i < length; i += units) rows += Number(is(i));
    if (rows >= (share * length) / units) ++found;
  }
  return found / units;
}

function deadShare(name: ActivationName, z: Float32Array, a: Float32Array, units: number): number {
  if (!ENDS_AT_ZERO.includes(name)) return 0;
  return shareOf(units, a.length, 1, (i) => z[i]! <= 0 && Math.abs(a[i]!) < ZERO);
}

function saturatedShare(name: ActivationName, a: Float32Array, units: number): number {
  const slope = SLOPES[name];
  return slope ? shareOf(units, a.length, NEARLY_ALL, (i) => slope(a[i]!) < FLAT) : 0;
}

/** One sentence on the worst fault, and one on its cure; undefined where all is well. */
function adviceFor(handle: Handle, layers: LayerStatistics[], inputs: number): string | undefined {
  const trained = layers.filter(({ gradientNorm }) => gradientNorm !== undefined);
  const [first, last] = [trained[0], trained.at(-1)];
  if (!first || !last) return undefined;
  const hidden = layers.slice(0, layers.indexOf(last));
  const activationOf = (layer: LayerStatistics) => handle.layers[layers.indexOf(layer)]!.activation.name;

  const isEndless = (...numbers: number[]) => !numbers.every(Number.isFinite);
  const endless =
    layers.find(({ z, a }) => isEndless(z.deviation, a.deviation)) ??
    layers.filter(({ deltaNorm, gradientNorm = 0 }) => isEndless(deltaNorm, gradientNorm)).at(-1);
  const calmer = `${initializers(handle)}, a lower learning rate, or batchNormalization between the layers`;
  if (endless) return `The network explodes: '${endless.name}' has numbers that are not finite. Try ${calmer}.`;

  const isFar = inputs > FAR_FROM_UNIT || (inputs > 0 && inputs < 1 / FAR_FROM_UNIT);
  if (isFar && handle.layers[0]!.className === 'dense') {
    return (
      `Inputs are far from unit scale: their root mean square is ${figure(inputs)}. Try normalization as the first ` +
      'layer, with model.adapt(x) before training, or divide them.'
    );
  }

  const dead = hidden.find((layer) => layer.dead >= MOSTLY_DEAD);
  if (dead) {
    const name = activationOf(dead);
    return (
      `Units are dead: ${percent(dead.dead)} of those of '${dead.name}' give 0 for every row and get no ` +
      `gradient through ${name}. Try leakyRelu, biases that start at 0 with heNormal, or a lower learning rate.`
    );
  }

  // ‖Δ¹‖ ≈ Π‖Wˡ‖cˡ·‖Δᴸ‖, document 001 §9
  const flow = first.deltaNorm / last.deltaNorm;
  if (flow > EXPLODING) {
    return (
      `The network explodes: the error signal is ${figure(flow)} times as large in '${first.name}' as in ` +
      `'${last.name}'. Try ${calmer}.`
    );
  }

  const saturated = hidden.find((layer) => layer.saturated >= MOSTLY_SATURATED);
  if (saturated) {
    return (
      `The gradient vanishes: ${percent(saturated.saturated)} of the units of '${saturated.name}' are ` +
      `saturated, where ${activationOf(saturated)} is flat. Try smaller initial weights (glorotUniform), inputs ` +
      'of mean 0 and deviation 1 (normalization), batchNormalization before the activation, or a lower learning rate.'
    );
  }
  if (!(flow < VANISHING)) return undefined;
  const flat = hidden.map(activationOf).find((name) => SLOPES[name]);
  const remedy = flat ? `relu with heNormal instead of ${flat}` : initializers(handle);
  return (
    `The gradient vanishes: of the error signal of '${last.name}' a share of ${figure(flow)} reaches ` +
    `'${first.name}'. Try ${remedy}, fewer layers, or batchNormalization between them.`
  );
}

/** Names of initializers that keep signals of one size: Klambauer et al. 2017, He et al. 2015, Glorot & Bengio 2010. */
function initializers({ layers }: Handle): string {
  const names = layers.map(({ activation }) => activation.name);
  const suited = names.includes('selu')
    ? 'lecunNormal'
    : names.some((name) => ENDS_AT_ZERO.includes(name) || name === 'leakyRelu' || name === 'elu')
      ? 'heNormal'
      : 'glorotUniform';
  return `${suited} as kernelInitializer`;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

const figure = (value: number) => Number(value.toPrecision(2)).toString();
