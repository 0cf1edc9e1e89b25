import { checkFunction, checkInteger, checkObject, checkString, rangeError, typeError } from './check.js';
import {
  accumulatorBytes,
  checkFinite,
  countParams,
  countTrainable,
  logsFrom,
  outputsOf,
  place,
  predictRows,
  reserveWorkspace,
  targetKindOf,
  weightPlaces,
  weightPointer,
  type Core,
} from './core.js';
import { checkInputs, checkOutput, checkTargets } from './data.js';
import { train } from './fit.js';
import { overwrite, reserve, scoped } from './heap.js';
import * as inspect from './inspect.js';
import { nativeLayer, nativeLoss, nativeMetrics, resolveCompile, resolveLayers } from './layers.js';
import { nativeOptimizer } from './optimizer.js';
import { writeCheckpoint } from './formats/checkpoint.js';
import { writeModel } from './formats/model.js';
import { planDataset, planFit, type Plan } from './plan.js';
import { learningRateOf, setLearningRate } from './rates.js';
import { RowPredictor } from './row.js';
import type {
  CompileOptions,
  Dataset,
  DatasetOptions,
  EvaluateOptions,
  FitOptions,
  GradientCheck,
  History,
  Inputs,
  LayerBackprop,
  LayerForward,
  LayerGradientNorms,
  LearningRate,
  Logs,
  SequentialOptions,
  Sharpness,
  Step,
  StepsOptions,
  Targets,
  Weight,
} from './types.js';
import { mlp, type NativeModel } from './wasm.js';
import { checkSampleWeight, withClassWeight } from './weights.js';

declare global {
  interface SymbolConstructor {
    /** For programs compiled without the library `ESNext.Disposable`. */
    readonly dispose: unique symbol;
  }
}

/** Options of `predict`, in a list that is not made anew by every call. */
const PREDICT_OPTIONS = ['batchSize', 'output'];

/** Default rows a pass in `predict` and `evaluate`. */
const BATCH_SIZE = 128;

// The net below dispose(): a model that is forgotten frees its memory when it is collected.
const forgotten = new FinalizationRegistry<NativeModel>((native) => native.delete());

/**
 * Builds a model: a stack of layers, each fed by the one before, with initial weights drawn from `seed`.
 *
 * @throws {TypeError | RangeError} naming the layer and option that is wrong.
 * @throws {Error} before {@link init} is done.
 */
export function sequential(options: SequentialOptions): Sequential {
  return new Sequential(options);
}

/** What a model is made of, for functions beside the class; where they are given a `method`, a live model's. */
export let coreOf: (model: Sequential, method?: string) => Core;

/** A multilayer perceptron; made by {@link sequential} or {@link loadModel}. */
export class Sequential {
  readonly #core: Core;
  #row: RowPredictor | undefined;
  #state: 'idle' | 'fitting' | 'disposing' | 'disposed' = 'idle';

