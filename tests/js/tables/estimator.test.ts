import { beforeAll, describe, expect, it } from 'vitest';
import { init, loadModel } from 'mlp-wasm';
import {
  classifier,
  loadTableModel,
  readTable,
  regressor,
  trainTestSplit,
  type ClassifierModel,
  type EstimatorOptions,
  type RegressorModel,
  type Row,
  type Table,
} from 'mlp-wasm/tables';
import { connect } from 'mlp-wasm/worker';
import { readSafetensors, writeSafetensors } from 'mlp-wasm';
import { philox, Draws } from '../../../web/src/tables/random.js';

/** Flowers of three kinds, told apart by numbers in units of their own, a colour and a flag; some cells are missing. */
export function flowers(rows: number, seed = 1): Row[] {
  const draws = new Draws(seed, 99);
  const noise = () => draws.uniform() + draws.uniform() + draws.uniform() - 1.5;
  return Array.from({ length: rows }, () => {
    const kind = draws.below(3);
    const isMissing = () => draws.uniform() < 0.05;
    return {
      length: isMissing() ? null : 5 + kind + 0.4 * noise(),
      width: isMissing() ? null : 30_000 - 4000 * kind * kind + 3000 * noise(),
      colour: isMissing() ? null : ['red', 'white', 'blue'][draws.uniform() < 0.8 ? kind : draws.below(3)]!,
      wild: draws.uniform() < (kind === 2 ? 0.7 : 0.2),
      always: 7,
      species: ['setosa', 'versicolor', 'virginica'][kind]!,
    };
  });
}

/** Prices in the ten thousands, of an area, a district and noise. */
function houses(rows: number): Row[] {
  const draws = new Draws(5, 98);
  return Array.from({ length: rows }, () => {
    const area = 40 + 100 * draws.uniform();
    const district = ['north', 'south', 'east'][draws.below(3)]!;
    const price = 50_000 + 2000 * area + (district === 'north' ? 80_000 : 0) + 5000 * (draws.uniform() - 0.5);
    return { area, district, price, tax: price / 100 - area };
  });
}

let table: Table;
let train: Table;
let test: Table;
beforeAll(async () => {
  table = await readTable(flowers(300));
  ({ train, test } = trainTestSplit(table, { testSize: 0.2, stratify: 'species', seed: 1 }));
});

const bits = (model: ClassifierModel | RegressorModel) =>
  model.network.getWeights().map(({ data }) => [...new Uint32Array(data.buffer, data.byteOffset, data.length)]);

