import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  activation,
  ACTIVATIONS,
  batchNormalization,
  dense,
  init,
  layerNormalization,
  LOSSES,
  normalization,
  sequential,
  type ActivationName,
  type DenseOptions,
  type GradientCheck,
  type LossConfig,
  type LossName,
  type Sequential,
  type Targets,
} from 'mlp-wasm/internals';
import { catalogue } from 'mlp-wasm/internals';
import { bitsOf, weightBits } from '../support/bits.js';

beforeAll(() => init());

const ROWS = 6;
const OUTPUTS = 3;
/** 6 × 4 samples. */
const X = Float32Array.from({ length: ROWS * 4 }, (_, i) => Math.sin(1 + i * 2.3));

function build(layers: Partial<DenseOptions>[], loss: LossConfig | LossName, seed = 3): Sequential {
  const model = sequential({
    seed,
    layers: layers.map((options, i) => dense({ units: OUTPUTS, ...(i === 0 && { inputShape: [4] }), ...options })),
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'sgd', loss, metrics: [] });
  return model;
}

/** 6 targets of the kind that the loss wants. */
function targetsOf(loss: LossName): Targets {
  const wave = Array.from({ length: ROWS * OUTPUTS }, (_, i) => Math.cos(3 * i));
  switch (catalogue().losses.find(({ name }) => name === loss)!.targets) {
    case 'classIndex':
      return [0, 2, 1, 1, 0, 2];
    case 'sign':
      return Float32Array.from(wave, (value) => Math.sign(value));
    case 'nonNegative':
      return Float32Array.from(wave, (value) => 1 + value);
    case 'probability': {
      // Rows of probabilities that sum to 1.
      const positive = wave.map((value) => 1.1 + value);
      return Float32Array.from(positive, (value, i) => {
        const first = i - (i % OUTPUTS);
        return value / positive.slice(first, first + OUTPUTS).reduce((sum, other) => sum + other);
      });
    }
    default:
      return Float32Array.from(wave);
  }
}

/** Networks whose whole Hessian PyTorch knows; tests/golden/README.md describes the fields. */
const HESSIANS = JSON.parse(readFileSync(new URL('../../golden/hessians.json', import.meta.url), 'utf8')) as {
  name: string;
  features: number;
  layers: { className: keyof typeof LAYERS }[];
  loss: LossConfig;
  x: number[][];
  y: number[][] | number[];
  weights: number[][];
  lambdaMax: number;
}[];
const LAYERS = { dense, activation, batchNormalization, layerNormalization, normalization } as unknown as Record<
  'dense' | 'activation' | 'batchNormalization' | 'layerNormalization' | 'normalization',
  (options: object) => ReturnType<typeof dense>
>;

/** Range of an activation's outputs. */
const RANGES: Partial<Record<ActivationName, 'probability' | 'distribution' | 'positive' | 'logarithm'>> = {
  sigmoid: 'probability',
  hardSigmoid: 'probability',
  softmax: 'distribution',
  softplus: 'positive',
  logSoftmax: 'logarithm',
};

/** True if a loss is defined on the outputs of an activation. */
function makesSense(activation: ActivationName, loss: LossName): boolean {
  const range = RANGES[activation];
  switch (loss) {
    case 'binaryCrossentropy':
      return range === 'probability' || range === 'distribution';
    case 'categoricalCrossentropy':
    case 'sparseCategoricalCrossentropy':
      return range === 'probability' || range === 'distribution' || range === 'logarithm';
    case 'kullbackLeiblerDivergence':
      return range === 'probability' || range === 'distribution';
    case 'cosineSimilarity':
      return activation !== 'relu'; // a row of zeros has no direction
    case 'poisson':
      return range === 'probability' || range === 'distribution' || range === 'positive';
    default:
      return true;
  }
}

const PAIRS = ACTIVATIONS.flatMap((activation) =>
  LOSSES.filter((loss) => makesSense(activation, loss)).map((loss) => ({ activation, loss })),
);

/** The usual activation of the last layer where it is not linear. */
const OUTPUT_OF: Partial<Record<LossName, ActivationName>> = {
  binaryCrossentropy: 'sigmoid',
  categoricalCrossentropy: 'softmax',
  sparseCategoricalCrossentropy: 'softmax',
  kullbackLeiblerDivergence: 'softmax',
  poisson: 'softplus',
};

const norm = (data: Float32Array) => Math.hypot(...data);

