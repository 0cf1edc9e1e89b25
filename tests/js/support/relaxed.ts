/** Tests of a flavour whose bits depend on the processor: PyTorch's numbers, and its own difference quotients. */
import type { InitOptions, OptimizerConfig } from 'mlp-wasm';
import type { GoldenCase } from './golden.js';

/**
 * Compares with the golden numbers, and every gradient with central differences. Self-contained, so that its text can
 * be sent to a process or a page.
 *
 * @param golden the text of golden.json
 * @returns the largest deviations by what they are of, each in units of what is allowed: 1e-5 of the golden number, or
 *   of a tenth of the largest of its tensor, as in golden.test.ts; 1 % of the gradient
 */
export async function deviations(
  mlp: typeof import('mlp-wasm'),
  { golden, init }: { golden: string; init?: InitOptions },
): Promise<{ simd: unknown; worst: Record<string, number> }> {
  const { backend, dense, sequential } = mlp;
  await mlp.init(init);
  const worst: Record<string, number> = {};
  const note = (what: string, deviation: number) => {
    if (!(deviation <= (worst[what] ?? 0))) worst[what] = deviation;
  };
  const compare = (what: string, actual: ArrayLike<number>, expected: number[]) => {
    if (actual.length !== expected.length) note(what, Infinity);
    const floor = Math.max(...expected.map(Math.abs)) / 10;
    expected.forEach((value, i) => {
      if (actual[i] !== value) note(what, Math.abs(actual[i]! - value) / (1e-5 * Math.max(Math.abs(value), floor)));
    });
  };

  for (const { features, layers, loss, x, y, weights, ...expected } of JSON.parse(golden) as GoldenCase[]) {
    const build = (optimizer: OptimizerConfig) => {
      const model = sequential({
        seed: 1,
        layers: layers.map(({ units, activation, alpha, useBias }, i) =>
          dense({
            units,
            activation: alpha === undefined ? activation : { name: activation, alpha },
            useBias,
            ...(i === 0 && { inputShape: [features] as [number] }),
          }),
        ),
      });
      model.compile({ optimizer, loss });
      model.setWeights(weights.map(({ shape, data }) => ({ shape, data: Float32Array.from(data) })));
      return model;
    };
    const model = build({ name: 'sgd' });
    const trace = model.backpropTrace(x, y);
    compare('loss', [trace.loss], [expected.lossValue]);
    trace.layers.forEach(({ z, a, delta }, i) => {
      compare('z', z.data, expected.forward[i]!.z);
      compare('a', a.data, expected.forward[i]!.a);
      compare('delta', delta.data, expected.delta[i]!);
    });
    model.gradients(x, y).gradients.forEach(({ data }, i) => compare('gradient', data, expected.gradients[i]!));
    note('gradient check', model.gradientCheck(x, y).worstRelativeError / 1e-2);
    model.dispose();
    for (const { optimizer, lossAfter, weightsAfter } of expected.optimizers) {
      const trained = build(optimizer);
      await trained.fit(x, y, { epochs: 10, batchSize: x.length, shuffle: false });
      trained.getWeights().forEach(({ data }, i) => compare('trained weight', data, weightsAfter[i]!));
      compare('loss after training', [trained.gradients(x, y).loss], [lossAfter]);
      trained.dispose();
    }
  }
  return { simd: backend().simd, worst };
}
