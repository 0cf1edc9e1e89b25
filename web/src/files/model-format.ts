/**
 * The format of model files, for all that read or write one: safetensors, with the architecture as JSON in the metadata
 * under `config`. Names of classes and features and the owner's notes stand beside it, each as JSON of its own, because
 * those who only predict need not know of them.
 */
import { excerpt } from '../check/bytes.js';
import { checkObject, rangeError } from '../check/arguments.js';
import type { CompileOptions } from '../model/compile.js';
import type { LayerConfig } from '../model/layer-options.js';

const FORMAT = 'mlp-wasm';

const VERSION = '1';

/** The architecture, as it stands under `config`. */
export interface ModelConfig {
  name: string;
  seed: number;
  layers: LayerConfig[];
  compile?: CompileOptions;
}

/** The metadata of a model's file; what else there is to be said of it is in `more`. */
export function modelMetadata(config: ModelConfig, more: Record<string, string>): Record<string, string> {
  return { format: FORMAT, version: VERSION, config: JSON.stringify(config), ...more };
}

/**
 * The configuration out of a file's metadata. Its values are not checked.
 *
 * @throws {TypeError | RangeError} where the file is none of a model, of another version, or its JSON is no such object.
 */
export function readConfig(method: string, metadata: Readonly<Record<string, string>>): ModelConfig {
  if (metadata['format'] !== FORMAT) {
    throw rangeError(`${method}: bytes`, `a file whose format is '${FORMAT}'`, metadata['format']);
  }
  if (metadata['version'] !== VERSION) {
    throw rangeError(`${method}: bytes`, `format version ${VERSION}`, metadata['version']);
  }
  let config: unknown;
  try {
    config = JSON.parse(metadata['config'] ?? '');
  } catch (cause) {
    throw new RangeError(`${method}: config: expected JSON in the metadata, got none that parses`, { cause });
  }
  return checkObject(`${method}: config`, config as ModelConfig, ['name', 'seed', 'layers', 'compile']);
}

interface Shaped {
  name: string;
  shape: number[];
}

/**
 * The tensors of a file that are weights, which must be those that its layers have. To be called before anything is
 * allocated: a small file must not ask for a large model.
 *
 * @throws {RangeError} naming the first that is another.
 */
export function weightsAmong<Tensor extends Shaped>(
  method: string,
  tensors: Tensor[],
  metadata: Readonly<Record<string, string>>,
  places: readonly Shaped[],
): Tensor[] {
  const described = (weight?: Shaped) => (weight ? `${excerpt(weight.name)} ${excerpt(`[${weight.shape}]`)}` : 'none');
  // A checkpoint has more behind the weights.
  const weights = metadata['training'] === undefined ? tensors : tensors.slice(0, places.length);
  for (let i = 0; i < Math.max(places.length, weights.length); ++i) {
    const [place, weight] = [places[i], weights[i]];
    if (place?.name === weight?.name && String(place?.shape) === String(weight?.shape)) continue;
    const [expected, got] = [described(place), described(weight)];
    throw new RangeError(`${method}: bytes: expected as weight ${i} ${expected}, got ${got}`);
  }
  return weights;
}
