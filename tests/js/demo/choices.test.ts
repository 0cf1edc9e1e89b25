/** The names that the page's settings offer are those of the package. */
import { expect, it } from 'vitest';
import { ACTIVATIONS, INITIALIZERS, OPTIMIZERS } from 'mlp-wasm';
import * as choices from '../../../web/demo/page/settings/choices.js';

it('offers every activation that looks at one unit at a time, and every optimizer that takes batches', () => {
  expect(choices.HIDDEN_ACTIVATIONS).toEqual(ACTIVATIONS.filter((name) => !/softmax$/i.test(name)));
  expect(choices.BATCH_OPTIMIZERS).toEqual(OPTIMIZERS.filter((name) => name !== 'lbfgs'));
  expect(choices.INITIALIZERS).toEqual(INITIALIZERS.filter((name) => !/^(zeros|ones|constant)$/.test(name)));
});
