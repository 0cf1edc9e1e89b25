/** For scikit-learn: the weights as .npz, and a program that makes an MLPClassifier or MLPRegressor of them. */
import { rangeError } from '../../check/arguments.js';
import { warnOnce } from '../../check/warn.js';
import type { ActivationConfig, Sequential } from '../../index.js';
import { exampleOf, type DescribedWeight, type ModelDescription } from '../description.js';
import { writeNpy } from '../numpy/write-npy.js';
import type { ExportedFile } from '../options.js';
import { zip } from '../write-zip.js';
import program from './model.py';

/** scikit-learn's names of activations. */
const HIDDEN: Partial<Record<string, string>> = { linear: 'identity', sigmoid: 'logistic', tanh: 'tanh', relu: 'relu' };
const OUTPUT: Partial<Record<string, string>> = { linear: 'identity', sigmoid: 'logistic', softmax: 'softmax' };

interface Dense {
  name: string;
  kernel: DescribedWeight;
  bias?: DescribedWeight;
  activation: ActivationConfig;
}

export function write(method: string, description: ModelDescription, model: Sequential): Promise<ExportedFile[]> {
  const { scaler, layers } = partsOf(method, description);
  const last = layers.at(-1)!;
  const output = OUTPUT[last.activation.name];
  if (!output) throw refused(method, last, 'at the end linear, sigmoid or softmax');
  const hidden = layers.length > 1 ? HIDDEN[layers[0]!.activation.name] : 'identity';
  for (const layer of layers.slice(0, -1)) {
    if (!hidden || HIDDEN[layer.activation.name] !== hidden) {
      throw refused(method, layer, 'one activation for all hidden layers, of linear, sigmoid, tanh and relu');
    }
  }
  const [, units] = last.kernel.shape as [number, number];
  if (output === 'softmax' && units === 1) throw refused(method, last, 'softmax of several units');
  // Labels of their own are columns, and only classes are put in an order, that of their names.
  const isClasses = output === 'softmax' || (output === 'logistic' && units === 1);
  const count = output === 'softmax' ? units : 2;
  const { classNames } = description;
  const classes = isClasses && classNames?.length === count ? classNames : Array.from({ length: count }, (_, i) => i);
  const order = sorted(classes);
  const isInOrder = order.every((place, i) => place === i);
  // scikit-learn keeps classes in the order of their names, and outputs with them.
  const arranged = isInOrder ? layers : [...layers.slice(0, -1), rearranged(last, order)];
  const placeOf = order.map((_, i) => order.indexOf(i));
  const settings = [
    `LAYERS = ${layers.length}`,
    `HIDDEN = ${JSON.stringify(hidden)}`,
    `OUTPUT = ${JSON.stringify(output)}`,
    `CLASSES = ${JSON.stringify(order.map((place) => classes[place]))}`,
    '# The column of each output of mlp-wasm, because classes are in the order of their names here.',
    `ORDER = ${isClasses && !isInOrder ? JSON.stringify(placeOf) : 'slice(None)'}`,
  ];
  const { rows, inputs, outputs } = exampleOf(model);
  const arrays: [string, number[], Float32Array][] = [
    ...arranged.flatMap(({ kernel, bias }, i): [string, number[], Float32Array][] => [
      [`coef_${i}`, kernel.shape, kernel.data],
      [`intercept_${i}`, [kernel.shape[1]!], bias?.data ?? new Float32Array(kernel.shape[1]!)],
    ]),
    ...(scaler ?? []),
    ['example_inputs', [rows, inputs.length / rows], inputs],
    ['example_outputs', [rows, outputs.length / rows], outputs],
  ];
  const files = arrays.map(([name, shape, data]) => ({ name: `${name}.npy`, bytes: writeNpy(shape, data) }));
  return Promise.resolve([
    { name: 'weights.npz', bytes: zip(files) },
    {
      name: 'model.py',
      bytes: new TextEncoder().encode(program.replace('# SETTINGS\n', () => `${settings.join('\n')}\n`)),
    },
  ]);
}

/** Places of the classes in the order in which NumPy has them: numbers by size, texts by code points. */
function sorted(classes: readonly (string | number)[]): number[] {
  const places = classes.map((_, i) => i);
  if (typeof classes[0] === 'number') return places;
  const points = classes.map((name) => Array.from(String(name), (letter) => letter.codePointAt(0)!));
  const compare = (a: number[], b: number[]) => {
    const i = a.findIndex((code, at) => code !== b[at]);
    return i < 0 ? a.length - b.length : a[i]! - (b[i] ?? -1);
  };
  return places.sort((a, b) => compare(points[a]!, points[b]!));
}

/** The last layer with its units in another order; of one unit, p of the first class for that of the second. */
function rearranged(layer: Dense, order: readonly number[]): Dense {
  const { kernel, bias } = layer;
  const [inputs, units] = kernel.shape as [number, number];
  const moved = (data: Float32Array) => data.map((_, i) => data[i - (i % units) + order[i % units]!]!);
  const turned = (data: Float32Array) => data.map((value) => -value);
  const change = units === 1 ? turned : moved;
  return {
    ...layer,
    kernel: { shape: [inputs, units], data: change(kernel.data) },
    ...(bias && { bias: { shape: [units], data: change(bias.data) } }),
  };
}

/** The dense layers, and mean and variance of a normalization before them. */
function partsOf(method: string, { layers }: ModelDescription) {
  let scaler: [string, number[], Float32Array][] | undefined;
  const found: Dense[] = [];
  for (const { layer, weights } of layers) {
    const { className, name, activation } = layer;
    if (className === 'dense') {
      const [kernel, bias] = weights;
      found.push({ name, kernel: kernel!, ...(bias && { bias }), activation });
    } else if (className === 'normalization' && !scaler && found.length === 0) {
      const [mean, variance] = weights.map(({ data }) => data);
      // A feature that never varied is divided by 1, as scikit-learn does itself when it learns them.
      const kept = variance!.map((value) => (value === 0 ? 1 : value));
      scaler = [
        ['mean', [mean!.length], mean!],
        ['variance', [kept.length], kept],
      ];
    } else if (className === 'activation' && found.at(-1)?.activation.name === 'linear') {
      found.at(-1)!.activation = activation;
    } else if (className === 'dropout' || className === 'alphaDropout' || className === 'gaussianNoise') {
      warnOnce(`${method}: ${name} is left out, because scikit-learn has no ${className}; predictions are the same`);
    } else {
      throw rangeError(
        `${method}: ${name}`,
        "dense layers, or a normalization before them, because scikit-learn's networks have no others",
        className,
      );
    }
  }
  if (found.length === 0) throw rangeError(method, 'a dense layer', 'none');
  return { scaler, layers: found };
}

const refused = (method: string, { name, activation }: Dense, expected: string) =>
  rangeError(`${method}: ${name}: activation`, `${expected}, as scikit-learn has them`, activation.name);
