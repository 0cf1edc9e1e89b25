/** brain.js: the JSON of `NeuralNetwork.toJSON()`, in its two layouts. */
import { checkArray, checkFloat, checkInteger, checkName, rangeError, typeError } from '../check/arguments.js';
import { dense, type ActivationConfig } from '../index.js';
import type { DescribedLayer, ModelDescription, NetworkDescription } from './description.js';
import type { ExportedFile, ReadOptions } from './options.js';
import { jsonOf, type Source } from './source.js';

const ACTIVATIONS: Record<string, ActivationConfig> = {
  sigmoid: { name: 'sigmoid' },
  relu: { name: 'relu' },
  'leaky-relu': { name: 'leakyRelu', alpha: 0.01 },
  tanh: { name: 'tanh' },
};

type Json = Record<string, unknown>;

export function read(method: string, source: Source, _: ReadOptions): Promise<NetworkDescription> {
  const json = source.files.map(jsonOf).find((each) => each?.['sizes'] && each['layers']);
  if (!json) throw new RangeError(`${method}: source: expected JSON with sizes and layers, got none`);
  const trainOpts = (json['trainOpts'] ?? {}) as Json;
  const name = json['activation'] ?? trainOpts['activation'] ?? 'sigmoid';
  const activation = { ...ACTIVATIONS[checkName(`${method}: activation`, name, Object.keys(ACTIVATIONS))]! };
  const alpha = json['leakyReluAlpha'] ?? trainOpts['leakyReluAlpha'];
  if (activation.name === 'leakyRelu' && alpha !== undefined) {
    activation.alpha = checkFloat(`${method}: leakyReluAlpha`, alpha);
  }
  const sizes = checkArray(`${method}: sizes`, json['sizes'], 'an array').map((size, i) =>
    checkInteger(`${method}: sizes[${i}]`, size, 1),
  );
  if (sizes.length < 2) throw rangeError(`${method}: sizes`, 'the inputs and at least one layer', json['sizes']);
  // The first layer of the file are the inputs, which have no weights; some versions leave it out.
  const given = checkArray(`${method}: layers`, json['layers'], 'an array').slice(1 - sizes.length);
  if (given.length !== sizes.length - 1)
    throw rangeError(`${method}: layers`, `${sizes.length} layers`, json['layers']);
  const layers = given.map((layer, i) =>
    readLayer(`${method}: layers[${i}]`, layer, sizes[i]!, sizes[i + 1]!, activation),
  );
  const classNames = namesOf(`${method}: outputLookup`, json['outputLookup'], sizes.at(-1)!);
  const featureNames = namesOf(`${method}: inputLookup`, json['inputLookup'], sizes[0]!);
  return Promise.resolve({
    source: 'brain.js',
    inputShape: [sizes[0]!],
    layers,
    ...(classNames && { classNames }),
    ...(featureNames && { featureNames }),
    remarks: [],
  });
}

function readLayer(
  argument: string,
  layer: unknown,
  inputs: number,
  units: number,
  activation: ActivationConfig,
): DescribedLayer {
  if (typeof layer !== 'object' || layer === null) throw typeError(argument, 'an object', layer);
  const { weights, biases } = layer as Json;
  checkCount(`${argument}: units`, weights ?? layer, units);
  const neurons = Array.from({ length: units }, (_, unit) => {
    const neuron = weights === undefined ? (entry(argument, layer, unit) as Json) : undefined;
    const row = neuron ? neuron['weights'] : entry(`${argument}.weights`, weights, unit);
    checkCount(`${argument}: weights of unit ${unit}`, row, inputs);
    return { row, bias: biases === undefined ? neuron?.['bias'] : entry(`${argument}.biases`, biases, unit) };
  });
  const [kernel, bias] = [new Float32Array(inputs * units), new Float32Array(units)];
  neurons.forEach((neuron, unit) => {
    bias[unit] = checkFloat(`${argument}: bias of unit ${unit}`, neuron.bias);
    for (let input = 0; input < inputs; ++input) {
      const where = `${argument}: weight ${input} of unit ${unit}`;
      kernel[input * units + unit] = checkFloat(where, entry(where, neuron.row, input));
    }
  });
  return {
    layer: dense({ units, activation }),
    weights: [
      { shape: [inputs, units], data: kernel },
      { shape: [units], data: bias },
    ],
  };
}

