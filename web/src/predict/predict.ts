/**
 * mlp-wasm/predict: predictions of models that were trained and saved, for programs that never train. A small
 * WebAssembly module of its own, which gives the bits of the one that trains.
 *
 * @packageDocumentation
 */
import type { Floats } from '../check/realm.js';
import { checkObject, checkString, namedAfter, typeError } from '../check/arguments.js';
import { asBytes } from '../check/bytes.js';
import type { ByteInputs, Inputs, SparseInputs } from '../data/samples.js';
import { readConfig, weightsAmong } from '../files/model-format.js';
import { readLayout } from '../files/safetensors.js';
import { checkLocation } from '../wasm/options.js';
import { SmallModule } from '../wasm/small-module.js';
import { readLayers } from './architecture.js';
import { Network, type PredictModule, type PredictOptions } from './network.js';

export type { ByteInputs, Inputs, PredictOptions, SparseInputs };

declare global {
  interface SymbolConstructor {
    /** For programs compiled without the library `ESNext.Disposable`. */
    readonly dispose: unique symbol;
  }
}

/** Options of {@link init}. */
export interface InitOptions {
  /**
   * Address of the .wasm file: `predict.wasm`, or, in an engine without SIMD, `predict-scalar.wasm`. Default: beside this
   * module.
   */
  wasmUrl?: string | URL;
  /** The bytes of that file, or what `WebAssembly.compile` made of them; then nothing is fetched. */
  wasmBinary?: ArrayBuffer | Uint8Array | WebAssembly.Module;
  /** Milliseconds that the file may take to arrive. Default 60,000. */
  timeoutMs?: number;
}

const small = new SmallModule<PredictModule>(
  ['predict.wasm', simdUrl],
  ['predict-scalar.wasm', scalarUrl],
  'workspaceBytes',
);

/** Bundlers and file tracers find the files by these very expressions, in functions that return them. */
function simdUrl(): URL {
  return new URL('./predict.wasm', import.meta.url);
}

function scalarUrl(): URL {
  return new URL('./predict-scalar.wasm', import.meta.url);
}

/**
 * Loads the module, which {@link loadModel} otherwise does by itself: for those who keep the file elsewhere, or want it
 * early. Further calls, with whatever options, wait for the first one; after a failure the next call tries again.
 *
 * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export async function init(options: InitOptions = {}): Promise<void> {
  checkLocation('init', checkObject('init: options', options, ['wasmUrl', 'wasmBinary', 'timeoutMs']));
  await small.load(options);
}

/**
 * The model that `save()` or `checkpoint()` of `mlp-wasm` wrote. What the file says of training is not looked at.
 *
 * @param bytes the whole file, as `response.arrayBuffer()` or `readFile` gives it; nothing in it is trusted
 * @throws {TypeError | RangeError} for anything that is not such a file, naming what is wrong with it.
 * @throws {Error} as {@link init}.
 * @example
 * const response = await fetch('model.safetensors');
 * const model = await loadModel(await response.arrayBuffer());
 * const probabilities = model.predict(x);
 */
export async function loadModel(bytes: Uint8Array | ArrayBuffer): Promise<Predictor> {
  const read = () => readLayout(asBytes('loadModel: bytes', bytes));
  const { file, dataStart, infos, metadata } = namedAfter('loadModel', read);
  const config = readConfig('loadModel', metadata);
  const layers = readLayers('loadModel: config', config.layers);
  const places = layers.flatMap(({ weights }) => weights.filter((weight) => weight !== undefined));
  const end = weightsAmong('loadModel', infos, metadata, places).at(-1)?.end ?? 0;
  const name = checkString('loadModel: config.name', config.name ?? 'sequential');
  let numbers = file.subarray(dataStart, dataStart + end);
  // As they are now: the caller may write over them while the module is loaded.
  if (!small.exports) numbers = numbers.slice();
  return new Predictor(name, new Network(small.exports ?? (await small.load()), layers, numbers));
}

/**
 * Outputs of a model for rows × features samples: {@link Predictor.predict} as a function.
 *
 * @throws {TypeError} when `model` is none of {@link loadModel}.
 */
export function predict<Output extends Float32Array = Floats>(
  model: Predictor,
  x: Inputs,
  options: PredictOptions<Output> = {},
): Output {
  if (!Predictor.is(model)) throw typeError('predict: model', 'a model made by loadModel()', model);
  return model.predict(x, options);
}

// The net below dispose(): a model that is forgotten frees its memory when it is collected.
const forgotten = new FinalizationRegistry<Network>((network) => network.free());

/** A model that predicts; made by {@link loadModel}. */
class Predictor {
  readonly #network: Network;
  #isDisposed = false;

  /** The name that it was given by who made it. Default `'sequential'`. */
  readonly name: string;

  /** @internal */
  constructor(name: string, network: Network) {
    this.name = name;
    this.#network = network;
    forgotten.register(this, network, this);
  }

  /** @internal */
  static is(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #network in value;
  }

  /** `[features]` of one sample. */
  get inputShape(): [number] {
    return [this.#network.features];
  }

  /** `[units]` of one prediction. */
  get outputShape(): [number] {
    return [this.#network.units];
  }

  /** True once {@link dispose} was called. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /**
   * Outputs for rows × features samples, to the bits of `mlp-wasm` without relaxed SIMD, `init({ deterministic: true })`.
   *
   * @param x samples in every form that `mlp-wasm` takes: numbers, rows, bytes with a scale, sparse rows
   * @returns rows × units, row-major: `options.output`, where it was given.
   * @throws {TypeError | RangeError} for wrong samples or options, or where memory is used up; {Error} after dispose().
   */
  predict<Output extends Float32Array = Floats>(x: Inputs, options: PredictOptions<Output> = {}): Output {
    if (this.#isDisposed) throw new Error('predict: expected a live model, got one that was disposed');
    return this.#network.predict(x, options);
  }

  /** Frees the model's memory. Calling it again does nothing. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    forgotten.unregister(this);
    this.#network.free();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

export type { Predictor };
