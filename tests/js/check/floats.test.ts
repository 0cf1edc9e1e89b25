import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  init,
  layerNormalization,
  schedules,
  sequential,
  type CompileOptions,
  type DenseOptions,
  type LayerConfig,
} from 'mlp-wasm';

// Options that the core takes as 32-bit floats must be in their limits as such, not only as the doubles that came.

beforeAll(() => init());

const withLayer = (layer: LayerConfig) => () => {
  const model = sequential({ layers: [dense({ units: 3, inputShape: [2] }), layer, dense({ units: 1 })] });
  onTestFinished(() => model.dispose());
};
const withDense = (options: Partial<DenseOptions>) => withLayer(dense({ units: 3, ...options }));

const compiled = (options: Partial<CompileOptions>) => () => {
  const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', ...options });
};

const predicted = (scale: number) => () => {
  const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
  onTestFinished(() => model.dispose());
  model.predict({ data: new Uint8Array(2), scale });
};

const CASES: [what: string, call: () => unknown, name: string][] = [
  ['a rate that becomes 1', withLayer(alphaDropout({ rate: 0.99999999 })), 'rate'],
  ['a rate that becomes 1, of dropout', withLayer(dropout({ rate: 0.99999999 })), 'rate'],
  ['a rate that becomes 0', withLayer(dropout({ rate: 1e-50 })), 'rate'],
  ['noise that becomes infinite', withLayer(gaussianNoise({ stddev: 1e38 })), 'stddev'],
  ['an ε of batchNormalization that becomes 0', withLayer(batchNormalization({ epsilon: 1e-50 })), 'epsilon'],
  ['an ε of layerNormalization that becomes 0', withLayer(layerNormalization({ epsilon: 1e-50 })), 'epsilon'],
  ['a momentum that becomes 1', withLayer(batchNormalization({ momentum: 0.99999999 })), 'momentum'],
  ['an α that becomes infinite', withDense({ activation: { name: 'elu', alpha: 1e39 } }), 'alpha'],
  ['a penalty that becomes infinite', withDense({ kernelRegularizer: { name: 'l2', l2: 1e39 } }), 'l2'],
  ['a penalty twice which is infinite', withDense({ kernelRegularizer: { name: 'l2', l2: 2e38 } }), 'l2'],
  ['a bound that becomes 0', withDense({ kernelConstraint: { name: 'maxNorm', maxValue: 1e-50 } }), 'maxValue'],
  ['weights that become infinite', withDense({ kernelInitializer: { name: 'constant', value: 1e39 } }), 'value'],
  [
    'normal weights some of which do',
    withDense({ kernelInitializer: { name: 'randomNormal', stddev: 1e38 } }),
    'stddev',
  ],
  ['a δ that becomes 0', compiled({ loss: { name: 'huber', delta: 1e-50 } }), 'delta'],
  [
    'a smoothing that becomes 1',
    compiled({ loss: { name: 'binaryCrossentropy', fromLogits: true, labelSmoothing: 0.99999999 } }),
    'labelSmoothing',
  ],
  ['an ε that becomes 0', compiled({ optimizer: { name: 'adam', epsilon: 1e-50 } }), 'epsilon'],
  ['a β that becomes 1', compiled({ optimizer: { name: 'adam', beta2: 0.99999999 } }), 'beta2'],
  ['a μ that becomes 1', compiled({ optimizer: { name: 'sgd', momentum: 0.99999999 } }), 'momentum'],
  ['a learning rate that becomes 0', compiled({ optimizer: { name: 'sgd', learningRate: 1e-50 } }), 'learningRate'],
  ['one that becomes infinite', compiled({ optimizer: { name: 'sgd', learningRate: 1e39 } }), 'learningRate'],
  ['one of a schedule', () => schedules.constant({ learningRate: 1e39 }), 'learningRate'],
  ['a scale of bytes that becomes 0', predicted(1e-50), 'scale'],
  ['a scale 255 times which is infinite', predicted(1e38), 'scale'],
];

describe('Options that are floats to the core', () => {
  it.each(CASES)('are refused with %s', (_, call, name) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(new RegExp(`\\b${name}: expected .*, got `));
  });

  it('are taken to their last values', () => {
    withLayer(alphaDropout({ rate: 0.9999999 }))();
    withLayer(batchNormalization({ epsilon: 1.2e-38, momentum: 0 }))();
    compiled({ optimizer: { name: 'adam', epsilon: 0 } })();
    compiled({ optimizer: { name: 'sgd', learningRate: 1.2e-38 } })();
    expect(predicted(1e35)).not.toThrow();
  });

  it('do not become NaN in training where ε is 0', async () => {
    for (const name of ['rmsprop', 'adam', 'adamw', 'adagrad', 'adadelta', 'adamax', 'nadam'] as const) {
      using model = sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
      const start = { ...(name === 'adagrad' && { initialAccumulatorValue: 0 }) };
      model.compile({ optimizer: { name, epsilon: 0, ...start }, loss: 'meanSquaredError' });
      await model.fit(
        [
          [0, 1],
          [0, 2],
        ],
        [1, 2],
        { epochs: 3 },
      );
      const [kernel] = model.getWeights();
      expect([...kernel!.data].every(Number.isFinite), name).toBe(true);
    }
  });
});