describe('A classifier', () => {
  let model: ClassifierModel;
  beforeAll(async () => void (model = await classifier({ target: 'species', seed: 1 }).fit(train)));

  it('answers on a row by name, the likeliest class first', () => {
    const answer = model.predict({ length: 6.1, width: 26_000, colour: 'white', wild: false });
    expect(answer.label).toBe('versicolor');
    expect(answer.probability).toBeGreaterThan(0.8);
    expect(answer.probabilities[0]).toEqual({ label: 'versicolor', probability: answer.probability });
    expect(answer.probabilities.map(({ label }) => label).sort()).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(answer.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    const odds = answer.probabilities.map(({ probability }) => probability);
    expect(odds).toEqual([...odds].sort((a, b) => b - a));
    expect(answer).not.toHaveProperty('labels');
  });

  it('answers the same on a table, on rows and one by one', () => {
    const all = model.predict(test);
    expect(all.length).toBe(test.rows);
    const rows = Array.from({ length: test.rows }, (_, i) => test.row(i));
    expect(model.predict(rows)).toEqual(all);
    expect(model.predict(rows[3]!)).toEqual(all[3]);
    const probabilities = model.probabilities(test);
    expect(all.map(({ probability }) => probability)).toEqual(
      all.map(({ label }, i) => probabilities[3 * i + model.labels.indexOf(label)]),
    );
    expect(model.predict([])).toEqual([]);
  });

  it('scores by hand-made sums', () => {
    const score = model.score(test);
    const actual = Array.from({ length: test.rows }, (_, i) => test.row(i)['species'] as string);
    const said = model.predict(test);
    const right = said.filter(({ label }, i) => label === actual[i]).length;
    expect(score.rows).toBe(60);
    expect(score.accuracy).toBe(right / 60);
    expect(score.accuracy).toBeGreaterThan(0.85);
    const logs = said.map(({ probabilities }, i) =>
      Math.log(probabilities.find(({ label }) => label === actual[i])!.probability),
    );
    expect(score.logLoss).toBeCloseTo(-logs.reduce((sum, log) => sum + log, 0) / 60, 6);
    const { labels, counts } = score.confusionMatrix!;
    for (const [i, a] of labels.entries())
      for (const [j, b] of labels.entries())
        expect(counts[i]![j]).toBe(said.filter(({ label }, k) => label === b && actual[k] === a).length);
    for (const { label, precision, recall, f1, support } of score.perClass) {
      const i = labels.indexOf(label);
      const column = counts.reduce((sum, row) => sum + row[i]!, 0);
      expect(support).toBe(actual.filter((name) => name === label).length);
      expect(precision).toBeCloseTo(counts[i]![i]! / column, 12);
      expect(recall).toBeCloseTo(counts[i]![i]! / support, 12);
      expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
    }
    expect(score.f1).toBeCloseTo(score.perClass.reduce((sum, { f1 }) => sum + f1, 0) / 3, 12);
  });

  it('takes median, mean, deviation and categories from the training rows alone', () => {
    const lengths = Array.from({ length: train.rows }, (_, i) => train.row(i)['length'] as number | null);
    const present = lengths.filter((length) => length !== null).sort((a, b) => a - b);
    const half = present.length / 2;
    const median = present.length % 2 ? present[half - 0.5]! : (present[half - 1]! + present[half]!) / 2;
    const filled = lengths.map((length) => length ?? median);
    const mean = filled.reduce((sum, value) => sum + value, 0) / filled.length;
    const deviation = Math.sqrt(filled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / filled.length);
    const [length, , colour, wild] = model.features;
    expect(length).toMatchObject({ name: 'length', kind: 'numeric' });
    const { median: m, mean: e, deviation: d } = length as { median: number; mean: number; deviation: number };
    expect([m, e, d].map((value, i) => value / [median, mean, deviation][i]!)).toEqual(
      [1, 1, 1].map((one) => expect.closeTo(one, 12) as number),
    );
    expect(colour).toEqual({ name: 'colour', kind: 'category', categories: ['blue', 'red', 'white'] });
    expect(wild).toMatchObject({ kind: 'boolean', median: 0 });
    expect(model.training.notes).toEqual(["column 'always' is left out, because all its cells are the same"]);
    const x = model.encode([{ length: null, width: 30_000, colour: 'red', wild: true }]);
    expect(x.length).toBe(6);
    expect(x[0]).toBe(Math.fround((median - e) / d));
    expect([...x.subarray(2, 5)]).toEqual([0, 1, 0]);
    expect([...model.encode(test)]).toEqual([...model.encode(Array.from({ length: 60 }, (_, i) => test.row(i)))]);
  });

  it('counts categories that it does not know, and answers', async () => {
    const fresh = await classifier({ target: 'species', seed: 1, epochs: 3 }).fit(train);
    expect(fresh.unknown).toEqual({});
    const row = { length: 5, width: 30_000, colour: 'green', wild: null };
    expect(fresh.predict(row).label).toBeTypeOf('string');
    fresh.predict(await readTable([row, row, { ...row, colour: 'red' }]));
    expect(fresh.unknown).toEqual({ colour: 3 });
    fresh.dispose();
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'a cell that is not there',
      () => model.predict({ length: 5, colour: 'red', wild: true }),
      /predict: row: expected a cell for column 'width' \(null where it is missing\), got none/,
    ],
    [
      'a name that is misspelt',
      () => model.predict({ lenght: 5, width: 1, colour: 'red', wild: true }),
      /'length' .*, got none, but 'lenght'/,
    ],
    [
      'a text for a number',
      () => model.predict({ length: 'long', width: 1, colour: 'red', wild: true }),
      /predict: row: column 'length': expected a number, got 'long'/,
    ],
    ['a row of rows', () => model.predict([{ length: 5 }]), /predict: rows\[0\]: expected a cell for column 'width'/],
    ['a number', () => model.predict(5 as never), /predict: row: expected an object with a cell for each column/],
    [
      'a table without a column',
      () => model.score(test.drop('width')),
      /score: table: a column of the model: expected the name of a column .*, got 'width'/,
    ],
    [
      'a table without the target',
      () => model.score(test.drop('species')),
      /score: table: target: expected the name of a column/,
    ],
  ])('refuses %s', (_name, call, message) => {
    expect(call).toThrow(message);
  });

  it('saves itself with its names in one file, and answers the same to the bit', async () => {
    const bytes = await model.save();
    const again = (await loadTableModel(bytes)) as ClassifierModel;
    expect(again.schema).toEqual(model.schema);
    expect([...again.probabilities(test)]).toEqual([...model.probabilities(test)]);
    expect(again.score(test)).toEqual(model.score(test));
    expect([...(await again.save())]).toEqual([...bytes]);
    const network = await loadModel(bytes);
    expect([...network.predict(model.encode(test))]).toEqual([...model.probabilities(test)]);
    again.dispose();
    expect(() => again.predict(test)).toThrow('disposed');
    network.dispose();
  });

  it.each<[string, (schema: Record<string, never>) => unknown, RegExp]>([
    ['no schema', () => undefined, /loadTableModel: bytes: expected the file of a table model/],
    ['another version', (schema) => ({ ...schema, version: 2 }), /table\.version: expected 1, got 2/],
    [
      'no features',
      (schema) => ({ ...schema, features: [] }),
      /table\.features: expected at least one column, got none/,
    ],
    [
      'features that are fewer',
      (schema) => ({ ...schema, features: (schema['features'] as unknown as unknown[]).slice(1) }),
      /expected a network of 5 inputs, as its columns have, got 6/,
    ],
    [
      'a class too many',
      (schema) => ({ ...schema, target: { kind: 'class', name: 'species', labels: ['a', 'b', 'c', 'd'] } }),
      /expected a network of 4 outputs, as its target has, got 3/,
    ],
    [
      'a class twice',
      (schema) => ({ ...schema, target: { kind: 'class', name: 'species', labels: ['a', 'b', 'a'] } }),
      /target\.labels: expected each name once, got 'a'/,
    ],
    [
      'a deviation of 0',
      (schema) => ({ ...schema, features: [{ name: 'a', kind: 'numeric', median: 0, mean: 0, deviation: 0 }] }),
      /features\[0\]\.deviation: expected/,
    ],
    [
      'a kind that is none',
      (schema) => ({ ...schema, features: [{ name: 'a', kind: 'number' }] }),
      /features\[0\]\.kind: expected one of/,
    ],
    ['text in the place of it', () => 'so', /table: expected an object, got 'so'/],
  ])('refuses a file with %s', async (_name, change, message) => {
    const { tensors, metadata } = readSafetensors(await model.save());
    const { table: json, ...others } = metadata;
    const changed = change(JSON.parse(json!) as Record<string, never>);
    const bytes = writeSafetensors(tensors, {
      ...others,
      ...(changed !== undefined && { table: JSON.stringify(changed) }),
    });
    await expect(loadTableModel(bytes)).rejects.toThrow(message);
  });
});

