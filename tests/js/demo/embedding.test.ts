/** Principal components against known answers, and the embedding of digits that is made of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { COLOURS } from '../../../web/demo/page/views/inside/class-colours.js';
import { digitsOfRun, MINE_AT_LEAST, ownDigits } from '../../../web/demo/page/views/inside/studied.js';
import type { Choice } from '../../../web/demo/page/views/inside/studied.js';
import type { State } from '../../../web/demo/page/state.js';
import { MNIST_PARTS } from '../../../web/demo/shared/digit-work.js';
import type { Digits } from '../../../web/demo/shared/digit-work.js';
import { COMPONENTS } from '../../../web/demo/shared/inside-work.js';
import type { PlainNetwork } from '../../../web/demo/shared/model-work.js';
import { embed } from '../../../web/demo/worker/inside/embedding.js';
import { principalComponents } from '../../../web/demo/worker/inside/principal-components.js';
import { modelOf } from '../../../web/demo/worker/plain-network.js';
import { linearRgb, oklabOf } from '../support/colours.js';

/** Vectors of a discrete cosine transform: of length 1, orthogonal to each other, and, from k = 1 on, of mean 0. */
const cosine = (k: number, size: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.sqrt(2 / size) * Math.cos((Math.PI * (i + 0.5) * k) / size));

const alongOf = (one: ArrayLike<number>, other: ArrayLike<number>): number =>
  Array.from(one).reduce((sum, value, i) => sum + value * other[i]!, 0);

describe('principal components', () => {
  it('are those of the example in scikit-learn’s documentation', () => {
    const rows = Float32Array.of(-1, -1, -2, -1, -3, -2, 1, 1, 2, 1, 3, 2);
    const { directions, shares, coordinates } = principalComponents(rows, 2, 2);
    expect(shares[0]).toBeCloseTo(0.99244289, 8);
    expect(shares[1]).toBeCloseTo(0.00755711, 8);
    // Its singular values.
    expect(coordinates.map((each) => Math.hypot(...each))).toEqual([
      expect.closeTo(6.30061232, 7),
      expect.closeTo(0.54980396, 7),
    ]);
    expect(Math.abs(directions[0]![0]!)).toBeCloseTo(0.83849224, 7);
    expect(Math.abs(directions[0]![1]!)).toBeCloseTo(0.54491354, 7);
  });

  it.each([
    ['more rows than features', 200, 30],
    ['more features than rows', 30, 5000],
  ])('of %s are the directions and variances that the rows were made with', (_, rows, features) => {
    // The last two are weak and nearly alike, where iterating converges slowly.
    const sizes = [9, 5, 2, 0.5, 0.49];
    const [left, right] = [rows, features].map((size) => sizes.map((_, k) => cosine(k + 1, size))) as [
      number[][],
      number[][],
    ];
    const data = new Float32Array(rows * features);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < features; j++) {
        data[i * features + j] = sizes.reduce((sum, size, k) => sum + size * left[k]![i]! * right[k]![j]!, 0);
      }
    }
    const { directions, shares, coordinates } = principalComponents(data, features, 3);
    const total = sizes.reduce((sum, size) => sum + size * size, 0);
    for (let k = 0; k < 3; k++) {
      expect(shares[k]).toBeCloseTo(sizes[k]! ** 2 / total, 6);
      expect(Math.abs(alongOf(directions[k]!, right[k]!))).toBeCloseTo(1, 6);
      expect(Math.abs(alongOf(coordinates[k]!, left[k]!))).toBeCloseTo(sizes[k]!, 5);
      for (let other = 0; other < k; other++) expect(alongOf(directions[k]!, directions[other]!)).toBeCloseTo(0, 10);
    }
  });

  it('of rows that are all alike, or lie in a line, are 0 where there is none', () => {
    const none = principalComponents(new Float32Array(12), 3, 2);
    expect(none.shares).toEqual([0, 0]);
    const line = principalComponents(Float32Array.of(-2, -4, 0, 0, 2, 4), 2, 3);
    expect(line.shares[0]).toBeCloseTo(1, 12);
    expect(line.shares.slice(1)).toEqual([expect.closeTo(0, 12), 0]);
    expect(line.directions).toHaveLength(3);
    for (const direction of line.directions) expect(direction.every(Number.isFinite)).toBe(true);
  });
});

