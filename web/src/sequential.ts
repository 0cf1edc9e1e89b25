/**
 * The class of models, and the ways to make one. Each method is a line that calls the room where its work is done.
 *
 * Longer than 400 lines because a class stands in one file, and most of this one is its documentation.
 */
import type { ByteArray, Floats } from './check/realm.js';
import { namedAfter } from './check/arguments.js';
import { asBytes } from './check/bytes.js';
import type { Inputs } from './data/samples.js';
import type { Targets } from './data/targets.js';
import { restoreTraining, writeCheckpoint } from './files/checkpoint.js';
import { readModel, writeModel, type ModelFile } from './files/model.js';
import { explain, type Explanation, type ExplainOptions } from './insight/explain.js';
import * as inspect from './insight/gradients.js';
import type { GradientCheck, LayerBackprop, LayerForward, LayerGradientNorms, Sharpness } from './insight/gradients.js';
import { layerStatistics, type NetworkStatistics } from './insight/layer-statistics.js';
import { findLearningRate, type LearningRateTest, type LearningRateTestOptions } from './insight/learning-rate-test.js';
import { lossSurface, type LossSurface, type LossSurfaceOptions } from './insight/loss-surface.js';
import { adapt } from './model/adapt.js';
import { buildModel, type SequentialOptions } from './model/build.js';
import { classify, type Classification, type ClassifyOptions } from './model/classify.js';
import { compileModel, type CompileOptions } from './model/compile.js';
import { evaluate, type EvaluateOptions } from './model/evaluate.js';
import { handleOf, outputsOf, registerHandle, type Handle } from './model/handle.js';
import { learningRateOf, setLearningRate } from './model/learning-rate.js';
import type { Logs } from './model/logs.js';
import { checkNamed } from './model/names.js';
import { predict, type PredictOptions } from './model/predict.js';
import type { LearningRate } from './model/schedule-options.js';
import { summary } from './model/summary.js';
import { countParams, putWeights, readWeights, replaceWeights, type Weight } from './model/weights.js';
import type { Dataset } from './training/batches/from-dataset.js';
import type { TrainedModel } from './training/callbacks.js';
import { Ending } from './training/ending.js';
import { train, type History, type Step } from './training/fit.js';
import { noteNonFinite } from './training/non-finite.js';
import type { DatasetOptions, FitOptions, StepsOptions } from './training/options.js';
import { planDataset, planFit, planSteps, type Plan } from './training/plan.js';
import type { NativeModel } from './wasm/native.js';

declare global {
  interface SymbolConstructor {
    /** For programs compiled without the library `ESNext.Disposable`. */
    readonly dispose: unique symbol;
  }
}

// The net below dispose(): a model that is forgotten frees its memory when it is collected.
const forgotten = new FinalizationRegistry<NativeModel>((native) => native.delete());

// The same for a loop over steps() that was left without a word: it holds a copy of the data, and the model for itself.
const abandoned = new FinalizationRegistry<Training>(endTraining);

type Training = AsyncGenerator<Step, History, undefined>;

/** Ends a training that waits between two steps; one that is under way ends itself. */
function endTraining(training: Training): void {
  training.return(undefined as never).catch(() => {}); // an error of a callback, which nobody is left to be told of
}

/**
 * Builds a model: a stack of layers, each fed by the one before, with initial weights drawn from `seed`.
 *
 * @throws {TypeError | RangeError} naming the layer and option that is wrong.
 * @throws {Error} before {@link init} is done.
 */
export function sequential(options: SequentialOptions): Sequential {
  return new Sequential(options);
}

/** A multilayer perceptron; made by {@link sequential} or {@link loadModel}. */
export class Sequential implements TrainedModel {
  readonly #handle: Handle;
  #state: 'idle' | 'fitting' | 'disposing' | 'disposed' = 'idle';
  /** Name of the work that keeps it from being idle. */
  #task = '';
  /** The training that goes step by step, if any. */
  #training: Training | undefined;

  #stopTraining = false;
  /** The end of the training that is under way. */
  #ending: Ending | undefined;

