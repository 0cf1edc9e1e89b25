/** Batches that somebody else makes, one after the other, while the model trains. */
import { checkObject, rangeError, typeError } from '../../check/arguments.js';
import { copyInSamples } from '../../data/place.js';
import { checkSampleWeight, type SampleWeight } from '../../data/sample-weights.js';
import { checkInputs, type Inputs } from '../../data/samples.js';
import { checkTargets, type Targets } from '../../data/targets.js';
import { withClassWeight, type ClassWeight } from '../../model/classes.js';
import { outputsOf, targetKindOf, type Handle, type Position } from '../../model/handle.js';
import { learningRateOf } from '../../model/learning-rate.js';
import { readTotals, withTotals } from '../../model/logs.js';
import { briefly, type Ending } from '../ending.js';
import type { BatchSource } from './batches.js';
import type { Samples } from './from-arrays.js';
import { KeptBlocks, reserve } from '../../wasm/heap.js';
import { mlp } from '../../wasm/module.js';
import type { NativeAugmentation, NativeTrainer } from '../../wasm/native.js';

/** A batch of {@link Sequential.fitDataset}: one step of the training. Weights are as `sampleWeight` of `fit`. */
export type Batch =
  | { x: Inputs; y: Targets; sampleWeight?: SampleWeight }
  | readonly [Inputs, Targets]
  | readonly [Inputs, Targets, SampleWeight];

/**
 * Batches for {@link Sequential.fitDataset}: an iterable, or a function that returns one for every pass. `pass` counts
 * the passes over data that the model ever began, from 0: a function that shuffles by it gives the same order when
 * training is resumed.
 */
export type Dataset =
  | AsyncIterable<Batch>
  | Iterable<Batch>
  | ((pass: number) => AsyncIterable<Batch> | Iterable<Batch> | Promise<AsyncIterable<Batch> | Iterable<Batch>>);

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
  if (typeof make !== 'function' || typeof value === 'string' || ArrayBuffer.isView(value)) {
    throw typeError(`${METHOD}: ${what}`, 'an async iterable or a function that returns one', value);
  }
  return make.bind(value as AsyncIterable<Batch> & Iterable<Batch>);
}

export class DatasetBatches implements BatchSource {
  readonly #handle: Handle;
  readonly #dataset: Dataset;
  readonly #stepsPerEpoch: number;
  readonly #classWeight: ClassWeight | undefined;
  readonly #ending: Ending;
  /** True if training ended while a batch was awaited; that batch is then dropped. */
  #abandoned = false;
  #iterator: Batches | undefined;
  #next: Samples | undefined;
  #taken = 0; // in this pass, #next included
  #rowsTaken = 0;
  readonly #trainer: NativeTrainer;
  readonly #blocks = new KeptBlocks(); // memory of the batches, used by one after the other

  batch = 0;
  epochDone = false;

  /** `stepsPerEpoch` of 0: one pass. */
  constructor(
    handle: Handle,
    dataset: Dataset,
    ending: Ending,
    options: {
      stepsPerEpoch: number;
      augmentation: NativeAugmentation | undefined;
      classWeight: ClassWeight | undefined;
    },
  ) {
    this.#handle = handle;
    this.#dataset = dataset;
    this.#ending = ending;
    this.#stepsPerEpoch = options.stepsPerEpoch;
    this.#classWeight = options.classWeight;
    reserve(handle.native.totalsBytes());
    this.#trainer = new (mlp().Trainer)(handle.native, options.stepsPerEpoch);
    if (options.augmentation) this.#trainer.augment(options.augmentation);
  }

  results(): number[] {
    return this.#trainer.results();
  }

