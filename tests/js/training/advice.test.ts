import { beforeAll, describe, expect, it, vi } from 'vitest';
import { dense, init, normalization, sequential } from 'mlp-wasm';
import { X, Y } from '../support/batches.js';

// Warnings about options that are likely not meant.

beforeAll(() => init());

describe('A normalization layer that was never adapted', () => {
  const make = (name: string) => {
    const model = sequential({
      layers: [normalization({ inputShape: [3], name }), dense({ units: 2, activation: 'softmax' })],
    });
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    return model;
  };
  const warnings = async (run: () => Promise<unknown>) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      await run();
      return warn.mock.calls.flat();
    } finally {
      warn.mockRestore();
    }
  };

  it.each(['fit', 'fitDataset'] as const)('is told of by %s, once', async (method) => {
    using model = make(`of_${method}`);
    const train = () => (method === 'fit' ? model.fit(X, Y) : model.fitDataset([[X, Y]]));
    expect(await warnings(async () => [await train(), await train()])).toEqual([
      `mlp-wasm: ${method}: layer 'of_${method}' was never adapted and changes nothing: ` +
        'call model.adapt(x) before training',
    ]);
  });

  it('is not where it was, or has weights', async () => {
    using adapted = make('adapted');
    adapted.adapt(X);
    using set = make('set');
    set.setWeights(adapted.getWeights());
    expect(await warnings(async () => [await adapted.fit(X, Y), await set.fit(X, Y)])).toEqual([]);
  });
});

describe('layerStatistics', () => {
  const adviceOf = (scale: number, normalized = false) => {
    const first = normalized
      ? [normalization({ inputShape: [3] }), dense({ units: 8 })]
      : [dense({ units: 8, inputShape: [3] })];
    using model = sequential({ seed: 1, layers: [...first, dense({ units: 2, activation: 'softmax' })] });
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const x = X.map((value) => scale * value);
    model.adapt(x);
    return model.layerStatistics(x, Y).advice;
  };

  it.each([1e4, 1e-4])('says that inputs are far from unit scale: %d', (scale) => {
    expect(adviceOf(scale)).toMatch(
      /^Inputs are far from unit scale: their root mean square is \S+\. Try normalization/,
    );
  });

  it('says nothing of inputs of unit scale, or that are normalized', () => {
    expect(adviceOf(1)).toBeUndefined();
    expect(adviceOf(1e4, true)).toBeUndefined();
  });
});
