/**
 * The property that every model has, whatever is called in whatever order: a call that is refused says why and leaves
 * weights, optimizer and position to the bit as they were; so do all that only look; a model that was disposed of refuses
 * clearly; and no call touches another model.
 */
import fc from 'fast-check';
import {
  activation,
  batchNormalization,
  dense,
  dropout,
  init,
  layerNormalization,
  normalization,
  sequential,
  type Sequential,
} from 'mlp-wasm/internals';
import { Draws } from '../fuzz/draws.js';
import { SLIP } from '../fuzz/fuzz.js';
import { CallersError } from './arguments.js';
import { CALLS } from './calls.js';

/** Calls of `sequence` are beside those of the table: they go on with a training that steps() began. */
const NAMES = [...Object.keys(CALLS), 'next', 'return'];

/** Calls that change something come oftener than the many that only look. */
const OFTEN = [
  'compile',
  'compile',
  'compile',
  'fit',
  'fit',
  'fit',
  'steps',
  'steps',
  'next',
  'next',
  'next',
  'return',
  'setWeights',
  'fitDataset',
  'learningRate',
];
const DRAWN = [
  ...OFTEN,
  ...NAMES.filter((name) => name !== 'dispose'),
  ...NAMES.filter((name) => name !== 'dispose'),
  'dispose',
];

export interface Counts {
  done: number;
  refused: number;
  /** Refusals by the method that refused: none that can refuse should be missing. */
  refusals: Map<string, number>;
}

export interface Outcome extends Counts {
  faults: string[];
}

/** The model's state, as far as it is known. */
interface Known {
  disposed: boolean;
}

/** The model under fire, and what goes with it. */
interface Real {
  model: Sequential;
  training: ReturnType<Sequential['steps']> | undefined;
  counts: Counts;
}

const MODELS: readonly (() => Sequential)[] = [
  () =>
    sequential({
      seed: 1,
      layers: [dense({ units: 4, activation: 'tanh', inputShape: [3] }), dense({ units: 2, activation: 'softmax' })],
    }),
  () =>
    sequential({
      seed: 2,
      layers: [
        normalization({ inputShape: [2] }),
        dense({ units: 3, kernelRegularizer: 'l2', kernelConstraint: 'maxNorm' }),
        batchNormalization(),
        activation({ activation: 'relu' }),
        dropout({ rate: 0.3 }),
        layerNormalization(),
        dense({ units: 3, activation: 'softmax' }),
      ],
    }),
  () => sequential({ seed: 3, layers: [dense({ units: 1, inputShape: [1] })] }),
  () =>
    sequential({
      seed: 4,
      layers: [dense({ units: 2, inputShape: [4], trainable: false }), dense({ units: 1, activation: 'sigmoid' })],
    }),
];

const bits = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** All that a call may spoil: the checkpoint, and before there is one, the weights. */
function stateOf(model: Sequential): string {
  if (model.isDisposed) return 'disposed';
  const weights = model.getWeights().map(({ data }) => bits(new Uint8Array(data.buffer)));
  try {
    return bits(model.checkpoint()) + weights.join();
  } catch (error) {
    // Before compile() there is none, nor where the rate is a function that gives no rate.
    const isKnown =
      error instanceof CallersError ||
      /: expected a compiled model|^learningRate at step/.test((error as Error).message);
    if (!isKnown) throw error;
    return weights.join();
  }
}

/** A fault as an error, for fast-check. */
function demand(isRight: boolean, sentence: () => string): void {
  if (!isRight) throw new SyntaxError(sentence());
}

class Calling implements fc.AsyncCommand<Known, Real> {
  constructor(
    readonly name: string,
    readonly numbers: readonly number[],
  ) {}

  check(): boolean {
    return true;
  }

  toString(): string {
    return `${this.name}(${this.numbers.join()})`;
  }

