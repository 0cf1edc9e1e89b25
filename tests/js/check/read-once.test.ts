import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { dense, init, sequential, type Sequential, type SparseInputs } from 'mlp-wasm';
import { weightBits } from '../support/bits.js';
import { X, Y, build, wrong } from '../support/refusals.js';

beforeAll(() => init());

// Values are read once, because a value that changed between its check and its use has overwritten other models.

/** Gives 8 the first time, then another value. */
const turning = <T>(first: T, later: T) => {
  let reads = 0;
  return () => (reads++ === 0 ? first : later);
};

/** An object whose property is given by a function each time. */
const withGetter = (name: string, get: () => unknown, rest: object = {}) =>
  Object.defineProperty({ ...rest }, name, { get, enumerable: true });

const SPARSE: SparseInputs = {
  shape: [3, 2],
  indptr: new Int32Array([0, 2, 4, 6]),
  indices: new Int32Array([0, 1, 0, 1, 0, 1]),
  values: new Float32Array([0.1, 0.2, 0.3, -0.4, -0.5, 0.6]),
};

/** Every weight after an epoch on these. */
async function trained(train: (model: Sequential) => unknown): Promise<Record<string, string>> {
  const model = build();
  await train(model);
  return weightBits(model);
}

const rounds = async (steps: AsyncIterable<unknown>) => {
  let count = 0;
  for await (const _ of steps) ++count;
  return count;
};

describe('Options are read once', () => {
  it.each([-1, 0, NaN, 2 ** 40])('batchSize, which is 2 and then %s', async (later) => {
    const options = () => withGetter('batchSize', turning(2, later));
    const plain = await trained((model) => model.fit(X, Y, { batchSize: 2 }));
    expect(await trained((model) => model.fit(X, Y, options()))).toEqual(plain);
    expect(await trained((model) => rounds(model.steps(X, Y, options())))).toEqual(plain);
    const model = build();
    expect(model.predict(X, options())).toEqual(model.predict(X));
    expect(model.evaluate(X, Y, options())).toEqual(model.evaluate(X, Y));
  });

  it('epochs, sampleWeight and validationData, which become something else', async () => {
    const model = build();
    const options = { validationFreq: 1 };
    const { history } = await model.fit(X, Y, withGetter('epochs', turning(2, -1), options));
    expect(history['loss']).toHaveLength(2);
    await model.fit(X, Y, withGetter('sampleWeight', turning<unknown>([1, 1, 1], [1])));
    await model.fit(X, Y, withGetter('validationData', turning<unknown>([X, Y], 'no')));
  });

  it('of an object that inherits them', async () => {
    const model = build();
    const { history } = await model.fit(X, Y, Object.create({ epochs: 3 }) as object);
    expect(history['loss']).toHaveLength(3);
  });

  it('of layers: units, which are 4 and then 4,000', () => {
    const layer = withGetter('units', turning(4, 4000), { className: 'dense', inputShape: [2] });
    const model = sequential({ layers: [wrong(layer)] });
    onTestFinished(() => model.dispose());
    expect(model.outputShape).toEqual([4]);
    expect(model.predict(X)).toHaveLength(12);
  });
});

describe('Data are read once', () => {
  it('labels with an iterator of their own count by their elements', async () => {
    const labels = [...Y];
    labels[Symbol.iterator] = function* () {
      yield* [1e9, -1e9, 1e9];
    } as (typeof labels)[typeof Symbol.iterator];
    const plain = await trained((model) => model.fit(X, Y));
    expect(await trained((model) => model.fit(X, labels))).toEqual(plain);
  });

  it.each(['indices', 'indptr', 'values'] as const)(
    '%s of sparse rows, by a getter and by getters within',
    async (name) => {
      const plain = await trained((model) => model.fit(SPARSE, Y));
      const huge = Array.from(SPARSE[name], () => 1e9);
      const object = withGetter(name, turning<unknown>(SPARSE[name], huge), SPARSE);
      expect(await trained((model) => model.fit(wrong(object), Y))).toEqual(plain);

      const list = Array.from(SPARSE[name]);
      // But for the first, which is looked at to tell numbers from rows.
      list.forEach((value, i) => i > 0 && Object.defineProperty(list, i, { get: turning(value, 1e9) }));
      expect(await trained((model) => model.fit({ ...SPARSE, [name]: list }, Y))).toEqual(plain);
    },
  );

  it('weights whose data are another array the second time', () => {
    const model = build();
    const weights = model.getWeights();
    const before = weightBits(model);
    const data = turning(weights[0]!.data, new Float32Array(1_000_000).fill(7));
    model.setWeights([wrong(withGetter('data', data, { shape: weights[0]!.shape })), ...weights.slice(1)]);
    expect(weightBits(model)).toEqual(before);
  });

  it.each<[string, (x: Float32Array<ArrayBuffer>) => void]>([
    ['transferred', (x) => void structuredClone(x.buffer, { transfer: [x.buffer] })],
    ['made smaller', (x) => wrong<{ resize(bytes: number): void }>(x.buffer).resize(8)],
  ])('samples whose buffer is %s while targets are read are refused', async (_what, spoil) => {
    const buffer = wrong<ArrayBuffer>(
      new (wrong<new (bytes: number, options: object) => ArrayBuffer>(ArrayBuffer))(24, { maxByteLength: 48 }),
    );
    const x = new Float32Array(buffer); // of the length that the buffer has
    const labels = [...Y];
    Object.defineProperty(labels, 2, {
      get() {
        if (x.length > 2) spoil(x);
        return 1;
      },
    });
    const model = build();
    const before = weightBits(model);
    await expect(model.fit(x, labels)).rejects.toThrow(/transferred or resized/);
    expect(weightBits(model)).toEqual(before);
  });
});

