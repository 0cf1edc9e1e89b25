/** Results of the library as hashes: equal in two realms if and only if it computes the same bits in both. */
import type { InitOptions, LossName, Targets } from 'mlp-wasm';

/**
 * Trains networks with every activation, initialiser, loss and optimizer. Self-contained, so that its text can be sent
 * to a thread or a page.
 *
 * @returns the hash of weights, figures and predictions by name of what was trained
 */
export async function fingerprint(
  mlp: typeof import('mlp-wasm') & typeof import('mlp-wasm/digits'),
  { seed, init }: { seed: number; init?: InitOptions },
): Promise<Record<string, string>> {
  const { ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, dense, generateDigits, sequential } = mlp;
  await mlp.init(init);

  /** FNV-1a over the bytes of typed arrays. */
  const hash = (...arrays: ArrayBufferView[]) => {
    let state = 0x811c9dc5;
    for (const { buffer, byteOffset, byteLength } of arrays) {
      for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) state = Math.imul(state ^ byte, 0x01000193);
    }
    return (state >>> 0).toString(16).padStart(8, '0');
  };

  const digits = await generateDigits({ count: 130, seed });
  const prints: Record<string, string> = { digits: hash(digits.x, digits.y) };
  // Odd sizes, so that every kernel meets its edges.
  const features = 23;
  const x = digits.x.slice(300 * features, 430 * features);
  const wave = (columns: number) =>
    Float32Array.from({ length: 130 * columns }, (_, i) => Math.round(50 * Math.sin(i)) / 50);

  const train = async (
    name: string,
    layers: Parameters<typeof sequential>[0]['layers'],
    options: Parameters<ReturnType<typeof sequential>['compile']>[0],
    y: Targets,
  ) => {
    const model = sequential({ seed, layers });
    model.compile(options);
    const batches = options.optimizer !== 'lbfgs' && { batchSize: 17 }; // lbfgs takes all rows at once
    const { history } = await model.fit(x, y, { epochs: 3, ...batches, validationSplit: 0.3 });
    const figures = Float64Array.from(Object.values(history).flat());
    // The bits of NaN are not the same everywhere.
    if (!figures.every(Number.isFinite)) throw new Error(`${name}: training diverged`);
    prints[name] = hash(...model.getWeights().map(({ data }) => data), figures, model.predict(x, { batchSize: 19 }));
    model.dispose();
  };

  for (const activation of ACTIVATIONS) {
    const layers = [
      dense({ units: 13, activation, inputShape: [features] }),
      dense({ units: 7, activation }),
      dense({ units: 3 }),
    ];
    await train(
      `activation ${activation}`,
      layers,
      {
        optimizer: { name: 'sgd', learningRate: 1e-3 },
        loss: 'meanSquaredError',
        metrics: ['meanAbsoluteError'],
      },
      wave(3),
    );
  }
  for (const name of INITIALIZERS) {
    const layers = [
      dense({
        units: 9,
        activation: 'tanh',
        inputShape: [features],
        kernelInitializer: name,
        biasInitializer: name,
      }),
      dense({ units: 1 }),
    ];
    await train(`initializer ${name}`, layers, { optimizer: 'sgd', loss: 'meanSquaredError' }, wave(1));
  }
  for (const optimizer of OPTIMIZERS) {
    const layers = [
      dense({ units: 31, activation: 'relu', inputShape: [features] }),
      dense({ units: 10, activation: 'softmax' }),
    ];
    await train(
      `optimizer ${optimizer}`,
      layers,
      { optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] },
      digits.y,
    );
  }
  for (const clip of ['clipNorm', 'globalClipNorm']) {
    const optimizer = { name: 'adamw', [clip]: 0.02, useEma: true } as const;
    const layers = [
      dense({ units: 61, activation: 'tanh', inputShape: [features] }),
      dense({ units: 10, activation: 'softmax' }),
    ];
    await train(clip, layers, { optimizer, loss: 'sparseCategoricalCrossentropy' }, digits.y);
  }
  const kinds = [
    mlp.activation({ activation: 'tanh' }),
    mlp.dropout({ rate: 0.3 }),
    mlp.alphaDropout({ rate: 0.3 }),
    mlp.gaussianNoise({ stddev: 0.1 }),
    mlp.batchNormalization(),
    mlp.layerNormalization(),
  ];
  for (const kind of kinds) {
    const layers = [
      dense({ units: 31, activation: 'relu', inputShape: [features], kernelRegularizer: 'l1l2' }),
      kind,
      dense({ units: 10, activation: 'softmax', kernelConstraint: 'maxNorm' }),
    ];
    await train(
      `layer ${kind.className}`,
      layers,
      { optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' },
      digits.y,
    );
  }
  const targets: Partial<Record<LossName, [output: 'sigmoid' | 'softmax' | 'softplus', Targets]>> = {
    binaryCrossentropy: ['sigmoid', wave(3).map((value) => (value > 0 ? 1 : 0))],
    categoricalCrossentropy: ['softmax', wave(3).map((_, i) => (i % 3 === 1 ? 1 : 0))],
    sparseCategoricalCrossentropy: ['softmax', digits.y.map((label) => label % 3)],
    kullbackLeiblerDivergence: ['softmax', wave(3).map((_, i) => (i % 3 === 1 ? 0.5 : 0.25))],
    poisson: ['softplus', wave(3).map((value) => Math.abs(value))],
    hinge: ['softplus', wave(3).map((value) => (value > 0 ? 1 : -1))],
    squaredHinge: ['softplus', wave(3).map((value) => (value > 0 ? 1 : -1))],
    meanSquaredLogarithmicError: ['softplus', wave(3).map((value) => Math.abs(value))],
  };
  for (const loss of LOSSES) {
    const [activation, y] = targets[loss] ?? (['softplus', wave(3)] as const);
    const layers = [dense({ units: 5, activation: 'gelu', inputShape: [features] }), dense({ units: 3, activation })];
    await train(`loss ${loss}`, layers, { optimizer: { name: 'sgd', momentum: 0.9 }, loss }, y);
  }
  return prints;
}
