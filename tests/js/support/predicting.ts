/** Models of every kind, for tests that predict with them elsewhere. Nothing of the package is imported but types. */
import type { ActivationConfig, ActivationName, LayerConfig } from 'mlp-wasm';
import type * as Mlp from 'mlp-wasm';

/** Layers whose predictions must be the same wherever a file of them is loaded. */
export function stacks(mlp: typeof Mlp): Record<string, LayerConfig[]> {
  const { dense } = mlp;
  const first = (units = 9, features = 13) => dense({ units, inputShape: [features], activation: 'tanh' });
  const activations: (ActivationName | ActivationConfig)[] = [
    ...mlp.ACTIVATIONS,
    { name: 'leakyRelu', alpha: 0.3 },
    { name: 'elu', alpha: 0.7 },
  ];
  const nameOf = (activation: ActivationName | ActivationConfig) =>
    typeof activation === 'string' ? activation : `${activation.name} of alpha ${activation.alpha}`;
  const norms = [
    ['batchNormalization', mlp.batchNormalization],
    ['layerNormalization', mlp.layerNormalization],
  ] as const;
  return {
    ...Object.fromEntries(
      activations.flatMap((activation) => [
        [
          `${nameOf(activation)} hidden and last`,
          [first(), dense({ units: 11, activation }), dense({ units: 5, activation })],
        ],
        [
          `${nameOf(activation)} first, of its own`,
          [mlp.activation({ activation, inputShape: [13] }), dense({ units: 4 })],
        ],
        [`${nameOf(activation)} last, of its own`, [first(7), mlp.activation({ activation })]],
      ]),
    ),
    ...Object.fromEntries(
      norms.flatMap(([name, normalize]) =>
        [true, false].flatMap((center) =>
          [true, false].flatMap((scale) => {
            const options = { center, scale, epsilon: 0.01 };
            return [
              [`${name} between, center ${center}, scale ${scale}`, [first(), normalize(options), dense({ units: 3 })]],
              [
                `${name} first and last, center ${center}, scale ${scale}`,
                [normalize({ ...options, inputShape: [13] }), first(6), normalize(options)],
              ],
            ] as const;
          }),
        ),
      ),
    ),
    'normalization first': [mlp.normalization({ inputShape: [13] }), dense({ units: 8, activation: 'relu' })],
    'normalization alone': [mlp.normalization({ inputShape: [13] })],
    'what is only there in training': [
      mlp.dropout({ rate: 0.5, inputShape: [13] }),
      first(),
      mlp.alphaDropout({ rate: 0.2 }),
      dense({ units: 6, activation: 'selu' }),
      mlp.gaussianNoise({ stddev: 2 }),
      dense({ units: 2, activation: 'softmax' }),
      mlp.dropout({ rate: 0.1 }),
    ],
    'without biases': [first(), dense({ units: 10, useBias: false }), dense({ units: 1, useBias: false })],
    'with regularisers, constraints and frozen layers': [
      dense({ units: 8, inputShape: [13], kernelRegularizer: 'l2', activityRegularizer: 'l1', trainable: false }),
      dense({ units: 4, kernelConstraint: 'maxNorm', biasInitializer: 'ones', activation: 'sigmoid' }),
    ],
    ...Object.fromEntries(
      [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 33, 40].map((units) => [`${units} units`, [first(units), dense({ units })]]),
    ),
    'one feature': [dense({ units: 3, inputShape: [1], activation: 'relu' }), dense({ units: 1 })],
    'many features': [
      dense({ units: 37, inputShape: [300], activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    'twelve layers': [first(), ...Array.from({ length: 11 }, (_, i) => dense({ units: 3 + i, activation: 'silu' }))],
  };
}

/** `rows` × `features` numbers of many sizes; about `zeros` of them are 0. */
export function rowsOf(rows: number, features: number, zeros = 0): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: rows * features }, (_, i) => {
    const draw = Math.abs(Math.sin(12.9898 * i + 1) * 43758.5453) % 1;
    return draw < zeros ? 0 : Math.sin(7 * i) * 10 ** (((i * 5) % 7) / 3 - 1);
  });
}
