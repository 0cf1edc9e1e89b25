/** Predictions in words. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { activation, dense, init, sequential, type ActivationName, type CompileOptions } from 'mlp-wasm';

beforeAll(() => init());

/** A model that gives its inputs through an activation, as many as there are. */
function through(name: ActivationName, units: number, classNames?: string[], loss?: CompileOptions['loss']) {
  const model = sequential({
    layers: [
      dense({ units, inputShape: [units], useBias: false }),
      ...(name === 'linear' ? [] : [activation({ activation: name })]),
    ],
    ...(classNames && { classNames }),
  });
  onTestFinished(() => model.dispose());
  const eye = Float32Array.from({ length: units * units }, (_, i) => Number(i % (units + 1) === 0));
  model.setWeights([{ shape: [units, units], data: eye }]);
  if (loss) model.compile({ optimizer: 'sgd', loss });
  return model;
}

const round = (rows: { label: string | number; probability: number }[][]) =>
  rows.map((row) => row.map(({ label, probability }) => [label, Number(probability.toFixed(4))]));

const ln = (...numbers: number[]) => numbers.map(Math.log);

describe('classify', () => {
  it('gives the classes of each row, the likeliest first', () => {
    const model = through('softmax', 3, ['cat', 'dog', 'emu']);
    expect(round(model.classify([ln(0.2, 0.5, 0.3), ln(0.7, 0.1, 0.2)]))).toEqual([
      [
        ['dog', 0.5],
        ['emu', 0.3],
        ['cat', 0.2],
      ],
      [
        ['cat', 0.7],
        ['emu', 0.2],
        ['dog', 0.1],
      ],
    ]);
    const x = Float32Array.of(1, 2, 3);
    expect(model.classify(x)[0]!.map(({ probability }) => probability)).toEqual([...model.predict(x)].reverse());
  });

  it('gives numbers of classes that have no names, and those of equal probability in their order', () => {
    const model = through('softmax', 4);
    expect(model.classify([[0, 0, 0, 0]])[0]!.map(({ label }) => label)).toEqual([0, 1, 2, 3]);
    expect(model.classify([[0, 1, 0, 1]], { topK: 3 })[0]!.map(({ label }) => label)).toEqual([1, 3, 0]);
    model.classNames = ['a', 'b', 'c', 'd'];
    expect(model.classify([[0, 1, 0, 1]], { topK: 1, batchSize: 1 })[0]!.map(({ label }) => label)).toEqual(['b']);
  });

  it('takes one output of sigmoid as the probability of the second of two classes', () => {
    expect(round(through('sigmoid', 1).classify([[ln(4)[0]!], [-ln(4)[0]!], [0]]))).toEqual([
      [
        [1, 0.8],
        [0, 0.2],
      ],
      [
        [0, 0.8],
        [1, 0.2],
      ],
      [
        [0, 0.5],
        [1, 0.5],
      ],
    ]);
    const named = through('hardSigmoid', 1, ['no', 'yes']);
    expect(round(named.classify([[3]], { topK: 1 }))).toEqual([[['yes', 1]]]);
  });

  it('takes one output with one name as one of several, which may come together', () => {
    expect(round(through('sigmoid', 1, ['spam']).classify([[0]]))).toEqual([[['spam', 0.5]]]);
    const several = through('sigmoid', 3, ['red', 'round', 'ripe'], 'binaryCrossentropy');
    expect(round(several.classify([[0, ln(9)[0]!, ln(4)[0]!]]))).toEqual([
      [
        ['round', 0.9],
        ['ripe', 0.8],
        ['red', 0.5],
      ],
    ]);
  });

  it('takes logarithms of probabilities, and logits where the loss does', () => {
    const wanted = [
      [
        [1, 0.5],
        [2, 0.3],
        [0, 0.2],
      ],
    ];
    const x = [ln(0.2, 0.5, 0.3)];
    expect(round(through('logSoftmax', 3).classify(x))).toEqual(wanted);
    for (const name of ['categoricalCrossentropy', 'sparseCategoricalCrossentropy'] as const) {
      expect(round(through('linear', 3, undefined, { name, fromLogits: true }).classify(x))).toEqual(wanted);
    }
    const binary = { name: 'binaryCrossentropy', fromLogits: true } as const;
    expect(round(through('linear', 1, ['no', 'yes'], binary).classify([ln(0.25)]))).toEqual([
      [
        ['no', 0.8],
        ['yes', 0.2],
      ],
    ]);
    expect(round(through('linear', 2, undefined, binary).classify([[0, ln(4)[0]!]]))).toEqual([
      [
        [1, 0.8],
        [0, 0.5],
      ],
    ]);
    // Neither overflows, nor loses what is small.
    expect(through('linear', 1, undefined, binary).classify([[90]])[0]![1]!.probability).toBeCloseTo(Math.exp(-90), 45);
    const far = through('linear', 2, undefined, { name: 'categoricalCrossentropy', fromLogits: true });
    expect(round(far.classify([[3000, -3000]]))).toEqual([
      [
        [0, 1],
        [1, 0],
      ],
    ]);
  });

  it('takes sigmoids as shares of their sum where the loss does', () => {
    const model = through('sigmoid', 2, undefined, 'categoricalCrossentropy');
    expect(round(model.classify([ln(1.5, 4)]))).toEqual([
      [
        [1, 0.5714],
        [0, 0.4286],
      ],
    ]);
    expect(round(model.classify([[-200, -200]]))).toEqual([
      [
        [0, 0.5],
        [1, 0.5],
      ],
    ]);
  });

  it('gives NaN last, where a model has diverged', () => {
    const model = through('sigmoid', 3);
    const { shape, data } = model.getWeights()[0]!;
    model.setWeights([{ shape, data: data.map((value) => value * 3e38) }]);
    const answer = model.classify([[-1, 1, 1]])[0]!; // −3e38 − 0, 3e38, 3e38
    expect(answer.map(({ label }) => label)).toEqual([1, 2, 0]);
    const diverged = through('softmax', 3);
    diverged.setWeights([{ shape, data: data.map(() => 3e38) }]);
    expect(diverged.classify([[9, 9, 9]])[0]).toEqual([0, 1, 2].map((label) => ({ label, probability: NaN })));
  });

  const CURE = "'softmax' of several outputs, 'sigmoid', or 'linear' with a loss of fromLogits";
  it.each<[ActivationName, 1 | 2]>([
    ['linear', 1],
    ['linear', 2],
    ['tanh', 1],
    ['relu', 2],
    ['softplus', 2],
    ['exponential', 2],
    ['softmax', 1],
    ['logSoftmax', 1],
  ])('refuses %s of %i', (name, units) => {
    const model = through(name, units);
    expect(() => model.classify(new Float32Array(units))).toThrow(
      new RangeError(`classify: the last activation: expected ${CURE}, got '${name}'`),
    );
  });

  it('refuses wrong samples and options', () => {
    const model = through('softmax', 3);
    const x = [[1, 2, 3]];
    const cases: [() => unknown, string][] = [
      [() => model.classify(x, { topK: 0 }), 'RangeError: classify: topK: expected an integer from 1 to 3, got 0'],
      [() => model.classify(x, { topK: 4 }), 'RangeError: classify: topK: expected an integer from 1 to 3, got 4'],
      [
        () => model.classify(x, { topk: 1 } as never),
        "RangeError: classify: options: option: expected one of 'topK', 'batchSize', got 'topk'. Did you mean 'topK'?",
      ],
      [
        () => model.classify(x, { batchSize: 0 }),
        'RangeError: classify: batchSize: expected an integer from 1 to 2147483647, got 0',
      ],
      [() => model.classify([[1, NaN, 3]]), 'RangeError: classify: x[0][1]: expected a finite number, got NaN'],
    ];
    for (const [call, message] of cases) {
      let error: unknown;
      try {
        call();
      } catch (thrown) {
        error = thrown;
      }
      expect(String(error)).toBe(message);
    }
    const single = through('sigmoid', 1, ['spam']);
    expect(() => single.classify([[1]], { topK: 2 })).toThrow('expected an integer from 1 to 1, got 2');
  });
});
