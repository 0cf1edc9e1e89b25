/** NumPy in: weights with the architecture that our own writer puts beside them, or kernels and biases alone. */
import { checkArray, checkInteger, rangeError, shown } from '../../check/arguments.js';
import { excerpt } from '../../check/bytes.js';
import { isFloat32Array, messageOf } from '../../check/realm.js';
import { dense, type LayerDescription } from '../../index.js';
import { activationList } from '../activation-list.js';
import {
  examplesFromJson,
  type DescribedLayer,
  type DescribedWeight,
  type NetworkDescription,
} from '../description.js';
import { jsonObject } from '../keras-chain.js';
import type { ReadOptions } from '../options.js';
import type { Source } from '../source.js';
import { readNpz } from './data.js';
import { ARCHITECTURE } from './marks.js';
import { isNpy, readNpy, type NumpyArray } from './npy.js';

const SOURCE = 'NumPy';

export function read(method: string, source: Source, options: ReadOptions): Promise<NetworkDescription> {
  const arrays = arraysOf(method, source);
  const architecture = arrays.get(ARCHITECTURE);
  return Promise.resolve(
    architecture ? readOwn(method, architecture, arrays) : readWeights(method, arrays, options.activations),
  );
}

/** Those of an archive, or of one `.npy` file or several. */
function arraysOf(method: string, { files }: Source): Map<string, NumpyArray> {
  const loose = files.filter(({ bytes }) => isNpy(bytes));
  if (loose.length === 0) {
    const archive = files.find(({ bytes }) => bytes[0] === 0x50 && bytes[1] === 0x4b);
    if (!archive) throw rangeError(`${method}: source`, 'an .npz archive or .npy files', 'neither');
    return readNpz(`${method}: source`, archive.bytes);
  }
  const named = loose.map(({ name, bytes }, i) => {
    const array = name.replace(/\.npy$/, '') || `arr_${i}`;
    return [array, readNpy(`${method}: ${shown(excerpt(array))}`, bytes)] as const;
  });
  return new Map(named);
}

const floats = ({ data }: NumpyArray): Float32Array => (isFloat32Array(data) ? data : Float32Array.from(data));

function readOwn(method: string, { data }: NumpyArray, arrays: Map<string, NumpyArray>): NetworkDescription {
  const argument = `${method}: ${ARCHITECTURE}`;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(Uint8Array.from(data)));
  } catch (cause) {
    throw new RangeError(`${argument}: expected JSON, got ${excerpt(messageOf(cause))}`, { cause });
  }
  const { name, inputShape, layers, classNames, featureNames, metadata, examples } = jsonObject(argument, json);
  const [size] = checkArray(`${argument}.inputShape`, inputShape, 'an array of one size');
  const features = checkInteger(`${argument}.inputShape[0]`, size, 1);
  const rest = new Map(arrays);
  rest.delete(ARCHITECTURE);
  let width = features;
  const described = checkArray(`${argument}.layers`, layers, 'an array of layers').map((each, i): DescribedLayer => {
    const layer = jsonObject(`${argument}.layers[${i}]`, each) as unknown as LayerDescription;
    const weights: DescribedWeight[] = [];
    for (const [key, array] of rest) {
      if (key.slice(0, key.lastIndexOf('/')) !== layer.name) continue;
      weights.push({ shape: array.shape, data: floats(array) });
      rest.delete(key);
    }
    // Before a model is made, because its layers may be said to be larger than the file.
    if (layer.className === 'dense') {
      checkInteger(`${argument}.layers[${i}].units`, layer.units, 1);
      const shape = weights[0]?.shape ?? [];
      if (shape.length !== 2 || shape[0] !== width || shape[1] !== layer.units) {
        const where = `${method}: ${shown(layer.name)}: kernel`;
        throw new RangeError(`${where}: expected shape [${width},${layer.units}], got [${shape}]`);
      }
      width = layer.units;
    }
    return { layer: withoutUnits(layer), weights };
  });
  const remarks = rest.size === 0 ? [] : [`arrays of no layer are left out: ${excerpt([...rest.keys()].join(', '))}`];
  const isNames = (names: unknown): names is string[] =>
    Array.isArray(names) && names.every((one) => typeof one === 'string');
  const known = examplesFromJson(`${argument}.examples`, examples, features);
  return {
    source: `${SOURCE}, by mlp-wasm`,
    inputShape: [features],
    layers: described,
    ...(typeof name === 'string' && { name }),
    ...(isNames(classNames) && { classNames }),
    ...(isNames(featureNames) && { featureNames }),
    ...(metadata !== undefined && { metadata: jsonObject(`${argument}.metadata`, metadata) }),
    ...(known && { examples: known }),
    remarks,
  };
}

/** Only dense layers are given units and an activation layer its activation; the others are described with those that they have. */
function withoutUnits(layer: LayerDescription): DescribedLayer['layer'] {
  const { units, activation, ...options } = layer;
  if (layer.className === 'dense') return layer;
  return (layer.className === 'activation' ? { ...options, activation } : options) as DescribedLayer['layer'];
}

interface Named {
  name: string;
  array: NumpyArray;
}

/** A kernel and its bias, with kernels as inputs × units. */
interface Pair {
  kernel: Named;
  bias: Named | undefined;
}

