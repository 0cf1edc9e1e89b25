/**
 * Slices through the loss, along directions in which each filter is as long as the model's (Li et al. 2018,
 * "Visualizing the Loss Landscape of Neural Nets", §4); documented on `Sequential`.
 */
import { checkArray, checkBoolean, checkInteger, checkNumber, checkObject, rangeError } from '../check/arguments.js';
import { copyInSamples } from '../data/place.js';
import { checkInputs, type Inputs } from '../data/samples.js';
import { checkTargets, type Targets } from '../data/targets.js';
import { LongWork, type LongWorkOptions } from './long-work.js';
import { outputsOf, targetKindOf, type Handle } from '../model/handle.js';
import { checkWeightList, countTrained, weightSlots, type Weight, type WeightSlot } from '../model/weights.js';
import { Scope, copyFloats, overwrite, reserve, scoped } from '../wasm/heap.js';
import { mlp } from '../wasm/module.js';
import type { NativeEvaluator } from '../wasm/native.js';

/** Options of {@link Sequential.lossSurface}. */
export interface LossSurfaceOptions extends LongWorkOptions {
  /** 1 or 2 random directions, or as many of your own, each shaped like what `getWeights` gives. Default 2. */
  directions?: 1 | 2 | readonly (readonly Pick<Weight, 'shape' | 'data'>[])[];
  /** Integer in [0, 2⁵³) that random directions come from. Default: the model's. */
  seed?: number;
  /**
   * True to scale the weights into each unit to the norm that they have in the model, and to leave biases and factors
   * of normalisations where they are, as in the paper; false to take directions as they are. Default true.
   */
  normalize?: boolean;
  /** How far to go to either side, in lengths of the directions. Default 1. */
  span?: number;
  /** Points along each direction, 2 to 10,000; an odd number has the model itself in the middle. Default 21. */
  steps?: number;
}

/** Result of {@link Sequential.lossSurface}. */
export interface LossSurface {
  /** `steps` places along each direction, from −span to span. */
  axis: Float64Array;
  /**
   * The loss at θ + axis[i]·d, or, row-major, at θ + axis[i]·d₁ + axis[j]·d₂; it may be infinite or NaN where
   * weights are large.
   */
  loss: Float64Array;
  /** `[steps]` or `[steps, steps]`. */
  shape: number[];
  /** The directions as they were used: 0 for weights that gradients do not train. */
  directions: Weight[][];
}

const METHOD = 'lossSurface';

/** Rows of a pass, as in `evaluate`. */
const PASS_ROWS = 128;
/** Rows between two looks at the clock. */
const STRETCH_ROWS = 2 * PASS_ROWS;