describe('Training', () => {
  it.each<[string, EstimatorOptions]>([
    ['lbfgs', { target: 'species', seed: 3 }],
    ['adam, its rate found', { target: 'species', seed: 3, optimizer: 'adam', epochs: 20 }],
    ['dropout', { target: 'species', seed: 3, dropout: 0.2, hidden: [16, 8], epochs: 20 }],
  ])('gives the same bits from the same seed, others from another: %s', async (_name, options) => {
    const models = [];
    for (const seed of [3, 3, 4]) models.push(await classifier({ ...options, seed }).fit(train));
    const [first, same, other] = models.map(bits);
    expect(same).toEqual(first);
    expect(other).not.toEqual(first);
    expect(models[0]!.training.optimizer).toBe(options.optimizer ?? (options.dropout ? 'adam' : 'lbfgs'));
    for (const model of models) model.dispose();
  });

  it('stops early and keeps the best weights', async () => {
    const model = await classifier({
      target: 'species',
      seed: 1,
      optimizer: 'adam',
      learningRate: 0.02,
      hidden: [64],
      l2: 0,
    }).fit(train);
    const { history, epochs, learningRate } = model.training;
    expect(learningRate).toBeCloseTo(0.02, 6);
    expect(epochs).toBeLessThan(200);
    expect(history['valLoss']!.length).toBe(epochs);
    const best = history['valLoss']!.indexOf(Math.min(...history['valLoss']!));
    expect(best).toBe(epochs - 11);
    model.dispose();
  });

  it('takes all rows and epochs where none are held out', async () => {
    const model = await classifier({ target: 'species', optimizer: 'adam', validationSplit: 0, epochs: 7 }).fit(train);
    expect(model.training.epochs).toBe(7);
    expect(Object.keys(model.training.history)).toEqual(['loss', 'accuracy']);
    model.dispose();
  });

  it('calls back and stops by signal', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const options = { target: 'species', optimizer: 'adam', learningRate: 1e-3, epochs: 1000, patience: 1000 } as const;
    const model = await classifier(options).fit(train, {
      signal: stop.signal,
      onEpochEnd: (epoch, logs) => {
        seen.push(epoch);
        expect(logs['valLoss']).toBeTypeOf('number');
        if (epoch === 4) stop.abort();
      },
      callbacks: { onTrainBegin: () => void seen.push(-1) },
    });
    expect(seen.slice(0, 6)).toEqual([-1, 0, 1, 2, 3, 4]);
    expect(model.training.epochs).toBeLessThan(1000);
    expect(model.predict(test).length).toBe(60);
    model.dispose();
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(classifier(options).fit(train, { signal: aborted })).rejects.toThrow('enough');
  });

  it('in a worker gives the same bits as here', async () => {
    const mlp = await connect();
    try {
      for (const options of [{}, { optimizer: 'adam', epochs: 12 }] as const) {
        const estimator = classifier({ target: 'species', seed: 2, ...options });
        const [here, there] = [await estimator.fit(train), await estimator.fit(train, { worker: mlp })];
        expect(bits(there)).toEqual(bits(here));
        expect(there.training.history).toEqual(here.training.history);
        expect(there.predict(test)).toEqual(here.predict(test));
      }
    } finally {
      mlp.terminate();
    }
  });

  it('weighs classes', async () => {
    const draws = new Draws(3, 97);
    const rows = Array.from({ length: 400 }, () => {
      const isRare = draws.uniform() < 0.1;
      return { a: draws.uniform() + (isRare ? 0.3 : 0), b: draws.uniform(), kind: isRare ? 'rare' : 'usual' };
    });
    const data = await readTable(rows);
    const common = { target: 'kind', hidden: [8], seed: 1, optimizer: 'adam', learningRate: 0.01 } as const;
    const recall = async (options: Partial<EstimatorOptions>) => {
      const model = await classifier({ ...common, ...options }).fit(data);
      const { perClass } = model.score(data);
      model.dispose();
      return perClass[0]!.recall;
    };
    const plain = await recall({});
    expect(await recall({ classWeight: 'balanced' })).toBeGreaterThan(plain + 0.2);
    expect(await recall({ classWeight: { rare: 9 } })).toBeGreaterThan(plain + 0.2);
  });
});

