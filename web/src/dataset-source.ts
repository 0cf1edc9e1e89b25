/** Batches that somebody else makes, one after the other, while the model trains. */
import { augmentationBytes, placeAugmentation, type AugmentationBlock } from './augment.js';
import { checkObject, rangeError, typeError } from './check.js';
import {
  accumulatorBytes,
  outputsOf,
  place,
  readTotals,
  reserveWorkspace,
  targetKindOf,
  withTotals,
  type Core,
  type Position,
} from './core.js';
import { checkInputs, checkTargets } from './data.js';
import { scoped } from './heap.js';
import { learningRateOf } from './rates.js';
import type { Samples } from './array-source.js';
import type { Source } from './source.js';
import type { Batch, Dataset, Inputs, Targets } from './types.js';
import { mlp, type NativeEvaluator } from './wasm.js';

const METHOD = 'fitDataset';

type Batches = AsyncIterator<Batch> | Iterator<Batch>;

/** Something that can be iterated over, or a function that returns such. */
export function checkDataset(dataset: unknown): Dataset {
  if (typeof dataset !== 'function') iteratorFunction('dataset', dataset);
  return dataset as Dataset;
}

function iteratorFunction(what: string, value: unknown): () => Batches {
  const iterable = value as Partial<AsyncIterable<Batch> & Iterable<Batch>> | null | undefined;
  const make = iterable?.[Symbol.asyncIterator] ?? iterable?.[Symbol.iterator];
  if (typeof make !== 'function' || typeof value === 'string') {
    throw typeError(`${METHOD}: ${what}`, 'an async iterable or a function that returns one', value);
  }
  return make.bind(value as AsyncIterable<Batch> & Iterable<Batch>);
}

export class DatasetSource implements Source {
  readonly #core: Core;
  readonly #dataset: Dataset;
  readonly #stepsPerEpoch: number;
  readonly #augmentation: AugmentationBlock | undefined;
  readonly #aborted: Promise<'aborted'> | undefined;
  #stopListening: (() => void) | undefined;
  #abandoned = false;
  #iterator: Batches | undefined;
  #next: Samples | undefined;
  #taken = 0; // in this pass, #next included
  #rowsTaken = 0;
  readonly #evaluator: NativeEvaluator; // of no samples of its own: it counts the batches

  batch = 0;
  epochDone = false;