describe('steps() checks again at its first step', () => {
  const start = (model: Sequential, x: Float32Array | SparseInputs, y: Uint8Array | number[]) => model.steps(x, y);

  it('what the model is compiled with by then', async () => {
    const model = build();
    const steps = start(model, Float32Array.from(X.flat()), Y);
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await expect(steps.next()).rejects.toThrow('steps: y: expected 3 × 3 = 9 numbers');
    expect(model.isTraining).toBe(false);
  });

  it('labels, which may have changed', async () => {
    const model = build();
    const labels = Uint8Array.from(Y);
    const steps = start(model, Float32Array.from(X.flat()), labels);
    labels[1] = 200;
    await expect(steps.next()).rejects.toThrow('steps: y[1]: expected a class index from 0 to 2, got 200');
  });

  it('indices of sparse rows, which may have changed', async () => {
    const model = build();
    const indices = Int32Array.from(SPARSE.indices);
    const steps = start(model, { ...SPARSE, indices }, Y);
    indices[5] = 1_000_000;
    await expect(steps.next()).rejects.toThrow('steps: x.indices[5]: expected an integer from 0 to 1, got 1000000');
  });

  it('samples, which may have been transferred', async () => {
    const model = build();
    const x = Float32Array.from(X.flat());
    const steps = start(model, x, Y);
    structuredClone(x.buffer, { transfer: [x.buffer] });
    await expect(steps.next()).rejects.toThrow('steps: x: expected at least one row of 2 numbers');
  });

  it('and its callbacks meet the model once', async () => {
    const model = build();
    let met = 0;
    await rounds(model.steps(X, Y, { callbacks: { setModel: () => void ++met } }));
    expect(met).toBe(1);
  });
});

describe('A batch of fitDataset', () => {
  it('may be changed by a callback, and indices count as they were checked', async () => {
    const run = (spoil: (indices: Int32Array, labels: Int32Array) => void) =>
      trained((model) => {
        const [indices, labels] = [Int32Array.from(SPARSE.indices), Int32Array.from(Y)];
        return model.fitDataset([{ x: { ...SPARSE, indices }, y: labels }], {
          callbacks: { onBatchBegin: async () => spoil(indices, labels) },
        });
      });
    const plain = await run(() => {});
    expect(await run((indices, labels) => (indices.fill(1e9), void labels.fill(-1e9)))).toEqual(plain);
  });

  it('whose buffer a callback transfers is refused', async () => {
    const model = build();
    const x = Float32Array.from(X.flat());
    const onBatchBegin = () => void structuredClone(x.buffer, { transfer: [x.buffer] });
    await expect(model.fitDataset([{ x, y: Y }], { callbacks: { onBatchBegin } })).rejects.toThrow(
      /transferred or resized/,
    );
  });
});

describe('The description of a model', () => {
  it('is frozen, down to every option of every layer', () => {
    const model = build();
    const before = model.predict(X);
    const [layer] = model.layers as unknown as Record<string, unknown>[];
    expect(() => (layer!['units'] = 5000)).toThrow(TypeError);
    expect(() => ((layer!['activation'] as Record<string, unknown>)['name'] = 'nonsense')).toThrow(TypeError);
    expect(() => ((layer!['kernelInitializer'] as Record<string, unknown>)['name'] = 'nonsense')).toThrow(TypeError);
    expect(() => wrong<unknown[]>(model.layers).push(dense({ units: 1 }))).toThrow(TypeError);
    expect(model.predict(X)).toEqual(before);
  });

  it('does not hold on to what it was made from', () => {
    const activation = { name: 'leakyRelu' as const, alpha: 0.3 };
    const inputShape: [number] = [2];
    const model = sequential({ layers: [dense({ units: 2, inputShape, activation })] });
    onTestFinished(() => model.dispose());
    activation.alpha = 7;
    inputShape[0] = 5000;
    expect(model.layers[0]!.activation).toEqual({ name: 'leakyRelu', alpha: 0.3 });
    expect(model.inputShape).toEqual([2]);
  });
});