  totals(): number[] {
    return readTotals(this.#trainer);
  }

  beginEpoch(): void {
    this.batch = 0;
    this.epochDone = false;
    this.#trainer.beginEpoch();
  }

  /** Takes the batches of this pass that were trained on once more, and leaves them. */
  async seek({ batch, passBatch, totals }: Position): Promise<void> {
    const { native } = this.#handle;
    while (this.#taken < passBatch) {
      const outcome = await this.#take(native.passesBegun() - 1);
      if (outcome === 'ended') break;
      if (outcome === 'end') {
        const expected = `at least the ${passBatch} batches that were trained on`;
        throw rangeError(`${METHOD}: dataset`, expected, `${this.#taken}`);
      }
    }
    this.#next = undefined;
    this.#taken = passBatch;
    this.batch = batch;
    if (totals.length > 0) withTotals(totals, (all) => this.#trainer.seek(batch, passBatch, all));
    this.epochDone = this.#stepsPerEpoch > 0 ? batch === this.#stepsPerEpoch : batch > 0 && passBatch === 0;
  }

  async more(): Promise<boolean> {
    if (this.epochDone || this.#abandoned) return false;
    const { native } = this.#handle;
    for (let passes = 0; !this.#next; ++passes) {
      const begins = !this.#iterator;
      const outcome = await this.#take(native.passesBegun());
      if (outcome === 'ended') return false;
      if (outcome === 'end' && this.batch > 0 && this.#stepsPerEpoch === 0) {
        this.epochDone = true;
        return false;
      }
      if (outcome === 'end' && (begins || passes > 0)) {
        throw new RangeError(
          `${METHOD}: dataset: expected at least one batch in each pass, got none ` +
            '(pass a function where what it returns can be iterated over only once)',
        );
      }
    }
    return true;
  }

  run(): void {
    const { native } = this.#handle;
    const samples = this.#next!;
    native.setLearningRate(learningRateOf(this.#handle));
    this.#blocks.restart();
    const batch = copyInSamples(this.#blocks, samples, samples.targets);
    batch.firstRow = this.#rowsTaken - samples.rows;
    reserve(this.#trainer.trainBytes(batch));
    // Not when the batch came: a training that stops before its step would go on with the pass behind this one.
    if (this.#taken === 1) this.#trainer.beginPass();
    this.#trainer.train(batch);
    this.#next = undefined;
    this.epochDone = ++this.batch === this.#stepsPerEpoch;
  }

  passBatch(): number {
    return this.#next ? this.#taken - 1 : this.#taken;
  }

  async close(): Promise<void> {
    this.#trainer.delete();
    this.#blocks.free();
    const closing = this.#iterator?.return?.();
    if (!closing) return;
    // One that is busy making a batch ends when it has: nobody waits for it.
    if (this.#abandoned) Promise.resolve(closing).catch(() => {});
    else await briefly(Promise.resolve(closing));
  }

  /** Fetches the next batch, of this pass if none is under way. */
  async #take(pass: number): Promise<'batch' | 'end' | 'ended'> {
    const result = await this.#ending.before(this.#fetch(pass));
    if (result === 'ended') {
      this.#abandoned = true;
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
      const iterator = iteratorFunction('dataset', dataset)();
      if (this.#abandoned) {
        await iterator.return?.(); // opened for the sake of that: a stream, say, is let go
        return { done: true, value: undefined };
      }
      this.#taken = this.#rowsTaken = 0;
      this.#iterator = iterator;
    }
    try {
      return await this.#iterator.next();
    } catch (error) {
      this.#iterator = undefined; // it has ended itself
      throw error;
    }
  }

  #checked(batch: Batch): Samples {
    const handle = this.#handle;
    const argument = `${METHOD}: batch ${this.#taken}`;
    const [x, y, weight] = partsOf(argument, batch);
    const inputs = checkInputs(`${argument}: x`, x, handle.features);
    const kind = targetKindOf(handle, METHOD);
    const targets = checkTargets(`${argument}: y`, y, inputs.rows, outputsOf(handle), kind);
    if (weight !== undefined) targets.weights = checkSampleWeight(`${argument}: sampleWeight`, weight, inputs.rows);
    if (this.#classWeight === undefined) return { ...inputs, targets };
    return { ...inputs, targets: withClassWeight(handle, METHOD, this.#classWeight, targets) };
  }
}

/** Inputs, targets and perhaps weights of a batch, which nobody has looked at yet. */
function partsOf(argument: string, batch: Batch): readonly [Inputs, Targets, SampleWeight?] {
  const isList = Array.isArray(batch);
  if (isList ? ![2, 3].includes(batch.length) : batch === null || typeof batch !== 'object') {
    throw typeError(
      argument,
      '{ x, y }, [x, y] or, with weights, { x, y, sampleWeight } or [x, y, sampleWeight]',
      batch,
    );
  }
  if (isList) return batch as readonly [Inputs, Targets, SampleWeight?];
  const { x, y, sampleWeight } = checkObject(
    argument,
    batch as { x: Inputs; y: Targets; sampleWeight?: SampleWeight },
    ['x', 'y', 'sampleWeight'],
  );
  return [x, y, sampleWeight];
}
