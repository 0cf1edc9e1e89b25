/** The arithmetic that the page unfolds, beside what the core computes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import type { NetworkSnapshot } from '../../../web/demo/page/reading/snapshot.js';
import { HIDDEN_ACTIVATIONS } from '../../../web/demo/page/settings/choices.js';
import { slope } from '../../../web/demo/page/specimen/slopes.js';
import { lossOf, Specimen } from '../../../web/demo/page/specimen/specimen.js';
import type { Place, Trace } from '../../../web/demo/page/specimen/specimen.js';
import { backwardSum, forwardSum, inputsOf, pathOf } from '../../../web/demo/page/views/backpropagation/arithmetic.js';
import { stepsOf } from '../../../web/demo/page/views/backpropagation/steps.js';
import { largest } from '../../../web/demo/page/views/parts/largest.js';

let digit: Float32Array;
beforeAll(async () => {
  await init();
  digit = Float32Array.from((await generateDigits({ count: 1, seed: 5 })).x);
});

function snapshot(hidden: number[], activation: (typeof HIDDEN_ACTIVATIONS)[number]): NetworkSnapshot {
  const layers = [...hidden.map((units) => ({ units, activation })), { units: 10, activation: 'softmax' as const }];
  const model = sequential({
    seed: 7,
    layers: layers.map((layer, i) => dense(i === 0 ? { ...layer, inputShape: [784] } : layer)),
  });
  const weights = model.getWeights();
  // No bias at 0, so that none can be forgotten unnoticed.
  for (const { shape, data } of weights) if (shape.length === 1) data.forEach((_, i) => (data[i] = 0.1 * Math.sin(i)));
  model.dispose();
  return { by: 'trained', layers, weights };
}

/** Largest difference of two vectors, relative to the largest entry. */
function distance(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [most, apart] = [1e-30, 0];
  for (let i = 0; i < one.length; i++) {
    most = Math.max(most, Math.abs(other[i]!));
    apart = Math.max(apart, Math.abs(one[i]! - other[i]!));
  }
  expect(one.length).toBe(other.length);
  return apart / most;
}

/** z, Δ and the gradients of every layer, by the page's sums. */
function unfolded({ layers }: NetworkSnapshot, trace: Trace) {
  const last = layers.length - 1;
  const z = trace.layers.map(({ bias }, l) => Array.from(bias, (b, j) => forwardSum(trace, l, j).total + b));
  const delta: number[][] = [];
  for (let l = last; l >= 0; l--) {
    const layer = trace.layers[l]!;
    delta[l] = Array.from(layer.z, (value, j) =>
      l === last
        ? layer.a[j]! - (j === trace.target ? 1 : 0)
        : backwardSum(trace, l, j).total * slope(layers[l]!.activation, value, layer.a[j]!),
    );
  }
  const kernelGrad = delta.map((signals, l) =>
    Array.from(inputsOf(trace, l)).flatMap((a) => signals.map((signal) => a * signal)),
  );
  return { z, delta, kernelGrad };
}

describe('the arithmetic of backpropagation', () => {
  it.each(HIDDEN_ACTIVATIONS.flatMap((name) => [[name, [12]] as const, [name, [16, 9, 5]] as const]))(
    'agrees with gradients() to 1e-5: %s, %j',
    (activation, hidden) => {
      const network = snapshot([...hidden], activation);
      const specimen = new Specimen(network);
      const trace = specimen.trace(digit, 3);
      const { z, delta, kernelGrad } = unfolded(network, trace);
      const model = sequential({
        layers: network.layers.map((layer, i) => dense(i === 0 ? { ...layer, inputShape: [784] } : layer)),
      });
      model.setWeights(network.weights);
      model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
      const { loss, gradients } = model.gradients(digit, [3]);
      expect(trace.loss).toBe(loss);
      expect(lossOf(trace.layers.at(-1)!.z, 3)).toBeCloseTo(loss, 5);
      trace.layers.forEach((layer, l) => {
        expect(distance(z[l]!, layer.z)).toBeLessThan(1e-5);
        expect(distance(delta[l]!, layer.delta)).toBeLessThan(1e-5);
        expect(distance(kernelGrad[l]!, gradients[2 * l]!.data)).toBeLessThan(1e-5);
        expect(distance(delta[l]!, gradients[2 * l + 1]!.data)).toBeLessThan(1e-5);
      });
      specimen.dispose();
      model.dispose();
    },
  );

  it('agrees with the differences that the network computes, and leaves the network as it was', () => {
    const specimen = new Specimen(snapshot([20, 12], 'tanh'));
    const before = specimen.weights;
    const trace = specimen.trace(digit, 8);
    const [k, j] = [largest(digit, 1)[0]!, 4];
    const checks: [Place, number][] = [
      [{ kind: 'kernel', layer: 0, k, j }, trace.layers[0]!.kernelGrad[k * 20 + j]!],
      [{ kind: 'kernel', layer: 2, k: 3, j: 8 }, trace.layers[2]!.kernelGrad[3 * 10 + 8]!],
      [{ kind: 'bias', layer: 1, j: 2 }, trace.layers[1]!.delta[2]!],
    ];
    for (const [place, analytic] of checks) {
      const { quotient, crossesKink } = specimen.difference(digit, 8, place, { kind: 'loss' }, 0.01);
      expect(Math.abs(quotient / analytic - 1)).toBeLessThan(2e-3);
      expect(crossesKink).toBe(false);
    }
    const sum = specimen.difference(digit, 8, { kind: 'kernel', layer: 0, k, j }, { kind: 'z', layer: 0, j }, 0.01);
    expect(sum.quotient).toBeCloseTo(digit[k]!, 3);
    expect(specimen.weights).toEqual(before);
    specimen.dispose();
  });

  it('takes one step of gradient descent, to the weights that the update shows', async () => {
    const specimen = new Specimen(snapshot([15], 'sigmoid'));
    const trace = specimen.trace(digit, 2);
    await specimen.step(digit, 2, 0.25);
    const after = specimen.trace(digit, 2);
    trace.layers.forEach(({ kernel, kernelGrad, bias, biasGrad }, l) => {
      const expected = kernel.map((weight, i) => weight - 0.25 * kernelGrad[i]!);
      expect(distance(after.layers[l]!.kernel, expected)).toBeLessThan(1e-6);
      expect(
        distance(
          after.layers[l]!.bias,
          bias.map((b, i) => b - 0.25 * biasGrad[i]!),
        ),
      ).toBeLessThan(1e-6);
    });
    expect(after.loss).toBeLessThan(trace.loss);
    specimen.dispose();
  });

  it('has a step for everything that is computed, and a path from the output to a pixel', () => {
    expect(stepsOf(3)).toHaveLength(15);
    const specimen = new Specimen(snapshot([20, 12], 'relu'));
    const trace = specimen.trace(digit, 1);
    const path = pathOf(trace, []);
    expect(path).toHaveLength(4);
    expect(path[3]).toBe(1);
    expect(digit[path[0]!]).toBeGreaterThan(0);
    expect(pathOf(trace, [undefined, 6])[1]).toBe(6);
    specimen.dispose();
  });

  it('lists the largest of many, by size, without zeros', () => {
    expect(largest([0.5, -3, 0, 2, 1], 3)).toEqual([1, 3, 4]);
    expect(largest([0, 0], 3)).toEqual([]);
  });
});
