/** The path of a training, the slice of the loss that it lies in, and the picture that is made of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { LOSS_COLOURS } from '../../../web/demo/page/views/inside/surface-colours.js';
import { SurfaceField } from '../../../web/demo/page/views/inside/surface-field.js';
import { MOMENTS_AT_MOST, WeightPath } from '../../../web/demo/page/training/weight-path.js';
import type { Digits } from '../../../web/demo/shared/digit-work.js';
import type { Moment, Surface } from '../../../web/demo/shared/inside-work.js';
import type { PlainNetwork } from '../../../web/demo/shared/model-work.js';
import { surfaceOf } from '../../../web/demo/worker/inside/surface.js';
import { modelOf } from '../../../web/demo/worker/plain-network.js';
import { configsOf } from '../../../web/demo/shared/plain-layers.js';
import { oklab } from '../support/colours.js';

describe('the path of a training', () => {
  const weights = (value: number, size = 3) =>
    Promise.resolve([{ shape: [size], data: new Float32Array(size).fill(value) }]);
  const train = async (path: WeightPath, epochs: number, began = 1): Promise<void> => {
    for (let epoch = 0; epoch < epochs; epoch++) await path.offer({ began, epoch }, () => weights(epoch));
  };
  const epochsOf = (moments: readonly Moment[]): number[] => moments.map(({ epoch }) => epoch);

  it('has few moments of however long a training, evenly spread, the first one among them', async () => {
    const path = new WeightPath();
    await train(path, 1001);
    const epochs = epochsOf(path.of({ began: 1, epoch: 1001 }));
    expect(epochs.length).toBeLessThan(MOMENTS_AT_MOST);
    expect(epochs.length).toBeGreaterThan(MOMENTS_AT_MOST / 2 - 2);
    const stride = epochs[1]!;
    expect(epochs).toEqual(epochs.map((_, i) => i * stride));
    expect(path.of({ began: 1, epoch: 1001 })[1]!.weights).toEqual(new Float32Array(3).fill(stride));
  });

  it('goes on from where a training was set back to, and is of one run only', async () => {
    const path = new WeightPath();
    await train(path, 10);
    await path.offer({ began: 1, epoch: 4.5 }, () => weights(0));
    expect(epochsOf(path.of({ began: 1, epoch: 5 }))).toEqual([0, 1, 2, 3, 4, 4.5]);
    expect(epochsOf(path.of({ began: 1, epoch: 2 }))).toEqual([0, 1]);
    expect(path.of({ began: 2, epoch: 5 })).toEqual([]);
    await train(path, 2, 2);
    expect(epochsOf(path.of({ began: 2, epoch: 5 }))).toEqual([0, 1]);
  });

  it('takes no more than 32 MB, and nothing of a network that is too large for a few moments', async () => {
    const path = new WeightPath();
    for (let epoch = 0; epoch < 60; epoch++) await path.offer({ began: 1, epoch }, () => weights(1, 500_000));
    const moments = path.of({ began: 1, epoch: 60 });
    expect(moments.length).toBeGreaterThan(7);
    expect(moments.length * 4 * 500_000).toBeLessThanOrEqual(32e6);
    let asked = 0;
    for (let epoch = 0; epoch < 5; epoch++) {
      await path.offer({ began: 2, epoch }, () => weights(1, 1_100_000 + 0 * asked++));
    }
    expect(path.of({ began: 2, epoch: 9 })).toEqual([]);
    expect(asked).toBe(1);
  });
});

describe('the slice of the loss', () => {
  let digits: Digits;
  let network: PlainNetwork;
  let end: Float32Array;

  beforeAll(async () => {
    await init();
    const { x, y } = await generateDigits({ count: 40, seed: 5 });
    digits = { pixels: Uint8Array.from(x, (level) => Math.round(255 * level)), labels: Uint8Array.from(y) };
    const layers = [
      { units: 6, activation: 'tanh' as const },
      { units: 10, activation: 'softmax' as const },
    ];
    const model = sequential({
      seed: 4,
      layers: layers.map((layer, i) => dense(i === 0 ? { ...layer, inputShape: [784] } : layer)),
    });
    network = { layers, weights: model.getWeights() };
    model.dispose();
    end = Float32Array.from(network.weights.flatMap(({ data }) => Array.from(data)));
  });

  const lossAt = (all: Float32Array): number => {
    let from = 0;
    const weights = network.weights.map(({ shape, data }) => ({ shape, data: all.slice(from, (from += data.length)) }));
    const model = modelOf({ layers: network.layers, weights });
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const x = Float32Array.from(digits.pixels, (level) => level / 255);
    const { loss } = model.evaluate(x, digits.labels);
    model.dispose();
    return loss;
  };
  const slice = (moments: Moment[]): Promise<Surface> =>
    surfaceOf({ network, moments, epoch: 9, steps: 5 }, digits, () => undefined);

  it('goes through a path as it is: its lengths, its share, its losses, and the losses beside it', async () => {
    // In a plane of its own: along a slow wave and a quick one, which are orthogonal.
    const wave = (pace: number) =>
      Float32Array.from(end, (_, i) => Math.sqrt(2 / end.length) * Math.cos((Math.PI * (i + 0.5) * pace) / end.length));
    const [one, other] = [wave(3), wave(900)];
    const at = (a: number, b: number): Float32Array => end.map((value, i) => value + a * one[i]! + b * other[i]!);
    const places = [
      [-4, 1],
      [-3, 2.5],
      [-1, 1.5],
    ] as const;
    const moments = places.map(([a, b], epoch) => ({ epoch, weights: at(a, b) }));
    const { along, held, path, loss, middle, reach, count } = await slice(moments);
    expect([along, count]).toEqual(['path', 40]);
    expect(held[0] + held[1]).toBeCloseTo(1, 5);
    expect(held[0]).toBeGreaterThan(held[1]);
    expect(path.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 9]);
    expect(path[3]).toMatchObject({ x: 0, y: 0 });
    expect(path[0]!.x).toBeLessThan(0);
    const all = [...places, [0, 0] as const];
    all.forEach(([a, b], i) => {
      expect(path[i]!.loss).toBeCloseTo(lossAt(at(a, b)), 5);
      // As far from each other as the weights are.
      for (const [k, [c, d]] of all.entries()) {
        const [p, q] = [path[i]!, path[k]!];
        expect(Math.hypot(p.x - q.x, p.y - q.y)).toBeCloseTo(Math.hypot(a - c, b - d), 3);
      }
    });
    // The plane's axes, by where it has the path; then the losses at its corners and in its middle.
    const [p, q] = [path[0]!, path[1]!];
    const turn = p.x * q.y - q.x * p.y;
    for (const [i, j] of [
      [0, 0],
      [2, 2],
      [4, 0],
      [4, 4],
    ] as const) {
      const [x, y] = [middle[0] + (reach * (i - 2)) / 2, middle[1] + (reach * (j - 2)) / 2];
      const [s, t] = [(x * q.y - q.x * y) / turn, (p.x * y - x * p.y) / turn];
      const there = at(s * -4 + t * -3, s * 1 + t * 2.5);
      expect(loss[i * 5 + j]).toBeCloseTo(lossAt(there), 3);
    }
    // All of the path is in the picture.
    for (const { x, y } of path) {
      expect(Math.max(Math.abs(x - middle[0]), Math.abs(y - middle[1]))).toBeLessThan(reach);
    }
  });

  it('of a network with batch normalisation is that of the dense layers that it is folded into', async () => {
    const layers = [
      { units: 6, activation: 'relu' as const, normalization: 'batch' as const, dropout: 0.5, l2: 1 },
      { units: 10, activation: 'softmax' as const },
    ];
    const model = sequential({ seed: 4, layers: configsOf(layers) });
    const weights = model.getWeights();
    const size = weights.reduce((sum, { data }) => sum + data.length, 0);
    const moments = [1, 2, 3].map((epoch) => ({
      epoch,
      weights: Float32Array.from({ length: size }, (_, i) => 0.5 + 0.1 * Math.cos(i * epoch)),
    }));
    const surface = await surfaceOf(
      { network: { layers, weights }, moments, epoch: 9, steps: 5 },
      digits,
      () => undefined,
    );
    const x = Float32Array.from(digits.pixels, (level) => level / 255);
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const probabilities = model.predict(x);
    const loss = digits.labels.reduce((sum, label, i) => sum - Math.log(probabilities[10 * i + label]!) / 40, 0);
    model.dispose();
    expect(surface.along).toBe('path');
    expect(surface.path[3]!.loss).toBeCloseTo(loss, 4);
  });

  it('goes along random directions where the path tells no plane: none, too short, or straight', async () => {
    const straight = [3, 2, 1].map((far, epoch) => ({ epoch, weights: end.map((value) => value + far) }));
    for (const moments of [[], straight.slice(0, 2), straight]) {
      const { along, loss, path } = await slice(moments);
      expect(along).toBe('random');
      expect(path).toEqual([{ epoch: 9, x: 0, y: 0, loss: expect.closeTo(lossAt(end), 5) as number }]);
      expect(loss[12]).toBeCloseTo(lossAt(end), 5);
    }
  });
});

describe('the picture of a slice', () => {
  const STEPS = 5;
  // The loss grows to the right by a factor of 10 each, and does not change upwards but in one corner.
  const loss = Float64Array.from({ length: STEPS * STEPS }, (_, at) => 10 ** (Math.floor(at / STEPS) - 2));
  loss[1 * STEPS + (STEPS - 1)] = Infinity; // the second column, at the top
  const field = new SurfaceField({
    ...{ along: 'path', steps: STEPS, loss, middle: [2, 3], reach: 4, held: [0.9, 0.1], count: 1 },
    path: [{ epoch: 0, x: 2, y: 3, loss: 1 }],
  });

  it('has places where they belong, and the logarithm between them', () => {
    expect(field.placeOf(2, 3)).toEqual([0.5, 0.5]);
    expect(field.placeOf(6, 7)).toEqual([1, 0]);
    expect(field.lossOf(4, 4)).toBe(100);
    expect(field.lossOf(1, 0)).toBe(Infinity);
    expect(field.shareAt(0, 1)).toBeCloseTo(0, 6);
    expect(field.shareAt(1, 1)).toBeCloseTo(1, 6);
    expect(field.shareAt(0.625, 1)).toBeCloseTo(0.625, 6);
    expect(field.shareAt(0.25, 0)).toBeCloseTo(1, 6); // as dark as the darkest
    expect(field.share(1)).toBeCloseTo(0.5, 6);
  });

  it('has lines at round losses, where the loss is that', () => {
    expect(field.levels()).toEqual([0.03, 0.1, 0.3, 1, 3, 10, 30]);
    const line = field.contour(10);
    expect(line.length).toBeGreaterThan(8);
    // Below the corner it is upright.
    const low = line.filter((_, i) => i % 2 === 0 && line[i + 1]! > 0.4);
    for (const x of low) expect(x).toBeCloseTo(0.75, 6);
  });

  it.each(['light', 'dark'] as const)('has colours in the %s whose steps look alike, from paper to ink', (theme) => {
    const labs = LOSS_COLOURS[theme].map(oklab);
    const steps = labs.slice(1).map((lab, i) => Math.hypot(...lab.map((value, k) => value - labs[i]![k]!)));
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.15);
    const rises = labs.slice(1).map(([lightness], i) => lightness - labs[i]![0]);
    for (const rise of rises) expect(Math.sign(rise)).toBe(theme === 'light' ? -1 : 1);
  });
});
