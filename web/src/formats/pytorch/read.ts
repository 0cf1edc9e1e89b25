/** PyTorch: the state dictionary of a model, by `torch.save` or as safetensors. */
import { isMap } from '../../check/realm.js';
import { checkArray, checkInteger, checkObject, checkString, textOf } from '../../check/arguments.js';
import { excerpt, malformed } from '../../check/bytes.js';
import type { CompileOptions, LayerConfig } from '../../index.js';
import { examplesFromJson, type DescribedLayer, type NetworkDescription } from '../description.js';
import type { ReadOptions } from '../options.js';
import type { Source } from '../source.js';
import { CONFIG_KEY, moduleNames, NAME_KEYS, WEIGHT_NAMES, WEIGHTS } from './modules.js';
import { headerOf, readTensors } from './safetensors.js';
import { layersOf, transposed } from './state-dict.js';
import { floatsOf, type StateDict } from './tensors.js';
import { shownValue } from './pickle.js';
import { readTorchFile, TensorView } from './torch-file.js';

/** The configuration of a model, as its own files have it. */
interface Config {
  name: string;
  seed: number;
  layers: LayerConfig[];
  compile?: CompileOptions;
}

/** Keys under which training scripts keep the weights, beside the epoch, the optimizer and others. */
const WEIGHT_KEYS = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'network', 'weights'];

export async function read(method: string, source: Source, options: ReadOptions): Promise<NetworkDescription> {
  const argument = `${method}: source`;
  const file = source.files.find(({ bytes }) => headerOf(bytes) !== undefined) ?? source.files[0]!;
  const isSafetensors = headerOf(file.bytes) !== undefined;
  if (!isSafetensors)
    return described('PyTorch (torch.save)', layersOf(argument, stateDictOf(argument, file.bytes), options));
  const { tensors, metadata } = readTensors(argument, file.bytes);
  const ours = typeof metadata[CONFIG_KEY] === 'string' ? metadata : undefined;
  if (!ours) return described('PyTorch (safetensors)', layersOf(argument, tensors, options));
  return readOwn(argument, tensors, ours);
}

function described(
  source: string,
  { layers, remarks }: Pick<NetworkDescription, 'layers' | 'remarks'>,
): NetworkDescription {
  const first = layers.find(({ weights }) => weights.length > 0)!.weights[0]!;
  return { source, inputShape: [first.shape[0]!], layers, remarks };
}

/** A file that `exportModel` wrote, in which the layers stand: nothing has to be guessed. */
function readOwn(argument: string, tensors: StateDict, metadata: Record<string, unknown>): NetworkDescription {
  const where = `${argument}: ${CONFIG_KEY}`;
  const config = checkObject(where, parsed(where, metadata[CONFIG_KEY]) as Config, [
    'name',
    'seed',
    'layers',
    'compile',
  ]);
  const list = checkArray(`${where}.layers`, config.layers, 'an array of layers') as (LayerConfig & { name: string })[];
  const names = moduleNames(list.map((layer, i) => checkString(`${where}.layers[${i}].name`, layer?.name)));
  const layers = list.map((layer, i): DescribedLayer => {
    const className = textOf(layer.className) as typeof layer.className;
    const parts = (Object.hasOwn(WEIGHTS, className) && WEIGHTS[className]) || [];
    const weights = parts.flatMap((part) => {
      const name = `${names[i]}.${WEIGHT_NAMES[part]}`;
      const tensor = tensors.get(name);
      if (!tensor) return [];
      const data = floatsOf(`${argument}: ${excerpt(name)}`, tensor);
      if (tensor.shape.length !== 2) return [{ shape: tensor.shape, data }];
      const [units, inputs] = tensor.shape as [number, number];
      return [{ shape: [inputs, units], data: transposed(data, units, inputs) }];
    });
    return { layer, weights };
  });
  const [size] = checkArray(`${where}.layers[0].inputShape`, list[0]?.inputShape, 'an array of one size');
  const features = checkInteger(`${where}.layers[0].inputShape[0]`, size, 1);
  const json = parsed(`${argument}: examples`, metadata['examples'] ?? 'null');
  const examples = examplesFromJson(`${argument}: examples`, json, features);
  return {
    source: 'mlp-wasm (for PyTorch)',
    inputShape: [features],
    layers,
    name: config.name,
    ...(config.compile && { compile: config.compile }),
    ...Object.fromEntries(
      NAME_KEYS.flatMap((key) => (key in metadata ? [[key, parsed(`${argument}: ${key}`, metadata[key])]] : [])),
    ),
    ...(examples && { examples }),
    remarks: [],
  };
}

function parsed(argument: string, json: unknown): unknown {
  try {
    return JSON.parse(checkString(argument, json));
  } catch (cause) {
    throw new RangeError(`${argument}: expected JSON, got none that parses`, { cause });
  }
}

/** The tensors of a dictionary that `torch.save` wrote, or of that one in it which is the weights. */
function stateDictOf(argument: string, bytes: Uint8Array): StateDict {
  const file = readTorchFile(argument, bytes);
  const found = weightsIn(file.value);
  if (!found) throw malformed(argument, 'a dictionary of tensors, as model.state_dict() gives', 'another value');
  const tensors: StateDict = new Map();
  for (const [name, value] of found) {
    if (typeof name !== 'string') throw malformed(argument, 'names of tensors', shownValue(name));
    if (!TensorView.isOne(value)) throw malformed(`${argument}: ${excerpt(name)}`, 'a tensor', shownValue(value));
    tensors.set(name, file.tensor(value));
  }
  return tensors;
}

function weightsIn(value: unknown): Map<unknown, unknown> | undefined {
  if (!isMap(value)) return undefined;
  for (const key of WEIGHT_KEYS) {
    const inner: unknown = value.get(key);
    if (isMap(inner) && holdsTensors(inner)) return inner;
  }
  return holdsTensors(value) ? value : undefined;
}

const holdsTensors = (map: Map<unknown, unknown>) => [...map.values()].some((value) => TensorView.isOne(value));
