/** The names that the page's settings offer are those of the package. */
import { expect, it } from 'vitest';
import { ACTIVATIONS, OPTIMIZERS } from 'mlp-wasm';
import { BATCH_OPTIMIZERS, HIDDEN_ACTIVATIONS } from '../../../web/demo/page/settings/choices.js';

it('offers every activation that looks at one unit at a time, and every optimizer that takes batches', () => {
  expect(HIDDEN_ACTIVATIONS).toEqual(ACTIVATIONS.filter((name) => !/softmax$/i.test(name)));
  expect(BATCH_OPTIMIZERS).toEqual(OPTIMIZERS.filter((name) => name !== 'lbfgs'));
});
