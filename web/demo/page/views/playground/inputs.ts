/** The plane, its grids, and what of a point the network gets to see. */
import { sine } from './sine.js';

/** The plane reaches from −REACH to REACH in both directions. */
export const REACH = 6;

export interface Place {
  x: number;
  y: number;
}

/** Functions of x₁ and x₂ that may be inputs, in the order of the network's input. */
export const INPUTS = ['x1', 'x2', 'x1x1', 'x2x2', 'x1x2', 'sinx1', 'sinx2'] as const;
export type InputName = (typeof INPUTS)[number];

const FUNCTIONS: Readonly<Record<InputName, (place: Place) => number>> = {
  x1: ({ x }) => x,
  x2: ({ y }) => y,
  x1x1: ({ x }) => x * x,
  x2x2: ({ y }) => y * y,
  x1x2: ({ x, y }) => x * y,
  sinx1: ({ x }) => sine(x),
  sinx2: ({ y }) => sine(y),
};

/** As text: x₁, x₁², sin x₁. */
export const INPUT_TEXTS: Readonly<Record<InputName, string>> = {
  x1: 'x₁',
  x2: 'x₂',
  x1x1: 'x₁²',
  x2x2: 'x₂²',
  x1x2: 'x₁x₂',
  sinx1: 'sin x₁',
  sinx2: 'sin x₂',
};

/** The inputs of the network at these places: places × inputs, row-major. */
export function featuresOf(places: readonly Place[], inputs: readonly InputName[]): Float32Array {
  const features = new Float32Array(places.length * inputs.length);
  places.forEach((place, row) => {
    inputs.forEach((input, column) => (features[row * inputs.length + column] = FUNCTIONS[input](place)));
  });
  return features;
}

/** The middles of side × side cells that cover the plane, from the upper left corner, row by row. */
export function gridOf(side: number): Place[] {
  const at = (i: number): number => REACH * ((2 * i + 1) / side - 1);
  return Array.from({ length: side * side }, (_, cell) => ({
    x: at(cell % side),
    y: -at(Math.floor(cell / side)),
  }));
}