  /** `stepsPerEpoch` of 0: one pass. */
  constructor(
    core: Core,
    dataset: Dataset,
    stepsPerEpoch: number,
    augmentation: AugmentationBlock | undefined,
    signal: AbortSignal | undefined,
  ) {
    this.#core = core;
    this.#dataset = dataset;
    this.#stepsPerEpoch = stepsPerEpoch;
    this.#augmentation = augmentation;
    reserveWorkspace(core, 1, accumulatorBytes(core));
    this.#evaluator = scoped(
      (scope) => new (mlp().Evaluator)(core.native, place(scope, { rows: 0, features: core.features }), 1),
    );
    this.#aborted =
      signal &&
      new Promise((resolve) => {
        const abort = () => resolve('aborted');
        if (signal.aborted) abort();
        signal.addEventListener('abort', abort);
        this.#stopListening = () => signal.removeEventListener('abort', abort);
      });
  }

  results(): number[] {
    return this.#evaluator.results();
  }

  totals(): number[] {
    return readTotals(this.#core, this.#evaluator);
  }

  beginEpoch(): void {
    this.batch = 0;
    this.epochDone = false;
    this.#evaluator.restart();
  }

  /** Takes the batches of this pass that were trained on once more, and leaves them. */
  async seek({ batch, passBatch, totals }: Position): Promise<void> {
    const { native } = this.#core;
    while (this.#taken < passBatch) {
      const outcome = await this.#take(native.passesBegun() - 1);
      if (outcome === 'aborted') break;
      if (outcome === 'end') {
        const expected = `at least the ${passBatch} batches that were trained on`;
        throw rangeError(`${METHOD}: dataset`, expected, `${this.#taken}`);
      }
    }
    this.#next = undefined;
    this.#taken = passBatch;
    this.batch = batch;
    if (totals.length > 0)
      withTotals(totals, (rows, loss, accumulators) => this.#evaluator.seek(rows, loss, accumulators));
    this.epochDone = this.#stepsPerEpoch > 0 ? batch === this.#stepsPerEpoch : batch > 0 && passBatch === 0;
  }

  async more(): Promise<boolean> {
    if (this.epochDone || this.#abandoned) return false;
    const { native } = this.#core;
    for (let passes = 0; !this.#next; ++passes) {
      const begins = !this.#iterator;
      const outcome = await this.#take(native.passesBegun());
      if (outcome === 'aborted') return false;
      if (outcome === 'batch') {
        if (begins) native.setCounters(native.stepsDone(), native.passesBegun() + 1);
      } else if (this.batch > 0 && this.#stepsPerEpoch === 0) {
        this.epochDone = true;
        return false;
      } else if (begins || passes > 0) {
        throw new RangeError(
          `${METHOD}: dataset: expected at least one batch in each pass, got none ` +
            '(pass a function where what it returns can be iterated over only once)',
        );
      }
    }
    return true;
  }

  run(): void {
    const { native } = this.#core;
    const samples = this.#next!;
    native.setLearningRate(learningRateOf(this.#core));
    scoped((scope) => {
      const batch = place(scope, samples, samples.targets);
      placeAugmentation(scope, batch, this.#augmentation, this.#rowsTaken - samples.rows);
      reserveWorkspace(this.#core, samples.rows, augmentationBytes(this.#augmentation, samples.rows));
      this.#evaluator.train(batch);
    });
    this.#next = undefined;
    this.epochDone = ++this.batch === this.#stepsPerEpoch;
  }

  passBatch(): number {
    return this.#next ? this.#taken - 1 : this.#taken;
  }

  async close(): Promise<void> {
    this.#evaluator.delete();
    this.#stopListening?.();
    const ending = this.#iterator?.return?.();
    // One that is busy making a batch ends when it has: nobody waits for it.
    if (this.#abandoned) Promise.resolve(ending).catch(() => {});
    else await ending;
  }

  /** Fetches the next batch, of this pass if none is under way. */
  async #take(pass: number): Promise<'batch' | 'end' | 'aborted'> {
    const coming = this.#fetch(pass);
    const result = await (this.#aborted ? Promise.race([coming, this.#aborted]) : coming);
    if (result === 'aborted') {
      this.#abandoned = true;
      coming.catch(() => {});
      return result;
    }
    if (result.done) {
      this.#iterator = undefined;
      this.#taken = 0;
      return 'end';
    }
    this.#next = this.#checked(result.value);
    ++this.#taken;
    this.#rowsTaken += this.#next.rows;
    return 'batch';
  }

  async #fetch(pass: number): Promise<IteratorResult<Batch, unknown>> {
    if (!this.#iterator) {
      const dataset = typeof this.#dataset === 'function' ? await this.#dataset(pass) : this.#dataset;
      this.#taken = this.#rowsTaken = 0;
      this.#iterator = iteratorFunction('dataset', dataset)();
    }
    try {
      return await this.#iterator.next();
    } catch (error) {
      this.#iterator = undefined; // it has ended itself
      throw error;
    }
  }

  #checked(batch: Batch): Samples {
    const core = this.#core;
    const argument = `${METHOD}: batch ${this.#taken}`;
    if (Array.isArray(batch) ? batch.length !== 2 : batch === null || typeof batch !== 'object') {
      throw typeError(argument, '{ x, y } or [x, y]', batch);
    }
    const [x, y] = Array.isArray(batch)
      ? (batch as [Inputs, Targets])
      : Object.values(checkObject(argument, { x: undefined, y: undefined, ...batch }, ['x', 'y']));
    const inputs = checkInputs(`${argument}: x`, x as Inputs, core.features);
    const kind = targetKindOf(core, METHOD);
    const targets = checkTargets(`${argument}: y`, y as Targets, inputs.rows, outputsOf(core), kind);
    return { ...inputs, targets };
  }
}
