/**
 * A training as a file: the model's own, and behind its weights the optimizer's numbers as one tensor, then what
 * callbacks keep; counters and position as JSON in the metadata under `training`.
 */
import type { ByteArray } from '../check/realm.js';
import { checkBoolean, checkInteger, checkObject, rangeError, typeError } from '../check/arguments.js';
import { excerpt } from '../check/bytes.js';
import { packStates, unpackStates } from './callback-states.js';
import { parseEntry, writeModel, type ModelFile } from './model.js';
import type { NamedTensor } from './safetensors.js';
import { compiledOf, type Handle, type Position, type SetAside } from '../model/handle.js';
import { withTotals } from '../model/logs.js';
import { countParams, readWeights, weightSlots } from '../model/weights.js';
import { copyFloats, overwrite } from '../wasm/heap.js';
import { AVERAGES } from '../wasm/native.js';

/** Tensor of the optimizer's numbers: its slots one behind the other, and what the core puts behind them. */
const STATE = 'optimizer/state';

/** Tensor of the weights that the training goes on with, where callbacks put others in their place at its end. */
const ASIDE = 'training/weights';

/** The state of a training in the metadata. */
interface Training {
  steps: number;
  passesBegun: number;
  /** The state of averaged weights, as a place in {@link AVERAGES}. Default 0. */
  average?: number;
  /** The same of the weights in the tensor {@link ASIDE}, which is there only with this. */
  setAside?: number;
  /** True if the optimizer would find nothing better; otherwise absent. */
  converged?: boolean;
  /** Totals as text: JSON has neither NaN nor infinities. */
  position?: Omit<Position, 'totals' | 'callbacks'> & { totals: string[]; callbacks?: unknown };
}

export function writeCheckpoint(handle: Handle): ByteArray {
  compiledOf(handle, 'checkpoint');
  const { native, setAside, isConverged } = handle;
  const position = handle.position?.();
  const average = AVERAGES.indexOf(native.average());
  const kept: NamedTensor[] = [];
  const training: Training = {
    steps: native.stepsDone(),
    passesBegun: native.passesBegun(),
    ...(average > 0 && { average }),
    ...(setAside && { setAside: AVERAGES.indexOf(setAside.average) }),
    ...(isConverged && { converged: true }),
    ...(position && {
      position: {
        ...position,
        totals: position.totals.map(String),
        callbacks: packStates(position.callbacks, kept),
      },
    }),
  };
  const size = native.optimizerStateSize();
  const state = { name: STATE, shape: [size], data: copyFloats(native.optimizerState(), size) };
  if (setAside) {
    const data = new Float32Array(countParams(handle));
    let end = 0;
    for (const weight of setAside.weights) data.set(weight, (end += weight.length) - weight.length);
    kept.push({ name: ASIDE, shape: [data.length], data });
  }
  return writeModel(handle, [...readWeights(handle), state, ...kept], {
    training: JSON.stringify(training),
  });
}

/** Puts the training that a file holds into a model that was made from that file. */
export function restoreTraining(method: string, handle: Handle, { rest: tensors, metadata }: ModelFile): void {
  const json = metadata['training'];
  if (json === undefined || !handle.compiled) {
    throw rangeError(`${method}: bytes`, 'a checkpoint', 'a saved model: load it with loadModel');
  }
  const { steps, passesBegun, average = 0, setAside, converged = false, position } = parseTraining(method, json);
  checkInteger(`${method}: training.steps`, steps, 0, Number.MAX_SAFE_INTEGER);
  checkInteger(`${method}: training.passesBegun`, passesBegun, 0, 2 ** 32 - 1);
  const lastAverage = handle.compiled.optimizer.useEma ? 2 : 0;
  checkInteger(`${method}: training.average`, average, 0, lastAverage);
  checkBoolean(`${method}: training.converged`, converged);
  const [state, ...kept] = tensors;
  let aside: SetAside | undefined;
  if (setAside !== undefined) {
    checkInteger(`${method}: training.setAside`, setAside, 0, lastAverage);
    aside = { weights: weightsOf(method, handle, kept.pop()), average: AVERAGES[setAside]! };
  }
  const where = position && checkPosition(`${method}: training.position`, position, handle, passesBegun, kept);
  const size = handle.native.optimizerStateSize();
  if (tensors.length < 1 || state!.name !== STATE || state!.data.length !== size) {
    const got = excerpt(tensors.map(({ name, shape }) => `${name} [${shape}]`).join(', ')) || 'none';
    throw new RangeError(`${method}: bytes: expected behind the weights ${STATE} [${size}], got ${got}`);
  }
  overwrite(handle.native.optimizerState(), state!.data);
  handle.native.setCounters(steps, passesBegun);
  handle.native.setAverage(AVERAGES[average]!);
  if (where) handle.position = () => where;
  handle.setAside = aside;
  handle.isConverged = converged;
}

