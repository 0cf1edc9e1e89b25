import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  ACTIVATIONS,
  batchNormalization,
  dense,
  dropout,
  init,
  layerNormalization,
  loadCheckpoint,
  normalization,
  OPTIMIZERS,
  schedules,
  sequential,
  type ActivationName,
  type CompileOptions,
  type LayerConfig,
  type OptimizerName,
  type Sequential,
} from 'mlp-wasm';
import { connect, type RemoteMlp } from 'mlp-wasm/worker';
import { bitsOf, weightBits } from '../support/bits.js';
import { normalNumbers } from '../support/draws.js';

beforeAll(() => init({ deterministic: true }));

function build(layers: LayerConfig[], compile?: Partial<CompileOptions>, seed = 5): Sequential {
  const model = sequential({ seed, layers });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...compile });
  return model;
}

/** rows × features numbers, normal with deviation 1. */
const draw = (rows: number, features: number, seed = 1) => normalNumbers(seed, rows * features);

const ROWS = 40;
const FEATURES = 6;
const X = () => draw(ROWS, FEATURES, 1);
const CLASSES = Uint8Array.from({ length: ROWS }, (_, i) => (i * 7) % 3);
const classifier = (compile: Partial<CompileOptions> = {}) =>
  build(
    [
      dense({ units: 8, activation: 'tanh', inputShape: [FEATURES] }),
      batchNormalization(),
      dropout({ rate: 0.3 }),
      dense({ units: 3, activation: 'softmax' }),
    ],
    { loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy', 'auc'], ...compile },
  );

/** Norms of the weights into each unit. */
function columnNorms({ shape, data }: { shape: number[]; data: Float32Array }): number[] {
  return Array.from({ length: shape[1]! }, (_, unit) =>
    Math.hypot(...data.filter((_value, i) => i % shape[1]! === unit)),
  );
}

describe('lossSurface', () => {
  it('is what evaluate gives at the same weights', async () => {
    const model = classifier();
    const before = weightBits(model);
    const { axis, loss, shape, directions } = await model.lossSurface(X(), CLASSES, { steps: 5, span: 0.7 });
    expect([...axis]).toEqual([-0.7, -0.35, 0, 0.35, 0.7]);
    expect([shape, loss.length, directions.length]).toEqual([[5, 5], 25, 2]);
    expect(weightBits(model)).toEqual(before);

    const centre = model.getWeights();
    axis.forEach((a, i) =>
      axis.forEach((b, j) => {
        model.setWeights(
          centre.map(({ shape, data }, weight) => ({
            shape,
            data: data.map((value, at) => {
              const [u, v] = directions.map((direction) => direction[weight]!.data[at]!);
              return value + a * u! + b * v!;
            }),
          })),
        );
        expect(loss[i * 5 + j]).toBe(model.evaluate(X(), CLASSES).loss);
      }),
    );
  });

  it('goes one way, too, and has the model itself in the middle', async () => {
    const model = classifier();
    const { axis, loss, shape } = await model.lossSurface(X(), CLASSES, { directions: 1 });
    expect([shape, axis.length, loss.length]).toEqual([[21], 21, 21]);
    expect(loss[10]).toBe(model.evaluate(X(), CLASSES).loss);
    expect(axis[10]).toBe(0);
  });

  it("goes along directions whose filters are as long as the model's, and leaves out what is no filter", async () => {
    const model = classifier();
    const weights = model.getWeights();
    const biased = weights.map(({ shape, data }) => ({ shape, data: data.map((value) => value + 0.5) }));
    model.setWeights(biased);
    const { directions } = await model.lossSurface(X(), CLASSES, { steps: 2 });
    for (const direction of directions) {
      expect(direction.map(({ name, shape }) => [name, shape])).toEqual(
        weights.map(({ name, shape }) => [name, shape]),
      );
      direction.forEach((weight, i) => {
        if (!weight.name.endsWith('/kernel')) {
          expect([...weight.data].every((value) => value === 0)).toBe(true);
        } else {
          const wanted = columnNorms(biased[i]!);
          columnNorms(weight).forEach((norm, unit) => expect(norm / wanted[unit]!).toBeCloseTo(1, 5));
        }
      });
    }
    // Two draws, not one: the cosine between them is some 1/√48.
    const [u, v] = directions.map((direction) => direction[0]!.data);
    const cosine = u!.reduce((sum, value, i) => sum + value * v![i]!, 0) / (Math.hypot(...u!) * Math.hypot(...v!));
    expect(Math.abs(cosine)).toBeLessThan(0.5);
  });

  it('draws them from the seed', async () => {
    const run = async (options = {}, seed = 5) => {
      const model = build([dense({ units: 2, inputShape: [FEATURES], kernelInitializer: 'ones' })], {}, seed);
      const { directions, loss } = await model.lossSurface(X(), draw(ROWS, 2), { steps: 3, ...options });
      return [bitsOf(directions[0]![0]!.data), bitsOf(directions[1]![0]!.data), [...loss]];
    };
    const [first] = [await run()];
    expect(await run()).toEqual(first);
    expect(await run({ seed: 5 }, 6)).toEqual(first);
    expect(await run({ seed: 2 ** 53 - 1 })).not.toEqual(first);
    const [u, v] = await run({ seed: 7 });
    expect(new Set([...first.slice(0, 2), u, v]).size).toBe(4);
  });

  it('of a linear model is a parabola', async () => {
    // L(α) = mean (x·(θ + αd) − y)²: its second difference is 2h²·mean (x·d)², whatever α.
    const model = build([dense({ units: 1, inputShape: [FEATURES], useBias: false })]);
    const y = draw(ROWS, 1, 9);
    const { axis, loss, directions } = await model.lossSurface(X(), y, { directions: 1, steps: 9, span: 2 });
    const d = directions[0]![0]!.data;
    const x = X();
    let square = 0;
    for (let row = 0; row < ROWS; ++row) {
      let product = 0;
      for (let j = 0; j < FEATURES; ++j) product += x[row * FEATURES + j]! * d[j]!;
      square += product ** 2 / ROWS;
    }
    const h = axis[1]! - axis[0]!;
    for (let i = 1; i < 8; ++i) {
      expect((loss[i + 1]! - 2 * loss[i]! + loss[i - 1]!) / (2 * h * h * square)).toBeCloseTo(1, 4);
    }
  });

  it('takes directions as they come, scaled or not', async () => {
    const model = classifier();
    const { gradients } = model.gradients(X(), CLASSES);
    const all = model.getWeights().map(({ name, shape, data }) => ({
      shape,
      data: gradients.find((gradient) => gradient.name === name)?.data ?? new Float32Array(data.length).fill(9),
    }));
    const options = { directions: [all], normalize: false, span: 1e-2, steps: 3 };
    const raw = await model.lossSurface(X(), CLASSES, options);
    // Along the gradient g the loss rises by ‖g‖² a length.
    const slope = (raw.loss[2]! - raw.loss[0]!) / 2e-2;
    expect(slope / gradients.reduce((sum, { data }) => sum + Math.hypot(...data) ** 2, 0)).toBeCloseTo(1, 2);
    for (const { name, data } of raw.directions[0]!) {
      const gradient = gradients.find((other) => other.name === name);
      expect([...data]).toEqual(gradient ? [...gradient.data] : [...data].map(() => 0));
    }
    const scaled = await model.lossSurface(X(), CLASSES, { directions: [all, all], steps: 3 });
    expect(columnNorms(scaled.directions[1]![0]!)[0]).toBeCloseTo(columnNorms(model.getWeights()[0]!)[0]!, 5);
    expect([...scaled.directions[0]![1]!.data].every((value) => value === 0)).toBe(true);
  });

  it('goes nowhere from weights that are 0, or along directions that are', async () => {
    const model = build([dense({ units: 2, inputShape: [FEATURES], kernelInitializer: 'zeros' })]);
    const { loss } = await model.lossSurface(X(), draw(ROWS, 2), { steps: 2 });
    expect(new Set(loss).size).toBe(1);
    const other = build([dense({ units: 2, inputShape: [FEATURES] })]);
    const zeros = other.getWeights().map(({ shape, data }) => ({ shape, data: data.fill(0) }));
    expect(new Set((await other.lossSurface(X(), draw(ROWS, 2), { directions: [zeros] })).loss).size).toBe(1);
  });

  it("lets the event loop run, says how far it is, and has the model's weights whenever others look", async () => {
    const model = classifier();
    const before = weightBits(model);
    const [x, y] = [draw(4000, FEATURES), new Uint8Array(4000)];
    const seen: number[] = [];
    let ticks = 0;
    const ticker = setInterval(() => void ++ticks, 1);
    const { loss } = await model.lossSurface(x, y, {
      steps: 21,
      async onProgress(done, total) {
        seen.push(done);
        expect(total).toBe(441);
        expect(model.isTraining).toBe(true);
        expect(weightBits(model)).toEqual(before);
        await expect(model.fit(x, y)).rejects.toThrow(
          'fit: expected an idle model, got one that lossSurface() is using',
        );
      },
    });
    clearInterval(ticker);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.at(-1)).toBe(441);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(ticks).toBeGreaterThan(3);
    expect(model.isTraining).toBe(false);
    expect(weightBits(model)).toEqual(before);
    // Neither turns nor what others do at them change a result.
    const again = await model.lossSurface(x, y, { steps: 21, onProgress: () => void model.predict(X()) });
    expect([...again.loss]).toEqual([...loss]);
  });

  it('keeps weights that are set meanwhile, and describes those it began with', async () => {
    const model = classifier();
    const [x, y] = [draw(4000, FEATURES), new Uint8Array(4000)];
    const { loss } = await model.lossSurface(x, y, { steps: 15 });
    let turns = 0;
    const again = await model.lossSurface(x, y, {
      steps: 15,
      onProgress() {
        const weights = model.getWeights();
        weights[0]!.data.fill(0);
        if (++turns === 1) model.setWeights(weights);
      },
    });
    expect([...again.loss]).toEqual([...loss]);
    expect([...model.getWeights()[0]!.data].every((value) => value === 0)).toBe(true);
  });

  it.each<[string, (model: Sequential, controller: AbortController) => unknown, string]>([
    ['is aborted', (_model, controller) => controller.abort(new Error('enough')), 'enough'],
    [
      'has a callback that throws',
      () => {
        throw new Error('of no use');
      },
      'of no use',
    ],
  ])('leaves the model as it was where it %s', async (_when, onProgress, message) => {
    const model = classifier();
    const before = weightBits(model);
    const controller = new AbortController();
    await expect(
      model.lossSurface(draw(4000, FEATURES), new Uint8Array(4000), {
        signal: controller.signal,
        onProgress: () => void onProgress(model, controller),
      }),
    ).rejects.toThrow(message);
    expect(weightBits(model)).toEqual(before);
    await model.fit(X(), CLASSES);
  });

  it('leaves the model as it was where anything fails in the middle of a point', async () => {
    const model = classifier();
    const before = weightBits(model);
    let calls = 0;
    const now = vi.spyOn(performance, 'now').mockImplementation(() => {
      if (++calls > 20) throw new Error('no time');
      return 0;
    });
    await expect(model.lossSurface(X(), CLASSES)).rejects.toThrow('no time');
    now.mockRestore();
    expect(weightBits(model)).toEqual(before);
  });

  it('does not begin where it is aborted already, and ends where the model is disposed of', async () => {
    const model = classifier();
    await expect(model.lossSurface(X(), CLASSES, { signal: AbortSignal.abort() })).rejects.toThrow('abort');
    const surface = model.lossSurface(draw(4000, FEATURES), new Uint8Array(4000));
    model.dispose();
    await expect(surface).rejects.toThrow('lossSurface: expected a live model, got one that was disposed');
    expect(model.isDisposed).toBe(true);
  });

  it('can have losses that are not finite', async () => {
    const model = build([dense({ units: 1, inputShape: [FEATURES] })]);
    const huge = model.getWeights().map(({ shape, data }) => ({ shape, data: data.fill(1e30) }));
    const { loss } = await model.lossSurface(X(), draw(ROWS, 1), { directions: [huge], normalize: false });
    expect(loss[0]).toBe(Infinity);
    expect(loss[10]).toSatisfy(Number.isFinite);
  });
});