describe('Targets', () => {
  it('of numbers come back in their own unit, one or several', async () => {
    const data = trainTestSplit(await readTable(houses(400)), { seed: 2 });
    const model = await regressor({ target: 'price', features: ['area', 'district'], seed: 1 }).fit(data.train);
    const score = model.score(data.test);
    expect(score.r2).toBeGreaterThan(0.99);
    expect(score.mae).toBeLessThan(4000);
    expect(model.predict({ area: 100, district: 'north' })).toBeCloseTo(330_000, -4);
    const predicted = model.predict(data.test) as number[];
    const actual = predicted.map((_, i) => data.test.row(i)['price'] as number);
    const mean = actual.reduce((sum, value) => sum + value, 0) / actual.length;
    const sum = (of: (i: number) => number) => actual.reduce((total, _, i) => total + of(i), 0);
    expect(score.mae).toBeCloseTo(sum((i) => Math.abs(predicted[i]! - actual[i]!)) / actual.length, 6);
    expect(score.rmse).toBeCloseTo(Math.sqrt(sum((i) => (predicted[i]! - actual[i]!) ** 2) / actual.length), 6);
    const squares = sum((i) => (predicted[i]! - actual[i]!) ** 2);
    expect(score.r2).toBeCloseTo(1 - squares / sum((i) => (actual[i]! - mean) ** 2), 9);
    const again = (await loadTableModel(await model.save())) as RegressorModel;
    expect(again.predict(data.test)).toEqual(predicted);

    const both = await regressor({ target: ['price', 'tax'], seed: 1 }).fit(data.train);
    const answer = both.predict({ area: 100, district: 'south' }) as Record<string, number>;
    expect(Object.keys(answer)).toEqual(['price', 'tax']);
    expect(answer['price']).toBeCloseTo(250_000, -4);
    expect(answer['tax']).toBeCloseTo(2400, -2);
    expect(both.score(data.test).perTarget.map(({ name, r2 }) => [name, r2 > 0.98])).toEqual([
      ['price', true],
      ['tax', true],
    ]);
    for (const each of [model, again, both]) each.dispose();
  });

  it('of several classes a row are told each', async () => {
    const draws = new Draws(8, 96);
    const rows = Array.from({ length: 300 }, () => {
      const [a, b] = [draws.uniform(), draws.uniform()];
      return { a, b, sweet: a > 0.5, ripe: a + b > 1 ? 1 : 0 };
    });
    const data = trainTestSplit(await readTable(rows));
    const model = await classifier({ target: ['sweet', 'ripe'], seed: 1 }).fit(data.train);
    expect(model.labels).toEqual(['sweet', 'ripe']);
    expect(model.predict({ a: 0.9, b: 0.9 }).labels).toEqual(['sweet', 'ripe']);
    expect(model.predict({ a: 0.9, b: 0.01 }).labels).toEqual(['sweet']);
    expect(model.predict({ a: 0.05, b: 0.05 }).labels).toEqual([]);
    const score = model.score(data.test);
    expect(score.accuracy).toBeGreaterThan(0.85);
    expect(score.confusionMatrix).toBeUndefined();
    const again = (await loadTableModel(await model.save())) as ClassifierModel;
    expect(again.predict(data.test)).toEqual(model.predict(data.test));
    model.dispose();
    again.dispose();
  });

  it('may be numbers or true and false; classes of numbers are in their order', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => ({
      a: (i % 3) + (i % 7) / 10,
      n: [10, 9, 100][i % 3]!,
      b: i % 3 === 1,
    }));
    const data = await readTable(rows);
    const model = await classifier({ target: 'n', features: ['a'] }).fit(data);
    expect(model.labels).toEqual(['9', '10', '100']);
    expect(model.predict({ a: 1.2 }).label).toBe('9');
    expect(model.score(data).accuracy).toBe(1);
    const other = await classifier({ target: 'b', features: ['a'] }).fit(data);
    expect(other.predict({ a: 1.2 }).label).toBe('true');
    expect(other.score(data).accuracy).toBe(1);
  });

  it('that are missing leave their rows out, and that is said', async () => {
    const data = await readTable([
      ...flowers(60),
      { ...flowers(1)[0], species: null },
      { ...flowers(1)[0], species: '?' },
    ]);
    const model = await classifier({ target: 'species', epochs: 2 }).fit(data);
    expect(model.training.notes[0]).toBe('2 of 62 rows are left out, because their target is missing');
    expect(model.labels.length).toBe(3);
    expect(model.score(data).rows).toBe(60);
  });
});

