/**
 * scikit-learn by skops: an archive of schema.json, which tells each object by its class and attributes, and of arrays as
 * .npy. Nothing in it is run: MLPClassifier and MLPRegressor are read, alone or behind scalers in a Pipeline, and all
 * other classes are refused by name.
 */
import { checkArray, checkFloat, rangeError, textOf, typeError } from '../../check/arguments.js';
import { excerpt, quote } from '../../check/bytes.js';
import { messageOf } from '../../check/realm.js';
import type { ActivationName, CompileOptions, LayerConfig } from '../../index.js';
import type { DescribedLayer, DescribedWeight, NetworkDescription } from '../description.js';
import { readNpy } from '../numpy/npy.js';
import type { ReadOptions } from '../options.js';
import type { Source } from '../source.js';
import { unzip } from '../zip.js';
import { readNpyTexts } from './npy-texts.js';

type Json = Record<string, unknown>;

const ACTIVATIONS: Record<string, ActivationName> = {
  identity: 'linear',
  logistic: 'sigmoid',
  tanh: 'tanh',
  relu: 'relu',
  softmax: 'softmax',
};

/** Layers that are read: the archive's directory is gone through for each. */
const MOST_LAYERS = 100;

/** Classes that hold the estimator which they found. */
const SEARCHES = ['GridSearchCV', 'RandomizedSearchCV', 'HalvingGridSearchCV', 'HalvingRandomSearchCV'];

export async function read(method: string, { files }: Source, _: ReadOptions): Promise<NetworkDescription> {
  await Promise.resolve();
  const { name, bytes } = files.find((file) => file.bytes[0] === 0x50)!;
  const argument = `${method}: ${name || 'source'}`;
  const schema = [...unzip(argument, bytes, (entry) => entry === 'schema.json').values()][0];
  if (!schema) throw rangeError(argument, 'schema.json at the top of the archive', 'none');
  let root: unknown;
  try {
    root = JSON.parse(new TextDecoder().decode(schema));
  } catch (cause) {
    throw new RangeError(`${argument}: schema.json: expected JSON, got ${excerpt(messageOf(cause))}`, { cause });
  }
  return new Skops(argument, bytes).describe(node(argument, root));
}

/** An object of the schema. */
function node(argument: string, value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw typeError(argument, 'an object', value);
  return value as Json;
}

const classOf = (given: Json) => textOf(given['__class__']);

class Skops {
  /** Names of arrays that were read: each belongs to one layer, and none makes a large model out of a small file. */
  readonly #read = new Set<string>();
  readonly #remarks: string[] = [];

  constructor(
    private readonly argument: string,
    private readonly archive: Uint8Array,
  ) {}

  describe(root: Json): NetworkDescription {
    let estimator = root;
    for (const search of SEARCHES) {
      if (classOf(estimator) === search) estimator = node(search, this.#attributes(estimator)['best_estimator_']);
    }
    const isPipeline = classOf(estimator) === 'Pipeline';
    const steps = isPipeline ? this.#steps(estimator) : [estimator];
    const last = steps.pop();
    if (!last || !/^MLP(?:Classifier|Regressor)$/.test(classOf(last))) {
      throw new RangeError(
        `${this.argument}: expected an MLPClassifier or MLPRegressor, alone or at the end of a Pipeline, got ${this.#shown(last)}; skl2onnx and onnxruntime-web carry others`,
      );
    }
    const scalers = steps.map((step) => this.#scaler(step));
    const { layers, classNames, compile } = this.#network(last);
    const features = layers[0]!.weights[0]!.shape[0]!;
    for (const { weights } of scalers) {
      for (const { data } of weights) {
        if (data.length !== features) throw rangeError(this.argument, `a scaler of ${features} features`, data.length);
      }
    }
    const featureNames = this.#texts(this.#attributes(steps[0] ?? last)['feature_names_in_'], 'feature_names_in_');
    const version: unknown = root['_skops_version'];
    return {
      source: `scikit-learn (skops${typeof version === 'string' ? ` ${excerpt(version)}` : ''})`,
      inputShape: [features],
      layers: [...scalers, ...layers],
      ...(compile && { compile }),
      ...(classNames && { classNames }),
      ...(featureNames && { featureNames }),
      remarks: this.#remarks,
    };
  }

  #shown(given: Json | undefined): string {
    return given ? excerpt(`${classOf(given)} of ${textOf(given['__module__'])}`) : 'an empty Pipeline';
  }

  /** The attributes of an object. */
  #attributes(given: Json): Json {
    const content = node(`${this.argument}: ${excerpt(classOf(given))}`, given['content']);
    return node(`${this.argument}: ${excerpt(classOf(given))}`, content['content'] ?? content);
  }

