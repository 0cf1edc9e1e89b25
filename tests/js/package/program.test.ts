import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, init, loadModel, sequential, type DigitSet, type History, type Logs, type Sequential } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { bitsOf, weightBits } from '../support/bits.js';

describe('The program of the first five minutes', () => {
  let train: DigitSet;
  let test: DigitSet;
  let model: Sequential;
  let history: History;
  const logged: { epoch: number; logs: Logs }[] = [];

  beforeAll(async () => {
    await init();
    train = await generateDigits({ count: 2000, seed: 1 });
    test = await generateDigits({ count: 500, seed: 2 });
    model = sequential({
      seed: 42,
      layers: [
        dense({ units: 128, activation: 'relu', inputShape: [784] }),
        dense({ units: 10, activation: 'softmax' }),
      ],
    });
    model.compile({
      optimizer: { name: 'adam', learningRate: 1e-3 },
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    history = await model.fit(train.x, train.y, {
      epochs: 5,
      batchSize: 128,
      validationSplit: 0.1,
      callbacks: {
        onEpochEnd(epoch, logs) {
          logged.push({ epoch, logs });
        },
      },
    });
  });
  afterAll(() => model.dispose());

  it('logs loss, accuracy, valLoss and valAccuracy after every epoch', () => {
    expect(logged.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
    for (const { logs } of logged) {
      expect(Object.keys(logs)).toEqual(['loss', 'accuracy', 'valLoss', 'valAccuracy']);
      for (const value of Object.values(logs)) expect(value).toSatisfy(Number.isFinite);
    }
  });

  it('gives the same figures as history', () => {
    expect(history.epoch).toEqual([0, 1, 2, 3, 4]);
    const names = ['loss', 'accuracy', 'valLoss', 'valAccuracy'];
    expect(Object.keys(history.history)).toEqual(names);
    for (const name of names) expect(history.history[name]).toEqual(logged.map(({ logs }) => logs[name]));
  });

  it('learns', () => {
    const { loss, accuracy, valLoss, valAccuracy } = logged[4]!.logs;
    expect(loss).toBeLessThan(logged[0]!.logs.loss / 2);
    expect(valLoss).toBeLessThan(logged[0]!.logs['valLoss']!);
    expect(accuracy).toBeGreaterThan(0.7);
    expect(valAccuracy).toBeGreaterThan(0.6);
  });

  it('validates on the last tenth of the samples', () => {
    const first = 1800;
    const logs = model.evaluate(train.x.subarray(first * 784), train.y.subarray(first));
    expect(logs.loss).toBeCloseTo(logged[4]!.logs['valLoss']!, 6);
    expect(logs['accuracy']).toBe(logged[4]!.logs['valAccuracy']);
  });

  it('evaluates to loss and accuracy, whatever the size of a batch', () => {
    const { loss, accuracy } = model.evaluate(test.x, test.y);
    expect(accuracy).toBeGreaterThan(0.6);
    for (const batchSize of [1, 7, 500, 10_000]) {
      const logs = model.evaluate(test.x, test.y, { batchSize });
      expect(logs.loss).toBeCloseTo(loss, 6);
      expect(logs['accuracy']).toBe(accuracy);
    }
  });

  it('predicts rows × 10 probabilities', () => {
    const probabilities = model.predict(test.x);
    expect(probabilities).toBeInstanceOf(Float32Array);
    expect(probabilities).toHaveLength(500 * 10);
    let correct = 0;
    for (let row = 0; row < 500; ++row) {
      const ofRow = [...probabilities.subarray(row * 10, row * 10 + 10)];
      expect(ofRow.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
      if (ofRow.indexOf(Math.max(...ofRow)) === test.y[row]) ++correct;
    }
    expect(correct / 500).toBe(model.evaluate(test.x, test.y)['accuracy']);
  });

  it('predicts the same bits for a row whatever the rows beside it', () => {
    const all = bitsOf(model.predict(test.x));
    for (const batchSize of [1, 3, 64, 1000]) expect(bitsOf(model.predict(test.x, { batchSize }))).toBe(all);
    const one = model.predict(test.x.slice(0, 784));
    expect(one).toHaveLength(10);
    expect(all.startsWith(bitsOf(one))).toBe(true);
  });

  it('names and shapes its weights: kernel, bias, kernel, bias', () => {
    expect(model.getWeights().map(({ name, shape, data }) => [name, shape, data.length])).toEqual([
      ['dense/kernel', [784, 128], 784 * 128],
      ['dense/bias', [128], 128],
      ['dense_1/kernel', [128, 10], 1280],
      ['dense_1/bias', [10], 10],
    ]);
  });

  it('gives copies of its weights', () => {
    const before = weightBits(model);
    for (const { data, shape } of model.getWeights()) {
      data.fill(0);
      shape.fill(0);
    }
    expect(weightBits(model)).toEqual(before);
  });

  it('takes weights back, from the same model or another of the same shape', () => {
    const weights = model.getWeights();
    const predictions = bitsOf(model.predict(test.x));
    model.setWeights(weights.map(({ shape, data }) => ({ shape, data: data.map((value) => value / 2) })));
    expect(bitsOf(model.predict(test.x))).not.toBe(predictions);
    model.setWeights(weights);
    expect(bitsOf(model.predict(test.x))).toBe(predictions);

    using other = sequential({
      seed: 7,
      layers: [
        dense({ units: 128, activation: 'relu', inputShape: [784] }),
        dense({ units: 10, activation: 'softmax' }),
      ],
    });
    expect(bitsOf(other.predict(test.x))).not.toBe(predictions);
    other.setWeights(weights);
    expect(bitsOf(other.predict(test.x))).toBe(predictions);
  });

  it('counts its parameters', () => {
    expect(model.countParams()).toBe(784 * 128 + 128 + 128 * 10 + 10);
  });

  it('sums itself up in a table, printed line by line and returned', () => {
    const lines: string[] = [];
    const table = model.summary((line) => lines.push(line));
    expect(table).toBe(lines.join('\n'));
    expect(lines[0]).toBe('sequential, seed 42');
    expect(lines).toContainEqual(expect.stringMatching(/^dense +relu +784 → 128 +100,480$/));
    expect(lines).toContainEqual(expect.stringMatching(/^dense_1 +softmax +128 → 10 +1,290$/));
    expect(lines.at(-1)).toBe('101,770 parameters');
  });

  it('says what it is: name, seed, shapes, layers', () => {
    expect(model).toMatchObject({ name: 'sequential', seed: 42, inputShape: [784], outputShape: [10] });
    expect(model.layers).toMatchObject([
      { name: 'dense', units: 128, activation: { name: 'relu' }, useBias: true },
      { name: 'dense_1', units: 10, activation: { name: 'softmax' }, useBias: true },
    ]);
    expect(model.isTraining).toBe(false);
    expect(model.isDisposed).toBe(false);
  });

  it('saves a model that loads with the same weights and predictions to the bit', async () => {
    const bytes = await model.save();
    expect(bytes).toBeInstanceOf(Uint8Array);
    for (const file of [bytes, bytes.buffer, Buffer.from(bytes)]) {
      using loaded = await loadModel(file);
      expect(weightBits(loaded)).toEqual(weightBits(model));
      expect(bitsOf(loaded.predict(test.x))).toBe(bitsOf(model.predict(test.x)));
      expect(loaded.summary(() => {})).toBe(model.summary(() => {}));
      expect(Buffer.compare(await loaded.save(), bytes)).toBe(0);
    }
  });

  it('loads a model that is compiled as it was, evaluates the same and trains on', async () => {
    using loaded = await loadModel(await model.save());
    const before = loaded.evaluate(test.x, test.y);
    expect(before).toEqual(model.evaluate(test.x, test.y));
    const { history } = await loaded.fit(train.x, train.y, { epochs: 1 });
    expect(Object.keys(history)).toEqual(['loss', 'accuracy']);
    expect(loaded.evaluate(test.x, test.y).loss).not.toBe(before.loss);
  });

  it('saves and loads a model that was never compiled', async () => {
    using fresh = sequential({
      seed: 3,
      name: 'fresh',
      layers: [dense({ units: 2, inputShape: [3], useBias: false })],
    });
    using loaded = await loadModel(await fresh.save());
    expect(loaded.name).toBe('fresh');
    expect(weightBits(loaded)).toEqual(weightBits(fresh));
    expect(() => loaded.evaluate([[1, 2, 3]], [[0, 0]])).toThrow('call model.compile() first');
  });

  it('keeps every option of layers, loss and optimizer in the file', async () => {
    using fancy = sequential({
      seed: 2 ** 53 - 1,
      layers: [
        dense({
          units: 4,
          inputShape: [3],
          activation: { name: 'leakyRelu', alpha: 0.2 },
          kernelInitializer: { name: 'randomNormal', mean: 0.1, stddev: 0.2 },
          biasInitializer: { name: 'constant', value: -0.5 },
          name: 'größe',
        }),
        dense({ units: 2, useBias: false, kernelInitializer: { name: 'orthogonal', gain: 2 } }),
      ],
    });
    fancy.compile({
      optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true },
      loss: { name: 'binaryCrossentropy', labelSmoothing: 0.1, reduction: 'sum', fromLogits: true },
      metrics: ['binaryAccuracy', 'meanSquaredError'],
    });
    using loaded = await loadModel(await fancy.save());
    expect(loaded.layers).toEqual(fancy.layers);
    expect(loaded.seed).toBe(2 ** 53 - 1);
    const data = [[[0.1, 0.2, 0.3]], [[0, 1]]] as [number[][], number[][]];
    expect(loaded.evaluate(...data)).toEqual(fancy.evaluate(...data));
    await Promise.all([fancy.fit(...data, { epochs: 3 }), loaded.fit(...data, { epochs: 3 })]);
    expect(weightBits(loaded)).toEqual(weightBits(fancy));
  });

  it('is disposed of by dispose(), by Symbol.dispose and at the end of a using block', () => {
    const build = () => sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [1] })] });
    const first = build();
    first.dispose();
    first.dispose();
    expect(first.isDisposed).toBe(true);
    const second = build();
    second[Symbol.dispose]();
    expect(second.isDisposed).toBe(true);
    let third: Sequential;
    {
      using scoped = build();
      third = scoped;
      expect(third.isDisposed).toBe(false);
    }
    expect(third.isDisposed).toBe(true);
  });
});