  /** @internal */
  constructor(options: SequentialOptions, draws = true) {
    this.#handle = buildModel(options, draws);
    forgotten.register(this, this.#handle.native, this);
    registerHandle(this, (method) => (method ? this.#alive(method) : this.#handle));
  }

  get name(): string {
    return this.#handle.name;
  }

  /** Integer that initial weights and the order of samples come from. */
  get seed(): number {
    return this.#handle.seed;
  }

  /** `[features]` of one sample. */
  get inputShape(): [number] {
    return [this.#handle.features];
  }

  /** `[units]` of one prediction. */
  get outputShape(): [number] {
    return [outputsOf(this.#handle)];
  }

  /** The layers, every default filled in. Frozen: a model's layers are what they are from its start. */
  get layers(): readonly Readonly<Handle['layers'][number]>[] {
    return this.#handle.layers;
  }

  /**
   * A name for each output, as {@link SequentialOptions.classNames}; undefined where there are none. Frozen; to be set at
   * any time, to undefined too.
   *
   * @throws {TypeError | RangeError} for what are no such names; then nothing is changed.
   */
  get classNames(): readonly string[] | undefined {
    return this.#handle.classNames;
  }

  set classNames(value: readonly string[] | undefined) {
    this.#name('classNames', value);
  }

  /** A name for each feature, as {@link SequentialOptions.featureNames}; otherwise as {@link classNames}. */
  get featureNames(): readonly string[] | undefined {
    return this.#handle.featureNames;
  }

  set featureNames(value: readonly string[] | undefined) {
    this.#name('featureNames', value);
  }

  /**
   * Notes of your own, as {@link SequentialOptions.metadata}; otherwise as {@link classNames}: a frozen copy of what was
   * given, so that a change is a new object: `model.metadata = { ...model.metadata, author: 'Ada' }`.
   */
  get metadata(): Readonly<Record<string, unknown>> | undefined {
    return this.#handle.metadata;
  }

  set metadata(value: Readonly<Record<string, unknown>> | undefined) {
    this.#name('metadata', value);
  }

  #name(key: 'classNames' | 'featureNames' | 'metadata', value: unknown): void {
    const handle = this.#alive(key);
    Object.assign(handle, checkNamed(key, key, value, handle));
  }

  /** True while {@link fit} or other work that needs the model for itself is running. */
  get isTraining(): boolean {
    return this.#state === 'fitting';
  }

  /** Set to true, in a callback say, to end {@link fit} at the next yield. */
  get stopTraining(): boolean {
    return this.#stopTraining;
  }

  set stopTraining(value: boolean) {
    this.#stopTraining = value;
    this.#ending?.notice();
  }

  /** True once {@link dispose} was called. */
  get isDisposed(): boolean {
    return this.#state === 'disposed' || this.#state === 'disposing';
  }

  /**
   * Sets optimizer, loss and metrics; the optimizer starts afresh, the weights stay.
   *
   * @throws {TypeError | RangeError} for unknown names and options out of range; then nothing is changed.
   */
  compile(options: CompileOptions): void {
    compileModel(this.#idle('compile'), options);
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
    const plan = planFit('fit', this.#idle('fit'), this, x, y, options);
    return finished(this.#train('fit', () => plan));
  }

  /**
   * The same training as {@link fit}, to the bit, step by step: each turn of a `for await` loop gets a batch, or every
   * n-th with `every: n`; the last one of an epoch comes after the validation and has its figures too. To pause, do
   * not ask for the next one; to end, leave the loop. The model counts as training from the first step until the loop
   * is left or done; {@link dispose} ends it too, and so does its collection, where it is forgotten. Data are copied at
   * the first step, and then checked once more, against what the model is compiled with by then.
   *
   * @throws {TypeError | RangeError | Error} as {@link fit}, at once.
   * @example
   * for await (const { epoch, batch, loss } of model.steps(x, y, { epochs: 10, every: 50 })) {
   *   if (loss < 0.01) break;
   * }
   */
  steps(x: Inputs, y: Targets, options: StepsOptions = {}): AsyncGenerator<Step, History, undefined> {
    const makePlan = planSteps(this.#idle('steps'), this, x, y, options);
    const training: Training = this.#train('steps', makePlan, () => training);
    const steps = handedOut(training);
    abandoned.register(steps, training);
    return steps;
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
    const plan = planDataset(this.#idle('fitDataset'), this, dataset, options);
    return finished(this.#train('fitDataset', () => plan));
  }

  /** `self`: this very training, where it may be left between two steps. */
  async *#train(method: string, makePlan: () => Plan, self?: () => Training): Training {
    const handle = this.#idle(method); // because steps() may have been left lying
    const plan = makePlan();
    this.#enter('fit() is training');
    this.#stopTraining = false;
    const ending = new Ending(plan.signal, () => this.#stopTraining || this.#state === 'disposing');
    this.#ending = ending;
    try {
      this.#training = self?.();
      return yield* train(handle, plan, ending);
    } finally {
      this.#training = undefined;
      ending.close();
      this.#ending = undefined;
      this.#leave();
    }
  }

  /** Runs what needs the model for itself; `check` throws where it was disposed of meanwhile. */
  async #alone<Result>(method: string, work: (handle: Handle, check: () => void) => Promise<Result>): Promise<Result> {
    const handle = this.#idle(method);
    this.#enter(`${method}() is using`);
    try {
      return await work(handle, () => this.#alive(method));
    } finally {
      this.#leave();
    }
  }

  #enter(task: string): void {
    this.#state = 'fitting';
    this.#task = task;
  }

  #leave(): void {
    if (this.isDisposed) this.#delete();
    else this.#state = 'idle';
  }

  /** Mean loss and metrics over rows × features samples and their targets. */
  evaluate(x: Inputs, y: Targets, options: EvaluateOptions = {}): Logs {
    return evaluate(this.#alive('evaluate'), x, y, options);
  }

  /**
   * Outputs for rows × features samples. May be called while {@link fit} runs, in a callback say.
   *
   * With `to` the activations of an inner layer, and with `from` what follows from those: of an autoencoder whose layer 1
   * gives the code, `predict(x, { to: 1 })` is the code, and `predict(code, { from: 2 })` what it stands for, to the bits
   * of `predict(x)`. `from` layer k, `x` has a column for each unit of layer k − 1.
   *
   * @returns rows × units, row-major: `output`, where it was given.
   * @throws {TypeError | RangeError} for wrong samples or options, and layers that are not there.
   */
  predict<Output extends Float32Array = Floats>(x: Inputs, options: PredictOptions<Output> = {}): Output {
    return predict(this.#alive('predict'), x, options);
  }

  /**
   * The classes of each of rows × features samples, the likeliest first, those of equal probability in their own order.
   * What their probabilities are, the model's last activation says:
   *
   * * `softmax`, `logSoftmax`: those of classes of which there is one a row. They sum up to 1.
   * * `sigmoid` or `hardSigmoid` of one output p: 1 − p of class 0, and p of class 1; where {@link classNames} has one name
   *   alone, p of that.
   * * `sigmoid` or `hardSigmoid` of several outputs: of each class its own, because each may be there or not; they need not
   *   sum up to 1. Where the loss is one of the categorical cross-entropies, which take outputs as shares of their sum,
   *   they are these shares.
   * * `linear`, with a loss of `fromLogits: true`: softmax of the outputs for the categorical cross-entropies, σ of each
   *   for `binaryCrossentropy`, both in doubles by the engine's own `exp`, as that of `logSoftmax`.
   *
   * @returns for each row `{ label, probability }` of `topK` classes; a label is a class's number where it has no name.
   * @throws {RangeError} for a model with another last activation; {TypeError | RangeError} for wrong samples or options.
   * @example
   * const [[{ label, probability }]] = model.classify(row, { topK: 1 });
   */
  classify(x: Inputs, options: ClassifyOptions = {}): Classification[][] {
    return classify(this.#alive('classify'), x, options);
  }

  /**
   * Sets the mean and variance of every {@link normalization} layer, the first one first, to those of what reaches it
   * from rows × features samples `x`; a model without such a layer is left as it is.
   */
  adapt(x: Inputs): void {
    adapt(this.#idle('adapt'), x);
  }

  /** Copies of all weights: kernel, bias, kernel, bias …, or what else a layer has. */
  getWeights(): Weight[] {
    return readWeights(this.#alive('getWeights'));
  }

  /**
   * Replaces all weights. Order and shapes are those of {@link getWeights}; names do not matter.
   *
   * @throws {TypeError | RangeError} for wrong shapes, lengths or numbers that are not finite; then nothing is changed.
   */
  setWeights(weights: readonly Pick<Weight, 'shape' | 'data'>[]): void {
    replaceWeights(this.#alive('setWeights'), weights);
  }

  /** Number of weights, with biases, and with moving averages and other statistics, which gradients do not train. */
  countParams(): number {
    return countParams(this.#alive('countParams'));
  }

  /** A table of the layers, handed to `print` line by line (default `console.log`), and returned. */
  summary(print: (line: string) => void = console.log): string {
    return summary(this.#alive('summary'), print);
  }

  /**
   * The model as a file: architecture, seed, weights and what it was compiled with, for {@link loadModel}. A learning
   * rate that is a function is saved as the rate it gives at that moment. Weights are saved to the bit, also those of a
   * training that diverged: a file that was saved can be loaded, NaN or not.
   */
  async save(): Promise<ByteArray> {
    return writeModel(this.#alive('save'));
  }

  /**
   * The model and its training as a file, for {@link loadCheckpoint}: what {@link save} holds, the optimizer's state,
   * how far the training has come, and what its callbacks know ({@link Callbacks.getState}). May be called at any time,
   * in callbacks too. A learning rate that is a function must be set again.
   *
   * @throws {Error} when the model is not compiled or disposed.
   */
  checkpoint(): ByteArray {
    return writeCheckpoint(this.#alive('checkpoint'));
  }

  /**
   * Ends the training, as {@link terminateOnNaN} does after each batch, where the loss, an activation of the last step
   * or a weight is not finite, and says in {@link History.terminated} where that began.
   *
   * @param batch number of the batch, and its loss, as {@link Callbacks.onBatchEnd} gets them
   * @returns whether all is finite.
   */
  checkFinite(batch: number, loss: number): boolean {
    const isFinite = noteNonFinite(this.#alive('checkFinite'), batch, loss);
    if (!isFinite) this.stopTraining = true;
    return isFinite;
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
   * Largest eigenvalue λ_max of the loss's Hessian, and 2/λ_max, above which plain gradient descent on these samples
   * diverges (document 001 §11). By Lanczos' method on exact products of the Hessian with vectors (Pearlmutter 1994), one
   * an iteration, which takes as long as one to three gradients.
   *
   * The loss is the one outside of training, penalties included. Where an activation or the loss has a kink, as relu has
   * at 0, it is the Hessian of the smooth pieces that the samples lie in.
   *
   * @param options.maxIterations default 100.
   * @param options.tolerance residual, relative to λ_max, that counts as converged. Default 1e-4.
   */
  sharpness(x: Inputs, y: Targets, options: { maxIterations?: number; tolerance?: number } = {}): Sharpness {
    return inspect.sharpness(this.#idle('sharpness'), x, y, options);
  }

  /**
   * The loss along a direction through the present weights, or over the plane of two, with each filter (the weights
   * into one unit) of a direction as long as the model's (Li et al. 2018, "Visualizing the Loss Landscape of Neural
   * Nets"). Costs an {@link evaluate} for each point. Gives the event loop a turn about every 10 ms: then, and
   * afterwards, however it ends, the model has its own weights. Meanwhile it can not be trained.
   *
   * @throws {TypeError | RangeError} for wrong data or options.
   * @throws what `signal` was aborted with.
   * @example
   * const { axis, loss } = await model.lossSurface(x, y, { steps: 31 });
   * // loss[i * 31 + j] is that at axis[i] along the first direction and axis[j] along the second
   */
  async lossSurface(x: Inputs, y: Targets, options: LossSurfaceOptions = {}): Promise<LossSurface> {
    return this.#alone('lossSurface', (handle, check) => lossSurface(handle, x, y, options, check));
  }

  /**
   * The learning-rate range test (Smith 2017): trains from the present weights, batch by batch, with a rate that
   * grows exponentially, until the smoothed loss is 4 times its least or not finite. Afterwards, however it ends,
   * weights, optimizer, rate, counts of epochs and draws are what they were, to the bit. Gives the event loop a turn
   * about every 10 ms, but for a look at the curvature at the start, some 100 gradients on `sharpnessRows` samples.
   *
   * @throws {TypeError | RangeError} for wrong data or options, and with `lbfgs`, which has no use for it.
   * @throws what `signal` was aborted with.
   * @example
   * const { suggestion } = await model.findLearningRate(x, y);
   * if (suggestion) model.learningRate = suggestion;
   */
  async findLearningRate(x: Inputs, y: Targets, options: LearningRateTestOptions = {}): Promise<LearningRateTest> {
    return this.#alone('findLearningRate', (handle, check) => findLearningRate(handle, x, y, options, check));
  }

  /**
   * For each layer how z and a are spread, which of its units are dead or saturated, and how its gradient compares
   * with its weights, on all samples at once; and a sentence of `advice` where gradients vanish or explode (document
   * 001 §9) or units are dead: where ‖Δ‖ of the first layer with weights is less than 10⁻³ or more than 100 times
   * that of the last, three quarters of a hidden layer are dead or half of it is saturated, or numbers are not finite.
   */
  layerStatistics(x: Inputs, y: Targets): NetworkStatistics {
    return layerStatistics(this.#alive('layerStatistics'), x, y);
  }

  /**
   * The share of each feature of rows × features samples `x`, in any form, sparse ones too, in an output of the model,
   * which need not be compiled.
   *
   * @example
   * const { attributions, units } = model.explain(pixels); // what speaks for the digit units[0], and against
   */
  explain(x: Inputs, options: ExplainOptions = {}): Explanation {
    return explain(this.#alive('explain'), x, options);
  }

  /** Frees the model's memory. While {@link fit} runs, it ends it first. Calling it again does nothing. */
  dispose(): void {
    if (this.isDisposed) return;
    if (this.#state === 'fitting') {
      this.#state = 'disposing';
      if (this.#training) endTraining(this.#training);
      this.#ending?.notice();
    } else this.#delete();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #delete(): void {
    this.#state = 'disposed';
    forgotten.unregister(this);
    this.#handle.native.delete();
  }

  #alive(method: string): Handle {
    if (this.isDisposed) throw new Error(`${method}: expected a live model, got one that was disposed`);
    return this.#handle;
  }

  #idle(method: string): Handle {
    const handle = this.#alive(method);
    if (this.#state === 'fitting') throw new Error(`${method}: expected an idle model, got one that ${this.#task}`);
    return handle;
  }
}

/**
 * The model that {@link Sequential.save} or {@link Sequential.checkpoint} wrote: same weights to the bit, compiled as
 * it was. The optimizer starts afresh.
 *
 * @throws {TypeError | RangeError} for anything that is not such a file, naming what is wrong with it.
 */
export async function loadModel(bytes: Uint8Array | ArrayBuffer): Promise<Sequential> {
  const method = 'loadModel';
  return namedAfter(method, () => restored(readModel(method, asBytes(`${method}: bytes`, bytes))));
}

/**
 * The model that {@link Sequential.checkpoint} wrote, ready to train on with `resume: true`: from there it gives the
 * same bits as if it had never stopped, wherever it goes on.
 *
 * @example
 * const model = await loadCheckpoint(bytes);
 * await model.fit(x, y, { epochs: 20, batchSize: 64, resume: true });
 * @throws {TypeError | RangeError} for anything that is not such a file, naming what is wrong with it.
 */
export async function loadCheckpoint(bytes: Uint8Array | ArrayBuffer): Promise<Sequential> {
  const method = 'loadCheckpoint';
  return namedAfter(method, () => {
    const file = readModel(method, asBytes(`${method}: bytes`, bytes));
    return restored(file, (model) => restoreTraining(method, handleOf(method, model), file));
  });
}

/** The model of a file; `more` puts into it what else the file holds. Where either fails, nothing is left of it. */
function restored(
  { architecture, weights, compile }: ModelFile,
  more: (model: Sequential) => void = () => {},
): Sequential {
  const model = new Sequential(architecture, false);
  try {
    putWeights(
      handleOf('loadModel', model),
      weights.map(({ data }) => data),
    );
    if (compile !== undefined) model.compile(compile);
    more(model);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * The training as its caller has it. Not the generator itself: that is kept for the time when nobody has this any more,
 * to end it then.
 */
function handedOut(training: Training): Training {
  const steps = {
    next: () => training.next(),
    return: (history: History | PromiseLike<History>) => training.return(history),
    throw: (error: unknown) => training.throw(error),
    [Symbol.asyncIterator]: () => steps,
    // Engines that lack Symbol.asyncDispose have no `await using` to look for it.
    ...(Symbol.asyncDispose && { [Symbol.asyncDispose]: async () => void (await training.return(undefined as never)) }),
  };
  return steps;
}

/** The history of a training that is not watched step by step. */
async function finished(training: AsyncGenerator<Step, History, undefined>): Promise<History> {
  return (await training.next()).value as History;
}
