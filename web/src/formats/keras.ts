/**
 * Keras: `.keras` archives of Keras 2.12 to 3, `.weights.h5`, and the `.h5` files before them, with a model's configuration
 * or, of save_weights(), without.
 */
import { rangeError } from '../check/arguments.js';
import { excerpt } from '../check/bytes.js';
import { messageOf } from '../check/realm.js';
import { activationList } from './activation-list.js';
import type { DescribedWeight, NetworkDescription } from './description.js';
import { isHdf5, readHdf5, type Hdf5Object } from './hdf5/file.js';
import { networkOf, withWeights, type KerasNetwork } from './keras-layers.js';
import { trainingOf } from './keras-training.js';
import { weightsIn, type KerasWeights } from './keras-weights.js';
import type { ReadOptions } from './options.js';
import { jsonOf, type Source, type SourceFile } from './source.js';
import { unzip } from './zip.js';

type Json = Record<string, unknown>;

export async function read(
  method: string,
  { files }: Source,
  { activations }: ReadOptions,
): Promise<NetworkDescription> {
  await Promise.resolve();
  const archive = files.find(({ bytes }) => bytes[0] === 0x50 && bytes[1] === 0x4b);
  if (archive) return describedBy(method, openArchive(method, archive), activations);
  const file = files.find(({ bytes }) => isHdf5(bytes));
  const beside = files.find((each) => jsonOf(each)?.['class_name']);
  if (!file) throw new RangeError(`${method}: source: expected a file of weights (.h5) beside its JSON, got only that`);
  const objects = readHdf5(`${method}: ${file.name || 'source'}`, file.bytes);
  const root = objects.get('')!;
  const holder = objects.get('model_weights') ?? root;
  const config = textOf(root, 'model_config');
  const training = textOf(root, 'training_config');
  const model = config === undefined ? beside && jsonOf(beside) : parsed(`${method}: model_config`, config);
  const told = textOf(root, 'keras_version') ?? textOf(holder, 'keras_version') ?? model?.['keras_version'];
  const version = typeof told === 'string' ? told : guessedVersion(config ?? (beside ? decoded(beside.bytes) : ''));
  return describedBy(
    method,
    {
      name: file.name || 'source',
      kind: config === undefined ? 'weights' : 'HDF5',
      objects,
      version,
      ...(model && { model }),
      training: training === undefined ? model?.['compile_config'] : parsed(`${method}: training_config`, training),
    },
    activations,
  );
}

/** The parts of a file. */
interface Opened {
  /** Of the file of weights, for errors. */
  name: string;
  kind: string;
  objects: Map<string, Hdf5Object>;
  version: string;
  model?: Json;
  training?: unknown;
}

const CONFIG = /(?:^|\/)config\.json$/;
const METADATA = /(?:^|\/)metadata\.json$/;
const WEIGHTS = /(?:^|\/)model\.weights\.\w+$/;

function openArchive(method: string, { name, bytes }: SourceFile): Opened {
  const argument = `${method}: ${name || 'source'}`;
  const wanted = [CONFIG, METADATA, WEIGHTS];
  const entries = [...unzip(argument, bytes, (entry) => wanted.some((pattern) => pattern.test(entry)))];
  const find = (pattern: RegExp) => entries.find(([entry]) => pattern.test(entry));
  const config = find(CONFIG);
  const weights = find(WEIGHTS);
  if (!config || !weights) {
    throw rangeError(argument, 'an archive with config.json and model.weights.h5', config ? 'no weights' : 'no config');
  }
  if (!isHdf5(weights[1])) {
    throw rangeError(argument, "model.weights.h5, Keras' usual file", `${excerpt(weights[0])}, which is no HDF5`);
  }
  const json = decoded(config[1]);
  const model = parsed(`${method}: config.json`, json);
  const metadata = find(METADATA);
  const version = metadata ? parsed(`${method}: metadata.json`, decoded(metadata[1]))['keras_version'] : undefined;
  return {
    name: 'model.weights.h5',
    kind: '.keras',
    objects: readHdf5(`${method}: model.weights.h5`, weights[1]),
    version: typeof version === 'string' ? version : guessedVersion(json),
    model,
    training: model['compile_config'],
  };
}