describe('gradientCheck', () => {
  const worst = { error: 0, where: '' };
  const check = (model: Sequential, loss: LossName, where: string): GradientCheck => {
    const before = weightBits(model);
    const result = model.gradientCheck(X, targetsOf(loss));
    if (result.worstRelativeError > worst.error) {
      worst.error = result.worstRelativeError;
      worst.where = `${where}, ${result.weight}[${result.index}]: ${result.analytic} and ${result.numeric}`;
    }
    expect(result.worstRelativeError).toBeLessThan(1e-2);
    expect(result.checked + result.skipped).toBe(model.countParams());
    expect(result.checked).toBeGreaterThan(model.countParams() / 3);
    expect(weightBits(model)).toEqual(before);
    return result;
  };
  afterAll(() => console.log(`worst gradient check in float32: ${worst.error.toExponential(2)}, ${worst.where}`));

  it.each(PAIRS)('passes with $activation as output and $loss', ({ activation, loss }) => {
    check(build([{ units: 5, activation: 'tanh' }, { activation }], loss), loss, `${activation} and ${loss}`);
  });

  it.each(ACTIVATIONS)('passes with %s in hidden layers and each loss', (hidden) => {
    for (const loss of LOSSES) {
      const output = OUTPUT_OF[loss] ?? 'linear';
      // Weights large enough for gradients that do not vanish: the differences are taken in float32.
      const stddev = hidden === 'exponential' ? 0.5 : 1; // e^e^x leaves what float32 tells apart
      const kernelInitializer = { name: 'randomNormal', stddev } as const;
      const layers = [
        { units: 5, activation: hidden, kernelInitializer },
        { units: 4, activation: hidden, kernelInitializer, useBias: false },
        { activation: output, kernelInitializer },
      ];
      check(build(layers, loss), loss, `hidden ${hidden}, ${output} and ${loss}`);
    }
  });

  it.each(['binaryCrossentropy', 'categoricalCrossentropy', 'sparseCategoricalCrossentropy'] as const)(
    'passes with %s from logits and with smoothed labels',
    (name) => {
      const loss: LossConfig = { name, fromLogits: true, labelSmoothing: 0.1 };
      check(build([{ units: 5, activation: 'tanh' }, {}], loss), name, `${name} from logits`);
    },
  );

  it('passes at every depth from 1 to 5', () => {
    for (let depth = 1; depth <= 5; ++depth) {
      const layers = Array.from({ length: depth }, () => ({ activation: 'gelu' as const }));
      check(build(layers, 'meanSquaredError'), 'meanSquaredError', `depth ${depth}`);
    }
  });

  it('says where the error is worst', () => {
    const model = build([{ units: 5, activation: 'tanh' }, {}], 'meanSquaredError');
    const { weight, index, analytic, numeric, worstRelativeError } = check(model, 'meanSquaredError', '');
    const { gradients } = model.gradients(X, targetsOf('meanSquaredError'));
    expect(gradients.find(({ name }) => name === weight)!.data[index]).toBe(analytic);
    expect(worstRelativeError).toBeGreaterThanOrEqual(
      Math.abs(analytic - numeric) / Math.max(...gradients.flatMap(({ data }) => [...data].map(Math.abs))),
    );
  });

  it('checks as many parameters as asked, the same ones each time', () => {
    const model = build([{ units: 5, activation: 'tanh' }, {}], 'meanSquaredError');
    const run = (samples: number) => model.gradientCheck(X, targetsOf('meanSquaredError'), { samples });
    expect(run(7).checked).toBe(7);
    expect(run(7)).toEqual(run(7));
    expect(run(1000).checked).toBe(model.countParams());
  });

  it('leaves out parameters whose difference would straddle a kink, and counts them', () => {
    // Pre-activations of exactly 0, where ReLU has its kink.
    const model = build([{ units: 5, activation: 'relu', kernelInitializer: 'zeros' }, {}], 'meanSquaredError');
    const { checked, skipped, worstRelativeError } = model.gradientCheck(X, targetsOf('meanSquaredError'));
    expect(skipped).toBe(4 * 5 + 5);
    expect(checked).toBe(5 * 3 + 3);
    expect(worstRelativeError).toBeLessThan(1e-2);
  });

  it('finds what differences of evaluate find, computed here', () => {
    const model = build([{ units: 5, activation: 'tanh' }, {}], 'meanSquaredError');
    const y = targetsOf('meanSquaredError');
    const { gradients } = model.gradients(X, y);
    const weights = model.getWeights();
    const h = 1e-2;
    const lossAt = (weight: number, index: number, step: number) => {
      const moved = weights.map(({ shape, data }) => ({ shape, data: data.slice() }));
      moved[weight]!.data[index]! += step;
      model.setWeights(moved);
      return model.evaluate(X, y).loss;
    };
    gradients.forEach(({ data }, weight) =>
      data.forEach((analytic, index) => {
        const numeric = (lossAt(weight, index, h) - lossAt(weight, index, -h)) / (2 * h);
        expect(numeric).toBeCloseTo(analytic, 3);
      }),
    );
  });
});

