/** How a network is, layer by layer, and what to do about it; documented on `Sequential`. */
import { wholeBatch, weightPlaces, weightPointer, type Core } from './core.js';
import { copyFloats, scoped } from './heap.js';
import type { ActivationName, Inputs, LayerStatistics, Moments, NetworkStatistics, Targets } from './types.js';

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

/** A unit of these whose a is 0 in every row, to six places where the formula only tends to 0, learns nothing. */
const ENDS_AT_ZERO: readonly ActivationName[] = ['relu', 'gelu', 'geluTanh', 'silu', 'softplus'];
const ZERO = 1e-6;

/**
 * Limits of what is healthy: shares of a layer's units, and how ‖Δ‖ may change between the last layer and the
 * first. In deep relu networks rows are ever more alike, and half of the units off for all: that is no illness.
 */
const MOSTLY_DEAD = 0.75;
const MOSTLY_SATURATED = 0.5;
const VANISHING = 1e-3;
const EXPLODING = 100;

export function layerStatistics(core: Core, x: Inputs, y: Targets): NetworkStatistics {
  const layers = scoped((scope) => {
    const batch = wholeBatch(core, scope, 'layerStatistics', x, y);
    const norms = core.native.gradientNorms(batch);
    const places = weightPlaces(core).filter(({ trainable }) => trainable);
    return core.layers.map(({ name, units, activation }, layer): LayerStatistics => {
      const z = copyFloats(core.native.z(layer), batch.rows * units);
      const a = copyFloats(core.native.a(layer), batch.rows * units);
      const { delta, kernelGrad, biasGrad } = norms[layer]!;
      const weights = places
        .filter((place) => place.name.slice(0, place.name.lastIndexOf('/')) === name)
        .map((place) => norm(copyFloats(weightPointer(core, place), place.length)));
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
  const advice = adviceFor(core, layers);
  return { layers, ...(advice && { advice }) };
}

function norm(values: Float32Array | number[]): number {
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

/** Share of the units for which at least `share` of the rows are so. */
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

/** One sentence about what is worst, and one about what helps; nothing where all is well. */
function adviceFor(core: Core, layers: LayerStatistics[]): string | undefined {
  const trained = layers.filter(({ gradientNorm }) => gradientNorm !== undefined);
  const [first, last] = [trained[0], trained.at(-1)];
  if (!first || !last) return undefined;
  const hidden = layers.slice(0, layers.indexOf(last));
  const activationOf = (layer: LayerStatistics) => core.layers[layers.indexOf(layer)]!.activation.name;

  const isEndless = (...numbers: number[]) => !numbers.every(Number.isFinite);
  const endless =
    layers.find(({ z, a }) => isEndless(z.deviation, a.deviation)) ??
    layers.filter(({ deltaNorm, gradientNorm = 0 }) => isEndless(deltaNorm, gradientNorm)).at(-1);
  const calmer = `${initializers(core)}, a lower learning rate, or batchNormalization between the layers`;
  if (endless)
    return `The network explodes: '${endless.name}' has numbers that are not finite. Try ${calmer}.`;

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
  const remedy = flat ? `relu with heNormal instead of ${flat}` : initializers(core);
  return (
    `The gradient vanishes: of the error signal of '${last.name}' a share of ${figure(flow)} reaches ` +
    `'${first.name}'. Try ${remedy}, fewer layers, or batchNormalization between them.`
  );
}

/** What keeps signals of one size: Klambauer et al. 2017, He et al. 2015, Glorot & Bengio 2010. */
function initializers({ layers }: Core): string {
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
