import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  ACTIVATIONS,
  dense,
  init,
  LOSSES,
  OPTIMIZERS,
  sequential,
  type ActivationName,
  type CompileOptions,
  type DenseOptions,
  type FitOptions,
  type LossName,
  type OptimizerConfig,
  type Targets,
} from 'mlp-wasm';

beforeAll(() => init());

/** Trains a fresh model from seed 1 and evaluates it on the same samples. */
async function learn(layers: DenseOptions[], compile: CompileOptions, x: number[][], y: Targets, options: FitOptions) {
  const model = sequential({
    seed: 1,
    layers: layers.map((layer, i) => dense({ ...layer, ...(i === 0 && { inputShape: [x[0]!.length] }) })),
  });
  onTestFinished(() => model.dispose());
  model.compile(compile);
  const before = model.evaluate(x, y).loss;
  await model.fit(x, y, options);
  const { loss, accuracy = NaN } = model.evaluate(x, y);
  return { model, before, loss, accuracy };
}

/** Normally distributed numbers, the same ones each time: Box and Muller's transform of Lehmer's generator. */
function normals(): () => number {
  let state = 12345;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('From a fixed seed a network learns', () => {
  const XOR = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];

  it('XOR to a loss below 0.01', async () => {
    const { loss, accuracy, model } = await learn(
      [
        { units: 8, activation: 'tanh' },
        { units: 1, activation: 'sigmoid' },
      ],
      { optimizer: { name: 'adam', learningRate: 0.05 }, loss: 'binaryCrossentropy', metrics: ['accuracy'] },
      XOR,
      [0, 1, 1, 0],
      { epochs: 300, batchSize: 4 },
    );
    expect(loss).toBeLessThan(0.01);
    expect(accuracy).toBe(1);
    expect([...model.predict(XOR)].map(Math.round)).toEqual([0, 1, 1, 0]);
  });

  it('XOR as in document 000: sigmoids, half the sum of squares, gradient descent on the full batch', async () => {
    const { loss } = await learn(
      [
        { units: 4, activation: 'sigmoid' },
        { units: 1, activation: 'sigmoid' },
      ],
      { optimizer: { name: 'sgd', learningRate: 5 }, loss: 'sumOfSquares' },
      XOR,
      [0, 1, 1, 0],
      { epochs: 5000, batchSize: 4, shuffle: false },
    );
    expect(loss).toBeLessThan(0.005);
  });

  it('two spirals to a loss below 0.05, every point right', async () => {
    // Lang and Witbrock 1988: 97 points on each of two arms of three half turns.
    const points = Array.from({ length: 194 }, (_, i) => {
      const [step, arm] = [Math.floor(i / 2), i % 2 === 0 ? 1 : -1];
      const [angle, radius] = [(step * Math.PI) / 16, (arm * 6.5 * (104 - step)) / 104];
      return [radius * Math.sin(angle), radius * Math.cos(angle)];
    });
    const { loss, accuracy } = await learn(
      [
        { units: 32, activation: 'tanh' },
        { units: 32, activation: 'tanh' },
        { units: 1, activation: 'sigmoid' },
      ],
      { optimizer: { name: 'adam', learningRate: 0.005 }, loss: 'binaryCrossentropy', metrics: ['accuracy'] },
      points,
      points.map((_, i) => i % 2),
      { epochs: 2000, batchSize: 194 },
    );
    expect(loss).toBeLessThan(0.05);
    expect(accuracy).toBe(1);
  });

  it('the sine to a mean squared error below 0.001, between the samples as well', async () => {
    const x = Array.from({ length: 200 }, (_, i) => [-Math.PI + (2 * Math.PI * i) / 199]);
    const { loss, model } = await learn(
      [{ units: 32, activation: 'tanh' }, { units: 1 }],
      { optimizer: { name: 'adam', learningRate: 0.01 }, loss: 'meanSquaredError' },
      x,
      x.map(([angle]) => Math.sin(angle!)),
      { epochs: 300, batchSize: 20 },
    );
    expect(loss).toBeLessThan(1e-3);
    for (const angle of [-2.5, -1, 0.3, 1.9])
      expect(Math.abs(model.predict([[angle]])[0]! - Math.sin(angle))).toBeLessThan(0.1);
  });

  it('iris-like blobs to a loss below 0.1 and 97 % accuracy', async () => {
    // Means and spread of Fisher's setosa, versicolor and virginica; 50 points each.
    const means = [
      [5.0, 3.4, 1.5, 0.2],
      [5.9, 2.8, 4.3, 1.3],
      [6.6, 3.0, 5.6, 2.0],
    ];
    const spread = [0.4, 0.3, 0.3, 0.2];
    const normal = normals();
    const y = Uint8Array.from({ length: 150 }, (_, i) => i % 3);
    const x = [...y].map((label) =>
      means[label]!.map(
        (mean, j) => (mean + spread[j]! * normal() - [5.8, 3.1, 3.8, 1.2][j]!) / [0.8, 0.4, 1.8, 0.8][j]!,
      ),
    );
    const { loss, accuracy } = await learn(
      [
        { units: 16, activation: 'relu' },
        { units: 3, activation: 'softmax' },
      ],
      {
        optimizer: { name: 'adam', learningRate: 0.01 },
        loss: 'sparseCategoricalCrossentropy',
        metrics: ['accuracy'],
      },
      x,
      y,
      { epochs: 100, batchSize: 16 },
    );
    expect(loss).toBeLessThan(0.1);
    expect(accuracy).toBeGreaterThan(0.97);
  });

  it('several labels at once, each yes or no (document 002)', async () => {
    const x = Array.from({ length: 64 }, (_, i) =>
      [0, 1, 2].map((bit) => ((i >> bit) & 1) * 2 - 1 + 0.1 * Math.sin(i + bit)),
    );
    const y = x.map(([a, b, c]) => [a! > 0 && b! > 0, b! > 0 !== c! > 0, a! > 0 || c! > 0].map(Number));
    const { loss, accuracy } = await learn(
      [
        { units: 16, activation: 'relu' },
        { units: 3, activation: 'sigmoid' },
      ],
      {
        optimizer: { name: 'adam', learningRate: 0.02 },
        loss: { name: 'binaryCrossentropy', reduction: 'sum' },
        metrics: ['accuracy'],
      },
      x,
      y,
      { epochs: 150, batchSize: 16 },
    );
    expect(loss).toBeLessThan(0.05);
    expect(accuracy).toBe(1);
  });
});