  /** The estimators of a Pipeline, without those that let all through. */
  #steps(pipeline: Json): Json[] {
    return this.#list(this.#attributes(pipeline)['steps'], 'steps').flatMap((step, i) => {
      const pair = this.#list(step, `steps[${i}]`);
      const estimator = node(`${this.argument}: steps[${i}]`, pair[1]);
      const plain = 'content' in estimator && estimator['is_json'] ? this.#plain(estimator, `steps[${i}]`) : undefined;
      return plain === 'passthrough' || plain === null ? [] : [estimator];
    });
  }

  /** The elements of a list or tuple. */
  #list(given: unknown, what: string): unknown[] {
    return checkArray(`${this.argument}: ${what}`, node(`${this.argument}: ${what}`, given)['content'], 'a list');
  }

  /** A number, a text, true or false, which skops keeps as JSON; undefined where there is none. */
  #plain(given: unknown, what: string): unknown {
    if (given === undefined) return undefined;
    const { content, is_json: isJson, file } = node(`${this.argument}: ${what}`, given);
    if (typeof file === 'string') return this.#array(given, what).data[0]; // a number of NumPy's
    if (!isJson || typeof content !== 'string' || content.length > 1000) return undefined;
    try {
      return JSON.parse(content);
    } catch (cause) {
      throw new RangeError(`${this.argument}: ${what}: expected JSON, got ${excerpt(content)}`, { cause });
    }
  }

  /** The bytes of an array. */
  #file(given: unknown, what: string): Uint8Array {
    const where = `${this.argument}: ${what}`;
    const { file } = node(where, given);
    if (typeof file !== 'string') throw rangeError(where, 'an array in a file of its own', given);
    if (this.#read.has(file)) throw rangeError(where, 'an array of its own', file);
    this.#read.add(file);
    const bytes = unzip(this.argument, this.archive, (entry) => entry === file).get(file);
    if (!bytes) throw rangeError(where, 'an array in the archive', file);
    return bytes;
  }

  #array(given: unknown, what: string): DescribedWeight {
    const { shape, data } = readNpy(`${this.argument}: ${what}`, this.#file(given, what));
    return { shape, data: Float32Array.from(data) };
  }

  /** An array of texts, or of numbers as texts; undefined where there is none. */
  #texts(given: unknown, what: string): string[] | undefined {
    if (given === undefined) return undefined;
    const where = `${this.argument}: ${what}`;
    const { type, content, file } = node(where, given);
    if (type === 'json' || typeof file !== 'string') {
      return checkArray(where, content, 'a list').map((one, i) => textOf(this.#plain(one, `${what}[${i}]`)));
    }
    const bytes = this.#file(given, what);
    return readNpyTexts(bytes) ?? Array.from(readNpy(where, bytes).data, String);
  }

  /** (x − mean)/√variance for what a scaler does. */
  #scaler(given: Json): DescribedLayer {
    const attributes = this.#attributes(given);
    const layer: LayerConfig = { className: 'normalization' };
    const kind = classOf(given);
    const numbers = (name: string) => {
      const value = attributes[name];
      return value === undefined || this.#isNone(value, name) ? undefined : this.#array(value, name).data;
    };
    const made = (count: number, mean: (i: number) => number, scale: (i: number) => number): DescribedLayer => {
      const weights = [mean, (i: number) => scale(i) ** 2].map((value) => ({
        shape: [count],
        data: Float32Array.from({ length: count }, (_, i) => checkFloat(`${this.argument}: ${kind}`, value(i))),
      }));
      return { layer, weights };
    };
    if (kind === 'StandardScaler' || kind === 'RobustScaler' || kind === 'MaxAbsScaler') {
      const [mean, scale] = [numbers(kind === 'RobustScaler' ? 'center_' : 'mean_'), numbers('scale_')];
      const isCentred = this.#plain(attributes['with_mean'], 'with_mean') !== false;
      const isScaled = this.#plain(attributes['with_std'], 'with_std') !== false;
      const { length } = scale ?? mean ?? [];
      return made(
        length,
        (i) => (isCentred ? (mean?.[i] ?? 0) : 0),
        (i) => (isScaled ? (scale?.[i] ?? 1) : 1),
      );
    }
    if (kind === 'MinMaxScaler') {
      if (this.#plain(attributes['clip'], 'clip') === true) throw rangeError(`${this.argument}: clip`, 'false', true);
      const [least, scale] = [numbers('min_'), numbers('scale_')];
      if (!least || !scale) throw rangeError(`${this.argument}: ${kind}`, 'min_ and scale_', 'one that was not fitted');
      return made(
        scale.length,
        (i) => -least[i]! / scale[i]!,
        (i) => 1 / scale[i]!,
      );
    }
    throw new RangeError(
      `${this.argument}: expected a StandardScaler, MinMaxScaler, MaxAbsScaler or RobustScaler before the network, got ${this.#shown(given)}`,
    );
  }

  #isNone(given: unknown, what: string): boolean {
    return node(`${this.argument}: ${what}`, given)['is_json'] === true && this.#plain(given, what) === null;
  }

  #network(given: Json) {
    const attributes = this.#attributes(given);
    const text = (name: string) => this.#plain(attributes[name], name);
    if (!attributes['coefs_']) throw rangeError(this.argument, 'a network that was fitted', 'one without coefs_');
    const coefs = this.#list(attributes['coefs_'], 'coefs_');
    const intercepts = this.#list(attributes['intercepts_'], 'intercepts_');
    if (coefs.length > MOST_LAYERS)
      throw rangeError(`${this.argument}: coefs_`, `at most ${MOST_LAYERS}`, coefs.length);
    if (coefs.length !== intercepts.length || coefs.length === 0) {
      throw rangeError(`${this.argument}: intercepts_`, `as many as coefs_, ${coefs.length}`, intercepts.length);
    }
    const activation = (name: string) => {
      const value = text(name);
      const found = typeof value === 'string' && Object.hasOwn(ACTIVATIONS, value) ? ACTIVATIONS[value] : undefined;
      if (found) return found;
      throw new RangeError(
        `${this.argument}: ${name}: expected ${Object.keys(ACTIVATIONS).join(', ')}, got ${quote(value)}`,
      );
    };
    const [hidden, out] = [activation('activation'), activation('out_activation_')];
    const layers = coefs.map((coef, i): DescribedLayer => {
      const [kernel, bias] = [this.#array(coef, `coefs_[${i}]`), this.#array(intercepts[i], `intercepts_[${i}]`)];
      const [inputs, units, ...more] = kernel.shape;
      if (!inputs || !units || more.length > 0) {
        throw rangeError(`${this.argument}: coefs_[${i}]`, 'a matrix', `shape [${kernel.shape.join()}]`);
      }
      return {
        layer: { className: 'dense', units, activation: i < coefs.length - 1 ? hidden : out },
        weights: [kernel, bias],
      };
    });
    const isClassifier = classOf(given) === 'MLPClassifier';
    const classNames = isClassifier ? this.#texts(attributes['classes_'], 'classes_') : undefined;
    const units = layers.at(-1)!.weights[0]!.shape[1]!;
    if (this.#number(text('alpha')) !== 0) {
      this.#remarks.push(
        'its penalty alpha is left out: as kernelRegularizer it would be alpha ÷ (2 · batch size); predictions are the same',
      );
    }
    const loss = !isClassifier
      ? 'meanSquaredError'
      : out === 'softmax'
        ? 'sparseCategoricalCrossentropy'
        : units > 1
          ? { name: 'binaryCrossentropy' as const, reduction: 'sum' as const }
          : 'binaryCrossentropy';
    const optimizer = this.#optimizer(text);
    const compile =
      optimizer && ({ loss, optimizer, ...(isClassifier && { metrics: ['accuracy'] }) } as CompileOptions);
    return { layers, ...(classNames && { classNames }), ...(compile && { compile }) };
  }

  readonly #number = (value: unknown) => (typeof value === 'number' ? value : 0);

  #optimizer(text: (name: string) => unknown): CompileOptions['optimizer'] | undefined {
    const solver = text('solver');
    const [rate, momentum] = [text('learning_rate_init'), text('momentum')];
    const learningRate = typeof rate === 'number' ? { learningRate: rate } : {};
    if (solver === 'adam') {
      const [beta1, beta2, epsilon] = ['beta_1', 'beta_2', 'epsilon'].map((name) => this.#number(text(name)));
      return { name: 'adam', ...learningRate, beta1: beta1!, beta2: beta2!, epsilon: epsilon! };
    }
    if (solver === 'sgd') {
      const decay = this.#number(momentum);
      const isNesterov = decay > 0 && text('nesterovs_momentum') === true;
      return { name: 'sgd', ...learningRate, momentum: decay, ...(isNesterov && { nesterov: true }) };
    }
    return solver === 'lbfgs' ? 'lbfgs' : undefined;
  }
}
