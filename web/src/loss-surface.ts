/**
 * Slices through the loss, along directions in which each filter is as long as the model's (Li et al. 2018,
 * "Visualizing the Loss Landscape of Neural Nets", §4); documented on `Sequential`.
 */
import { checkBoolean, checkInteger, checkNumber, checkObject, rangeError, typeError } from './check.js';
import {
  accumulatorBytes,
  checkWeightList,
  countTrainable,
  outputsOf,
  place,
  reserveWorkspace,
  targetKindOf,
  weightPlaces,
  type Core,
  type WeightPlace,
} from './core.js';
import { checkInputs, checkTargets } from './data.js';
import { copyFloats, overwrite, Scope, scoped } from './heap.js';
import { LongWork } from './long-work.js';
import type { Inputs, LossSurface, LossSurfaceOptions, Targets, Weight } from './types.js';
import { mlp, type NativeEvaluator } from './wasm.js';

const METHOD = 'lossSurface';

/** Rows of a pass, as in `evaluate`, and how many there are between two looks at the clock. */
const PASS_ROWS = 128;
const STRETCH_ROWS = 2 * PASS_ROWS;

export async function lossSurface(
  core: Core,
  x: Inputs,
  y: Targets,
  options: LossSurfaceOptions,
  checkAlive: () => void,
): Promise<LossSurface> {
  const { native } = core;
  const kind = targetKindOf(core, METHOD);
  checkObject(`${METHOD}: options`, options, [
    'directions',
    'seed',
    'normalize',
    'span',
    'steps',
    'signal',
    'onProgress',
  ]);
  const { directions = 2, seed = core.seed, normalize = true, span = 1, steps = 21 } = options;
  checkInteger(`${METHOD}: seed`, seed, 0, Number.MAX_SAFE_INTEGER);
  checkBoolean(`${METHOD}: normalize`, normalize);
  checkNumber(`${METHOD}: span`, span, Number.MIN_VALUE);
  checkInteger(`${METHOD}: steps`, steps, 2, 10_000);
  const places = weightPlaces(core);
  const size = countTrainable(core);
  checkDirections(directions, places);
  const inputs = checkInputs(`${METHOD}: x`, x, core.features);
  const targets = checkTargets(`${METHOD}: y`, y, inputs.rows, outputsOf(core), kind);
  const work = new LongWork(METHOD, options, checkAlive);

  const centre = copyFloats(native.parameters(), size);
  const count = typeof directions === 'number' ? directions : directions.length;
  const along = Array.from({ length: count }, (_, number) => {
    const direction =
      typeof directions === 'number'
        ? randomDirection(seed, number, size)
        : flattened(directions[number]!, places, size);
    if (normalize) normalizeFilters(direction, centre, places);
    return direction;
  });
  // The middle is 0 itself, and both sides are alike.
  const axis = Float64Array.from({ length: steps }, (_, i) => (span * (2 * i - (steps - 1))) / (steps - 1));
  const loss = new Float64Array(steps ** count);

  let home = centre; // the weights that the model has for others
  let away = false;
  const point = new Float32Array(size);
  const scope = new Scope();
  let evaluator: NativeEvaluator | undefined;
  const go = (to: Float32Array) => {
    away = to !== home;
    overwrite(native.parameters(), to);
  };
  try {
    const samples = place(scope, inputs, targets);
    const passRows = Math.min(PASS_ROWS, inputs.rows);
    reserveWorkspace(core, passRows, accumulatorBytes(core));
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
      places.map(({ name, shape, trainable, offset, length }) => ({
        name,
        shape: [...shape],
        data: trainable ? direction.slice(offset, offset + length) : new Float32Array(length),
      })),
    ),
  };
}

function checkDirections(directions: unknown, places: WeightPlace[]): void {
  const argument = `${METHOD}: directions`;
  const expected = '1, 2 or an array of as many directions';
  if (typeof directions !== 'number' && !Array.isArray(directions))
    throw typeError(argument, expected, directions);
  const count = typeof directions === 'number' ? directions : directions.length;
  if (count !== 1 && count !== 2) throw rangeError(argument, expected, directions);
  if (typeof directions !== 'number')
    directions.forEach((direction, i) => checkWeightList(`${argument}[${i}]`, direction, places));
}

function randomDirection(seed: number, number: number, size: number): Float32Array {
  return scoped((scope) => {
    const to = scope.allocate(4 * size);
    mlp().randomDirection(seed, number, to, size);
    return copyFloats(to, size);
  });
}

/** A list of weights as the buffer of parameters has them: without those that gradients do not train. */
function flattened(
  weights: readonly Pick<Weight, 'data'>[],
  places: WeightPlace[],
  size: number,
): Float32Array {
  const flat = new Float32Array(size);
  places.forEach(({ trainable, offset }, i) => {
    if (trainable) flat.set(weights[i]!.data, offset);
  });
  return flat;
}

/** d ← d·‖θ‖/‖d‖ for the weights into each unit; biases and factors of normalisations ← 0. */
function normalizeFilters(direction: Float32Array, centre: Float32Array, places: WeightPlace[]): void {
  for (const { trainable, shape, offset, length } of places) {
    if (!trainable) continue;
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