describe('gradients, backpropTrace and gradientNorms', () => {
  it.each(PAIRS.filter((_, i) => i % 7 === 0))(
    'agree with each other: $activation and $loss',
    ({ activation, loss }) => {
      const model = build([{ units: 5, activation: 'silu' }, { units: 4, useBias: false }, { activation }], loss);
      const y = targetsOf(loss);
      const { loss: value, gradients } = model.gradients(X, y);
      const trace = model.backpropTrace(X, y);
      expect(trace.loss).toBe(value);
      expect(value).toBeCloseTo(model.evaluate(X, y).loss, 5);

      const traced = trace.layers.flatMap(({ name, kernelGrad, biasGrad }) => [
        { name: `${name}/kernel`, ...kernelGrad! },
        ...(biasGrad ? [{ name: `${name}/bias`, ...biasGrad }] : []),
      ]);
      expect(traced.map(({ name, shape, data }) => [name, shape, bitsOf(data)])).toEqual(
        gradients.map(({ name, shape, data }) => [name, shape, bitsOf(data)]),
      );
      expect(trace.layers[1]).not.toHaveProperty('biasGrad');

      const norms = model.gradientNorms(X, y);
      expect(norms.map(({ name }) => name)).toEqual(['dense', 'dense_1', 'dense_2']);
      norms.forEach(({ deltaNorm, kernelGradNorm, biasGradNorm }, i) => {
        const { delta, kernelGrad, biasGrad } = trace.layers[i]!;
        expect(deltaNorm).toBeCloseTo(norm(delta.data), 5);
        expect(kernelGradNorm).toBeCloseTo(norm(kernelGrad!.data), 5);
        expect(biasGradNorm).toBeCloseTo(biasGrad ? norm(biasGrad.data) : 0, 5);
      });
    },
  );

  it('obey the equations of backpropagation, computed here once more', () => {
    const model = build([{ units: 5, activation: 'tanh' }, { activation: 'softmax' }], 'sparseCategoricalCrossentropy');
    const labels = targetsOf('sparseCategoricalCrossentropy') as number[];
    const { layers } = model.backpropTrace(X, labels);
    const [first, last] = [layers[0]!, layers[1]!];
    const kernel = model.getWeights()[2]!.data;
    for (let row = 0; row < ROWS; ++row) {
      for (let unit = 0; unit < OUTPUTS; ++unit) {
        // Δ of softmax with cross-entropy: (ŷ − y)/m
        const expected = (last.a.data[row * OUTPUTS + unit]! - (labels[row] === unit ? 1 : 0)) / ROWS;
        expect(last.delta.data[row * OUTPUTS + unit]).toBeCloseTo(expected, 6);
      }
      for (let unit = 0; unit < 5; ++unit) {
        // Δ¹ = (Δ² W²ᵀ) ⊙ σ'(Z¹)
        let sum = 0;
        for (let next = 0; next < OUTPUTS; ++next)
          sum += last.delta.data[row * OUTPUTS + next]! * kernel[unit * OUTPUTS + next]!;
        const a = first.a.data[row * 5 + unit]!;
        expect(first.delta.data[row * 5 + unit]).toBeCloseTo(sum * (1 - a * a), 6);
      }
    }
    for (let feature = 0; feature < 4; ++feature) {
      for (let unit = 0; unit < 5; ++unit) {
        // ∂L/∂W¹ = Xᵀ Δ¹
        let sum = 0;
        for (let row = 0; row < ROWS; ++row) sum += X[row * 4 + feature]! * first.delta.data[row * 5 + unit]!;
        expect(first.kernelGrad!.data[feature * 5 + unit]).toBeCloseTo(sum, 6);
      }
    }
    for (let unit = 0; unit < 5; ++unit) {
      // ∂L/∂b¹ = column sums of Δ¹
      let sum = 0;
      for (let row = 0; row < ROWS; ++row) sum += first.delta.data[row * 5 + unit]!;
      expect(first.biasGrad!.data[unit]).toBeCloseTo(sum, 6);
    }
  });

  it('are those of the step that SGD takes', async () => {
    const model = build([{ units: 5, activation: 'tanh' }, {}], 'meanSquaredError');
    model.compile({ optimizer: { name: 'sgd', learningRate: 0.5 }, loss: 'meanSquaredError' });
    const y = targetsOf('meanSquaredError');
    const before = model.getWeights();
    const { gradients } = model.gradients(X, y);
    await model.fit(X, y, { batchSize: ROWS, shuffle: false });
    model
      .getWeights()
      .forEach(({ data }, i) =>
        data.forEach((value, at) => expect(value).toBeCloseTo(before[i]!.data[at]! - 0.5 * gradients[i]!.data[at]!, 6)),
      );
  });

  it('leave weights and predictions as they are', () => {
    const model = build([{ units: 5, activation: 'relu' }, {}], 'meanSquaredError');
    const y = targetsOf('meanSquaredError');
    const before = { weights: weightBits(model), outputs: bitsOf(model.predict(X)) };
    model.gradients(X, y);
    model.backpropTrace(X, y);
    model.forwardTrace(X);
    model.gradientNorms(X, y);
    model.sharpness(X, y);
    expect({ weights: weightBits(model), outputs: bitsOf(model.predict(X)) }).toEqual(before);
  });

  it('show gradients that vanish through deep sigmoids', () => {
    const layers = Array.from({ length: 8 }, () => ({ units: 8, activation: 'sigmoid' as const }));
    const norms = build([...layers, {}], 'meanSquaredError').gradientNorms(X, targetsOf('meanSquaredError'));
    expect(norms[0]!.kernelGradNorm).toBeLessThan(norms[8]!.kernelGradNorm / 1000);
  });
});