describe('findLearningRate', () => {
  const COMPILES: Partial<CompileOptions>[] = [
    ...OPTIMIZERS.filter((name) => name !== 'lbfgs').map((optimizer: OptimizerName) => ({ optimizer })),
    { optimizer: { name: 'adam', useEma: true } },
    { optimizer: { name: 'sgd', learningRate: schedules.step({ initialLearningRate: 0.1, stepSize: 3 }) } },
    { optimizer: { name: 'sgd', momentum: 0.9, learningRate: (step) => 0.1 / (1 + step) } },
  ];

  it.each(COMPILES)('leaves everything as it was, to the bit: %j', async (compile) => {
    const run = async (tested: boolean) => {
      const model = classifier(compile);
      const test = async () => {
        if (!tested) return;
        const before = model.checkpoint();
        const rate = model.learningRate;
        const { loss } = await model.findLearningRate(X(), CLASSES, { steps: 40, to: 1, batchSize: 7 });
        expect(loss.length).toBeGreaterThan(5);
        expect(Buffer.compare(model.checkpoint(), before)).toBe(0);
        expect(model.learningRate).toBe(rate);
      };
      await test();
      await model.fit(X(), CLASSES, { epochs: 2, batchSize: 8 });
      await test();
      // From the middle of an epoch, with its order of samples, on.
      for await (const { batch } of model.steps(X(), CLASSES, { batchSize: 8, epochs: 3 })) {
        if (batch === 2) break;
      }
      await test();
      const history = await model.fit(X(), CLASSES, { epochs: 4, batchSize: 8, resume: true });
      return [weightBits(model), Buffer.from(model.checkpoint()).toString('hex'), history];
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it("leaves no average behind that a training without a step would put in the weights' place", async () => {
    const model = classifier({ optimizer: { name: 'adam', useEma: true } });
    const before = weightBits(model);
    await model.findLearningRate(X(), CLASSES, { steps: 5 });
    await model.fit(X(), CLASSES, { signal: AbortSignal.abort() });
    expect(weightBits(model)).toEqual(before);
  });

  it('keeps an average that is still to take the place of the weights', async () => {
    const model = classifier({ optimizer: { name: 'adam', useEma: true } });
    let file = new Uint8Array();
    await model.fit(X(), CLASSES, { callbacks: { onBatchEnd: () => void (file = model.checkpoint()) } });
    using loaded = await loadCheckpoint(file);
    await loaded.findLearningRate(X(), CLASSES, { steps: 5 });
    expect(Buffer.compare(loaded.checkpoint(), file)).toBe(0);
    await loaded.fit(X(), CLASSES, { resume: true });
    expect(weightBits(loaded)).toEqual(weightBits(model));
  });

  it('trains with rates that grow exponentially, as fit would with them', async () => {
    const model = classifier();
    const { learningRate, loss, smoothed } = await model.findLearningRate(X(), CLASSES, {
      from: 1e-3,
      to: 1e-1,
      steps: 21,
      batchSize: 8,
      smoothing: 0.8,
    });
    learningRate.forEach((rate, i) => expect(rate / 10 ** (-3 + i / 10)).toBeCloseTo(1, 12));
    expect(learningRate[20]).toBe(0.1);
    // The same batches, one at a time, with a rate of its own each.
    const other = classifier({ optimizer: { name: 'sgd', learningRate: (step) => learningRate[step]! } });
    const losses: number[] = [];
    let before = 0;
    await other.fit(X(), CLASSES, {
      stepsPerEpoch: 21,
      batchSize: 8,
      callbacks: {
        onBatchEnd(batch, logs) {
          losses.push(logs.loss * (batch + 1) - before);
          before = logs.loss * (batch + 1);
        },
      },
    });
    losses.forEach((value, i) => expect(loss[i]).toBeCloseTo(value, 5));
    // s̃ₜ = βs̃ₜ₋₁ + (1 − β)lₜ from 0, divided by 1 − βᵗ, is the mean of the losses weighted by β^age.
    smoothed.forEach((value, i) => {
      const weights = Array.from({ length: i + 1 }, (_, age) => 0.8 ** age);
      const mean =
        weights.reduce((sum, weight, age) => sum + weight * loss[i - age]!, 0) /
        weights.reduce((sum, weight) => sum + weight);
      expect(value).toBeCloseTo(mean, 10);
    });
  });

  it('stops where the smoothed loss is 4 times its least, or the loss not finite', async () => {
    const model = build([dense({ units: 1, inputShape: [FEATURES] })]);
    const y = draw(ROWS, 1, 4);
    const { smoothed, learningRate } = await model.findLearningRate(X(), y, { to: 1e3, smoothing: 0.5 });
    expect(smoothed.length).toBeLessThan(100);
    expect(learningRate.length).toBe(smoothed.length);
    smoothed.forEach((value, i) => {
      const least = Math.min(...smoothed.slice(0, i + 1));
      expect(value > 4 * least).toBe(i === smoothed.length - 1);
    });
    const wild = await model.findLearningRate(X(), y, { from: 1e24, to: 9e29, steps: 10 });
    expect(wild.loss.every(Number.isFinite)).toBe(true);
    expect(wild.loss.length).toBeLessThan(10);
    expect(model.evaluate(X(), y).loss).toSatisfy(Number.isFinite);
  });

  it('suggests a rate below where plain gradient descent diverges, with which it learns', async () => {
    // Full batches of a parabola: descent diverges from 2/λ_max on.
    const model = build([dense({ units: 1, inputShape: [FEATURES] })]);
    const x = X();
    const y = Float32Array.from({ length: ROWS }, (_, row) => x[row * FEATURES]! - 2 * x[row * FEATURES + 3]!);
    const { suggestion, sharpnessBound, learningRate, smoothed } = await model.findLearningRate(x, y, {
      batchSize: ROWS,
      from: 1e-4,
      steps: 200,
    });
    const { learningRateBound } = model.sharpness(x, y);
    expect(sharpnessBound! / learningRateBound).toBeCloseTo(1, 1);
    expect(suggestion).toBeGreaterThan(sharpnessBound! / 100);
    expect(suggestion).toBeLessThan(sharpnessBound!);
    // It ended soon after the bound: each step beyond doubles the loss, or so.
    expect(learningRate.at(-1)).toBeGreaterThan(sharpnessBound!);
    expect(smoothed.length).toBeLessThan(200);
    const before = model.evaluate(x, y).loss;
    model.learningRate = suggestion!;
    await model.fit(x, y, { epochs: 30, batchSize: ROWS });
    expect(model.evaluate(x, y).loss).toBeLessThan(before / 10);
  });

  it('suggests nothing where the loss never falls', async () => {
    const model = build([dense({ units: 1, inputShape: [FEATURES], kernelInitializer: 'zeros' })]);
    const { suggestion, loss } = await model.findLearningRate(X(), new Float32Array(ROWS), { steps: 30 });
    expect([suggestion, Math.max(...loss)]).toEqual([undefined, 0]);
  });

  it('finds the bound on samples spread over all of them, or leaves it out', async () => {
    const model = build([dense({ units: 1, inputShape: [1], useBias: false })]);
    // λ = 2·mean x²: over every second of these 2·100², over the first ones 0.
    const x = Float32Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 100));
    const bound = async (sharpnessRows: number) =>
      (await model.findLearningRate(x, x, { steps: 2, sharpnessRows })).sharpnessBound;
    expect((await bound(50))! * 100 ** 2).toBeCloseTo(2, 3);
    expect((await bound(1000))! * 100 ** 2).toBeCloseTo(2, 3);
    expect(await bound(1)).toBe(Infinity);
    expect(await bound(0)).toBeUndefined();
    const sparse = { shape: [2, 1] as const, indptr: [0, 0, 1], indices: [0], values: [4] };
    const found = await model.findLearningRate(sparse, [0, 0], { steps: 2 });
    expect(found.sharpnessBound).toBeCloseTo(2 / 16, 4);
    const bytes = { data: Uint8Array.of(0, 8), scale: 0.5 };
    expect((await model.findLearningRate(bytes, [0, 0], { steps: 2 })).sharpnessBound).toBeCloseTo(2 / 16, 4);
  });

  it('lets the event loop run, and leaves the model as it was where it is aborted', async () => {
    const model = classifier({ optimizer: { name: 'adam', useEma: true } });
    const before = model.checkpoint();
    const [x, y] = [draw(20_000, FEATURES), new Uint8Array(20_000)];
    const controller = new AbortController();
    const seen: number[] = [];
    await expect(
      model.findLearningRate(x, y, {
        steps: 100_000,
        from: 1e-6,
        to: 1e-5,
        signal: controller.signal,
        onProgress(done, total) {
          expect(total).toBe(100_000);
          seen.push(done);
          expect(model.isTraining).toBe(true);
          if (seen.length === 3) controller.abort();
        },
      }),
    ).rejects.toThrow('abort');
    expect(seen).toHaveLength(3);
    expect(model.isTraining).toBe(false);
    expect(Buffer.compare(model.checkpoint(), before)).toBe(0);
    const test = model.findLearningRate(x, y, { steps: 100_000, to: 1e-5 });
    model.dispose();
    await expect(test).rejects.toThrow('findLearningRate: expected a live model, got one that was disposed');
  });

  it('refuses lbfgs, which looks for its rates itself', async () => {
    const model = build([dense({ units: 3, activation: 'softmax', inputShape: [FEATURES] })], {
      optimizer: 'lbfgs',
      loss: 'sparseCategoricalCrossentropy',
    });
    await expect(model.findLearningRate(X(), CLASSES)).rejects.toThrow(
      new RangeError("findLearningRate: optimizer: expected one that takes batches, got 'lbfgs'"),
    );
  });
});

describe('layerStatistics', () => {
  it('are those of the trace, computed here', () => {
    const model = build([
      dense({ units: 5, activation: 'silu', inputShape: [FEATURES] }),
      layerNormalization(),
      dropout({ rate: 0.5 }),
      dense({ units: 2, useBias: false }),
    ]);
    const y = draw(ROWS, 2, 3);
    const { layers } = model.layerStatistics(X(), y);
    const trace = model.backpropTrace(X(), y).layers;
    const { gradients } = model.gradients(X(), y);
    const weights = model.getWeights();
    expect(layers.map(({ name }) => name)).toEqual(['dense', 'layerNormalization_1', 'dropout_2', 'dense_3']);
    layers.forEach((layer, i) => {
      for (const key of ['z', 'a'] as const) {
        const data = [...trace[i]![key].data];
        const mean = data.reduce((sum, value) => sum + value) / data.length;
        const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
        expect(layer[key].mean).toBeCloseTo(mean, 6);
        expect(layer[key].deviation).toBeCloseTo(Math.sqrt(variance), 6);
      }
      expect(layer.deltaNorm).toBeCloseTo(Math.hypot(...trace[i]!.delta.data), 6);
      const own = <T extends { name: string }>(list: T[]) =>
        list.filter(({ name }) => name.startsWith(`${layer.name}/`));
      if (layer.name === 'dropout_2') {
        expect(Object.keys(layer)).toEqual(['name', 'z', 'a', 'dead', 'saturated', 'deltaNorm']);
        return;
      }
      const norm = (list: { data: Float32Array }[]) => Math.hypot(...list.flatMap(({ data }) => [...data]));
      expect(layer.gradientNorm).toBeCloseTo(norm(own(gradients)), 6);
      expect(layer.weightNorm).toBeCloseTo(norm(own(weights)), 5);
      expect(layer.gradientRatio).toBe(layer.gradientNorm! / layer.weightNorm!);
    });
  });

  /** Shares of four units, dead and saturated. */
  const SHARES: Record<ActivationName, [dead: number, saturated: number]> = {
    relu: [0.5, 0],
    gelu: [0.5, 0],
    geluTanh: [0.5, 0],
    silu: [0.5, 0],
    softplus: [0.5, 0],
    sigmoid: [0, 0.75],
    tanh: [0, 0.75],
    softsign: [0, 0.75],
    hardSigmoid: [0, 0.75],
    leakyRelu: [0, 0],
    elu: [0, 0],
    selu: [0, 0],
    linear: [0, 0],
    exponential: [0, 0],
    softmax: [0, 0],
    logSoftmax: [0, 0],
  };
  it.each(ACTIVATIONS)('count units that are dead or saturated: %s', (activation) => {
    // z = bias in every row: −40 (twice), 0, 40.
    const model = build([dense({ units: 4, activation, inputShape: [1] })]);
    const [kernel, bias] = model.getWeights();
    model.setWeights([
      { shape: kernel!.shape, data: Float32Array.of(0, 0, 0.01, 0) },
      { shape: bias!.shape, data: Float32Array.of(-40, -40, 0, 40) },
    ]);
    const [layer] = model.layerStatistics(new Float32Array(20).fill(1), new Float32Array(80)).layers;
    expect([layer!.dead, layer!.saturated]).toEqual(SHARES[activation]);
  });

  it('take a unit for saturated where it is in 95 % of the rows, and for dead where it is in all', () => {
    const count = (activation: ActivationName, on: number) => {
      const model = build([dense({ units: 1, activation, inputShape: [1], kernelInitializer: 'ones' })]);
      const x = Float32Array.from({ length: 100 }, (_, row) => (row < on ? 0.1 : -9));
      const [layer] = model.layerStatistics(x, new Float32Array(100)).layers;
      return [layer!.dead, layer!.saturated];
    };
    expect(count('tanh', 5)).toEqual([0, 1]);
    expect(count('tanh', 6)).toEqual([0, 0]);
    expect(count('relu', 0)).toEqual([1, 0]);
    expect(count('relu', 1)).toEqual([0, 0]);
  });

  const deep = (
    activation: ActivationName,
    kernelInitializer: 'glorotUniform' | 'heNormal' | { name: 'randomNormal'; stddev: number },
    depth = 10,
  ) =>
    build([
      ...Array.from({ length: depth }, (_, i) =>
        dense({
          units: 32,
          activation,
          kernelInitializer,
          ...(i === 0 && { inputShape: [FEATURES] as [number] }),
        }),
      ),
      dense({ units: 1 }),
    ]);
  const adviceOf = (model: Sequential) => model.layerStatistics(X(), draw(ROWS, 1, 2)).advice;

  it('say that a deep sigmoid network vanishes', () => {
    expect(adviceOf(deep('sigmoid', 'glorotUniform'))).toMatch(
      /^The gradient vanishes: of the error signal of 'dense_10' a share of \S+ reaches 'dense'\. Try relu /,
    );
    expect(adviceOf(deep('sigmoid', 'glorotUniform'))).toContain(
      'Try relu with heNormal instead of sigmoid, fewer layers, or batchNormalization between them.',
    );
  });

  it('say that relus with weights too small vanish', () => {
    expect(adviceOf(deep('relu', { name: 'randomNormal', stddev: 0.01 }))).toMatch(
      /^The gradient vanishes: .* Try heNormal as kernelInitializer, fewer layers/,
    );
  });

  it.each<[ActivationName, string]>([
    ['relu', 'heNormal'],
    ['linear', 'glorotUniform'],
    ['selu', 'lecunNormal'],
  ])('say that large initial weights explode: %s', (activation, initializer) => {
    const advice = adviceOf(deep(activation, { name: 'randomNormal', stddev: 1 }));
    expect(advice).toMatch(
      /^The network explodes: the error signal is \S+ times as large in 'dense' as in 'dense_10'\. Try /,
    );
    expect(advice).toContain(
      `Try ${initializer} as kernelInitializer, a lower learning rate, or batchNormalization between the layers.`,
    );
  });

  it('say so, too, where numbers are no longer finite', () => {
    expect(adviceOf(deep('relu', { name: 'randomNormal', stddev: 1e5 }))).toMatch(
      /^The network explodes: 'dense_\d' has numbers that are not finite\. Try heNormal/,
    );
  });

  it('say that large weights saturate tanh', () => {
    expect(adviceOf(deep('tanh', { name: 'randomNormal', stddev: 30 }, 2))).toMatch(
      /^The gradient vanishes: \d+ % of the units of 'dense(_1)?' are saturated, where tanh is flat\. Try smaller/,
    );
  });

  it('say that relus with a bias far below 0 are dead', () => {
    const model = deep('relu', 'heNormal', 3);
    const weights = model.getWeights();
    weights[3]!.data.fill(-100);
    model.setWeights(weights);
    expect(adviceOf(model)).toBe(
      "Units are dead: 100 % of those of 'dense_1' give 0 for every row and get no gradient through relu. " +
        'Try leakyRelu, biases that start at 0 with heNormal, or a lower learning rate.',
    );
    expect(model.layerStatistics(X(), draw(ROWS, 1, 2)).layers.map(({ dead }) => dead)[1]).toBe(1);
  });

  it.each<[string, () => Sequential]>([
    ['relu with heNormal, 10 deep', () => deep('relu', 'heNormal')],
    ['relu with glorotUniform, 3 deep', () => deep('relu', 'glorotUniform', 3)],
    ['tanh with glorotUniform, 10 deep', () => deep('tanh', 'glorotUniform')],
    ['sigmoid, 2 deep', () => deep('sigmoid', 'glorotUniform', 2)],
    ['gelu with heNormal, 6 deep', () => deep('gelu', 'heNormal', 6)],
    ['one layer', () => build([dense({ units: 1, inputShape: [FEATURES] })])],
    [
      'normalised',
      () =>
        build([
          normalization({ inputShape: [FEATURES] }),
          dense({ units: 32, activation: 'relu' }),
          batchNormalization(),
          dense({ units: 1 }),
        ]),
    ],
  ])('have nothing to say of a healthy network: %s', (_name, make) => {
    expect(adviceOf(make())).toBeUndefined();
  });

  it('have nothing to say of a healthy network: one that has learnt', async () => {
    const model = build(
      [
        dense({ units: 32, activation: 'relu', inputShape: [FEATURES], kernelInitializer: 'heNormal' }),
        dense({ units: 32, activation: 'relu', kernelInitializer: 'heNormal' }),
        dense({ units: 1, activation: 'sigmoid' }),
      ],
      { optimizer: 'adam', loss: 'binaryCrossentropy' },
    );
    const x = draw(200, FEATURES);
    const y = Float32Array.from({ length: 200 }, (_, row) => Number(x[row * FEATURES]! * x[row * FEATURES + 1]! > 0));
    await model.fit(x, y, { epochs: 60 });
    expect(model.layerStatistics(x, y)).not.toHaveProperty('advice');
  });

  it('leave weights and predictions as they are', () => {
    const model = classifier();
    const before = [weightBits(model), bitsOf(model.predict(X()))];
    model.layerStatistics(X(), CLASSES);
    model.explain(X());
    expect([weightBits(model), bitsOf(model.predict(X()))]).toEqual(before);
  });
});

interface GoldenExplanation {
  name: string;
  features: number;
  layers: { units: number; activation: ActivationName }[];
  weights: number[][];
  x: number[];
  baseline: number[];
  explained: {
    unit: number;
    logits: boolean;
    outputs: number[];
    baselineOutput: number;
    gradientTimesInput: number[];
    integratedGradients: number[];
  }[];
}
const GOLDEN = JSON.parse(
  readFileSync(new URL('../../golden/explain.json', import.meta.url), 'utf8'),
) as GoldenExplanation[];

describe('explain', () => {
  let worst = 0;
  afterAll(() => console.log(`worst gap from completeness, smooth networks: ${worst.toExponential(1)}`));

  it.each(GOLDEN)('finds what PyTorch finds: $name', ({ layers, features, weights, x, baseline, explained }) => {
    const model = build(
      layers.map((layer, i) => dense({ ...layer, ...(i === 0 && { inputShape: [features] as [number] }) })),
    );
    model.setWeights(model.getWeights().map(({ shape }, i) => ({ shape, data: Float32Array.from(weights[i]!) })));
    const kinks = layers.some(({ activation }) => activation === 'relu');
    for (const { unit, logits, ...golden } of explained) {
      const close = (actual: Float32Array, expected: number[], bound: number) =>
        expected.forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThan(bound));
      const rows = Float32Array.from(x);
      const plain = model.explain(rows, { method: 'gradientTimesInput', unit, logits });
      close(plain.attributions, golden.gradientTimesInput, 2e-6);
      close(plain.outputs, golden.outputs, 2e-6);
      const integrated = model.explain(rows, { unit, logits, baseline: Float32Array.from(baseline) });
      close(integrated.attributions, golden.integratedGradients, kinks ? 3e-2 : 2e-6);
      expect(integrated.baselineOutputs[0]).toBeCloseTo(golden.baselineOutput, 5);
    }
  });

  const smooth: ActivationName[] = ACTIVATIONS.filter(
    (name) => !['relu', 'leakyRelu', 'hardSigmoid', 'elu', 'selu', 'softsign'].includes(name),
  );
  it.each(ACTIVATIONS)('is complete: attributions sum up to f(x) − f(baseline): %s', (activation) => {
    const model = build([
      normalization({ inputShape: [FEATURES] }),
      dense({ units: 9, activation, kernelInitializer: 'glorotNormal' }),
      batchNormalization(),
      dense({ units: 7, activation }),
      layerNormalization(),
      dropout({ rate: 0.4 }),
      dense({ units: 3, activation: 'softmax' }),
    ]);
    model.adapt(X());
    for (const logits of [false, true]) {
      const baseline = draw(1, FEATURES, 77);
      // The gradient jumps at kinks, and there the rule is no better than any other.
      const isSmooth = smooth.includes(activation);
      const { attributions, outputs, baselineOutputs, completenessErrors, shape, units } = model.explain(X(), {
        logits,
        baseline,
        ...(!isSmooth && { steps: 2000 }),
      });
      expect(shape).toEqual([ROWS, FEATURES]);
      for (let row = 0; row < ROWS; ++row) {
        const sum = attributions
          .subarray(row * FEATURES, (row + 1) * FEATURES)
          .reduce((total, value) => total + value, 0);
        const gap = Math.abs(sum - (outputs[row]! - baselineOutputs[row]!));
        expect(Math.abs(Math.abs(completenessErrors[row]!) - gap)).toBeLessThan(1e-6);
        if (isSmooth) worst = Math.max(worst, gap);
        expect(gap).toBeLessThan(isSmooth ? 1e-4 : 2e-2);
      }
      const predictions = model.predict(X());
      units.forEach((unit, row) => {
        const ofRow = [...predictions.subarray(row * 3, row * 3 + 3)];
        expect(ofRow[unit]).toBe(Math.max(...ofRow));
        if (!logits) expect(outputs[row]).toBe(ofRow[unit]);
      });
      if (!logits) expect(baselineOutputs[0]).toBe(model.predict(baseline)[units[0]!]);
    }
  });

  it('says by how much relu misses completeness, which more steps lessen', () => {
    // Without biases the gradient would be the same all along the path from zeros.
    const biasInitializer = { name: 'randomNormal', stddev: 0.5 } as const;
    const model = build([
      dense({ units: 32, activation: 'relu', biasInitializer, inputShape: [FEATURES] }),
      dense({ units: 32, activation: 'relu', biasInitializer }),
      dense({ units: 3 }),
    ]);
    const largest = (steps: number) => {
      const { completenessErrors } = model.explain(X(), { logits: true, steps });
      expect(completenessErrors).toHaveLength(ROWS);
      return Math.max(...completenessErrors.map(Math.abs));
    };
    expect(largest(50)).toBeGreaterThan(1e-5);
    expect(largest(5000)).toBeLessThan(largest(50) / 5);
  });

  it('gives the gradient of differences, computed here', () => {
    const model = build([
      dense({ units: 9, activation: 'tanh', inputShape: [FEATURES] }),
      dense({ units: 2, activation: 'sigmoid' }),
    ]);
    const x = X().subarray(0, FEATURES);
    const { attributions } = model.explain(x, { method: 'gradientTimesInput', unit: 1 });
    const h = 1e-2;
    x.forEach((value, j) => {
      const at = (step: number) => model.predict(x.map((other, i) => (i === j ? other + step : other)))[1]!;
      expect(attributions[j]).toBeCloseTo((value * (at(h) - at(-h))) / (2 * h), 4);
    });
  });

  it('of a linear model is input times weight, less that of the baseline', () => {
    const model = build([dense({ units: 2, inputShape: [FEATURES] })]);
    const kernel = model.getWeights()[0]!.data;
    const x = X();
    const baseline = draw(1, FEATURES, 3);
    const plain = model.explain(x, { method: 'gradientTimesInput', unit: 1 });
    const integrated = model.explain(x, { unit: 1, baseline, steps: 3 });
    x.forEach((value, i) => {
      const weight = kernel[2 * (i % FEATURES) + 1]!;
      expect(plain.attributions[i]).toBeCloseTo(value * weight, 6);
      expect(integrated.attributions[i]).toBeCloseTo((value - baseline[i % FEATURES]!) * weight, 5);
    });
  });

  it('takes samples in every form, many at a time, with the same result', () => {
    const model = build([
      dense({ units: 9, activation: 'tanh', inputShape: [100] }),
      dense({ units: 3, activation: 'softmax' }),
    ]);
    const bytes = Uint8Array.from({ length: 300 * 100 }, (_, i) => (i % 7 === 0 ? i % 256 : 0));
    const numbers = Float32Array.from(bytes, (byte) => byte / 256);
    const indptr = [0];
    const indices: number[] = [];
    numbers.forEach((value, i) => {
      if (value !== 0) indices.push(i % 100);
      if (i % 100 === 99) indptr.push(indices.length);
    });
    const values = [...numbers].filter((value) => value !== 0);
    const rows = Array.from({ length: 300 }, (_, row) => [...numbers.subarray(row * 100, row * 100 + 100)]);
    for (const options of [{}, { method: 'gradientTimesInput' }, { steps: 200 }] as const) {
      const expected = model.explain(numbers, options);
      for (const x of [
        rows,
        { data: bytes, scale: 1 / 256 },
        { shape: [300, 100] as const, indptr, indices, values },
      ]) {
        const { attributions, units } = model.explain(x, options);
        expect(bitsOf(attributions)).toBe(bitsOf(expected.attributions));
        expect(units).toEqual(expected.units);
      }
      // Each row by itself gives the same.
      const alone = model.explain(rows.slice(7, 8), options);
      alone.attributions.forEach((value, j) => expect(value).toBeCloseTo(expected.attributions[700 + j]!, 6));
    }
    const baseline = { data: bytes.subarray(0, 100), scale: 1 / 256 };
    const { attributions } = model.explain(rows.slice(0, 2), { baseline });
    expect(attributions.findIndex((value) => value !== 0)).toBeGreaterThan(99);
  });

  it('is for models that are not compiled, too', () => {
    using model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [2], activation: 'tanh' })] });
    expect(model.explain([[1, 2]]).units).toEqual(Int32Array.of(0));
  });

  it('integrates polynomials exactly with half as many nodes as their degree', () => {
    // tanh is nearly a polynomial on a short way: 4 nodes are good to the 7th degree.
    const model = build([dense({ units: 1, inputShape: [1], activation: 'tanh', kernelInitializer: 'ones' })]);
    const gap = (steps: number, x: number) => {
      const { attributions, outputs, baselineOutputs } = model.explain([[x]], { steps });
      return Math.abs(attributions[0]! - (outputs[0]! - baselineOutputs[0]!));
    };
    expect(gap(4, 0.5)).toBeLessThan(1e-6);
    expect(gap(1, 0.5)).toBeGreaterThan(1e-3);
    expect(gap(10, 3)).toBeLessThan(1e-5);
    for (const steps of [2, 7, 64, 129, 1000]) expect(gap(steps, 0.25)).toBeLessThan(1e-5);
  });
});

