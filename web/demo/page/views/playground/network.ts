/** The network of the playground: on the page's own thread, because a step of so small a one takes microseconds. */
import { dense, sequential } from 'mlp-wasm';
import type { RegularizerConfig, Sequential, Weight } from 'mlp-wasm';
import { isRegression } from './data.js';
import type { Point } from './data.js';
import { featuresOf } from './inputs.js';
import { WITH_MOMENTUM } from './settings.js';
import type { Change, Settings } from './settings.js';

/** No training is meant to end by itself. */
const EPOCHS = 2 ** 31 - 1;

/** Three digits of the bound are read; Lanczos' method has them after a few of its steps. */
const BOUND_EFFORT = { maxIterations: 40, tolerance: 1e-4 };

/** A weight into unit j of a layer from unit k of the one before; the bias where k is −1. */
export interface WeightPlace {
  layer: number;
  k: number;
  j: number;
}

export interface Losses {
  /** Mean over the points that it learns from, without penalties. */
  training: number;
  /** Undefined where none are held out. */
  validation: number | undefined;
}

type Samples = readonly [Float32Array, Float32Array];

export class Network {
  /** Of inputs and every layer. */
  readonly sizes: readonly number[];
  readonly stepsPerEpoch: number;
  /** Steps done. */
  step = 0;

  readonly #settings: Settings;
  readonly #model: Sequential;
  /** Like the model, which is never idle while it trains; its weights are those that the bound was last asked of. */
  #twin: Sequential | undefined;
  readonly #measure: ReturnType<typeof measureOf>;
  readonly #training: Samples;
  readonly #validation: Samples | undefined;
  readonly #batchSize: number | undefined;
  #steps: ReturnType<Sequential['steps']> | undefined;

  /** @param points at least one of which is not held out */
  constructor(settings: Settings, points: readonly Point[]) {
    const { inputs, layers, optimizer } = settings;
    this.sizes = [inputs.length, ...layers, 1];
    this.#settings = settings;
    this.#model = modelOf(settings);
    this.#measure = measureOf(settings);
    const samplesOf = (isHeldOut: boolean): Samples => {
      const chosen = points.filter((point) => point.isHeldOut === isHeldOut);
      return [featuresOf(chosen, inputs), Float32Array.from(chosen, ({ value }) => value)];
    };
    this.#training = samplesOf(false);
    const held = samplesOf(true);
    this.#validation = held[1].length > 0 ? held : undefined;
    const rows = this.#training[1].length;
    this.#batchSize = optimizer === 'lbfgs' ? undefined : Math.min(settings.batchSize, rows);
    this.stepsPerEpoch = Math.ceil(rows / (this.#batchSize ?? rows));
  }

  /** One step; false if the optimizer finds nothing better any more. */
  async advance(): Promise<boolean> {
    // In one piece, because whoever calls it minds the time.
    this.#steps ??= this.#model.steps(...this.#training, {
      epochs: EPOCHS,
      yieldEvery: 'never',
      ...(this.#batchSize && { batchSize: this.#batchSize }),
    });
    const { done } = await this.#steps.next();
    if (!done) this.step++;
    return !done;
  }

  losses(): Losses {
    const of = (samples: Samples): number => this.#model.evaluate(...samples)[this.#measure]!;
    return { training: of(this.#training), validation: this.#validation && of(this.#validation) };
  }

  /** ‖∂L/∂W‖ of each layer, of the loss of all points that it learns from. */
  gradientNorms(): number[] {
    return this.#model.gradientNorms(...this.#training).map(({ kernelGradNorm }) => kernelGradNorm);
  }

  /** 2/λ_max of the loss of all points that it learns from; NaN where that loss is not finite. */
  rateBound(): number {
    const weights = this.weights();
    if (!areFinite(weights)) return NaN;
    this.#twin ??= modelOf(this.#settings);
    this.#twin.setWeights(weights);
    return this.#twin.sharpness(...this.#training, BOUND_EFFORT).learningRateBound;
  }

  /** Activations of each layer, rows × units. */
  activations(features: Float32Array): Float32Array[] {
    return this.#model.forwardTrace(features).map(({ a }) => a.data);
  }

  /** Activations of one layer, rows × units. */
  activationsOf(layer: number, features: Float32Array): Float32Array {
    return this.#model.predict(features, { to: layer });
  }

  /** Kernel and bias of each layer. */
  weights(): Weight[] {
    return this.#model.getWeights();
  }

  weight({ layer, k, j }: WeightPlace, weights = this.weights()): number {
    return k < 0 ? weights[2 * layer + 1]!.data[j]! : weights[2 * layer]!.data[k * this.sizes[layer + 1]! + j]!;
  }

  /** Does nothing to weights among which are some that are no numbers any more. */
  apply(change: Change): void {
    if (change.kind === 'rate') {
      this.#model.learningRate = change.value;
      return;
    }
    const { layer, k, j, value } = change;
    const weights = this.weights();
    if (!areFinite(weights)) return;
    if (k < 0) weights[2 * layer + 1]!.data[j] = value;
    else weights[2 * layer]!.data[k * this.sizes[layer + 1]! + j] = value;
    this.#model.setWeights(weights);
  }

  dispose(): void {
    this.#model.dispose();
    this.#twin?.dispose();
  }
}

const areFinite = (weights: readonly Weight[]): boolean => weights.every(({ data }) => data.every(Number.isFinite));

function modelOf(settings: Settings): Sequential {
  const { inputs, layers, activation, initializer, optimizer, learningRate, momentum, seed, data } = settings;
  const penalty = penaltyOf(settings);
  const output = isRegression(data) ? 'linear' : 'sigmoid';
  const model = sequential({
    name: 'playground',
    seed,
    layers: [...layers.map((units) => ({ units, activation })), { units: 1, activation: output } as const].map(
      (layer, i) =>
        dense({
          ...layer,
          kernelInitializer: initializer,
          ...(i === 0 && { inputShape: [inputs.length] }),
          ...(penalty && { kernelRegularizer: penalty }),
        }),
    ),
  });
  model.compile({
    optimizer: { name: optimizer, learningRate, ...(WITH_MOMENTUM.includes(optimizer) && { momentum }) },
    loss: isRegression(data) ? 'meanSquaredError' : 'binaryCrossentropy',
    // The loss once more, because that of `evaluate` has the penalties in it.
    metrics: [measureOf(settings)],
  });
  return model;
}

const measureOf = ({ data }: Settings) => (isRegression(data) ? 'meanSquaredError' : 'logLoss');

function penaltyOf({ l1, l2 }: Settings): RegularizerConfig | undefined {
  if (l1 > 0 && l2 > 0) return { name: 'l1l2', l1, l2 };
  if (l1 > 0) return { name: 'l1', l1 };
  return l2 > 0 ? { name: 'l2', l2 } : undefined;
}