describe('forwardTrace', () => {
  it.each(ACTIVATIONS)('ends in the bits of predict, and every a is σ(z): %s', (activation) => {
    const model = build([{ units: 5, activation }, { activation }], 'meanSquaredError');
    const trace = model.forwardTrace(X);
    expect(trace.map(({ name, z, a }) => [name, z.shape, a.shape])).toEqual([
      ['dense', [ROWS, 5], [ROWS, 5]],
      ['dense_1', [ROWS, OUTPUTS], [ROWS, OUTPUTS]],
    ]);
    expect(bitsOf(trace[1]!.a.data)).toBe(bitsOf(model.predict(X)));
    if (activation === 'linear') expect(trace[0]!.a).toEqual(trace[0]!.z);
    if (activation === 'relu') expect([...trace[0]!.a.data]).toEqual([...trace[0]!.z.data].map((z) => Math.max(0, z)));
    const alone = sequential({
      layers: [dense({ units: OUTPUTS, inputShape: [OUTPUTS], activation, kernelInitializer: 'zeros' })],
    });
    onTestFinished(() => alone.dispose());
    const [kernel, bias] = alone.getWeights() as [never, never];
    const identity = Float32Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 1 : 0));
    alone.setWeights([{ ...(kernel as object), shape: [3, 3], data: identity }, bias]);
    expect(bitsOf(alone.predict(trace[1]!.z.data))).toBe(bitsOf(trace[1]!.a.data));
  });

  it('is the same as in backpropTrace', () => {
    const model = build([{ units: 5, activation: 'elu' }, {}], 'meanSquaredError');
    const backward = model.backpropTrace(X, targetsOf('meanSquaredError')).layers;
    expect(backward.map(({ name, z, a }) => ({ name, z, a }))).toEqual(model.forwardTrace(X));
  });
});

