/**
 * The layers of a network as they come out of a graph, one operator after the other. A value of the graph is what a few
 * operators make of the outputs of the last layer; once something needs it that goes on from there, they become a layer.
 */
import { rangeError, shown } from '../../check/arguments.js';
import { excerpt } from '../../check/bytes.js';
import { dense, activation, type ActivationConfig, type LayerConfig } from '../../index.js';
import type { DescribedLayer, DescribedWeight } from '../description.js';
import { activationOf, eachOf, layerNormalizationOf, lineOf, PROBES, type Rows } from './probes.js';

/** A number for all features, or one for each. */
export type Numbers = number | Float64Array;

/** scale·x + shift */
export interface Affine {
  scale: Numbers;
  shift: Numbers;
}

/** A value that depends on the inputs. */
export interface Flow {
  kind: 'flow';
  /** Number of layers before it. */
  base: number;
  /** True if its first axis is the batch; else it is one sample. */
  hasBatch: boolean;
  /** Samples in it, where that is fixed. */
  batch?: number;
  /** Sizes of a sample; undefined where one is open. */
  sample: (number | undefined)[];
  /** Its line of the outputs x of the layers before it; undefined if it is another function of them. */
  affine?: Affine;
  /** Its numbers for {@link PROBES}, each row a sample; undefined where they differ between the features. */
  probes?: Rows;
  /** The value that one operator made this one of: where the two are no activation together, they may be, one by one. */
  inner?: { flow: Flow; affine?: Affine; operator?: (rows: Rows) => Rows };
  /** The operator that made it, for errors: `Mul (node 'Mul_3')`. */
  made: string;
  /** Operators since the last layer. */
  depth: number;
}

/** A network of more is refused, because it would take far more memory than its file. */
const MOST_LAYERS = 2000;

/** After so many operators without a layer they are made one, if that can be. */
const MOST_OPERATORS = 40;

interface Dense {
  inputs: number;
  units: number;
  kernel: Float32Array;
  bias?: Float32Array;
  activation: ActivationConfig;
  name: string | undefined;
}

/** outer after inner. */
export const composed = (outer: Affine, inner: Affine, room: (floats: number) => void): Affine => ({
  scale: times(outer.scale, inner.scale, room),
  shift: plus(times(outer.scale, inner.shift, room), outer.shift, room),
});

function times(a: Numbers, b: Numbers, room: (floats: number) => void): Numbers {
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  return b === 1 ? a : joined(a, b, room, (x, y) => x * y);
}

function plus(a: Numbers, b: Numbers, room: (floats: number) => void): Numbers {
  if (a === 0) return b;
  return b === 0 ? a : joined(a, b, room, (x, y) => x + y);
}

export const at = (numbers: Numbers, i: number) => (typeof numbers === 'number' ? numbers : numbers[i]!);

function joined(a: Numbers, b: Numbers, room: (floats: number) => void, f: (x: number, y: number) => number): Numbers {
  if (typeof a === 'number' && typeof b === 'number') return f(a, b);
  const count = typeof a === 'number' ? (b as Float64Array).length : a.length;
  room(2 * count);
  return Float64Array.from({ length: count }, (_, i) => f(at(a, i), at(b, i)));
}

const isNumber = (numbers: Numbers, value: number) =>
  typeof numbers === 'number' ? numbers === value : numbers.every((n) => n === value);

export class Chain {
  /** Undefined until something tells it. */
  inputs: number | undefined;
  readonly #layers: (DescribedLayer | Dense)[] = [];
  #units: number | undefined;

  /**
   * @param where opens the errors
   * @param room is told how many floats are about to be made, and throws where they are too many
   */
  constructor(
    readonly where: string,
    readonly room: (floats: number) => void,
  ) {}

  /** Number of layers so far. */
  get length(): number {
    return this.#layers.length;
  }

  /** Outputs of the last layer; undefined as long as nobody said. */
  get units(): number | undefined {
    return this.length === 0 ? this.inputs : this.#units;
  }

  /** The layers, each with its weights in the order of ours. */
  layers(): DescribedLayer[] {
    const layers = this.#layers.map((layer) => ('layer' in layer ? layer : described(layer)));
    const names = layers.map(
      ({ layer: { className, name } }, i) => name ?? (i === 0 ? className : `${className}_${i}`),
    );
    if (new Set(names).size < names.length) for (const { layer } of layers) delete (layer as { name?: string }).name;
    return layers;
  }

  /** @throws {RangeError} where the last layer has another number of outputs, or the network of inputs. */
  expectUnits(made: string, count: number): number {
    if (this.length === 0) this.inputs ??= count;
    if (this.units !== count) throw rangeError(`${this.where}: ${made}`, `${this.units} features`, count);
    return count;
  }

