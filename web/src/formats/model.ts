/**
 * A model as a file: safetensors, which Python's and Rust's readers open too, with the architecture as JSON in its
 * metadata under `config`.
 */
import { checkObject, rangeError } from '../check.js';
import { checkFinite, weightPlaces, type Core } from '../core.js';
import { layerConfig, resolveLayers } from '../layers.js';
import { Sequential } from '../model.js';
import { savedOptimizer } from '../rates.js';
import type { CompileOptions, LayerConfig } from '../types.js';
import { asBytes } from './input.js';
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.js';

const FORMAT = 'mlp-wasm';
const VERSION = '1';

interface ModelConfig {
  name: string;
  seed: number;
  layers: LayerConfig[];
  compile?: CompileOptions;
}

/** The file of {@link Sequential.save}; with more than the weights in `tensors` and with `metadata`, of a checkpoint. */
export function writeModel(
  core: Core,
  tensors: NamedTensor[],
  metadata: Record<string, string> = {},
): Uint8Array<ArrayBuffer> {
  const config: ModelConfig = {
    name: core.name,
    seed: core.seed,
    layers: core.layers.map((layer, i) => ({
      ...layerConfig(layer),
      ...(i === 0 && { inputShape: [core.features] as [number] }),
    })),
    ...(core.compiled && { compile: { ...core.compiled, optimizer: savedOptimizer(core) } }),
  };
  return writeSafetensors(tensors, {
    format: FORMAT,
    version: VERSION,
    config: JSON.stringify(config),
    ...metadata,
  });
}

/**
 * The model that {@link Sequential.save} or {@link Sequential.checkpoint} wrote: same weights to the bit, compiled as
 * it was. The optimizer starts afresh.
 *
 * @throws {TypeError | RangeError} for anything that is not such a file, naming what is wrong with it.
 */
export async function loadModel(bytes: Uint8Array | ArrayBuffer): Promise<Sequential> {
  return readModel('loadModel', asBytes('loadModel: bytes', bytes)).model;
}

/** A model, and what else a checkpoint holds: the tensors behind its weights, and the metadata. */
export function readModel(
  method: string,
  bytes: Uint8Array,
): { model: Sequential; rest: NamedTensor[]; metadata: Record<string, string> } {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata['format'] !== FORMAT) {
    throw rangeError(`${method}: bytes`, `a file whose format is '${FORMAT}'`, metadata['format']);
  }
  if (metadata['version'] !== VERSION) {
    throw rangeError(`${method}: bytes`, `format version ${VERSION}`, metadata['version']);
  }
  const { compile, ...architecture } = parseConfig(method, metadata['config']);
  // Sizes are compared before anything is allocated: a small file must not ask for a large model.
  const places = weightPlaces(resolveLayers(`${method}: config`, architecture.layers));
  const described = (weight?: { name: string; shape: number[] }) =>
    weight ? `${weight.name} [${weight.shape}]` : 'none';
  // A checkpoint has more behind the weights.
  const weights = metadata['training'] === undefined ? tensors : tensors.slice(0, places.length);
  for (let i = 0; i < Math.max(places.length, weights.length); ++i) {
    const [expected, got] = [described(places[i]), described(weights[i])];
    if (expected !== got)
      throw new RangeError(`${method}: bytes: expected as weight ${i} ${expected}, got ${got}`);
  }
  for (const { name, data } of weights) checkFinite(`${method}: bytes: ${name}`, data);
  const model = new Sequential(architecture);
  try {
    model.setWeights(weights);
    if (compile !== undefined) model.compile(compile);
    return { model, rest: tensors.slice(places.length), metadata };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function parseConfig(method: string, json: string | undefined): ModelConfig {
  let config: unknown;
  try {
    config = JSON.parse(json ?? '');
  } catch (cause) {
    throw new RangeError(`${method}: config: expected JSON in the metadata, got none that parses`, { cause });
  }
  return checkObject(`${method}: config`, config as ModelConfig, ['name', 'seed', 'layers', 'compile']);
}