/** Each weight's part of the numbers of all. */
function weightsOf(method: string, handle: Handle, tensor: NamedTensor | undefined): Float32Array[] {
  const count = countParams(handle);
  if (tensor?.name !== ASIDE || tensor.data.length !== count) {
    const got = tensor ? `${tensor.name} [${tensor.shape}]` : 'none';
    throw new RangeError(`${method}: bytes: expected as last tensor ${ASIDE} [${count}], got ${got}`);
  }
  let end = 0;
  return weightSlots(handle).map(({ length }) => tensor.data.slice(end, (end += length)));
}

function parseTraining(method: string, json: string): Training {
  const argument = `${method}: training`;
  return checkObject(argument, parseEntry(argument, json) as Training, [
    'steps',
    'passesBegun',
    'average',
    'setAside',
    'converged',
    'position',
  ]);
}

/** Training trusts it: it must be one that a training can have. */
function checkPosition(
  argument: string,
  given: NonNullable<Training['position']>,
  handle: Handle,
  passesBegun: number,
  kept: readonly NamedTensor[],
): Position {
  const keys = ['epoch', 'batch', 'begun', 'totals', 'passBatch', 'plan', 'callbacks'];
  const { epoch, batch, begun, passBatch, totals, plan } = checkObject(argument, given, keys);
  checkInteger(`${argument}.epoch`, epoch, 0);
  if (begun !== undefined) checkBoolean(`${argument}.begun`, begun);
  checkObject(`${argument}.plan`, plan, ['rows', 'batchSize', 'shuffle', 'stepsPerEpoch']);
  checkBoolean(`${argument}.plan.shuffle`, plan['shuffle']);
  const count = (name: string) => checkInteger(`${argument}.plan.${name}`, plan[name], 0);
  const [rows, batchSize, stepsPerEpoch] = [count('rows'), count('batchSize'), count('stepsPerEpoch')];
  // A dataset's batches are not counted before they come.
  const batchesPerPass = batchSize > 0 ? Math.ceil(rows / batchSize) : 2 ** 31 - 1;
  checkInteger(`${argument}.batch`, batch, 0, stepsPerEpoch || batchesPerPass);
  checkInteger(`${argument}.passBatch`, passBatch, 0, passesBegun > 0 ? batchesPerPass - 1 : 0);
  if (!Array.isArray(totals)) throw typeError(`${argument}.totals`, 'an array', totals);
  const isNumber = (text: unknown) => typeof text === 'string' && String(Number(text)) === text;
  let right = totals.every(isNumber) && (totals.length === 0) === (batch === 0);
  // Only now, because to make a number of an array that holds arrays, thousands deep, fills the stack.
  const numbers = right ? totals.map(Number) : [];
  if (right && batch > 0) {
    withTotals(numbers, (all) => {
      right = handle.native.acceptsTotals(all);
    });
  }
  if (!right) throw rangeError(`${argument}.totals`, 'what the metrics of the model add up, as text', totals);
  const callbacks = unpackStates(`${argument}.callbacks`, given.callbacks ?? [], kept);
  return { epoch, batch, ...(begun && batch === 0 && { begun }), totals: numbers, passBatch, plan, callbacks };
}
