import { W1 } from './w1.mjs';

/** One sample through W1's network, once trained: the wait between a stroke and its answer. */
export const P1 = {
  ...W1,
  id: 'P1',
  kind: 'predictOne',
  unit: 'µs',
  title: 'one sample through 784-128-10, typed array in, typed array out',
  rows: 1000,
  tolerance: 1e-4,
};