  static {
    coreOf = (model, method) => (method ? model.#alive(method) : model.#core);
  }

  /** Set to true, in a callback say, to end {@link fit} at the next yield. */
  stopTraining = false;

  /** @internal */
  constructor(options: SequentialOptions) {
    checkObject('sequential', options, ['layers', 'seed', 'name']);
    const { layers, seed = Math.floor(Math.random() * 2 ** 32), name = 'sequential' } = options;
    checkInteger('sequential: seed', seed, 0, Number.MAX_SAFE_INTEGER);
    checkString('sequential: name', name);
    this.#core = {
      native: undefined as unknown as NativeModel,
      name,
      seed,
      ...resolveLayers('sequential', layers),
    };
    // Parameters and gradients, and both once more while the last layer's are appended.
    reserve(4 * 4 * countParams(this.#core));
    this.#core.native = new (mlp().Model)(this.#core.features, seed);
    for (const layer of this.#core.layers) this.#core.native.addLayer(nativeLayer(layer));
    forgotten.register(this, this.#core.native, this);
  }

  get name(): string {
    return this.#core.name;
  }

  /** Integer that initial weights and the order of samples come from. */
  get seed(): number {
    return this.#core.seed;
  }

  /** `[features]` of one sample. */
  get inputShape(): [number] {
    return [this.#core.features];
  }

  /** `[units]` of one prediction. */
  get outputShape(): [number] {
    return [outputsOf(this.#core)];
  }

  /** The layers, every default filled in. */
  get layers(): readonly Readonly<Core['layers'][number]>[] {
    return this.#core.layers;
  }

  /** Whether {@link fit} is running. */
  get isTraining(): boolean {
    return this.#state === 'fitting';
  }

  /** Whether {@link dispose} was called. */
  get isDisposed(): boolean {
    return this.#state === 'disposed' || this.#state === 'disposing';
  }

  /**
   * Sets optimizer, loss and metrics; the optimizer starts afresh, the weights stay.
   *
   * @throws {TypeError | RangeError} for unknown names and options out of range; then nothing is changed.
   */
  compile(options: CompileOptions): void {
    const core = this.#idle('compile');
    const resolved = resolveCompile(options);
    const last = core.layers[core.layers.length - 1]!.activation.name;
    if (resolved.loss.fromLogits && last !== 'linear') {
      throw rangeError('compile: loss.fromLogits', "a last layer that is 'linear'", last);
    }
    const optimizer = nativeOptimizer(resolved.optimizer);
    reserve(4 * mlp().optimizerSlots(optimizer) * countTrainable(core));
    core.native.compile(nativeLoss(resolved.loss), nativeMetrics(resolved.metrics), optimizer);
    core.compiled = resolved;
    core.position = undefined;
  }

  /**
   * Rate of the next step. May be set at any time, in a callback too, to a number, a {@link Schedule} or a function of
   * the step: it holds from the next step on, instead of a schedule there was; the optimizer keeps its state.
   *
   * @throws {TypeError | RangeError} for what is no such rate; then nothing is changed.
   */
  get learningRate(): number {
    return learningRateOf(this.#alive('learningRate'));
  }

  set learningRate(value: LearningRate) {
    setLearningRate(this.#alive('learningRate'), value);
  }

  /**
   * Trains on rows × features samples `x` with targets `y` ({@link Targets}) in mini-batches. Gives the event loop
   * a turn about every 10 ms; in a page, training in a worker keeps scrolling and drawing smoothest.
   *
   * @returns once all epochs are done, or `signal` or {@link stopTraining} ended it.
   * @throws {TypeError | RangeError} for wrong data or options; then the model is unchanged.
   * @throws {Error} when `fit` is running already, or the model is not compiled or disposed.
   */
  async fit(x: Inputs, y: Targets, options: FitOptions = {}): Promise<History> {
    const core = this.#idle('fit');
    return finished(this.#train('fit', planFit('fit', core, this, x, y, options)));
  }

  /**
   * The same training as {@link fit}, to the bit, step by step: each turn of a `for await` loop gets a batch, or every
   * n-th with `every: n`; the last one of an epoch comes after the validation and has its figures too. To pause, do
   * not ask for the next one; to end, leave the loop. The model counts as training from the first step until the loop
   * is left or done. Data are copied at the first step.
   *
   * @throws {TypeError | RangeError | Error} as {@link fit}, at once.
   * @example
   * for await (const { epoch, batch, loss } of model.steps(x, y, { epochs: 10, every: 50 })) {
   *   if (loss < 0.01) break;
   * }
   */
  steps(x: Inputs, y: Targets, options: StepsOptions = {}): AsyncGenerator<Step, History, undefined> {
    const core = this.#idle('steps');
    return this.#train('steps', planFit('steps', core, this, x, y, options));
  }

  /**
   * Trains on batches that come one after the other, for data that do not fit into memory or are yet to be made. Each
   * batch is one step, whatever its size; an epoch is all of them, or `stepsPerEpoch`.
   *
   * @param dataset gives batches `{ x, y }` or `[x, y]`; with several epochs a function that makes it anew
   * @returns as {@link fit}.
   * @throws what the dataset throws, and {@link TypeError} or {@link RangeError} for a wrong batch; the model is then
   *   as after the last good one, and with `resume` training goes on from there (batches of the pass that were trained
   *   on before are fetched again and left).
   * @example
   * await model.fitDataset(async function* () {
   *   for (const file of files) yield await readBatch(file);
   * }, { epochs: 3 });
   */
  async fitDataset(dataset: Dataset, options: DatasetOptions = {}): Promise<History> {
    const core = this.#idle('fitDataset');
    return finished(this.#train('fitDataset', planDataset(core, this, dataset, options)));
  }

  async *#train(method: string, plan: Plan): AsyncGenerator<Step, History, undefined> {
    const core = this.#idle(method); // steps() may have been left lying since it was planned
    this.#state = 'fitting';
    this.stopTraining = false;
    try {
      return yield* train(core, plan, () => this.stopTraining || this.#state === 'disposing');
    } finally {
      if (this.isDisposed) this.#delete();
      else this.#state = 'idle';
    }
  }

  /** Mean loss and metrics over rows × features samples and their targets. */
  evaluate(x: Inputs, y: Targets, options: EvaluateOptions = {}): Logs {
    const core = this.#alive('evaluate');
    checkObject('evaluate: options', options, ['batchSize', 'sampleWeight', 'classWeight']);
    const { batchSize = BATCH_SIZE, sampleWeight, classWeight } = options;
    const kind = targetKindOf(core, 'evaluate');
    checkInteger('evaluate: batchSize', batchSize, 1);
    const inputs = checkInputs('evaluate: x', x, core.features);
    let targets = checkTargets('evaluate: y', y, inputs.rows, outputsOf(core), kind);
    if (sampleWeight !== undefined)
      targets.weights = checkSampleWeight('evaluate: sampleWeight', sampleWeight, inputs.rows);
    if (classWeight !== undefined) targets = withClassWeight(core, 'evaluate', classWeight, targets);
    const passRows = Math.min(batchSize, inputs.rows);
    return scoped((scope) => {
      const samples = place(scope, inputs, targets);
      reserveWorkspace(core, passRows, accumulatorBytes(core));
      const evaluator = new (mlp().Evaluator)(core.native, samples, passRows);
      try {
        evaluator.run(inputs.rows);
        return logsFrom(core, evaluator.results());
      } finally {
        evaluator.delete();
      }
    });
  }

  /**
   * Outputs for rows × features samples. May be called while {@link fit} runs, in a callback say.
   *
   * @param options.batchSize rows a pass; changes memory, not results. Default 128.
   * @param options.output a `Float32Array` of rows × units numbers to fill instead of a new one. Where `x` is a
   *   `Float32Array` of one row, nothing at all is then allocated: for predictions many times a second.
   * @returns rows × units, row-major: `output`, where it was given.
   */
  predict<Output extends Float32Array = Float32Array<ArrayBuffer>>(
    x: Inputs,
    options: { batchSize?: number; output?: Output } = {},
  ): Output {
    const core = this.#alive('predict');
    const { batchSize = BATCH_SIZE, output } = checkObject('predict: options', options, PREDICT_OPTIONS);
    checkInteger('predict: batchSize', batchSize, 1);
    const units = outputsOf(core);
    if (x instanceof Float32Array && x.length === core.features) {
      if (output !== undefined) checkOutput('predict: output', output, 1, units);
      this.#row ??= new RowPredictor(core);
      const filled = output ?? new Float32Array(units);
      if (this.#row.predict(x, filled)) return filled as Output;
    }
    const inputs = checkInputs('predict: x', x, core.features); // which says what is not finite in one row, too
    if (output !== undefined) checkOutput('predict: output', output, inputs.rows, units);
    return predictRows(core, inputs, batchSize, output);
  }

  /**
   * Sets the mean and variance of every {@link normalization} layer, the first one first, to those of what reaches it
   * from rows × features samples `x`; a model without such a layer is left as it is.
   */
  adapt(x: Inputs): void {
    const core = this.#idle('adapt');
    const inputs = checkInputs('adapt: x', x, core.features);
    const passRows = Math.min(BATCH_SIZE, inputs.rows);
    scoped((scope) => {
      const samples = place(scope, inputs);
      const widest = Math.max(core.features, ...core.layers.map(({ units }) => units));
      reserveWorkspace(core, passRows, 2 * 8 * widest);
      core.native.adapt(samples, passRows);
    });
  }

  /** Copies of all weights: kernel, bias, kernel, bias …, or what else a layer has. */
  getWeights(): Weight[] {
    const core = this.#alive('getWeights');
    return inspect.readWeights(core);
  }

  /**
   * Replaces all weights. Order and shapes are those of {@link getWeights}; names do not matter.
   *
   * @throws {TypeError | RangeError} for wrong shapes, lengths or numbers that are not finite; then nothing is changed.
   */
  setWeights(weights: readonly Pick<Weight, 'shape' | 'data'>[]): void {
    const core = this.#alive('setWeights');
    const places = weightPlaces(core);
    if (!Array.isArray(weights)) throw typeError('setWeights: weights', 'an array of weights', weights);
    if (weights.length !== places.length)
      throw rangeError('setWeights: weights', `${places.length} weights`, weights);
    places.forEach(({ name, shape, length }, i) => {
      const argument = `setWeights: weights[${i}]`;
      const weight = checkObject(argument, weights[i] as Weight, ['name', 'shape', 'data']);
      if (!(weight.data instanceof Float32Array))
        throw typeError(`${argument}.data`, 'a Float32Array', weight.data);
      if (!Array.isArray(weight.shape)) throw typeError(`${argument}.shape`, 'an array', weight.shape);
      if (String(weight.shape) !== String(shape)) {
        throw new RangeError(`${argument}.shape: expected [${shape}] of ${name}, got [${weight.shape}]`);
      }
      if (weight.data.length !== length)
        throw rangeError(`${argument}.data`, `${length} numbers`, weight.data);
      checkFinite(`${argument}.data`, weight.data);
    });
    places.forEach((place, i) => overwrite(weightPointer(core, place), weights[i]!.data));
    core.native.setAverage(0); // nothing of it comes back
  }

  /** Number of weights, with biases, and with moving averages and other statistics, which gradients do not train. */
  countParams(): number {
    return countParams(this.#alive('countParams'));
  }

  /** A table of the layers, handed to `print` line by line (default `console.log`), and returned. */
  summary(print: (line: string) => void = console.log): string {
    const core = this.#alive('summary');
    checkFunction('summary: print', print);
    let inputs = core.features;
    const rows = core.layers.map((layer) => {
      const { name, units, activation } = layer;
      const parameters = countParams({ features: inputs, layers: [layer] });
      const row = [name, activation.name, `${inputs} → ${units}`, parameters.toLocaleString('en')];
      inputs = units;
      return row;
    });
    const table = [['layer', 'activation', 'shape', 'parameters'], ...rows];
    const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
    const lines = table.map((row) =>
      row.map((cell, i) => (i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('   '),
    );
    const width = lines[0]!.length;
    const text = [
      `${core.name}, seed ${core.seed}`,
      lines[0]!,
      '─'.repeat(width),
      ...lines.slice(1),
      '─'.repeat(width),
      `${countParams(core).toLocaleString('en')} parameters`,
    ];
    text.forEach((line) => print(line));
    return text.join('\n');
  }

  /**
   * The model as a file: architecture, seed, weights and what it was compiled with, for {@link loadModel}. A learning
   * rate that is a function is saved as the rate it gives at that moment.
   */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    return writeModel(this.#alive('save'), this.getWeights());
  }

  /**
   * The model and its training as a file, for {@link loadCheckpoint}: what {@link save} holds, the optimizer's state,
   * and how far the training has come. May be called at any time, in callbacks too. Callbacks keep their state to
   * themselves, and a learning rate that is a function must be set again.
   *
   * @throws {Error} when the model is not compiled or disposed.
   */
  checkpoint(): Uint8Array<ArrayBuffer> {
    return writeCheckpoint(this.#alive('checkpoint'));
  }

  /** Mean loss of all samples at once, and its gradient with respect to every weight, named and shaped like it. */
  gradients(x: Inputs, y: Targets): { loss: number; gradients: Weight[] } {
    return inspect.gradients(this.#alive('gradients'), x, y);
  }

  /** Every layer's pre-activation z and activation a, rows × units. */
  forwardTrace(x: Inputs): LayerForward[] {
    return inspect.forwardTrace(this.#alive('forwardTrace'), x);
  }

  /** Everything that backpropagation computes: z, a, delta, kernelGrad and biasGrad of every layer. */
  backpropTrace(x: Inputs, y: Targets): { loss: number; layers: LayerBackprop[] } {
    return inspect.backpropTrace(this.#alive('backpropTrace'), x, y);
  }

  /**
   * Compares the analytic gradient with central differences of fourth order, parameter by parameter. Costs four
   * forward passes for each.
   *
   * @param options.samples how many parameters, drawn from the model's seed. Default: all.
   */
  gradientCheck(x: Inputs, y: Targets, options: { samples?: number } = {}): GradientCheck {
    return inspect.gradientCheck(this.#idle('gradientCheck'), x, y, options);
  }

  /** Euclidean norms of each layer's error signal and gradients: small ones near the input mean vanishing. */
  gradientNorms(x: Inputs, y: Targets): LayerGradientNorms[] {
    return inspect.gradientNorms(this.#alive('gradientNorms'), x, y);
  }

  /**
   * Largest eigenvalue λ_max of the loss's Hessian, by conjugate gradients, and 2/λ_max, above which plain gradient
   * descent on these samples diverges (document 001 §11). Costs four gradients an iteration.
   *
   * @param options.maxIterations default 100.
   * @param options.tolerance residual, relative to λ_max, that counts as converged. Default 1e-4.
   */
  sharpness(x: Inputs, y: Targets, options: { maxIterations?: number; tolerance?: number } = {}): Sharpness {
    return inspect.sharpness(this.#idle('sharpness'), x, y, options);
  }

  /** Frees the model's memory. While {@link fit} runs, it ends it first. Calling it again does nothing. */
  dispose(): void {
    if (this.isDisposed) return;
    if (this.#state === 'fitting') this.#state = 'disposing';
    else this.#delete();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #delete(): void {
    this.#state = 'disposed';
    forgotten.unregister(this);
    this.#core.native.delete();
  }

  #alive(method: string): Core {
    if (this.isDisposed) throw new Error(`${method}: expected a live model, got one that was disposed`);
    return this.#core;
  }

  #idle(method: string): Core {
    const core = this.#alive(method);
    if (this.#state === 'fitting')
      throw new Error(`${method}: expected an idle model, got one that fit() is training`);
    return core;
  }
}

/** What a training that hands out no steps ends with. */
async function finished(training: AsyncGenerator<Step, History, undefined>): Promise<History> {
  return (await training.next()).value as History;
}
