/** Digits by what the last hidden layer makes of them, in the plane and in space. */
import type { Digits } from '../../shared/digit-work.js';
import { COMPONENTS } from '../../shared/inside-work.js';
import type { Embedding } from '../../shared/inside-work.js';
import type { PlainNetwork } from '../../shared/model-work.js';
import { modelOf } from '../plain-network.js';
import { principalComponents } from './principal-components.js';

const DIGITS = 10;

/** @param before the embedding of the same digits before, if there is one, so that none is mirrored without need */
export function embed(network: PlainNetwork, digits: Digits, before?: Embedding): Embedding {
  const { hidden, units, answers, probabilities } = read(network, digits);
  const count = digits.labels.length;
  const mean = new Float64Array(units);
  hidden.forEach((value, i) => (mean[i % units]! += value / count));
  const centred = hidden.map((value, i) => value - mean[i % units]!);
  const { directions, shares, coordinates } = principalComponents(centred, units, COMPONENTS);
  const points = new Float32Array(count * COMPONENTS);
  const flat = new Float32Array(COMPONENTS * units);
  directions.forEach((direction, component) => {
    const sign = signOf(coordinates[component]!, component, before);
    flat.set(
      direction.map((value) => sign * value),
      component * units,
    );
    coordinates[component]!.forEach((value, i) => (points[i * COMPONENTS + component] = sign * value));
  });
  return { digits, answers, probabilities, points, variance: shares, mean: Float32Array.from(mean), directions: flat };
}

/** The output of the last hidden layer for each digit, or the digit itself where there is none; and the answers. */
function read(
  network: PlainNetwork,
  { pixels, labels }: Digits,
): Pick<Embedding, 'answers' | 'probabilities'> & { hidden: Float32Array; units: number } {
  const model = modelOf(network);
  try {
    const x = Float32Array.from(pixels, (level) => level / 255);
    const last = network.layers.length - 1;
    const hidden = last > 0 ? model.predict(x, { to: last - 1 }) : x;
    const outputs = last > 0 ? model.predict(hidden, { from: last }) : model.predict(x);
    const classes = network.layers[last]!.units;
    const answers = Uint8Array.from(labels, (_, i) => {
      // Among the ten, as everywhere on the page where digits are judged: of an eleventh output, none of these is one.
      const shares = outputs.subarray(i * classes, i * classes + DIGITS);
      return shares.indexOf(Math.max(...shares));
    });
    const probabilities = Float32Array.from(answers, (unit, i) => outputs[i * classes + unit]!);
    return { hidden, units: hidden.length / labels.length, answers, probabilities };
  } finally {
    model.dispose();
  }
}

/** The side of a component on which the digits lie as they did before; at first, that of its longer tail. */
function signOf(coordinates: Float64Array, component: number, before: Embedding | undefined): number {
  let sum = 0;
  coordinates.forEach((value, i) => (sum += before ? value * before.points[i * COMPONENTS + component]! : value ** 3));
  return sum < 0 ? -1 : 1;
}