/** Checked before there is room for the numbers, because a short file may promise many. */
function checkCount(argument: string, list: unknown, count: number): void {
  const length = typeof list === 'object' && list !== null ? Object.keys(list).length : 0;
  if (length !== count) throw rangeError(argument, String(count), length);
}

/** An element of an array, or of an object with numbers as keys, as version 1 writes them. */
function entry(argument: string, list: unknown, i: number): unknown {
  if (typeof list !== 'object' || list === null) throw typeError(argument, 'an array or an object', list);
  const value: unknown = Object.hasOwn(list, i) ? (list as Record<number, unknown>)[i] : undefined;
  if (value === undefined) throw rangeError(argument, `an element ${i}`, list);
  return value;
}

/** The names of a lookup `{ name: place }`, in the order of their places; undefined where there is none. */
function namesOf(argument: string, lookup: unknown, count: number): string[] | undefined {
  if (typeof lookup !== 'object' || lookup === null) return undefined;
  checkCount(argument, lookup, count);
  const names = new Array<string>(count);
  for (const [name, place] of Object.entries(lookup))
    names[checkInteger(`${argument}.${name}`, place, 0, count - 1)] = name;
  if (names.includes(undefined as never)) throw rangeError(argument, `a name for each of ${count}`, lookup);
  return names;
}

/** As `toJSON()` of brain.js 2 writes it, for `fromJSON()`. */
export function write(method: string, { layers }: ModelDescription): Promise<ExportedFile[]> {
  const [first] = layers;
  const name = nameOf(first!.layer.activation);
  for (const { layer } of layers) {
    const where = `${method}: ${layer.name}`;
    if (layer.className !== 'dense')
      throw rangeError(where, 'a dense layer, because brain.js has no others', layer.className);
    if (nameOf(layer.activation) !== name || name === undefined) {
      const known = Object.keys(ACTIVATIONS).join(', ');
      throw rangeError(where, `one activation for all layers, of brain.js' ${known}`, layer.activation.name);
    }
  }
  const sizes = [first!.weights[0]!.shape[0]!, ...layers.map(({ layer }) => layer.units)];
  const written = layers.map(({ layer: { units }, weights: [kernel, bias] }) => ({
    weights: Array.from({ length: units }, (_, unit) => {
      const inputs = kernel!.shape[0]!;
      return Array.from({ length: inputs }, (_, input) => kernel!.data[input * units + unit]!);
    }),
    biases: bias ? Array.from(bias.data) : new Array<number>(units).fill(0),
  }));
  const { alpha } = first!.layer.activation;
  const trainOpts = { activation: name, ...(name === 'leaky-relu' && { leakyReluAlpha: alpha }) };
  const json = {
    type: 'NeuralNetwork',
    sizes,
    layers: [{ weights: [], biases: [] }, ...written],
    inputLookup: null,
    inputLookupLength: 0,
    outputLookup: null,
    outputLookupLength: 0,
    options: { inputSize: sizes[0], outputSize: sizes.at(-1), hiddenLayers: sizes.slice(1, -1) },
    trainOpts,
  };
  return Promise.resolve([{ name: 'network.json', bytes: new TextEncoder().encode(JSON.stringify(json)) }]);
}

/** brain.js' name of an activation; undefined for those that it has not. */
const nameOf = (activation: ActivationConfig) =>
  Object.keys(ACTIVATIONS).find((name) => ACTIVATIONS[name]!.name === activation.name);