  /** Makes layers of all that a value is, so that it is the outputs of the last one. */
  settle(flow: Flow): void {
    if (flow.base !== this.length) throw this.noChain(flow.made);
    if (flow.affine) this.#pushAffine(flow.affine, flow.made);
    else this.#pushOperators(flow);
    flow.base = this.length;
    Object.assign(flow, IDENTITY, { depth: 0 });
    delete flow.inner;
  }

  /** True if the last layer takes a line into its weights. */
  get takesLines(): boolean {
    const last = this.#layers.at(-1);
    return last !== undefined && !('layer' in last) && last.activation.name === 'linear';
  }

  /** True if a value can be made one layer as it is. */
  isWhole({ base, affine, probes }: Flow): boolean {
    if (base !== this.length) return false;
    if (affine) return typeof affine.scale === 'number' || this.units !== undefined;
    return probes !== undefined && (activationOf(probes) ?? layerNormalizationOf(probes)) !== undefined;
  }

  /** The value after one operator more. */
  after(flow: Flow, made: string, changes: Partial<Flow>): Flow {
    const { kind, base, hasBatch, batch, sample, depth } = flow;
    const next: Flow = { kind, base, hasBatch, batch, sample, depth: depth + 1, ...changes, made };
    if (next.depth > MOST_OPERATORS) this.settle(next);
    return next;
  }

  noChain(made: string): RangeError {
    return new RangeError(
      `${this.where}: expected a chain of layers, got ${made}, whose inputs are not the outputs of the layer before; onnxruntime-web runs such models`,
    );
  }

