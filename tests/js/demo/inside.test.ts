/** The page's ways to break a copy of a network, and to find its strongest paths. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { Specimen } from '../../../web/demo/page/specimen/specimen.js';
import { broken, isWhole, WHOLE } from '../../../web/demo/page/views/inside/breaking.js';
import { strongestPaths } from '../../../web/demo/page/views/inside/paths.js';

const LAYERS = [
  { units: 30, activation: 'relu' as const },
  { units: 20, activation: 'tanh' as const },
  { units: 10, activation: 'softmax' as const },
];
let digit: Float32Array;
let specimen: Specimen;

beforeAll(async () => {
  await init();
  digit = Float32Array.from((await generateDigits({ count: 1, seed: 9 })).x);
  const model = sequential({
    seed: 3,
    layers: LAYERS.map((layer, i) => dense(i === 0 ? { ...layer, inputShape: [784] } : layer)),
  });
  const weights = model.getWeights();
  for (const { shape, data } of weights) if (shape.length === 1) data.fill(0.2);
  specimen = new Specimen({ by: 'trained', layers: LAYERS, weights });
});

describe('a broken network', () => {
  it('that is whole has its own weights', () => {
    expect(isWhole(WHOLE)).toBe(true);
    expect(isWhole({ ...WHOLE, silenced: [[], []] })).toBe(true);
    broken(specimen.weights, WHOLE).forEach(({ data }, i) => expect(data).toEqual(specimen.weights[i]!.data));
  });

  it('does not hear a silenced unit', () => {
    const whole = specimen.trace(digit, 0);
    const unit = whole.layers[0]!.a.findIndex((value) => value > 0.1);
    const copy = new Specimen(specimen);
    copy.weights = broken(specimen.weights, { ...WHOLE, silenced: [[unit]] });
    const { layers } = copy.trace(digit, 0);
    // z of the next layer lacks just what that unit passed on.
    layers[1]!.z.forEach((z, j) => {
      const passed = whole.layers[0]!.a[unit]! * whole.layers[1]!.kernel[unit * 20 + j]!;
      expect(z).toBeCloseTo(whole.layers[1]!.z[j]! - passed, 4);
    });
    copy.dispose();
  });

  it('has no biases, or noise as wide as is said, the same for the same seed', () => {
    const damage = { ...WHOLE, withoutBiases: true, noise: 0.5 };
    const [one, same, other] = [damage, damage, { ...damage, seed: 2 }].map((each) => broken(specimen.weights, each));
    expect(one).toEqual(same);
    expect(one![0]!.data).not.toEqual(other![0]!.data);
    expect(one![1]!.data).toEqual(new Float32Array(30));
    const deviation = (values: Float32Array): number =>
      Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    const kernel = specimen.weights[0]!.data;
    const noise = one![0]!.data.map((value, i) => value - kernel[i]!);
    expect(deviation(noise) / deviation(kernel)).toBeCloseTo(0.5, 1);
  });
});

describe('the strongest paths', () => {
  it('lead to the output by units that pass most on, each link a product of weight and activation', () => {
    const trace = specimen.trace(digit, 4);
    const { shown, links } = strongestPaths(trace, 4);
    expect(shown.map((units) => units.length)).toEqual([8, 8, 10]);
    const passed = Array.from(trace.layers[1]!.a, (a, k) => Math.abs(a * trace.layers[2]!.kernel[k * 10 + 4]!));
    expect(shown[1]).toContain(passed.indexOf(Math.max(...passed)));
    for (const { from, to, passed } of links[2]!) {
      const [k, j] = [shown[1]![from]!, shown[2]![to]!];
      expect(passed).toBeCloseTo(trace.layers[1]!.a[k]! * trace.layers[2]!.kernel[k * 10 + j]!, 6);
    }
    expect(links[0]).toEqual([]);
  });
});
