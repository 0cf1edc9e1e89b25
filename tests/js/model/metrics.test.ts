import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  confusionMatrix,
  dense,
  init,
  loadModel,
  sequential,
  type ActivationName,
  type CompileOptions,
  type LossConfig,
  type MetricConfig,
} from 'mlp-wasm';
import { weightBits } from '../support/bits.js';

/** Results of scikit-learn in float64; tests/golden/README.md describes the fields. */
interface GoldenMetrics {
  name: string;
  loss: LossConfig;
  activation: ActivationName;
  x: number[][];
  y: number[][] | number[];
  metrics: (MetricConfig & { value: number | null })[];
}

const CASES = (
  JSON.parse(readFileSync(new URL('../../golden/metrics.json', import.meta.url), 'utf8')) as {
    metrics: GoldenMetrics[];
  }
).metrics;

/** A layer that hands its inputs to the activation, disposed of when the test ends. */
function identity(units: number, activation: ActivationName, options: Omit<CompileOptions, 'optimizer'>) {
  const model = sequential({
    layers: [dense({ units, activation, useBias: false, inputShape: [units] })],
    seed: 1,
  });
  onTestFinished(() => model.dispose());
  const kernel = Float32Array.from({ length: units * units }, (_, i) => Number(i % (units + 1) === 0));
  model.setWeights([{ shape: [units, units], data: kernel }]);
  model.compile({ optimizer: { name: 'sgd', learningRate: 1e-30 }, ...options });
  return model;
}

/** Rows of some numbers that nobody chose. */
const noise = (rows: number, columns: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => 3 * Math.sin(1 + 7 * i + 3.3 * j * j)),
  );

beforeAll(() => init());

describe.each(CASES)('Metrics of $name', ({ loss, activation, x, y, metrics }) => {
  it('are those of scikit-learn', () => {
    const configs = metrics.map(({ value, ...config }) => config);
    const model = identity(x[0]!.length, activation, { loss, metrics: configs });
    const found = Object.values(model.evaluate(x, y)).slice(1); // after the loss
    expect(found).toHaveLength(metrics.length);
    metrics.forEach(({ value, ...config }, i) => {
      if (value === null) expect(found[i], JSON.stringify(config)).toBeNaN();
      else
        expect(Math.abs(found[i]! - value), JSON.stringify(config)).toBeLessThanOrEqual(
          2e-6 * Math.max(1, Math.abs(value)),
        );
    });
    for (const batchSize of [1, 13]) expect(Object.values(model.evaluate(x, y, { batchSize })).slice(1)).toEqual(found);
  });
});

describe('auc', () => {
  it('is exact for margins that lie close together and for probabilities that round to 0', () => {
    const hinge = identity(1, 'linear', { loss: 'hinge', metrics: ['auc'] });
    expect(hinge.evaluate([[10000], [10010], [9990]], [-1, 1, -1])['auc']).toBe(1);
    const sigmoid = identity(1, 'sigmoid', { loss: 'binaryCrossentropy', metrics: ['auc'] });
    expect(sigmoid.evaluate([[-40], [-30], [-35]], [[0], [1], [0]])['auc']).toBe(1);
  });

  it('is the same whether it is asked for after every batch or once', async () => {
    const [x, y] = [noise(9000, 1), Float32Array.from({ length: 9000 }, (_, i) => Number(Math.sin(i) > 0))];
    const watched: number[] = [];
    const run = async (batchSize: number, watch: boolean) => {
      const model = identity(1, 'sigmoid', { loss: 'binaryCrossentropy', metrics: ['auc'] });
      const onBatchEnd = (_: number, logs: { [name: string]: number }) => void watched.push(logs['auc']!);
      const { history } = await model.fit(x, y, {
        batchSize,
        shuffle: false,
        ...(watch && { callbacks: { onBatchEnd } }),
      });
      return history['auc']![0]!;
    };
    const once = await run(9000, false);
    expect(await run(250, true)).toBe(once);
    expect(watched.at(-1)).toBe(once);
    expect(identity(1, 'sigmoid', { loss: 'binaryCrossentropy', metrics: ['auc'] }).evaluate(x, y)['auc']).toBe(once);
  });
});