describe('Hostile tables', () => {
  const fit = async (rows: Row[], options: Partial<EstimatorOptions> = {}) =>
    classifier({ target: 'y', epochs: 2, ...options }).fit(await readTable(rows));
  const many = (row: (i: number) => Row, count = 40) => Array.from({ length: count }, (_, i) => row(i));

  it.each<[string, Row[], Partial<EstimatorOptions>, RegExp]>([
    [
      'one class',
      many((i) => ({ a: i, y: 'x' })),
      {},
      /classifier: target: expected at least 2 classes in column 'y', got one, 'x'/,
    ],
    ['no class', many((i) => ({ a: i, y: null })), {}, /expected at least 2 classes in column 'y', got none/],
    [
      'only columns that say nothing',
      many((i) => ({ a: 7, b: null, c: 'x', y: i % 2 })),
      {},
      /a column to learn from, beside the target, got none: column 'a' is left out, because all its cells are the same; column 'b' .* all its cells are missing/,
    ],
    [
      'a target that is no column',
      many((i) => ({ a: i, species: i % 2 })),
      { target: 'specis' },
      /Did you mean 'species'\?/,
    ],
    [
      'names for a target',
      many((i) => ({ a: i, y: `name ${i}` })),
      {},
      /expected a column of classes .*40 different texts in 40 rows/,
    ],
    [
      'numbers as classes',
      many((i) => ({ a: i, y: i + 0.5 }), 1200),
      {},
      /at most 1000 classes \(for a number use regressor\(\)\), got more in column 'y'/,
    ],
    [
      'a feature that is the target',
      many((i) => ({ a: i, y: i % 2 })),
      { features: ['y'] },
      /features: expected columns other than the target/,
    ],
    ['a balanced regressor', [], { classWeight: 'unbalanced' as never }, /classWeight: expected one of 'balanced'/],
    [
      'numbers that are too large',
      many((i) => ({ a: i % 2 ? 1e308 : -1e308, y: i % 2 })),
      {},
      /its numbers are too large to be scaled/,
    ],
  ])('%s', async (_name, rows, options, message) => {
    const data = rows.length > 0 ? rows : many((i) => ({ a: i, y: i % 2 }));
    await expect((async () => fit(data, options))()).rejects.toThrow(message);
  });

  it('a regressor of texts', async () => {
    const data = await readTable(many((i) => ({ a: i, y: i % 2 ? 'x' : 'z' })));
    await expect(regressor({ target: 'y' }).fit(data)).rejects.toThrow(
      "regressor: target: expected numbers in column 'y' (for classes use classifier()), got one of kind 'category'",
    );
    expect(() => regressor({ target: 'y', classWeight: 'balanced' })).toThrow('it is for classes');
  });

  it('a class of one row is learnt, never held out, and that is said', async () => {
    const rows = many((i) => ({ a: i % 2, b: i, y: i === 7 ? 'once' : i % 2 ? 'x' : 'z' }), 60);
    const model = await fit(rows);
    expect(model.labels).toEqual(['once', 'x', 'z']);
    expect(model.training.notes.join()).toContain("class 'once' has a single row");
    await expect(async () => trainTestSplit(await readTable(rows), { stratify: 'y' })).rejects.toThrow(
      "trainTestSplit: stratify: expected at least 2 rows of each class of 'y', got 1 of 'once'",
    );
  });

  it('columns and classes with the names of what every object has', async () => {
    const rows = many((i) => ({
      constructor: i % 2,
      toString: `${i % 3}x`,
      y: i % 2 ? 'constructor' : 'hasOwnProperty',
    }));
    const model = await fit(rows, { epochs: 30 });
    expect(model.score(await readTable(rows as never)).accuracy).toBe(1);
    expect(() => model.predict({})).toThrow("a cell for column 'constructor'");
    const again = (await loadTableModel(await model.save())) as ClassifierModel;
    expect(again.labels).toEqual(['constructor', 'hasOwnProperty']);
  });

  it('two rows, three columns more than rows', async () => {
    const data = await readTable([
      { a: 1, b: 2, c: 3, d: 4, y: 'x' },
      { a: 2, b: 3, c: 4, d: 5, y: 'z' },
    ]);
    const model = await classifier({ target: 'y' }).fit(data);
    expect(model.score(data).accuracy).toBe(1);
  });
});

