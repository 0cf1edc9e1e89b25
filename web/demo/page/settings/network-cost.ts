/** The price of a network: its parameters, the memory of its training, and the time of an epoch. */
import type { OptimizerName } from 'mlp-wasm';
import { PIXELS_IN } from '../../shared/plain-layers.js';
import type { PlainLayer } from '../../shared/plain-layers.js';
import { layersOf } from '../training/layers.js';
import type { Run } from '../training/run.js';
import type { Settings } from './settings.js';

export interface Cost {
  /** Weights that training changes. */
  parameters: number;
  /** Of the weights, their gradients, the optimizer's state, and a batch on its way through the layers. */
  bytes: number;
  /** Of an epoch, with its validation. */
  seconds: number;
  /** True if the pace was measured on this device, false if it is that of a usual laptop. */
  isMeasured: boolean;
}

/** Numbers that an optimizer keeps for each parameter; one that is not here keeps none. */
const SLOTS: Partial<Record<OptimizerName, number>> = {
  rmsprop: 1,
  adam: 2,
  adamw: 2,
  adagrad: 1,
  adadelta: 2,
  adamax: 2,
  nadam: 2,
  lion: 1,
};

const FLOAT = 4;
/** Digits of MNIST's training files. */
const MNIST_COUNT = 60_000;
/** Multiplications that the rest of a step costs as much time as: for each unit, and for each digit. */
const WORK_A_UNIT = 60;
const WORK_A_DIGIT = 130_000;
/** Multiplications a second of a usual laptop. */
const USUAL_PACE = 8e9;

const inputsOf = (layers: readonly PlainLayer[], i: number): number => layers[i - 1]?.units ?? PIXELS_IN;

export function parametersOf(layers: readonly PlainLayer[]): number {
  return layers.reduce((sum, { units, normalization }, i) => {
    return sum + units * (inputsOf(layers, i) + 1) + (normalization ? 2 * units : 0);
  }, 0);
}

/** Multiplications for a digit: forward, to the kernels' gradients, and back to the layer before, where there is one. */
function workOf(layers: readonly PlainLayer[]): number {
  return layers.reduce(
    (sum, { units }, i) => sum + units * (inputsOf(layers, i) * (i === 0 ? 2 : 3) + WORK_A_UNIT),
    WORK_A_DIGIT,
  );
}

const countOf = ({ data, count }: Settings): number => (data === 'mnist' ? MNIST_COUNT : count);

/** A run by which the device's pace is known. */
export type Timed = Pick<Run, 'epoch' | 'milliseconds' | 'settings'>;

/** Multiplications a second in a run; undefined if it was too short to tell. */
function paceOf({ epoch, milliseconds, settings }: Timed): number | undefined {
  if (!settings || milliseconds < 20) return undefined;
  return (1000 * epoch * countOf(settings) * workOf(layersOf(settings))) / milliseconds;
}

/** @param timed runs on this device, the latest first */
export function costOf(settings: Settings, timed: readonly Timed[]): Cost {
  const layers = layersOf(settings);
  const parameters = parametersOf(layers);
  const units = layers.reduce((sum, layer) => sum + layer.units, 0);
  const measured = timed.map(paceOf).find((pace) => pace !== undefined);
  const numbers = parameters * (2 + (SLOTS[settings.optimizer] ?? 0)) + settings.batchSize * (PIXELS_IN + 3 * units);
  return {
    parameters,
    bytes: FLOAT * numbers,
    seconds: (countOf(settings) * workOf(layers)) / (measured ?? USUAL_PACE),
    isMeasured: measured !== undefined,
  };
}
