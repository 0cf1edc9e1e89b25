/** Builds the native model that a description asks for. */
import { checkInteger, checkObject, checkString } from '../check/arguments.js';
import { reserve } from '../wasm/heap.js';
import { catalogue, mlp } from '../wasm/module.js';
import type { Handle } from './handle.js';
import type { LayerConfig } from './layer-options.js';
import { NAME_KEYS, checkNamed, type Names } from './names.js';
import { resolveLayers } from './stack.js';
import { countParams } from './weights.js';

/** Options of {@link sequential}. */
export interface SequentialOptions {
  layers: LayerConfig[];
  /** Integer in [0, 2⁵³): decides initial weights and the order of samples. Default: a random one. */
  seed?: number;
  name?: string;
  /**
   * A name for each output, all different, which {@link Sequential.classify} answers with. For a single output also two,
   * `[negative, positive]`, in the order of scikit-learn's `classes_`. Default: none.
   */
  classNames?: readonly string[];
  /** A name for each feature, all different. Default: none. */
  featureNames?: readonly string[];
  /**
   * Notes of your own: an object of what JSON can hold, at most 2²⁰ characters of it and 100 levels. Default: none.
   */
  metadata?: Readonly<Record<string, unknown>>;
}

/** Initial weights that cost nothing. */
const ZEROS = { kernelInitializer: { name: 'zeros' }, biasInitializer: { name: 'zeros' } };

/**
 * @param draws false for a model whose weights will be replaced at once: `orthogonal` ones take long to draw
 * @throws {TypeError | RangeError} naming the layer and option that is wrong.
 */
export function buildModel(options: SequentialOptions, draws = true): Handle {
  const given = checkObject('sequential', options, ['layers', 'seed', 'name', ...NAME_KEYS]);
  const { layers, seed = Math.floor(Math.random() * 2 ** 32), name = 'sequential' } = given;
  checkInteger('sequential: seed', seed, 0, Number.MAX_SAFE_INTEGER);
  checkString('sequential: name', name);
  const stack = resolveLayers('sequential', layers);
  const names: Names = {};
  for (const key of NAME_KEYS) Object.assign(names, checkNamed(key, `sequential: ${key}`, given[key], stack));
  // At once, with the weights and their gradients: the core refuses what is too large for it only when it is half made.
  reserve(catalogue().layerBytes * stack.layers.length + 2 * 4 * countParams(stack));
  const native = new (mlp().Model)(stack.features, seed);
  try {
    for (const layer of stack.layers) native.addLayer(draws ? layer : { ...layer, ...ZEROS });
    reserve(native.buildBytes());
    native.build();
  } catch (error) {
    native.delete();
    throw error;
  }
  return { native, name, seed, ...names, ...stack };
}
