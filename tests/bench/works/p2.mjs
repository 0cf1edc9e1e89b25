import { W1 } from './w1.mjs';

/** Ten thousand samples at once through W1's network, once trained. */
export const P2 = {
  ...W1,
  id: 'P2',
  kind: 'predictMany',
  unit: 'samples/s',
  title: '10,000 samples at once through 784-128-10',
  rows: 10_000,
  tolerance: 1e-4,
};