describe('logLoss', () => {
  it('is the loss, however sure the answer is', () => {
    const model = identity(1, 'sigmoid', { loss: 'binaryCrossentropy', metrics: ['logLoss'] });
    for (const z of [20, 30, 60]) {
      const { loss, logLoss } = model.evaluate([[z]], [[0]]);
      expect(logLoss).toBe(loss);
      expect(loss).toBeCloseTo(z, 4);
    }
  });

  it('is refused where outputs are margins', () => {
    for (const loss of ['hinge', 'squaredHinge'] as const) {
      expect(() => identity(1, 'linear', { loss, metrics: ['logLoss'] })).toThrow(
        new RangeError(`compile: metrics: expected no logLoss beside ${loss}, whose outputs are no probabilities`),
      );
    }
  });
});

describe('Metrics in logs', () => {
  const ALL: CompileOptions['metrics'] = [
    'accuracy',
    { name: 'topKAccuracy', k: 2 },
    'precision',
    { name: 'precision', average: 'micro' },
    'f1Score',
    'auc',
    'rootMeanSquaredError',
    'r2Score',
    'logLoss',
  ];
  const x = noise(90, 3);
  const y = x.map((row, i) => (i % 4 === 0 ? i % 3 : row.indexOf(Math.max(...row))));

  it('of an epoch are those of all its samples, whatever the batches, and so are those of the validation', async () => {
    const logs = [];
    for (const batchSize of [90, 32, 1]) {
      const model = identity(3, 'softmax', { loss: 'sparseCategoricalCrossentropy', metrics: ALL });
      const { history } = await model.fit(x, y, { batchSize, shuffle: false, validationData: [x, y] });
      const whole = model.evaluate(x, y); // the step is too small to move anything
      const names = ['Accuracy', 'TopKAccuracy', 'Precision', 'Precision_1', 'F1Score', 'Auc'];
      names.push('RootMeanSquaredError', 'R2Score', 'LogLoss');
      expect(Object.keys(whole)).toEqual(['loss', ...names.map((name) => name[0]!.toLowerCase() + name.slice(1))]);
      for (const name of names) {
        const key = name[0]!.toLowerCase() + name.slice(1);
        expect(history[key], key).toEqual([whole[key]]);
        expect(history[`val${name}`], name).toEqual([whole[key]]);
      }
      expect(history['valLoss']).toEqual([whole.loss]);
      logs.push(whole);
    }
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[2]).toEqual(logs[0]);
  });

  it('start afresh with every epoch', async () => {
    const model = identity(3, 'softmax', { loss: 'sparseCategoricalCrossentropy', metrics: ALL });
    const { history } = await model.fit(x, y, { epochs: 3, shuffle: false, validationSplit: 0.3 });
    for (const [name, values] of Object.entries(history)) {
      if (name !== 'loss') expect(new Set(values).size, name).toBe(1);
    }
  });

  it('of batches run up to those of the epoch', async () => {
    const model = identity(3, 'softmax', {
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['recall', 'auc'],
    });
    const running: Record<string, number>[] = [];
    const { history } = await model.fit(x, y, {
      batchSize: 40,
      shuffle: false,
      callbacks: { onBatchEnd: (_, logs) => void running.push(logs) },
    });
    expect(running.map(({ size }) => size)).toEqual([40, 40, 10]);
    const first = model.evaluate(x.slice(0, 40), y.slice(0, 40));
    expect([running[0]!['recall'], running[0]!['auc']]).toEqual([first['recall'], first['auc']]);
    expect([[running[2]!['recall']], [running[2]!['auc']]]).toEqual([history['recall'], history['auc']]);
  });

  it('of an evaluation in a callback leave those of the validation alone', async () => {
    const rows = 20_000; // so many that the validation yields
    const many = Float32Array.from({ length: 3 * rows }, (_, i) => Math.sin(i * i));
    const labels = Int32Array.from({ length: rows }, (_, i) => i % 3);
    const run = async (meddle: boolean) => {
      const model = identity(3, 'softmax', {
        loss: 'sparseCategoricalCrossentropy',
        metrics: ['auc', 'f1Score'],
      });
      const timer = setInterval(() => meddle && model.evaluate(x, y), 1);
      const { history } = await model.fit(many.subarray(0, 30), labels.subarray(0, 10), {
        validationData: [many, labels],
        epochs: 3,
      });
      clearInterval(timer);
      return history;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it('are saved with the model, options and all', async () => {
    const model = identity(3, 'softmax', { loss: 'sparseCategoricalCrossentropy', metrics: ALL });
    using loaded = await loadModel(await model.save());
    expect(loaded.evaluate(x, y)).toEqual(model.evaluate(x, y));
  });
});

describe('confusionMatrix', () => {
  const count = (labels: number, actual: number[], found: number[]) => {
    const matrix = Array.from({ length: labels }, () => new Array<number>(labels).fill(0));
    actual.forEach((label, i) => ++matrix[label]![found[i]!]!);
    return matrix;
  };

  it('counts classes: rows are what they are, columns what they are taken for', () => {
    const model = identity(4, 'softmax', { loss: 'sparseCategoricalCrossentropy' });
    const x = noise(50, 4);
    const y = x.map((_, i) => (i * i) % 3); // no 3 among them
    const found = x.map((row) => row.indexOf(Math.max(...row)));
    expect(confusionMatrix(model, x, y)).toEqual({ labels: [0, 1, 2, 3], matrix: count(4, y, found) });
    expect(confusionMatrix(model, x, y, { batchSize: 7 })).toEqual(confusionMatrix(model, x, y));
  });

  it('takes one-hot rows and distributions', () => {
    const model = identity(3, 'softmax', { loss: 'categoricalCrossentropy' });
    expect(
      confusionMatrix(
        model,
        [
          [5, 1, 2],
          [1, 1, 2],
        ],
        [
          [0, 1, 0],
          [0.25, 0.25, 0.5],
        ],
      ).matrix,
    ).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
    const squared = identity(2, 'sigmoid', { loss: 'meanSquaredError' });
    expect(
      confusionMatrix(
        squared,
        [
          [5, 1],
          [1, 2],
        ],
        [
          [0, 1],
          [0, 1],
        ],
      ).matrix,
    ).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it.each<[string, ActivationName, CompileOptions['loss'], number[], number | undefined, number[]]>([
    ['a probability', 'sigmoid', 'binaryCrossentropy', [1, 0, 1, 0], undefined, [0, 0, 1, 1]],
    ['a probability at 0.9', 'sigmoid', 'binaryCrossentropy', [1, 0, 1, 0], 0.9, [0, 0, 0, 1]],
    ['a logit', 'linear', { name: 'binaryCrossentropy', fromLogits: true }, [1, 0, 1, 0], undefined, [0, 0, 1, 1]],
    ['a logit at 0.9', 'linear', { name: 'binaryCrossentropy', fromLogits: true }, [1, 0, 1, 0], 0.9, [0, 0, 0, 1]],
    ['a sign', 'linear', 'hinge', [1, -1, 1, -1], undefined, [0, 0, 1, 1]],
    ['a number', 'linear', 'meanSquaredError', [1, 0, 1, 0], 2, [0, 0, 0, 1]],
  ])('of one output is 2 × 2: %s', (_, activation, loss, y, threshold, found) => {
    const model = identity(1, activation, { loss });
    const options = threshold === undefined ? {} : { threshold };
    const actual = y.map((value) => Number(value > 0));
    expect(confusionMatrix(model, [[-3], [-0.5], [0.75], [3]], y, options)).toEqual({
      labels: [0, 1],
      matrix: count(2, actual, found),
    });
  });

  it('agrees with the metrics', () => {
    const x = noise(70, 3);
    const y = x.map((_, i) => (i * i) % 3);
    const model = identity(3, 'softmax', {
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy', 'recall'],
    });
    const { matrix } = confusionMatrix(model, x, y);
    const { accuracy, recall } = model.evaluate(x, y);
    const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0);
    expect(right / 70).toBe(accuracy);
    const shares = matrix.map((row, i) => [row[i]!, row.reduce((a, b) => a + b, 0)] as const);
    const occurring = shares.filter(([, all]) => all > 0).map(([own, all]) => own / all);
    const classes = matrix.filter((row, i) => [...row, ...matrix.map((other) => other[i]!)].some((n) => n > 0));
    expect(occurring.reduce((a, b) => a + b, 0) / classes.length).toBeCloseTo(recall!, 14);
  });

  const compiled = (loss: CompileOptions['loss'] = 'sparseCategoricalCrossentropy', units = 3) =>
    identity(units, units > 1 && loss === 'sparseCategoricalCrossentropy' ? 'softmax' : 'sigmoid', { loss });
  it.each<[string, () => unknown, string]>([
    [
      'what is no model',
      () => confusionMatrix({}, [[1]], [1]),
      'TypeError: confusionMatrix: model: expected a model made by sequential(), got Object',
    ],
    [
      'wrong samples',
      () => confusionMatrix(compiled(), [[1]], [1]),
      'RangeError: confusionMatrix: x[0]: expected 3 numbers, got Array(1)',
    ],
    [
      'wrong targets',
      () => confusionMatrix(compiled(), [[1, 2, 3]], [3]),
      'RangeError: confusionMatrix: y[0]: expected a class index from 0 to 2, got 3',
    ],
    [
      'an unknown option',
      () => confusionMatrix(compiled(), [[1, 2, 3]], [1], { treshold: 1 } as object),
      "RangeError: confusionMatrix: options: option: expected one of 'threshold', 'batchSize', got 'treshold'. Did you mean 'threshold'?",
    ],
    [
      'a threshold that is no number',
      () => confusionMatrix(compiled(), [[1, 2, 3]], [1], { threshold: NaN }),
      'RangeError: confusionMatrix: threshold: expected a finite number, got NaN',
    ],
    [
      'a batch of none',
      () => confusionMatrix(compiled(), [[1, 2, 3]], [1], { batchSize: 0 }),
      'RangeError: confusionMatrix: batchSize: expected an integer from 1 to 2147483647, got 0',
    ],
    [
      'independent outputs',
      () => confusionMatrix(compiled('binaryCrossentropy'), [[1, 2, 3]], [[1, 0, 1]]),
      "RangeError: confusionMatrix: y: expected outputs that are classes, got 3 of 'binaryCrossentropy'",
    ],
    [
      'numbers that are no classes',
      () => confusionMatrix(compiled('meanSquaredError'), [[1, 2, 3]], [[1, 0, 1]]),
      'RangeError: confusionMatrix: y: expected targets that are one-hot rows, got [1,0,1] in row 0',
    ],
    [
      'a number that is no class',
      () => confusionMatrix(compiled('meanSquaredError', 1), [[1], [2]], [1, 0.5]),
      'RangeError: confusionMatrix: y: expected targets that are 0 or 1, got [0.5] in row 1',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow();
    try {
      call();
    } catch (error) {
      expect(String(error)).toBe(message);
    }
  });

  it('refuses a model that is not compiled, or disposed', () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [2] })] });
    expect(() => confusionMatrix(model, [[1, 2]], [1])).toThrow(
      'confusionMatrix: expected a compiled model: call model.compile() first',
    );
    model.dispose();
    expect(() => confusionMatrix(model, [[1, 2]], [1])).toThrow('confusionMatrix: expected a live model');
  });

  it('leaves the model as it was', () => {
    const model = compiled();
    const before = weightBits(model);
    confusionMatrix(model, [[1, 2, 3]], [1]);
    expect(weightBits(model)).toEqual(before);
  });
});
