import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { dense, init, sequential, type OptimizerConfig, type Sequential, type Weight } from 'mlp-wasm';
import type { GoldenCase } from '../support/golden.js';

const CASES = ['golden', 'optimizers'].flatMap(
  (file) => JSON.parse(readFileSync(new URL(`../../golden/${file}.json`, import.meta.url), 'utf8')) as GoldenCase[],
);

/**
 * An entry may be off by this much of itself, or of this share of the largest entry of its tensor if that is more:
 * a float32 sum whose terms cancel keeps only the digits its largest terms have. The same bound holds for Adam and
 * RMSProp, because make_golden.py keeps only numbers on which PyTorch's own float32 is three times closer than this.
 */
const BOUND = 1e-5;
const SHARE = 0.1;
const STEPS = 10;

function expectClose(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  const floor = SHARE * Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    const found = actual[i] ?? NaN;
    const allowed = BOUND * Math.max(Math.abs(value), floor);
    if (!(Math.abs(found - value) <= allowed)) {
      expect.fail(`${what}[${i}]: expected ${value} ± ${allowed.toExponential(1)}, got ${found}`);
    }
  });
}

/** Compares blocks of numbers by name, shape and entries with the weights of a case, or what replaces their entries. */
function expectWeightsClose(
  actual: readonly Weight[],
  golden: GoldenCase,
  entries: readonly number[][],
  what: string,
): void {
  expect(actual.map(({ name, shape }) => ({ name, shape }))).toEqual(
    golden.weights.map(({ name, shape }) => ({ name, shape })),
  );
  actual.forEach(({ name, data }, i) => expectClose(data, entries[i]!, `${what} ${name}`));
}

/** A fresh model with the weights of the case, disposed of when the test ends. */
function build(golden: GoldenCase, optimizer: OptimizerConfig = { name: 'sgd' }): Sequential {
  const model = sequential({
    layers: golden.layers.map(({ units, activation, alpha, useBias }, index) =>
      dense({
        units,
        activation: alpha === undefined ? activation : { name: activation, alpha },
        useBias,
        ...(index === 0 && { inputShape: [golden.features] as [number] }),
      }),
    ),
    seed: 1,
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer, loss: golden.loss });
  model.setWeights(golden.weights.map((weight) => ({ ...weight, data: Float32Array.from(weight.data) })));
  return model;
}

/** 'sgd with learningRate 0.05, momentum 0.9' */
function inWords({ name, ...options }: OptimizerConfig): string {
  const words = Object.entries(options).map(([key, value]) => `${key} ${String(value)}`);
  return `${name} with ${words.join(', ')}`;
}

beforeAll(() => init());

for (const golden of CASES) {
  describe(`The network of ${golden.name}`, () => {
    it('has the Z and A of PyTorch in every layer', () => {
      const trace = build(golden).forwardTrace(golden.x);
      expect(trace).toHaveLength(golden.layers.length);
      trace.forEach(({ name, z, a }, layer) => {
        const shape = [golden.x.length, golden.layers[layer]!.units];
        expect({ z: z.shape, a: a.shape }).toEqual({ z: shape, a: shape });
        expectClose(z.data, golden.forward[layer]!.z, `${name} z`);
        expectClose(a.data, golden.forward[layer]!.a, `${name} a`);
      });
    });

    it('has the loss, the error signals and the gradients of PyTorch in its backpropagation trace', () => {
      const { loss, layers } = build(golden).backpropTrace(golden.x, golden.y);
      expectClose([loss], [golden.lossValue], 'loss');
      expect(layers).toHaveLength(golden.layers.length);
      layers.forEach(({ name, z, a, delta }, layer) => {
        expectClose(z.data, golden.forward[layer]!.z, `${name} z`);
        expectClose(a.data, golden.forward[layer]!.a, `${name} a`);
        expectClose(delta.data, golden.delta[layer]!, `${name} delta`);
      });
      const gradients = layers.flatMap(({ name, kernelGrad, biasGrad }): Weight[] => [
        { name: `${name}/kernel`, ...kernelGrad! },
        ...(biasGrad ? [{ name: `${name}/bias`, ...biasGrad }] : []),
      ]);
      expectWeightsClose(gradients, golden, golden.gradients, 'gradient of');
    });

    it('has the loss and the gradients of PyTorch', () => {
      const { loss, gradients } = build(golden).gradients(golden.x, golden.y);
      expectClose([loss], [golden.lossValue], 'loss');
      expectWeightsClose(gradients, golden, golden.gradients, 'gradient of');
    });

    for (const { optimizer, lossAfter, weightsAfter } of golden.optimizers) {
      it(`has the weights of PyTorch after ${STEPS} steps of ${inWords(optimizer)}`, async () => {
        const model = build(golden, optimizer);
        await model.fit(golden.x, golden.y, { epochs: STEPS, batchSize: golden.x.length, shuffle: false });
        expectWeightsClose(model.getWeights(), golden, weightsAfter, 'trained');
        expectClose([model.gradients(golden.x, golden.y).loss], [lossAfter], 'loss after training');
      });
    }
  });
}
