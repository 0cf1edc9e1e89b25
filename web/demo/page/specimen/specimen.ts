/**
 * A copy of the network that answers, on the page's own thread, where one digit takes a fraction of a millisecond: to be
 * looked into, nudged, trained on that digit and broken, while the network itself stays as it is.
 */
import { sequential } from 'mlp-wasm';
import type { ExplainOptions, Explanation, Sequential, Weight } from 'mlp-wasm';
import { configsOf } from '../../shared/plain-layers.js';
import type { NetworkSnapshot } from '../reading/snapshot.js';

type Weights = readonly Pick<Weight, 'shape' | 'data'>[];

/** All that backpropagation computes of one layer; n units, m units before it. */
export interface LayerTrace {
  /** n pre-activations, activations and error signals ∂L/∂z. */
  z: Float32Array;
  a: Float32Array;
  delta: Float32Array;
  /** m × n, row-major. */
  kernel: Float32Array;
  kernelGrad: Float32Array;
  /** n each. */
  bias: Float32Array;
  biasGrad: Float32Array;
}

export interface Trace {
  /** 784, ink is 1. */
  x: Float32Array;
  /** The class that it ought to say. */
  target: number;
  loss: number;
  layers: readonly LayerTrace[];
}

/** A number of the network that can be nudged: a weight into unit j from unit k, a bias, or a pixel. */
export type Place =
  { kind: 'kernel'; layer: number; k: number; j: number } | { kind: 'bias'; layer: number; j: number } | PixelPlace;
interface PixelPlace {
  kind: 'input';
  k: number;
}

/** A number that the network computes. */
export type Reading = { kind: 'loss' } | { kind: 'z' | 'a'; layer: number; j: number };

export interface Difference {
  plus: number;
  minus: number;
  /** (plus − minus) ÷ 2ε. */
  quotient: number;
  /** True if a unit's z changed its sign on the way, where relu and its like have a kink. */
  crossesKink: boolean;
}

const KINKED = ['relu', 'leakyRelu', 'selu'];

export class Specimen {
  readonly by: NetworkSnapshot['by'];
  readonly layers: NetworkSnapshot['layers'];
  readonly #model: Sequential;

  /** @param network of dense layers alone: see `denseAlone` */
  constructor({ by, layers, weights }: NetworkSnapshot) {
    this.by = by;
    this.layers = layers;
    this.#model = sequential({ name: 'specimen', layers: configsOf(layers) });
    this.#model.setWeights(weights);
    this.#model.compile({ optimizer: { name: 'sgd', learningRate: 0.1 }, loss: 'sparseCategoricalCrossentropy' });
  }

  /** True if the copy has the layers of this network, and may take its weights. */
  isLike({ by, layers }: NetworkSnapshot): boolean {
    return by === this.by && JSON.stringify(layers) === JSON.stringify(this.layers);
  }

  get weights(): Weight[] {
    return this.#model.getWeights();
  }

  set weights(weights: Weights) {
    this.#model.setWeights(weights);
  }

  trace(x: Float32Array, target: number): Trace {
    const { loss, layers } = this.#model.backpropTrace(x, [target]);
    const weights = this.weights;
    return {
      x,
      target,
      loss,
      layers: layers.map(({ z, a, delta, kernelGrad, biasGrad }, l) => ({
        z: z.data,
        a: a.data,
        delta: delta.data,
        kernel: weights[2 * l]!.data,
        kernelGrad: kernelGrad!.data,
        bias: weights[2 * l + 1]!.data,
        biasGrad: biasGrad!.data,
      })),
    };
  }

  /** The activations of the last layer. */
  predict(x: Float32Array): Float32Array {
    return this.#model.predict(x);
  }

  /** The activations of each layer for several rows, rows × units. */
  activations(x: Float32Array): Float32Array[] {
    return this.#model.forwardTrace(x).map(({ a }) => a.data);
  }

  explain(x: Float32Array, options: ExplainOptions): Explanation {
    return this.#model.explain(x, options);
  }

  /** One step of gradient descent on this one digit. */
  async step(x: Float32Array, target: number, learningRate: number): Promise<void> {
    this.#model.learningRate = learningRate;
    await this.#model.fit(x, [target], { epochs: 1, batchSize: 1 });
  }

  /** The rate above which gradient descent on this one digit diverges, 2/λ_max; Infinity where there is none. */
  rateBound(x: Float32Array, target: number): number {
    // Each iteration keeps a vector as long as all the weights, a megabyte for the pretrained network.
    return this.#model.sharpness(x, [target], { maxIterations: 30 }).learningRateBound;
  }

  /** How `reading` changes with `place`, by two passes of the network. Afterwards all is as it was. */
  difference(x: Float32Array, target: number, place: Place, reading: Reading, epsilon: number): Difference {
    const [plus, minus] = [epsilon, -epsilon].map((change) => this.#nudged(x, place, change));
    const last = this.layers.length - 1;
    const value = (layers: Pick<LayerTrace, 'z' | 'a'>[]): number => {
      if (reading.kind === 'loss') return lossOf(layers[last]!.z, target);
      // As the loss, in double precision.
      if (reading.kind === 'a' && reading.layer === last) return Math.exp(-lossOf(layers[last]!.z, reading.j));
      return layers[reading.layer]![reading.kind][reading.j]!;
    };
    const crossesKink = this.layers.some(
      ({ activation }, l) => KINKED.includes(activation) && changesSign(plus![l]!.z, minus![l]!.z),
    );
    const values = { plus: value(plus!), minus: value(minus!) };
    return { ...values, quotient: (values.plus - values.minus) / (2 * epsilon), crossesKink };
  }

  #nudged(x: Float32Array, place: Place, change: number): Pick<LayerTrace, 'z' | 'a'>[] {
    const before = this.weights;
    const input = Float32Array.from(x);
    if (place.kind === 'input') {
      input[place.k]! += change;
    } else {
      const nudged = this.weights;
      const units = this.layers[place.layer]!.units;
      if (place.kind === 'kernel') nudged[2 * place.layer]!.data[place.k * units + place.j]! += change;
      else nudged[2 * place.layer + 1]!.data[place.j]! += change;
      this.weights = nudged;
    }
    const layers = this.#model.forwardTrace(input).map(({ z, a }) => ({ z: z.data, a: a.data }));
    if (place.kind !== 'input') this.weights = before;
    return layers;
  }

  dispose(): void {
    this.#model.dispose();
  }
}

/**
 * −ln softmax(z)_target in double precision, from the network's own z: the loss that it reports is a 32-bit float, in
 * which the difference of two small losses has hardly a digit left.
 */
export function lossOf(z: Float32Array, target: number): number {
  const largest = Math.max(...z);
  const others = z.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  // By log1p where the target is the largest, because there its own term is 1.
  if (z[target] === largest) {
    return Math.log1p(z.reduce((sum, value, i) => sum + (i === target ? 0 : Math.exp(value - largest)), 0));
  }
  return Math.log(others) + largest - z[target]!;
}

function changesSign(one: Float32Array, other: Float32Array): boolean {
  return one.some((value, i) => value > 0 !== other[i]! > 0);
}