describe('sharpness', () => {
  it('of a network that has exploded is NaN, and no rate is said to be stable', () => {
    const model = build([{ activation: 'linear' }, { activation: 'linear' }], 'meanSquaredError');
    const huge = ({ shape }: { shape: number[] }) => ({
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b)).fill(1e30),
    });
    model.setWeights(model.getWeights().map(huge));
    const { lambdaMax, learningRateBound, converged } = model.sharpness(X, targetsOf('meanSquaredError'));
    expect([lambdaMax, learningRateBound, converged]).toEqual([NaN, NaN, false]);
  });

  /** θx with one parameter: L = mean of (θx − y)², so L'' = 2·mean x². */
  const line = (loss: LossName) => {
    const model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [1], useBias: false })] });
    onTestFinished(() => model.dispose());
    model.compile({ optimizer: 'sgd', loss });
    return model;
  };

  it.each<[LossName, number]>([
    ['meanSquaredError', 2 * ((1 + 4 + 9) / 3)],
    ['sumOfSquares', (1 + 4 + 9) / 3],
  ])('of a parabola is its second derivative: %s', (loss, expected) => {
    const { lambdaMax, learningRateBound, converged } = line(loss).sharpness([[1], [2], [3]], [1, -1, 2]);
    expect(lambdaMax / expected).toBeCloseTo(1, 3);
    expect(learningRateBound).toBe(2 / lambdaMax);
    expect(converged).toBe(true);
  });

  it('of a linear model is the largest eigenvalue of XᵀX/m', () => {
    const model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [2], useBias: false })] });
    onTestFinished(() => model.dispose());
    model.compile({ optimizer: 'sgd', loss: 'sumOfSquares' });
    // XᵀX/4 = [[2, 1], [1, 2]], with eigenvalues 1 and 3
    const x = [
      [2, 1],
      [0, Math.sqrt(3)],
      [2, 1],
      [0, Math.sqrt(3)],
    ].map(([a, b]) => [a!, b!]);
    const { lambdaMax, learningRateBound } = model.sharpness(x, [1, 2, 3, 4], {
      maxIterations: 1000,
      tolerance: 1e-7,
    });
    expect(lambdaMax).toBeCloseTo(3, 2);
    expect(learningRateBound).toBeCloseTo(2 / 3, 3);
  });

  it.each([
    [1.9, true],
    [2.1, false],
  ])('tells where gradient descent converges: η = %d/λ', async (share, converges) => {
    const model = line('sumOfSquares');
    const [x, y] = [
      [[1], [2], [3]],
      [2, 4, 6],
    ];
    const { lambdaMax } = model.sharpness(x, y);
    model.compile({ optimizer: { name: 'sgd', learningRate: share / lambdaMax }, loss: 'sumOfSquares' });
    const before = model.evaluate(x, y).loss;
    await model.fit(x, y, { epochs: 50, batchSize: 3 });
    const after = model.evaluate(x, y).loss;
    if (converges) expect(after).toBeLessThan(before / 100);
    else expect(after).toBeGreaterThan(before * 100);
  });

  it('says when it has not converged', () => {
    const model = build([{ units: 5, activation: 'tanh' }, {}], 'meanSquaredError');
    const { iterations, converged } = model.sharpness(X, targetsOf('meanSquaredError'), {
      maxIterations: 1,
      tolerance: 0,
    });
    expect(iterations).toBeGreaterThanOrEqual(1);
    expect(converged).toBe(false);
  });

  it.each(HESSIANS)("is the largest eigenvalue of PyTorch's dense Hessian: $name", (golden) => {
    const model = sequential({
      layers: golden.layers.map(({ className, ...options }, i) =>
        LAYERS[className]({ ...options, ...(i === 0 && { inputShape: [golden.features] }) }),
      ),
    });
    onTestFinished(() => model.dispose());
    model.compile({ optimizer: 'sgd', loss: golden.loss });
    model.setWeights(
      model.getWeights().map((weight, i) => ({ ...weight, data: Float32Array.from(golden.weights[i]!) })),
    );
    const { lambdaMax, learningRateBound, iterations, converged } = model.sharpness(golden.x, golden.y);
    expect(lambdaMax / golden.lambdaMax).toBeCloseTo(1, 4);
    expect(learningRateBound).toBe(2 / lambdaMax);
    expect(iterations).toBeLessThanOrEqual(20);
    expect(converged).toBe(true);
  });

  it('is the same of sparse samples', () => {
    const x = X.map((value, i) => (i % 3 ? 0 : value));
    const model = build([{ units: 5, activation: 'tanh' }, {}], 'meanSquaredError');
    const y = targetsOf('meanSquaredError');
    const padded = Float32Array.from(X, (value, i) => (i % 3 ? 1e-30 : value)); // nothing to skip
    expect(model.sharpness(x, y).lambdaMax / model.sharpness(padded, y).lambdaMax).toBeCloseTo(1, 5);
  });

  it('is the same each time', () => {
    const model = build([{ units: 5, activation: 'tanh' }, {}], 'meanSquaredError');
    const y = targetsOf('meanSquaredError');
    expect(model.sharpness(X, y)).toEqual(model.sharpness(X, y));
  });
});

describe('Logits of ±10,000', () => {
  it.each(LOSSES.filter((loss) => makesSense('softmax', loss)))(
    'give a finite loss and finite gradients: %s',
    (name) => {
      for (const activation of Object.keys(RANGES) as ActivationName[]) {
        if (!makesSense(activation, name) || activation === 'softplus') continue;
        const model = build([{ activation, kernelInitializer: { name: 'constant', value: 1 } }], name);
        const [kernel, bias] = model.getWeights();
        kernel!.data.set([1e4, -1e4, 0]);
        model.setWeights([kernel!, bias!]);
        const { loss, gradients } = model.gradients(X, targetsOf(name));
        expect(loss).toSatisfy(Number.isFinite);
        for (const { data } of gradients) expect(data.every(Number.isFinite)).toBe(true);
      }
    },
  );
});
