import { INIT } from './init.mjs';
import { P1 } from './p1.mjs';
import { P2 } from './p2.mjs';
import { SIZE } from './size.mjs';
import { T97 } from './t97.mjs';
import { W1, W1D } from './w1.mjs';
import { W2 } from './w2.mjs';
import { W3 } from './w3.mjs';

export const WORKS = [W1, W1D, W2, W3, P1, P2, INIT, SIZE, T97];
export const workCalled = (id) => WORKS.find((work) => work.id.toLowerCase() === id.toLowerCase());

/** Shapes of the weights in the order kernel, bias, kernel, bias … */
export function weightShapes({ sizes }) {
  return sizes.slice(1).flatMap((units, i) => [[sizes[i], units], [units]]);
}

/** The weights as views into one array. */
export function splitWeights(work, flat) {
  let offset = 0;
  return weightShapes(work).map((shape) => {
    const length = shape.reduce((a, b) => a * b);
    offset += length;
    return { shape, data: flat.subarray(offset - length, offset) };
  });
}

/**
 * Floating-point operations a sample costs when trained densely: forward, kernel gradient, and input gradient of
 * every layer but the first; a multiplication and an addition each. Biases, activations and updates not counted.
 */
export function denseFlops({ sizes }) {
  return sizes.slice(1).reduce((sum, units, i) => sum + 2 * sizes[i] * units * (i === 0 ? 2 : 3), 0);
}
