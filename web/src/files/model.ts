/**
 * A model as a file: safetensors, which Python's and Rust's readers open too, with the architecture as JSON in its
 * metadata under `config`.
 */
import type { ByteArray } from '../check/realm.js';
import { modelMetadata, readConfig, weightsAmong, type ModelConfig } from './model-format.js';
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.js';
import type { SequentialOptions } from '../model/build.js';
import type { CompileOptions } from '../model/compile.js';
import type { Handle } from '../model/handle.js';
import { savedOptimizer } from '../model/learning-rate.js';
import { NAME_KEYS, type Names } from '../model/names.js';
import { layerConfig, resolveLayers } from '../model/stack.js';
import { readWeights, weightSlots } from '../model/weights.js';

/** The file of {@link Sequential.save}; with more than the weights in `tensors` and with `metadata`, of a checkpoint. */
export function writeModel(
  handle: Handle,
  tensors: NamedTensor[] = readWeights(handle),
  metadata: Record<string, string> = {},
): ByteArray {
  const config: ModelConfig = {
    name: handle.name,
    seed: handle.seed,
    layers: handle.layers.map((layer, i) => ({
      ...layerConfig(layer),
      ...(i === 0 && { inputShape: [handle.features] as [number] }),
    })),
    ...(handle.compiled && { compile: { ...handle.compiled, optimizer: savedOptimizer(handle) } }),
  };
  const names: Record<string, string> = {};
  for (const key of NAME_KEYS) if (handle[key]) names[key] = JSON.stringify(handle[key]);
  return writeSafetensors(tensors, modelMetadata(config, { ...names, ...metadata }));
}

/** Content of a model file. */
export interface ModelFile {
  architecture: SequentialOptions;
  weights: NamedTensor[];
  compile: CompileOptions | undefined;
  /** The tensors of a checkpoint that follow the weights. */
  rest: NamedTensor[];
  metadata: Record<string, string>;
}

/**
 * Reads and checks a file, before anything is built from it. Weights may be infinite or NaN, as those of a training that
 * diverged are: what was saved can be loaded, to be looked into.
 *
 * @throws {TypeError | RangeError} for anything that is not such a file, naming what is wrong with it.
 */
export function readModel(method: string, bytes: Uint8Array): ModelFile {
  const { tensors, metadata } = readSafetensors(bytes);
  const { compile, ...architecture } = readConfig(method, metadata);
  const places = weightSlots(resolveLayers(`${method}: config`, architecture.layers));
  const weights = weightsAmong(method, tensors, metadata, places);
  Object.assign(architecture, readNames(method, metadata));
  return { architecture, weights, compile, rest: tensors.slice(places.length), metadata };
}

/** Names and notes out of a file's metadata, which {@link buildModel} checks. */
function readNames(method: string, metadata: Readonly<Record<string, string>>): Names {
  const names: Record<string, unknown> = {};
  for (const key of NAME_KEYS) {
    const json = metadata[key];
    if (json !== undefined) names[key] = parseEntry(`${method}: ${key}`, json);
  }
  return names;
}

/** An entry of a file's metadata that is JSON. */
export function parseEntry(argument: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new RangeError(`${argument}: expected JSON in the metadata, got none that parses`, { cause });
  }
}