  async run(known: Known, real: Real): Promise<void> {
    const { model, counts } = real;
    const draws = new Draws(this.numbers);
    const shape = { rows: 1 + draws.below(6), features: model.inputShape[0], units: model.outputShape[0] };
    const before = stateOf(model);
    const goesOn = this.name === 'next' || this.name === 'return';
    const call = CALLS[this.name];
    const [changes, outlives] = goesOn ? (['partly', true] as const) : ([call!.changes, call!.outlives] as const);
    let error: unknown;
    let after: string;
    let atOnce = true;
    try {
      let result: unknown;
      if (goesOn) result = this.name === 'next' ? real.training?.next() : real.training?.return(undefined as never);
      else result = call!.run(model, draws, shape);
      after = stateOf(model);
      if (this.name === 'steps') real.training = result as typeof real.training;
      else if (result instanceof Promise) {
        atOnce = false;
        await result;
      }
      ++counts.done;
    } catch (thrown) {
      error = thrown ?? new Error('undefined was thrown');
      ++counts.refused;
      counts.refusals.set(this.name, (counts.refusals.get(this.name) ?? 0) + 1);
    }
    after = stateOf(model);
    const told = () => `${this.toString()}: ${error === undefined ? 'done' : String(error)}`;
    if (error !== undefined) demand(isClear(this.name, error), () => `it is not clear: ${told()}`);
    // Half-way are errors of callbacks, of a dataset's later batches, and of rates that are functions.
    const isHalfWay = changes === 'partly' && !atOnce && (error === undefined || mayBeHalfWay(this.name, error));
    if ((error !== undefined || changes === 'nothing') && !isHalfWay) {
      demand(after === before, () => `the model is not as it was: ${told()}`);
    }
    if (known.disposed && !outlives) {
      const isSo = error instanceof Error && /: expected a live model, got one that was disposed$/.test(error.message);
      demand(isSo, () => `a model that was disposed of does not say so: ${told()}`);
    }
    if (this.name === 'dispose') known.disposed = true;
    demand(model.isDisposed === known.disposed, () => `isDisposed is ${model.isDisposed}`);
  }
}

/** Errors that come in the middle of a training, by documentation. */
function mayBeHalfWay(name: string, error: unknown): boolean {
  if (name === 'fitDataset') return true; // a later batch
  return error instanceof CallersError ? error.isHalfWay : /^learningRate at step/.test((error as Error).message);
}

/** The names that errors of a method begin with: its own, and of what goes on, that of what began it. */
function isClear(name: string, error: unknown): boolean {
  if (error instanceof CallersError) return true;
  if (!(error instanceof Error) || ![TypeError, RangeError, Error].some((kind) => error.constructor === kind))
    return false;
  // Rates that are functions are asked in many calls, and named by where they come from.
  const begin = name === 'next' || name === 'return' ? 'steps' : name;
  const isNamed = new RegExp(`^(?:${begin}(?:: |[.[])|learningRate at step \\d+: )`).test(error.message);
  return isNamed && !SLIP.test(error.message);
}

const sequences = fc.record({
  model: fc.nat(MODELS.length - 1),
  calls: fc.commands(
    DRAWN.map((name) =>
      fc.array(fc.nat(2 ** 31 - 1), { minLength: 4, maxLength: 8 }).map((numbers) => new Calling(name, numbers)),
    ),
    { maxCommands: 24, size: 'max' },
  ),
});

/** Runs so many sequences of calls; the same seed gives the same ones. */
export async function runSequences(seed: number, count: number): Promise<Outcome> {
  await init();
  const counts: Counts = { done: 0, refused: 0, refusals: new Map() };
  const bystander = MODELS[0]!();
  bystander.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const before = stateOf(bystander);
  const property = fc.asyncProperty(sequences, async ({ model: which, calls }) => {
    const model = MODELS[which]!();
    const real: Real = { model, training: undefined, counts };
    try {
      await fc.asyncModelRun(() => ({ model: { disposed: false }, real }), calls);
    } finally {
      await real.training?.return(undefined as never).catch(() => undefined);
      model.dispose();
    }
    demand(stateOf(bystander) === before, () => 'another model was touched');
  });
  const details = await fc.check(property, { seed, numRuns: count });
  bystander.dispose();
  const faults: string[] = [];
  if (details.failed) {
    const [sequence] = details.counterexample!;
    const error = details.errorInstance as Error;
    faults.push(
      `${error.message}; seed ${seed}, path ${details.counterexamplePath}, after ${details.numShrinks} shrinks: ` +
        `model ${sequence.model}: ${String(sequence.calls)}`,
    );
  }
  return { ...counts, faults };
}
