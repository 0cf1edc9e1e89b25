/**
 * The layers of a model's file, as far as predictions depend on them. The rest of what a layer may be told is for those
 * who train: it may stand there, and is not looked at.
 */
import {
  checkArray,
  checkBoolean,
  checkFloat,
  checkInteger,
  checkObject,
  checkString,
  rangeError,
  typeError,
} from '../check/arguments.js';
import { resolveActivation, type ActivationConfig } from '../model/activations.js';
import type { LayerConfig } from '../model/layer-options.js';

/** A layer that predicts. */
export interface PredictingLayer {
  className: LayerConfig['className'];
  inputs: number;
  units: number;
  activation: ActivationConfig;
  epsilon: number;
  /** In the places that the core has for them; undefined for what options leave out. */
  weights: ({ name: string; shape: number[] } | undefined)[];
}

const ANY = 'trainable inputShape name className';

/**
 * The kinds of layers in the order of `cpp/mlp/layers/kinds.cc`: their options, and their weights, in the order of the
 * file and of the core. A test holds them against the core's own table.
 */
export const KINDS: Record<LayerConfig['className'], [options: string, weights: string]> = {
  dense: [
    `units activation useBias kernelInitializer biasInitializer kernelRegularizer biasRegularizer activityRegularizer kernelConstraint biasConstraint ${ANY}`,
    'kernel bias',
  ],
  activation: [`activation ${ANY}`, ''],
  dropout: [`rate ${ANY}`, ''],
  alphaDropout: [`rate ${ANY}`, ''],
  gaussianNoise: [`stddev ${ANY}`, ''],
  batchNormalization: [`momentum epsilon center scale ${ANY}`, 'gamma beta movingMean movingVariance'],
  layerNormalization: [`epsilon center scale ${ANY}`, 'gamma beta'],
  normalization: [ANY, 'mean variance'],
};

/** The option by which a layer has a weight or has not. */
export const FLAGS: Record<string, string> = { bias: 'useBias', gamma: 'scale', beta: 'center' };

/** α and ε unless given. */
export const ALPHAS: Record<string, number> = { leakyRelu: 0.01, elu: 1 };
export const EPSILON = 1e-3;
/** The least ε there may be. */
export const LEAST_EPSILON = 2 ** -126;

const words = (text: string) => text.split(' ').filter(Boolean);

/** @throws {TypeError | RangeError} naming the layer and the option that is wrong, as the package that trains does. */
export function readLayers(argument: string, given: unknown): PredictingLayer[] {
  const list = checkArray(`${argument}: layers`, given, 'an array of layers');
  if (list.length === 0) throw rangeError(`${argument}: layers`, 'at least one layer', given);
  const names = new Set<string>();
  let features: number | undefined;
  return list.map((layer, i) => {
    const where = `${argument}: layers[${i}]`;
    const { className, options } = readOptions(where, layer);
    const wanted = inputFeatures(where, options['inputShape']);
    const inputs = features ?? wanted;
    const [known, weightNames] = KINDS[className].map(words) as [string[], string[]];

    const name = checkString(`${where}.name`, options['name'] ?? (i === 0 ? className : `${className}_${i}`));
    if (names.has(name)) throw rangeError(`${where}.name`, 'a name that no other layer has', name);
    names.add(name);
    if (inputs === undefined) throw typeError(`${where}.inputShape`, 'an array [features]', wanted);
    if (wanted !== undefined && wanted !== inputs) {
      throw rangeError(`${where}.inputShape[0]`, `${inputs}, the units of the layer before`, wanted);
    }
    const units = known.includes('units') ? checkInteger(`${where}.units`, options['units'], 1) : inputs;
    features = units;
    return {
      className,
      inputs,
      units,
      activation: known.includes('activation')
        ? resolveActivation(
            `${where}.activation`,
            (options['activation'] ?? (className === 'dense' ? 'linear' : undefined)) as ActivationConfig,
            (name) => ALPHAS[name] ?? 0,
          )
        : { name: 'linear' },
      epsilon: checkFloat(`${where}.epsilon`, options['epsilon'] ?? EPSILON, LEAST_EPSILON),
      weights: weightNames.map((weight) =>
        weight in FLAGS && !checkBoolean(`${where}.${FLAGS[weight]}`, options[FLAGS[weight]!] ?? true)
          ? undefined
          : { name: `${name}/${weight}`, shape: weight === 'kernel' ? [inputs, units] : [units] },
      ),
    };
  });
}

/** A layer's kind, and its options, whose names are checked. */
function readOptions(argument: string, layer: unknown) {
  if (layer === null || typeof layer !== 'object' || Array.isArray(layer))
    throw typeError(argument, 'an object', layer);
  const { className } = layer as LayerConfig;
  if (typeof className !== 'string' || !Object.hasOwn(KINDS, className)) {
    throw typeError(argument, `a layer made by ${Object.keys(KINDS).join('(), ')}()`, layer);
  }
  return { className, options: checkObject(argument, layer as Record<string, unknown>, words(KINDS[className][0])) };
}

/** Features that a layer's `inputShape` asks for, if it does. */
function inputFeatures(argument: string, given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const shape = checkArray(`${argument}.inputShape`, given, 'an array [features]');
  if (shape.length !== 1) throw rangeError(`${argument}.inputShape`, 'one number [features]', given);
  return checkInteger(`${argument}.inputShape[0]`, shape[0], 1);
}