describe('trainTestSplit', () => {
  it('keeps the shares of classes, takes each row once, and is the same for the same seed', async () => {
    const rows = flowers(200).map((row, i) => ({ ...row, i }));
    const data = await readTable(rows);
    const split = trainTestSplit(data, { testSize: 0.25, stratify: 'species', seed: 4 });
    const [a, b] = [split.train, split.test].map((part) => [...part.column('i').numbers!]) as [number[], number[]];
    expect([a.length, b.length]).toEqual([150, 50]);
    expect([...a, ...b].sort((x, y) => x - y)).toEqual(rows.map((_, i) => i));
    expect(a).toEqual([...a].sort((x, y) => x - y));
    const share = (part: Table, species: string) =>
      Array.from({ length: part.rows }, (_, i) => part.row(i)['species']).filter((name) => name === species).length /
      part.rows;
    for (const species of ['setosa', 'versicolor', 'virginica']) {
      expect(Math.abs(share(split.test, species) - share(data, species))).toBeLessThan(0.02);
    }
    const again = trainTestSplit(data, { testSize: 0.25, stratify: 'species', seed: 4 });
    expect([...again.test.column('i').numbers!]).toEqual(b);
    const other = trainTestSplit(data, { testSize: 0.25, stratify: 'species', seed: 5 });
    expect([...other.test.column('i').numbers!]).not.toEqual(b);
  });

  it.each<[object, RegExp]>([
    [{ testSize: 0 }, /testSize: expected a share that leaves rows on both sides/],
    [{ testSize: 1 }, /testSize/],
    [{ seed: -1 }, /seed: expected an integer from 0/],
    [{ stratify: 'kind' }, /stratify: expected the name of a column/],
  ])('refuses %j', (options, message) => {
    expect(() => trainTestSplit(table, options)).toThrow(message);
  });
});

describe('The generator of draws', () => {
  // Of Random123's known answers, kat_vectors.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('is Philox4x32-10: %j', (counter, key, expected) => {
    expect(philox(counter, key)).toEqual(expected);
  });
});

it('needs no init() of its own, and one core is shared with the package', async () => {
  await init();
  const model = await classifier({ target: 'species', epochs: 1 }).fit(train);
  expect(model.network.countParams()).toBe(6 * 100 + 100 + 303);
});