  #pushOperators(flow: Flow): void {
    const { probes } = flow;
    const found = probes && activationOf(probes);
    if (found) return this.#pushActivation(found);
    const epsilon = probes && layerNormalizationOf(probes);
    if (epsilon !== undefined) {
      return this.push({ className: 'layerNormalization', epsilon, center: false, scale: false }, []);
    }
    const line = probes && lineOf(probes);
    if (line) return this.#pushAffine(line, flow.made);
    this.#pushParts(flow);
  }

  /** As one layer after the other, the last of as many operators as are an activation together. */
  #pushParts(flow: Flow): void {
    let last: { flow: Flow; push: () => void } | undefined;
    let after: (rows: Rows) => Rows = (rows) => rows;
    for (let { inner } = flow; inner; { inner } = inner.flow) {
      const { flow: before, affine, operator } = inner;
      if (before.affine && isIdentity(before.affine)) break;
      const outer = after;
      after = (rows) => outer(operator ? operator(rows) : onLine(rows, affine!));
      const alone = after(PROBES);
      const found = activationOf(alone);
      if (found) last = { flow: before, push: () => this.#pushActivation(found) };
      else if (before === flow.inner!.flow && affine)
        last = { flow: before, push: () => this.#pushAffine(affine, flow.made) };
    }
    if (!last) throw this.#unknown(flow.made);
    this.settle(last.flow);
    last.push();
  }

  #unknown(made: string): RangeError {
    return new RangeError(
      `${this.where}: expected activations of mlp-wasm, or operators that are one together, got ${made}; onnxruntime-web runs it`,
    );
  }

  #pushActivation(config: ActivationConfig): void {
    if (config.name === 'linear') return;
    const last = this.#layers.at(-1);
    if (last && !('layer' in last) && last.activation.name === 'linear') last.activation = config;
    else this.push(activation({ activation: config }), []);
  }

  /** Into the dense layer before it, or a layer of its own. */
  #pushAffine(affine: Affine, made: string): void {
    if (this.#pushIntoNormalization(affine) || isIdentity(affine)) return;
    const { units } = this;
    if (units === undefined) {
      throw rangeError(`${this.where}: ${made}`, 'a file that tells the number of inputs', 'one that leaves it open');
    }
    const { scale, shift } = affine;
    if (this.takesLines) return this.#fold(this.#layers.at(-1) as Dense, affine);
    this.room(4 * units);
    const vector = (f: (scale: number, shift: number) => number): DescribedWeight => ({
      shape: [units],
      data: Float32Array.from({ length: units }, (_, i) => f(at(scale, i), at(shift, i))),
    });
    const variance = vector((a) => 1 / (a * a));
    if (typeof scale === 'number' ? scale > 0 : scale.every((a) => a > 0)) {
      if (variance.data.every((v) => v > 2 ** -100 && v < 2 ** 100)) {
        return this.push({ className: 'normalization' }, [vector((a, b) => (b === 0 ? 0 : -b / a)), variance]);
      }
    }
    // γ·(x − 0)/√(1 + ε) + β, with an ε that is nothing beside 1, and frozen, so that training leaves it as it is.
    this.push({ className: 'batchNormalization', epsilon: 1e-30, trainable: false }, [
      vector((a) => a),
      vector((_, b) => b),
      vector(() => 0),
      vector(() => 1),
    ]);
  }

  /** γ and β of a layer normalisation that was spelled out. */
  #pushIntoNormalization({ scale, shift }: Affine): boolean {
    const last = this.#layers.at(-1);
    if (!last || !('layer' in last) || last.layer.className !== 'layerNormalization') return false;
    if (last.weights.length > 0 || (typeof scale === 'number' && typeof shift === 'number')) return false;
    const { units } = this;
    const weightOf = (numbers: Numbers): DescribedWeight => ({
      shape: [units!],
      data: Float32Array.from({ length: units! }, (_, i) => at(numbers, i)),
    });
    this.room(2 * units!);
    const [hasScale, hasShift] = [scale !== 1, shift !== 0];
    Object.assign(last.layer, { scale: hasScale, center: hasShift });
    if (hasScale) last.weights.push(weightOf(scale));
    if (hasShift) last.weights.push(weightOf(shift));
    return true;
  }

  #fold(layer: Dense, { scale, shift }: Affine): void {
    const { units, kernel } = layer;
    if (!isNumber(scale, 1)) for (let i = 0; i < kernel.length; ++i) kernel[i] = kernel[i]! * at(scale, i % units);
    if (layer.bias ? !isNumber(scale, 1) || !isNumber(shift, 0) : !isNumber(shift, 0)) {
      const { bias } = layer;
      layer.bias = Float32Array.from({ length: units }, (_, i) => (bias ? bias[i]! * at(scale, i) : 0) + at(shift, i));
    }
  }

  /** A layer that leaves the number of features as it is. */
  push(layer: LayerConfig, weights: DescribedWeight[]): void {
    this.#push({ layer, weights }, this.units);
  }

  /** A dense layer; its kernel is inputs × units. */
  pushDense(inputs: number, units: number, kernel: Float32Array, name: string | undefined): void {
    this.#push({ inputs, units, kernel, activation: { name: 'linear' }, name }, units);
  }

  #push(layer: DescribedLayer | Dense, units: number | undefined): void {
    if (this.length >= MOST_LAYERS) throw rangeError(this.where, `at most ${MOST_LAYERS} layers`, 'more');
    this.#units = units;
    this.#layers.push(layer);
  }

  /** The outputs of the last layer. */
  top(flow: Flow, made: string, changes: Partial<Flow> = {}): Flow {
    const { kind, hasBatch, batch, sample } = flow;
    return { kind, base: this.length, hasBatch, batch, sample, ...IDENTITY, depth: 0, ...changes, made };
  }

  /**
   * Makes a softmax over two outputs of the sigmoid over one, which two-class networks of scikit-learn have:
   * [1 − σ(z), σ(z)] = softmax [0, z].
   */
  pairUp(first: Flow, second: Flow, made: string): Flow {
    const last = this.#layers.at(-1);
    const isPair =
      [first, second].every(({ base, affine }) => base === this.length && affine) &&
      isNumber(first.affine!.scale, -1) &&
      isNumber(first.affine!.shift, 1) &&
      isIdentity(second.affine!);
    if (!isPair || !last || 'layer' in last || last.units !== 1 || last.activation.name !== 'sigmoid') {
      throw this.noChain(made);
    }
    const { inputs, kernel, bias } = last;
    this.room(2 * inputs);
    last.kernel = new Float32Array(2 * inputs);
    kernel.forEach((weight, i) => (last.kernel[2 * i + 1] = weight));
    if (bias) last.bias = Float32Array.of(0, bias[0]!);
    last.units = 2;
    last.activation = { name: 'softmax' };
    this.#units = 2;
    return this.top(second, made, { sample: [2] });
  }
}

/** The outputs of the last layer as they are. */
const IDENTITY = { affine: { scale: 1, shift: 0 }, probes: PROBES };

const onLine = (rows: Rows, { scale, shift }: Affine): Rows => eachOf(rows, (x) => at(scale, 0) * x + at(shift, 0));

const isIdentity = ({ scale, shift }: Affine) => isNumber(scale, 1) && isNumber(shift, 0);

function described({ inputs, units, kernel, bias, activation, name }: Dense): DescribedLayer {
  const weights: DescribedWeight[] = [{ shape: [inputs, units], data: kernel }];
  if (bias) weights.push({ shape: [units], data: bias });
  return {
    layer: dense({ units, activation, ...(!bias && { useBias: false }), ...(name !== undefined && { name }) }),
    weights,
  };
}

/** The node in an error. */
export const nodeLabel = (operator: string, name: string) => excerpt(operator) + (name ? ` (node ${shown(name)})` : '');
