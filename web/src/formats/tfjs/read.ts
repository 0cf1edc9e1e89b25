/** TensorFlow.js in: `model.json` of a layers-model or a graph-model, and ml5's remarks beside it. */
import { rangeError, shown } from '../../check/arguments.js';
import { excerpt } from '../../check/bytes.js';
import { examplesFromJson, type DescribedWeight, type NetworkDescription } from '../description.js';
import { jsonObject, type Json } from '../keras-chain.js';
import { networkOf, withWeights, type KerasLayer } from '../keras-layers.js';
import { trainingOf } from '../keras-training.js';
import type { ReadOptions } from '../options.js';
import { jsonOf, type Source } from '../source.js';
import { graphLayers } from './graph.js';
import { storedWeights, type StoredWeight } from './manifest.js';
import { ml5Of } from './ml5.js';
import { asWritten, OWN } from './own.js';

export async function read(method: string, source: Source, _: ReadOptions): Promise<NetworkDescription> {
  const json = source.files.map(jsonOf).find((each) => each && 'modelTopology' in each && 'weightsManifest' in each);
  if (!json) throw rangeError(`${method}: source`, 'a model.json with modelTopology and weightsManifest', 'none');
  const topology = jsonObject(`${method}: modelTopology`, json['modelTopology']);
  const isGraph = json['format'] === 'graph-model' || Array.isArray(topology['node']);
  return isGraph ? readGraph(method, source, json, topology) : readLayers(method, source, json, topology);
}

async function readGraph(method: string, source: Source, json: Json, topology: Json): Promise<NetworkDescription> {
  const remarks: string[] = [];
  const stored = await storedWeights(method, json['weightsManifest'], source);
  const { inputShape, layers } = graphLayers(method, topology, json, stored);
  return { source: 'TensorFlow.js graph-model', inputShape, layers, remarks };
}

async function readLayers(method: string, source: Source, json: Json, topology: Json): Promise<NetworkDescription> {
  const model = topology['model_config'] ?? topology;
  const network = networkOf(`${method}: model.json`, model, versionOf(json, topology));
  const stored = await storedWeights(method, json['weightsManifest'], source);
  const remarks = network.remarks;
  const find = finder(stored, network.layers, remarks);
  const { inputShape, name } = network;
  const layers = withWeights(`${method}: model.json`, network, find);
  const training = trainingOf(asKeras(json['trainingConfig']) ?? topology['training_config']);
  const own = (json['userDefinedMetadata'] as Json | null | undefined)?.[OWN];
  const features = inputShape.reduce((product, size) => product * size, 1);
  const units = [...network.layers]
    .reverse()
    .find(({ weights }) => weights.length > 0)
    ?.weights.at(-1)
    ?.shape.at(-1);
  const said =
    own === undefined ? await ml5Of(method, source, json, features, units ?? 0) : fromOwn(method, own, features);
  return {
    source: 'TensorFlow.js layers-model',
    inputShape,
    ...(name !== undefined && { name }),
    ...(training.compile && { compile: training.compile }),
    ...said,
    layers: own === undefined ? layers : asWritten(layers),
    remarks: [...remarks, ...training.remarks, ...(said.remarks ?? [])],
  };
}

/** The names and examples that our own writer keeps in a file beside the network. */
function fromOwn(method: string, own: unknown, features: number): Partial<NetworkDescription> {
  const argument = `${method}: userDefinedMetadata.${OWN}`;
  const { classNames, featureNames, metadata, examples } = jsonObject(argument, own);
  const known = examplesFromJson(`${argument}.examples`, examples, features);
  const isNames = (names: unknown): names is string[] =>
    Array.isArray(names) && names.every((name) => typeof name === 'string');
  return {
    ...(isNames(classNames) && { classNames }),
    ...(isNames(featureNames) && { featureNames }),
    ...(metadata !== undefined && { metadata: jsonObject(`${argument}.metadata`, metadata) }),
    ...(known && { examples: known }),
  };
}

/** TensorFlow.js' own training in Keras' words: it has the decay of RMSprop and momentum under names of its own. */
function asKeras(training: unknown): unknown {
  const given = (training as Json | null | undefined)?.['optimizer_config'] as Json | null | undefined;
  const { class_name: className, config } = given ?? {};
  if (typeof config !== 'object' || config === null) return training ?? undefined;
  const options: Json = { ...config };
  if (className === 'RMSProp') options['rho'] = options['decay'];
  if (className === 'Momentum') options['nesterov'] = options['useNesterov'];
  const optimizer = { class_name: className === 'Momentum' ? 'SGD' : className, config: options };
  return { ...(training as Json), optimizer_config: optimizer };
}

/** Keras' version, for what differs between its versions; that of TensorFlow.js' own layers begins with `tfjs`. */
function versionOf(json: Json, topology: Json): string {
  const told = topology['keras_version'] ?? json['generatedBy'];
  return typeof told === 'string' ? told.replace(/^keras v/, '') : '';
}

/**
 * Finds weights by names: `dense_Dense1/kernel`, `dense/kernel:0`, and with models and layers before it as Keras 3 writes
 * them, `sequential/dense/kernel`. Where not all are found they are taken in their order, if their shapes fit.
 */
function finder(stored: StoredWeight[], layers: readonly KerasLayer[], remarks: string[]) {
  const byName = new Map<string, StoredWeight[]>();
  for (const weight of stored) {
    const path = weight.name.replace(/:\d+$/, '');
    const cut = path.lastIndexOf('/');
    const [owners, own] = [path.slice(0, Math.max(0, cut)), path.slice(cut + 1)];
    for (const owner of new Set([owners, ...owners.split('/')])) {
      const key = `${owner}/${own}`;
      const list = byName.get(key);
      if (list) list.push(weight);
      else byName.set(key, [weight]);
    }
  }
  const described = ({ shape, read }: StoredWeight): DescribedWeight => ({ shape, data: read() });
  const wanted = layers.flatMap((layer) => layer.weights.map((weight) => ({ layer, ...weight })));
  const isNamed = wanted.every(({ layer, name, isOptional }) => isOptional || byName.has(`${layer.name}/${name}`));
  if (!isNamed && wanted.every(({ shape }, i) => String(shape) === String(stored[i]?.shape))) {
    remarks.push('its weights have other names than its layers and were taken in their order');
    let next = 0;
    return ({ weights }: KerasLayer) => stored.slice(next, (next += weights.length)).map(described);
  }
  const used = new Set<StoredWeight>();
  return ({ name: owner, weights }: KerasLayer) => {
    const found: DescribedWeight[] = [];
    for (const { name } of weights) {
      const list = byName.get(`${owner}/${name}`) ?? [];
      const weight = list.find((each) => !used.has(each));
      if (!weight) {
        const given = excerpt(stored.map((each) => each.name).join(', '));
        if (list.length === 0) remarks.push(`no weight ${shown(`${owner}/${name}`)} among ${given}`);
        break;
      }
      used.add(weight);
      found.push(described(weight));
    }
    return found;
  };
}
