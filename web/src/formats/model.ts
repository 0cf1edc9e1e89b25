/**
 * A model as a file: safetensors, which Python's and Rust's readers open too, with the architecture as JSON in its
 * metadata under `config`.
 */
import { checkObject, rangeError } from '../check.js';
import { checkFinite, weightPlaces, type Core } from '../core.js';
import { layerConfig, resolveLayers } from '../layers.js';
import { Sequential } from '../model.js';
import type { CompileOptions, LayerConfig, Weight } from '../types.js';
import { asBytes } from './input.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

const FORMAT = 'mlp-wasm';
const VERSION = '1';

interface ModelConfig {
  name: string;
  seed: number;
  layers: LayerConfig[];
  compile?: CompileOptions;
}

export function writeModel(core: Core, weights: Weight[]): Uint8Array<ArrayBuffer> {
  const config: ModelConfig = {
    name: core.name,
    seed: core.seed,
    layers: core.layers.map((layer, i) => ({
      ...layerConfig(layer),
      ...(i === 0 && { inputShape: [core.features] as [number] }),
    })),
    ...(core.compiled && { compile: core.compiled }),
  };
  return writeSafetensors(weights, { format: FORMAT, version: VERSION, config: JSON.stringify(config) });
}

/**
 * The model that {@link Sequential.save} wrote: same weights to the bit, compiled as it was. The optimizer starts
 * afresh.
 *
 * @throws {TypeError | RangeError} for anything that is not such a file, naming what is wrong with it.
 */
export async function loadModel(bytes: Uint8Array | ArrayBuffer): Promise<Sequential> {
  const { tensors, metadata } = readSafetensors(asBytes('loadModel: bytes', bytes));
  if (metadata['format'] !== FORMAT) {
    throw rangeError('loadModel: bytes', `a file whose format is '${FORMAT}'`, metadata['format']);
  }
  if (metadata['version'] !== VERSION) {
    throw rangeError('loadModel: bytes', `format version ${VERSION}`, metadata['version']);
  }
  const { compile, ...architecture } = parseConfig(metadata['config']);
  // Sizes are compared before anything is allocated: a small file must not ask for a large model.
  const places = weightPlaces(resolveLayers('loadModel: config', architecture.layers));
  const described = (weight?: { name: string; shape: number[] }) =>
    weight ? `${weight.name} [${weight.shape}]` : 'none';
  for (let i = 0; i < Math.max(places.length, tensors.length); ++i) {
    const [expected, got] = [described(places[i]), described(tensors[i])];
    if (expected !== got)
      throw new RangeError(`loadModel: bytes: expected as weight ${i} ${expected}, got ${got}`);
  }
  for (const { name, data } of tensors) checkFinite(`loadModel: bytes: ${name}`, data);
  const model = new Sequential(architecture);
  try {
    model.setWeights(tensors);
    if (compile !== undefined) model.compile(compile);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function parseConfig(json: string | undefined): ModelConfig {
  let config: unknown;
  try {
    config = JSON.parse(json ?? '');
  } catch (cause) {
    throw new RangeError('loadModel: config: expected JSON in the metadata, got none that parses', { cause });
  }
  return checkObject('loadModel: config', config as ModelConfig, ['name', 'seed', 'layers', 'compile']);
}