describe('the embedding', () => {
  let digits: Digits;
  beforeAll(async () => {
    await init();
    const { x, y } = await generateDigits({ count: 60, seed: 5 });
    digits = { pixels: Uint8Array.from(x, (level) => Math.round(255 * level)), labels: Uint8Array.from(y) };
  });

  const network = (hidden: number[]): PlainNetwork => {
    const layers = [
      ...hidden.map((units) => ({ units, activation: 'tanh' as const })),
      { units: 10, activation: 'softmax' as const },
    ];
    const model = sequential({
      seed: 4,
      layers: layers.map((layer, i) => dense(i === 0 ? { ...layer, inputShape: [784] } : layer)),
    });
    const weights = model.getWeights();
    model.dispose();
    return { layers, weights };
  };

  it.each([
    ['the last hidden layer', [20, 12]],
    ['the pixels, where there is no hidden layer', []],
  ])('places digits by %s, and says what they are read as', (_, hidden) => {
    const plain = network(hidden);
    const { points, mean, directions, answers, probabilities, variance } = embed(plain, digits);
    const model = modelOf(plain);
    const x = Float32Array.from(digits.pixels, (level) => level / 255);
    const last = hidden.length === 0 ? x : model.predict(x, { to: hidden.length - 1 });
    const outputs = model.predict(x);
    model.dispose();
    const units = last.length / 60;
    for (let i = 0; i < 60; i++) {
      for (let component = 0; component < COMPONENTS; component++) {
        const from = Array.from(last.subarray(i * units, (i + 1) * units), (value, j) => value - mean[j]!);
        const place = alongOf(from, directions.subarray(component * units, (component + 1) * units));
        expect(points[i * COMPONENTS + component]).toBeCloseTo(place, 4);
      }
      const shares = outputs.subarray(10 * i, 10 * i + 10);
      expect(probabilities[i]).toBeCloseTo(Math.max(...shares), 6);
      expect(shares[answers[i]!]).toBeCloseTo(probabilities[i]!, 6);
    }
    expect(variance[0]).toBeGreaterThan(variance[1]!);
    expect(variance[1]).toBeGreaterThan(variance[2]!);
  });

  it('is not mirrored against the one before', () => {
    const plain = network([20]);
    const before = embed(plain, digits);
    before.points = before.points.map((value, i) => (i % COMPONENTS === 1 ? -value : value));
    const after = embed(plain, digits, before);
    after.points.forEach((value, i) => expect(value).toBeCloseTo(before.points[i]!, 5));
  });
});

describe('the digits that a network is looked at with', () => {
  const settings = { data: 'digits', count: 700, seed: 3 };
  const state = (patch: object): State =>
    ({ run: { settings }, mnist: { given: {}, served: false, error: '' }, myDigits: [], ...patch }) as unknown as State;

  it('are those that its run left out, and of the pretrained one the page’s', () => {
    expect(digitsOfRun(state({}), 'trained').studied).toMatchObject({ kind: 'digits', count: 700, seed: 3 });
    expect(digitsOfRun(state({}), 'pretrained').studied).toMatchObject({ kind: 'digits', seed: 4_000_000_000 });
  });

  it('are MNIST’s as long as the very files that it has learned from are at hand', () => {
    const file = { name: 'a', size: 1, lastModified: 2 };
    const given = Object.fromEntries(MNIST_PARTS.map((part) => [part, { file, count: 1 }]));
    const run = { settings: { ...settings, data: 'mnist' }, digits: 'a 1 2; a 1 2; a 1 2; a 1 2' };
    const at = (digits: string): Choice =>
      digitsOfRun(state({ mnist: { given, served: false, error: '' }, run: { ...run, digits } }), 'trained');
    expect(at(run.digits)).toMatchObject({ kind: 'mnist', studied: { kind: 'files' } });
    expect(at('others')).toMatchObject({ kind: 'missing', studied: { kind: 'digits' } });
  });

  it('are the visitor’s own where there are enough, by another name when one is called something else', () => {
    const mine = (count: number, label = 1) =>
      Array.from({ length: count }, (_, i) => ({ id: `d${i}`, label, pixels: new Uint8Array(784) }));
    expect(ownDigits(state({ myDigits: mine(MINE_AT_LEAST - 1) }))).toBeUndefined();
    const own = ownDigits(state({ myDigits: mine(1100) }))!.studied;
    expect(own).toMatchObject({ kind: 'mine', digits: { labels: new Uint8Array(1000).fill(1) } });
    expect(ownDigits(state({ myDigits: mine(1100, 2) }))!.studied.key).not.toBe(own.key);
  });
});

type Rgb = [number, number, number];

/** Machado, Oliveira & Fernandes 2009: linear RGB as eyes see it that lack cones for long, middle or short waves. */
const EYES = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
];

describe.each([
  ['light', '#ffffff'],
  ['dark', '#202329'],
] as const)('the colours of the classes in the %s', (theme, surface) => {
  const luminance = (hex: string): number => alongOf(linearRgb(hex), [0.2126, 0.7152, 0.0722]);

  it('stand out from the paper by 3 : 1', () => {
    for (const hex of COLOURS[theme]) {
      const [low, high] = [luminance(hex), luminance(surface)].sort((one, other) => one - other);
      expect((high! + 0.05) / (low! + 0.05)).toBeGreaterThan(3);
    }
  });

  it.each([
    ['three kinds of cone', 0, 0.13],
    ['none for long waves', 1, 0.09],
    ['none for middle waves', 2, 0.09],
    ['none for short waves', 3, 0.09],
  ])('differ for eyes with %s', (_, eye, least) => {
    const matrix = EYES[eye]!;
    const seen = COLOURS[theme].map((hex) =>
      oklabOf([0, 3, 6].map((row) => Math.max(0, alongOf(matrix.slice(row, row + 3), linearRgb(hex)))) as Rgb),
    );
    for (const [i, one] of seen.entries()) {
      for (const other of seen.slice(0, i)) {
        expect(Math.hypot(...one.map((value, k) => value - other[k]!))).toBeGreaterThan(least);
      }
    }
  });
});