describe('In a worker', () => {
  let mlp: RemoteMlp;
  beforeAll(async () => {
    mlp = await connect({ deterministic: true });
  });
  afterAll(() => mlp.terminate());

  it('the same comes out', async () => {
    const here = classifier();
    const there = await mlp.sequential({ seed: here.seed, layers: [...here.layers].map(configOf) });
    await there.compile({
      optimizer: 'sgd',
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy', 'auc'],
    });
    let progress = 0;
    const onProgress = (done: number) => void (progress = done);
    expect(await there.lossSurface(X(), CLASSES, { steps: 3, onProgress })).toEqual(
      await here.lossSurface(X(), CLASSES, { steps: 3 }),
    );
    expect(progress).toBe(9);
    expect(await there.findLearningRate(X(), CLASSES)).toEqual(await here.findLearningRate(X(), CLASSES));
    expect(await there.layerStatistics(X(), CLASSES)).toEqual(here.layerStatistics(X(), CLASSES));
    expect(await there.explain(X())).toEqual(here.explain(X()));
    const controller = new AbortController();
    await expect(
      there.lossSurface(draw(4000, FEATURES), new Uint8Array(4000), {
        signal: controller.signal,
        onProgress: () => controller.abort(),
        steps: 201,
      }),
    ).rejects.toThrow('abort');
    await there.dispose();
  });
});

/** A layer as `sequential` takes it. */
function configOf(layer: Sequential['layers'][number]): LayerConfig {
  const { className, name, units, activation, rate } = layer;
  if (className === 'dense') {
    return dense({ name, units, activation, ...(name === 'dense' && { inputShape: [FEATURES] as [number] }) });
  }
  return className === 'dropout' ? dropout({ name, rate: rate! }) : batchNormalization({ name });
}