function describedBy(
  method: string,
  { name, kind, objects, version, model, training }: Opened,
  activations: ReadOptions['activations'],
): NetworkDescription {
  const weights = weightsIn(`${method}: ${name}`, objects);
  const { network, remarks } = model
    ? { network: networkOf(`${method}: ${kind === 'weights' ? 'its JSON' : 'config'}`, model, version), remarks: [] }
    : networkOfWeights(method, name, weights, activations);
  if (model && activations !== undefined) remarks.push('activations are not asked, because the file tells its own');
  const layers = withWeights(`${method}: ${name}`, network, (layer) => weights.find(layer));
  const { compile, remarks: more } = trainingOf(training);
  return {
    source: `Keras ${excerpt(version)} (${kind})`,
    inputShape: network.inputShape,
    layers,
    ...(network.name !== undefined && { name: network.name }),
    ...(compile && { compile }),
    remarks: [...network.remarks, ...remarks, ...more],
  };
}

/** The network of a file of weights alone: what its layers are is seen by the names of their weights. */
function networkOfWeights(
  method: string,
  name: string,
  weights: KerasWeights,
  activations: ReadOptions['activations'],
): { network: KerasNetwork; remarks: string[] } {
  if (activations === undefined) {
    throw new RangeError(
      `${method}: ${name}: expected a model, got weights alone: give the JSON of model.to_json() beside the file, or options.activations`,
    );
  }
  const left: string[] = [];
  let dense = 0;
  const layers = weights.layers().flatMap((layer): { first: DescribedWeight; one: Json }[] => {
    const names = layer.weights.map(({ name }) => name).join();
    if (names === '') {
      left.push(layer.name);
      return [];
    }
    const first = layer.weights[0]!.weight;
    const config = { name: layer.name };
    if (/^kernel(?:,bias)?$/.test(names) && first.shape.length === 2) {
      ++dense;
      return [
        {
          first,
          one: { class_name: 'Dense', config: { ...config, units: first.shape[1], use_bias: names !== 'kernel' } },
        },
      ];
    }
    const statistics = /^(gamma,)?(beta,)?moving_mean,moving_variance$/.exec(names);
    const options = { center: /beta/.test(names), scale: /gamma/.test(names) };
    if (statistics) return [{ first, one: { class_name: 'BatchNormalization', config: { ...config, ...options } } }];
    throw new RangeError(
      `${method}: ${name}: ${excerpt(layer.name)}: expected the weights of a dense or batchNormalization layer, got ${excerpt(names)} of shape [${first.shape}]; give the JSON of model.to_json() beside the file`,
    );
  });
  if (layers.length === 0) throw new RangeError(`${method}: ${name}: expected weights of Keras' layers, got none`);
  const list = activationList(method, activations, dense);
  const model = {
    class_name: 'Sequential',
    config: { layers: layers.map(({ one }) => one), build_input_shape: [null, layers[0]!.first.shape[0]] },
  };
  const network = networkOf(`${method}: ${name}`, model, '3');
  for (const { layer } of network.layers) {
    if (layer?.className === 'dense') layer.activation = list.shift()!;
  }
  const isNormalized = layers.some(({ one }) => one['class_name'] !== 'Dense');
  return {
    network,
    remarks: [
      ...(left.length > 0
        ? [`${excerpt(left.join(', '))} are left out, because the file does not tell what layers without weights are`]
        : []),
      ...(isNormalized
        ? ['batchNormalization has the defaults of its options, because the file does not tell them']
        : []),
    ],
  };
}

const textOf = (object: Hdf5Object, attribute: string) => object.texts(attribute)?.[0];

/** The version of a file that does not tell it: only Keras 3 calls the shape so. */
const guessedVersion = (json: string) => (json.includes('"batch_shape"') ? '3' : '2');

const decoded = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function parsed(argument: string, text: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RangeError(`${argument}: expected JSON, got what does not parse (${excerpt(messageOf(cause))})`, {
      cause,
    });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw rangeError(argument, 'an object', json);
  return json as Json;
}
