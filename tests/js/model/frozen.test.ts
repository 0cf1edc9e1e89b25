import { beforeAll, describe, expect, it } from 'vitest';
import { batchNormalization, dense, init, loadModel, sequential, type Sequential } from 'mlp-wasm';

// Layers with `trainable: false`.

beforeAll(() => init());

const x = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * 1.7));
const y = Float32Array.from({ length: 20 }, (_, i) => Math.cos(i));

function build(trainable: boolean): Sequential {
  const model = sequential({
    seed: 5,
    layers: [
      dense({ units: 6, activation: 'tanh', inputShape: [3], trainable }),
      batchNormalization({ trainable }),
      dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: { name: 'adamw', weightDecay: 0.1, useEma: true }, loss: 'meanSquaredError' });
  return model;
}

const namesThatMoved = async (model: Sequential): Promise<string[]> => {
  const before = model.getWeights();
  await model.fit(x, y, { epochs: 3, batchSize: 8 });
  const after = model.getWeights();
  return after.filter(({ data }, i) => String(data) !== String(before[i]!.data)).map(({ name }) => name);
};

describe('A frozen layer', () => {
  it('keeps its weights and its averages, and the others learn', async () => {
    using model = build(false);
    expect(await namesThatMoved(model)).toEqual(['dense_2/kernel', 'dense_2/bias']);
    using free = build(true);
    expect(await namesThatMoved(free)).toHaveLength(8);
  });

  it('keeps them when batches come from a dataset, too', async () => {
    using model = build(false);
    const before = model.getWeights();
    await model.fitDataset([{ x, y }], { epochs: 3 });
    model
      .getWeights()
      .slice(0, 6)
      .forEach(({ data }, i) => expect(data).toEqual(before[i]!.data));
  });

  it('is frozen in the file of the model', async () => {
    using model = build(false);
    using loaded = await loadModel(await model.save());
    expect(loaded.layers.map(({ trainable }) => trainable)).toEqual([false, false, true]);
    expect(await namesThatMoved(loaded)).toEqual(['dense_2/kernel', 'dense_2/bias']);
  });

  it('is counted in the summary', () => {
    using model = build(false);
    expect(model.summary(() => {})).toContain('55 parameters, 48 of them frozen');
    using free = build(true);
    expect(free.summary(() => {})).toMatch(/55 parameters$/);
  });

  it('has gradients to look at, which training does not use', () => {
    using model = build(false);
    const { gradients } = model.gradients(x, y);
    expect(gradients.map(({ name }) => name)).toContain('dense/kernel');
    expect(model.gradientCheck(x, y).worstRelativeError).toBeLessThan(1e-2);
  });

  it('can be made of a layer of another model, for another task', async () => {
    using first = build(true);
    await first.fit(x, y, { epochs: 1 });
    using second = sequential({
      layers: [
        ...first.layers
          .slice(0, 2)
          .map(({ className, name, ...layer }, i) =>
            className === 'dense'
              ? dense({ units: layer.units, activation: layer.activation, trainable: false, inputShape: [3], name })
              : batchNormalization({ trainable: false, name: `${name}_${i}` }),
          ),
        dense({ units: 2, activation: 'softmax' }),
      ],
    });
    const kept = first.getWeights().slice(0, 6);
    second.setWeights([...kept, ...second.getWeights().slice(6)]);
    second.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    await second.fit(
      x,
      Int32Array.from(y, (value) => Number(value > 0)),
      { epochs: 2 },
    );
    expect(
      second
        .getWeights()
        .slice(0, 6)
        .map(({ data }) => data),
    ).toEqual(kept.map(({ data }) => data));
  });

  it('must be told so by true or false', () => {
    expect(() =>
      sequential({ layers: [dense({ units: 1, inputShape: [1], trainable: 0 as unknown as boolean })] }),
    ).toThrow(new TypeError('sequential: layers[0].trainable: expected true or false, got 0'));
  });
});

describe('Options that the core keeps as floats', () => {
  it.each([
    ['a rate that would become 1', { className: 'dropout', rate: 0.99999999 } as never],
    ['an epsilon that would become 0', { className: 'batchNormalization', epsilon: 1e-50 } as never],
    ['a deviation that would become infinite', { className: 'gaussianNoise', stddev: 1e39 } as never],
  ])('are refused: %s', (_, layer) => {
    expect(() => sequential({ layers: [dense({ units: 1, inputShape: [1] }), layer] })).toThrow(RangeError);
  });
});