const BIAS = /^(?:b|bias(?:es)?|intercepts?)$/;
const KERNEL = /^(?:w|weights?|kernels?|coefs?|theta)$/;

/** The words of a name: `layers/0/kernel`, `coefs_0`, `W1`. */
const words = (name: string) => name.match(/[a-z]+|\d+/gi) ?? [];

/** The kind that a name tells: true for a bias, false for a kernel, undefined for neither. */
function isBias({ name, array }: Named): boolean {
  for (const word of words(name.toLowerCase()).reverse()) {
    if (BIAS.test(word)) return true;
    if (KERNEL.test(word)) return false;
  }
  return array.shape.length < 2;
}

/** A name without the word that tells a kernel from a bias. */
const stemOf = (name: string): string =>
  words(name.toLowerCase())
    .filter((word) => !BIAS.test(word) && !KERNEL.test(word))
    .join('/');

function readWeights(
  method: string,
  arrays: Map<string, NumpyArray>,
  activations: ReadOptions['activations'],
): NetworkDescription {
  const named = Array.from(arrays, ([name, array]) => ({ name, array }));
  for (const { name, array } of named) {
    if (array.shape.length === 0 || array.shape.length > 2 || array.data.length === 0) {
      const expected = 'kernels of two dimensions and biases of one';
      throw new RangeError(`${method}: ${shown(excerpt(name))}: expected ${expected}, got shape [${array.shape}]`);
    }
  }
  const inOrder = (a: Named, b: Named) => a.name.localeCompare(b.name, 'en', { numeric: true });
  const given = pairsOf(method, named);
  const sorted = pairsOf(method, [...named].sort(inOrder));
  const remarks: string[] = [];
  // In the file's order or that of the numbers in names; as inputs × units, or transposed as PyTorch has them.
  const found = [given, sorted].flatMap((pairs) => [false, true].map((isTransposed) => ({ pairs, isTransposed })));
  const fitting = found.find(({ pairs, isTransposed }) => isChain(pairs, isTransposed));
  if (!fitting) {
    const shapes = given.map(({ kernel: { name, array } }) => `${name} [${array.shape}]`).join(', ');
    const expected = 'kernels of which each has as many inputs as the one before it has outputs, with biases that fit';
    throw new RangeError(`${method}: source: expected ${expected}, got ${excerpt(shapes)}`);
  }
  const { pairs, isTransposed } = fitting;
  if (isTransposed) remarks.push('its kernels are units × inputs and were transposed');
  else if (isChain(pairs, true))
    remarks.push('its kernels are taken as inputs × units: transpose them if they are not');
  if (activations === undefined) {
    throw rangeError(
      `${method}: activations`,
      `those of ${pairs.length} layers, because the file holds weights alone`,
      activations,
    );
  }
  const list = activationList(method, activations, pairs.length);
  const layers = pairs.map(({ kernel, bias }, i): DescribedLayer => {
    const [inputs, units] = sizesOf(kernel.array, isTransposed);
    const numbers = floats(kernel.array);
    const data = isTransposed
      ? numbers.map((_, at) => numbers[(at % units) * inputs + Math.floor(at / units)]!)
      : numbers;
    return {
      layer: dense({ units, activation: list[i]!, ...(!bias && { useBias: false }) }),
      weights: [{ shape: [inputs, units], data }, ...(bias ? [{ shape: [units], data: floats(bias.array) }] : [])],
    };
  });
  return { source: SOURCE, inputShape: [layers[0]!.weights[0]!.shape[0]!], layers, remarks };
}

/** Kernels in the order given, each with the bias of its name, or else the one at its place. */
function pairsOf(method: string, named: readonly Named[]): Pair[] {
  const kernels = named.filter((each) => !isBias(each));
  const biases = named.filter(isBias);
  if (kernels.length === 0) throw rangeError(`${method}: source`, 'at least one kernel of two dimensions', 'none');
  if (biases.length > kernels.length) {
    throw rangeError(`${method}: source`, `at most ${kernels.length} biases, one for each kernel`, biases.length);
  }
  const byStem = new Map(biases.map((bias) => [stemOf(bias.name), bias]));
  const stems = new Set(kernels.map(({ name }) => stemOf(name)));
  const isNamed =
    byStem.size === biases.length &&
    stems.size === kernels.length &&
    [...byStem.keys()].every((stem) => stems.has(stem));
  if (!isNamed && biases.length > 0 && biases.length < kernels.length) {
    throw rangeError(`${method}: source`, `${kernels.length} biases, or names that tell whose each is`, biases.length);
  }
  return kernels.map((kernel, i) => ({ kernel, bias: isNamed ? byStem.get(stemOf(kernel.name)) : biases[i] }));
}

function sizesOf({ shape }: NumpyArray, isTransposed: boolean): [inputs: number, units: number] {
  const [rows = 1, columns = 1] = shape;
  return isTransposed ? [columns, rows] : [rows, columns];
}

function isChain(pairs: readonly Pair[], isTransposed: boolean): boolean {
  let width: number | undefined;
  return pairs.every(({ kernel, bias }) => {
    const [inputs, units] = sizesOf(kernel.array, isTransposed);
    const isFitting = (width === undefined || inputs === width) && (!bias || bias.array.data.length === units);
    width = units;
    return isFitting && kernel.array.shape.length === 2;
  });
}