export async function lossSurface(
  handle: Handle,
  x: Inputs,
  y: Targets,
  given: LossSurfaceOptions,
  checkAlive: () => void,
): Promise<LossSurface> {
  const { native } = handle;
  const kind = targetKindOf(handle, METHOD);
  const options = checkObject(`${METHOD}: options`, given, [
    'directions',
    'seed',
    'normalize',
    'span',
    'steps',
    'signal',
    'onProgress',
  ]);
  const { directions = 2, seed = handle.seed, normalize = true, span = 1, steps = 21 } = options;
  checkInteger(`${METHOD}: seed`, seed, 0, Number.MAX_SAFE_INTEGER);
  checkBoolean(`${METHOD}: normalize`, normalize);
  checkNumber(`${METHOD}: span`, span, Number.MIN_VALUE);
  checkInteger(`${METHOD}: steps`, steps, 2, 10_000);
  const places = weightSlots(handle);
  const size = countTrained(handle);
  const chosen = checkDirections(directions, places);
  const inputs = checkInputs(`${METHOD}: x`, x, handle.features);
  const targets = checkTargets(`${METHOD}: y`, y, inputs.rows, outputsOf(handle), kind);
  const work = new LongWork(METHOD, options, checkAlive);

  const centre = copyFloats(native.parameters(), size);
  const count = typeof chosen === 'number' ? chosen : chosen.length;
  const along = Array.from({ length: count }, (_, number) => {
    const direction =
      typeof chosen === 'number' ? randomDirection(seed, number, size) : flattened(chosen[number]!, places, size);
    if (normalize) normalizeFilters(direction, centre, places);
    return direction;
  });
  // By this formula the middle is exactly 0, and the two sides differ in their sign only.
  const axis = Float64Array.from({ length: steps }, (_, i) => (span * (2 * i - (steps - 1))) / (steps - 1));
  const loss = new Float64Array(steps ** count);

  let home = centre; // the weights that the model has between stretches, when others may change them
  let away = false;
  const point = new Float32Array(size);
  const scope = new Scope();
  let evaluator: NativeEvaluator | undefined;
  const go = (to: Float32Array) => {
    away = to !== home;
    overwrite(native.parameters(), to);
  };
  try {
    const samples = copyInSamples(scope, inputs, targets);
    const passRows = Math.min(PASS_ROWS, inputs.rows);
    reserve(native.evaluatorBytes(samples, passRows));
    evaluator = new (mlp().Evaluator)(native, samples, passRows);
    for (let done = 0; done < loss.length; ++done) {
      const [a, b] = [axis[count === 1 ? done : Math.floor(done / steps)]!, axis[done % steps]!];
      const [u, v] = along as [Float32Array, Float32Array?];
      for (let i = 0; i < size; ++i) point[i] = centre[i]! + a * u[i]! + (v ? b * v[i]! : 0);
      evaluator.restart();
      for (let row = 0; row < inputs.rows; row += STRETCH_ROWS) {
        if (!away) go(point);
        evaluator.run(STRETCH_ROWS);
        if (!work.isDue) continue;
        go(home);
        await work.turn(done, loss.length);
        home = copyFloats(native.parameters(), size);
      }
      loss[done] = evaluator.results()[1]!;
      if (away) go(home);
    }
    await work.turn(loss.length, loss.length);
  } finally {
    if (away) go(home);
    evaluator?.delete();
    scope.free();
  }
  return {
    axis,
    loss,
    shape: along.map(() => steps),
    directions: along.map((direction) =>
      places.map(({ name, shape, trained, offset, length }) => ({
        name,
        shape: [...shape],
        data: trained ? direction.slice(offset, offset + length) : new Float32Array(length),
      })),
    ),
  };
}

/** The number of random directions, or the numbers of each weight of each given direction. */
function checkDirections(directions: unknown, places: WeightSlot[]): number | Float32Array[][] {
  const argument = `${METHOD}: directions`;
  const expected = '1, 2 or an array of as many directions';
  const list = typeof directions === 'number' ? undefined : checkArray(argument, directions, expected);
  const count = list ? list.length : (directions as number);
  if (count !== 1 && count !== 2) throw rangeError(argument, expected, directions);
  return list ? list.map((direction, i) => checkWeightList(`${argument}[${i}]`, direction, places)) : count;
}

function randomDirection(seed: number, number: number, size: number): Float32Array {
  return scoped((scope) => {
    const to = scope.allocate(4 * size);
    mlp().randomDirection(seed, number, to, size);
    return copyFloats(to, size);
  });
}

/** A list of weights as the buffer of parameters has them: without those that gradients do not train. */
function flattened(weights: readonly Float32Array[], places: WeightSlot[], size: number): Float32Array {
  const flat = new Float32Array(size);
  places.forEach(({ trained, offset }, i) => {
    if (trained) flat.set(weights[i]!, offset);
  });
  return flat;
}

/** d ← d·‖θ‖/‖d‖ for the weights into each unit; biases and factors of normalisations ← 0. */
function normalizeFilters(direction: Float32Array, centre: Float32Array, places: WeightSlot[]): void {
  for (const { trained, shape, offset, length } of places) {
    if (!trained) continue;
    const units = shape[1];
    if (units === undefined) {
      direction.fill(0, offset, offset + length);
      continue;
    }
    for (let first = offset; first < offset + units; ++first) {
      let [own, wanted] = [0, 0];
      for (let i = first; i < offset + length; i += units) {
        own += direction[i]! * direction[i]!;
        wanted += centre[i]! * centre[i]!;
      }
      const factor = own > 0 ? Math.sqrt(wanted / own) : 0;
      for (let i = first; i < offset + length; i += units) direction[i]! *= factor;
    }
  }
}
