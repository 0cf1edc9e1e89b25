/**
 * A training as a file: the model's own, and behind its weights the optimizer's numbers as one tensor; counters and
 * position as JSON in the metadata under `training`.
 */
import { checkInteger, checkObject, rangeError, typeError } from '../check.js';
import { compiledOf, type Core, type Position } from '../core.js';
import { copyFloats, overwrite } from '../heap.js';
import { readWeights } from '../inspect.js';
import { coreOf, type Sequential } from '../model.js';
import { asBytes } from './input.js';
import { readModel, writeModel } from './model.js';
import type { NamedTensor } from './safetensors.js';
import type { Average } from '../wasm.js';

/** Tensor of the optimizer's numbers: its slots one behind the other, and what the core puts behind them. */
const STATE = 'optimizer/state';

/** What the metadata hold. */
interface Training {
  steps: number;
  passesBegun: number;
  /** Where averaged weights are; 0 unless told. */
  average?: Average;
  /** Totals as text: JSON has neither NaN nor infinities. */
  position?: Omit<Position, 'totals'> & { totals: string[] };
}

export function writeCheckpoint(core: Core): Uint8Array<ArrayBuffer> {
  compiledOf(core, 'checkpoint');
  const { native } = core;
  const position = core.position?.();
  const training: Training = {
    steps: native.stepsDone(),
    passesBegun: native.passesBegun(),
    ...(native.average() && { average: native.average() }),
    ...(position && { position: { ...position, totals: position.totals.map(String) } }),
  };
  const size = native.optimizerStateSize();
  const state = { name: STATE, shape: [size], data: copyFloats(native.optimizerState(), size) };
  return writeModel(core, [...readWeights(core), state], {
    training: JSON.stringify(training),
  });
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
  const { model, rest, metadata } = readModel(method, asBytes(`${method}: bytes`, bytes));
  try {
    restore(method, coreOf(model), rest, metadata['training']);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function restore(method: string, core: Core, tensors: NamedTensor[], json: string | undefined): void {
  if (json === undefined || !core.compiled) {
    throw rangeError(`${method}: bytes`, 'a checkpoint', 'a saved model: load it with loadModel');
  }
  const { steps, passesBegun, average = 0, position } = parseTraining(method, json);
  checkInteger(`${method}: training.steps`, steps, 0, Number.MAX_SAFE_INTEGER);
  checkInteger(`${method}: training.passesBegun`, passesBegun, 0, 2 ** 32 - 1);
  checkInteger(`${method}: training.average`, average, 0, core.compiled.optimizer.useEma ? 2 : 0);
  const where = position && checkPosition(`${method}: training.position`, position, core, passesBegun);
  const size = core.native.optimizerStateSize();
  const [state] = tensors;
  if (tensors.length !== 1 || state!.name !== STATE || state!.data.length !== size) {
    const got = tensors.map(({ name, shape }) => `${name} [${shape}]`).join(', ') || 'none';
    throw new RangeError(`${method}: bytes: expected behind the weights ${STATE} [${size}], got ${got}`);
  }
  overwrite(core.native.optimizerState(), state!.data);
  core.native.setCounters(steps, passesBegun);
  core.native.setAverage(average);
  if (where) core.position = () => where;
}

function parseTraining(method: string, json: string): Training {
  let training: unknown;
  try {
    training = JSON.parse(json);
  } catch (cause) {
    throw new RangeError(`${method}: training: expected JSON in the metadata, got none that parses`, {
      cause,
    });
  }
  return checkObject(`${method}: training`, training as Training, [
    'steps',
    'passesBegun',
    'average',
    'position',
  ]);
}

/** Training trusts it: it must be one that a training can have. */
function checkPosition(
  argument: string,
  given: NonNullable<Training['position']>,
  core: Core,
  passesBegun: number,
): Position {
  checkObject(argument, given, ['epoch', 'batch', 'totals', 'passBatch', 'plan']);
  const { epoch, batch, passBatch, totals, plan } = given;
  checkInteger(`${argument}.epoch`, epoch, 0);
  checkObject(`${argument}.plan`, plan, ['rows', 'batchSize', 'shuffle', 'stepsPerEpoch']);
  const count = (name: string) => checkInteger(`${argument}.plan.${name}`, plan[name], 0);
  const [rows, batchSize, stepsPerEpoch] = [count('rows'), count('batchSize'), count('stepsPerEpoch')];
  // A dataset's batches are not counted before they come.
  const batchesPerPass = batchSize > 0 ? Math.ceil(rows / batchSize) : 2 ** 31 - 1;
  checkInteger(`${argument}.batch`, batch, 0, stepsPerEpoch || batchesPerPass);
  checkInteger(`${argument}.passBatch`, passBatch, 0, passesBegun > 0 ? batchesPerPass - 1 : 0);
  if (!Array.isArray(totals)) throw typeError(`${argument}.totals`, 'an array', totals);
  const expected = batch > 0 ? 2 + core.native.accumulatorSize() : 0;
  if (totals.length !== expected || !totals.every((total) => typeof total === 'string')) {
    throw rangeError(`${argument}.totals`, `${expected} numbers as text`, totals);
  }
  return { epoch, batch, totals: totals.map(Number), passBatch, plan };
}
