/** The tables of mlp-wasm/predict say of layers what the core's tables say. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ACTIVATIONS, catalogue, init } from 'mlp-wasm/internals';
import { ALPHAS, EPSILON, FLAGS, KINDS, LEAST_EPSILON } from '../../../web/src/predict/architecture.js';

beforeAll(() => init());

const words = (text: string) => text.split(' ').filter(Boolean);

describe('The tables of mlp-wasm/predict', () => {
  it('have every kind of layer, in its place, with its options and its weights', () => {
    const expected = catalogue().layers.map(({ name, options, weights }) => [
      name,
      [...options.map((option) => option.name), 'inputShape', 'name', 'className'].sort(),
      weights.map((weight) => weight.name),
    ]);
    const known = Object.entries(KINDS).map(([name, [options, weights]]) => [
      name,
      words(options).sort(),
      words(weights),
    ]);
    expect(known).toEqual(expected);
  });

  it('say which option leaves a weight out, and that a kernel alone is a matrix', () => {
    for (const { weights, options } of catalogue().layers) {
      for (const { name, flag, isMatrix } of weights) {
        expect(FLAGS[name]).toBe(flag);
        expect(isMatrix).toBe(name === 'kernel');
        if (flag !== undefined) expect(options.find((option) => option.name === flag)).toMatchObject({ default: 1 });
      }
    }
  });

  it('have the defaults and the limit of what predictions depend on', () => {
    const options = catalogue().layers.flatMap((layer) => layer.options);
    for (const option of options.filter(({ name }) => name === 'epsilon')) {
      expect(option).toMatchObject({ default: EPSILON, low: LEAST_EPSILON });
    }
    expect(options.filter(({ name }) => name === 'epsilon')).toHaveLength(2);
    const alphas = catalogue().activations.filter(({ alpha }) => alpha !== 0);
    expect(Object.fromEntries(alphas.map(({ name, alpha }) => [name, alpha]))).toEqual(ALPHAS);
  });

  it('have every activation in its place', () => {
    expect(ACTIVATIONS).toEqual(catalogue().activations.map(({ name }) => name));
  });
});