describe('Training goes downhill', () => {
  const x = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(2 * i), Math.sin(3 * i)]);
  const positive = x.map(([a, b, c]) => a! + b! * c! > 0.1);
  /** A target for each loss, and an output that suits it. */
  const problems: Partial<Record<LossName, [output: ActivationName, units: number, y: Targets]>> = {
    meanSquaredError: ['linear', 1, x.map(([a, b]) => a! * b!)],
    sumOfSquares: ['linear', 1, x.map(([a, b]) => a! * b!)],
    meanAbsoluteError: ['linear', 1, x.map(([a, b]) => a! * b!)],
    huber: ['linear', 1, x.map(([a, b]) => a! * b!)],
    logCosh: ['linear', 1, x.map(([a, b]) => a! * b!)],
    binaryCrossentropy: ['sigmoid', 1, positive.map(Number)],
    hinge: ['linear', 1, positive.map((yes) => (yes ? 1 : -1))],
    squaredHinge: ['linear', 1, positive.map((yes) => (yes ? 1 : -1))],
    meanSquaredLogarithmicError: ['softplus', 1, x.map(([a]) => Math.round(2 + 2 * a!))],
    cosineSimilarity: ['linear', 2, x.map(([a, b]) => [2 + a!, b!])],
    categoricalCrossentropy: ['softmax', 2, positive.map((yes) => (yes ? [0, 1] : [1, 0]))],
    sparseCategoricalCrossentropy: ['softmax', 2, positive.map(Number)],
    kullbackLeiblerDivergence: ['softmax', 2, positive.map((yes) => (yes ? [0.1, 0.9] : [0.8, 0.2]))],
    poisson: ['softplus', 1, x.map(([a]) => Math.round(2 + 2 * a!))],
  };
  /** The least that the loss can be: the entropy of what is fitted, where it is not 0. */
  const floorOf = (loss: LossName): number => {
    if (loss === 'cosineSimilarity') return -1;
    if (loss !== 'poisson') return 0;
    const counts = problems.poisson![2] as number[];
    return counts.reduce((sum, count) => sum + count - (count > 0 ? count * Math.log(count) : 0), 0) / counts.length;
  };
  const recipes: Record<string, OptimizerConfig> = {
    sgd: { name: 'sgd', learningRate: 0.1 },
    momentum: { name: 'sgd', learningRate: 0.03, momentum: 0.9 },
    nesterov: { name: 'sgd', learningRate: 0.03, momentum: 0.9, nesterov: true },
    rmsprop: { name: 'rmsprop', learningRate: 0.01 },
    adam: { name: 'adam', learningRate: 0.02 },
    adamw: { name: 'adamw', learningRate: 0.02 },
    adagrad: { name: 'adagrad', learningRate: 0.1 },
    adadelta: { name: 'adadelta', learningRate: 1 },
    adamax: { name: 'adamax', learningRate: 0.02 },
    nadam: { name: 'nadam', learningRate: 0.02 },
    lion: { name: 'lion', learningRate: 0.003 },
    lbfgs: { name: 'lbfgs' },
  };

  it('for every optimizer there is', () => {
    expect(new Set(Object.values(recipes).map(({ name }) => name))).toEqual(new Set(OPTIMIZERS));
  });

  describe.each(Object.keys(recipes))('with %s', (recipe) => {
    // The slope of meanAbsolutePercentageError is 100/|y|, which these rates are too large for.
    const losses = LOSSES.filter((loss) => loss !== 'meanAbsolutePercentageError');
    it.each(losses)('on %s', async (loss) => {
      const [activation, units, y] = problems[loss]!;
      const result = await learn(
        [
          { units: 16, activation: 'tanh' },
          { units, activation },
        ],
        { optimizer: recipes[recipe]!, loss },
        x,
        y,
        { epochs: 150, ...(recipe !== 'lbfgs' && { batchSize: 10 }) },
      );
      const floor = floorOf(loss);
      expect(result.loss - floor).toBeLessThan(0.4 * (result.before - floor));
    });
  });

  it.each(ACTIVATIONS)('with %s in the hidden layer', async (activation) => {
    const { before, loss } = await learn(
      [{ units: 16, activation }, { units: 1 }],
      { optimizer: { name: 'adam', learningRate: 0.02 }, loss: 'meanSquaredError' },
      x,
      x.map(([a, b, c]) => a! + b! - c!),
      { epochs: 150, batchSize: 10 },
    );
    expect(loss).toBeLessThan(0.1 * before);
  });
});
