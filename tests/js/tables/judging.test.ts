import { beforeAll, describe, expect, it } from 'vitest';
import {
  calibrate,
  classifier,
  crossValidate,
  expectedCalibrationError,
  loadTableModel,
  partialDependence,
  permutationImportance,
  randomSearch,
  readTable,
  regressor,
  trainTestSplit,
  type ClassifierModel,
  type ClassifierScore,
  type RegressorModel,
  type Table,
  type Trial,
} from 'mlp-wasm/tables';
import { connect } from 'mlp-wasm/worker';
import { Draws } from '../../../web/src/tables/random.js';

/** Rows of which `side` is told by the product of a and b, so that no linear model tells it; c tells nothing. */
function corners(rows: number, noise = 0.1): Record<string, number | string>[] {
  const draws = new Draws(7, 90);
  return Array.from({ length: rows }, (_, i) => {
    const [a, b, c] = [draws.uniform() - 0.5, draws.uniform() - 0.5, draws.uniform()];
    const isWrong = draws.uniform() < noise;
    return { a, b, c, i, side: a * b > 0 === isWrong ? 'in' : 'out' };
  });
}

let table: Table;
beforeAll(async () => void (table = (await readTable(corners(300))).drop('i')));

const quick = { target: 'side', hidden: [12], epochs: 40, seed: 1 } as const;
const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('crossValidate', () => {
  it('asks about every row once a repetition, in folds with the same shares of classes', async () => {
    const data = await readTable(corners(103));
    const { scores, mean, deviation, notes } = await crossValidate(classifier(quick), data, { folds: 4, repeats: 2 });
    expect(scores.map(({ rows }) => rows).reduce((sum, rows) => sum + rows, 0)).toBe(206);
    const share =
      Array.from({ length: 103 }, (_, i) => data.row(i)['side']).filter((side) => side === 'in').length / 103;
    for (const { rows, perClass } of scores) {
      expect([25, 26]).toContain(rows);
      expect(Math.abs(perClass[0]!.support / rows - share)).toBeLessThan(0.04);
    }
    const accuracies = scores.map(({ accuracy }) => accuracy);
    expect(mean.accuracy).toBeCloseTo(meanOf(accuracies), 12);
    const squares = accuracies.map((value) => (value - meanOf(accuracies)) ** 2);
    expect(deviation.accuracy).toBeCloseTo(Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / 7), 12);
    expect(Object.keys(mean).sort()).toEqual(['accuracy', 'f1', 'logLoss', 'rows']);
    expect(notes).toEqual([]);
  });

  it('is the same for the same seed, in workers too', async () => {
    const run = (options: object) => crossValidate(classifier(quick), table, { folds: 3, ...options });
    const first = await run({ seed: 5 });
    expect(await run({ seed: 5 })).toEqual(first);
    expect((await run({ seed: 6 })).mean).not.toEqual(first.mean);
    const workers = await Promise.all([connect(), connect()]);
    try {
      expect(await run({ seed: 5, workers })).toEqual(first);
    } finally {
      for (const worker of workers) worker.terminate();
    }
  });

  it('scores numbers, calls back and stops by signal', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const estimator = regressor({ target: 'a', hidden: [4], epochs: 3 });
    const { mean } = await crossValidate(estimator, table, { folds: 3, onFold: (fold) => void seen.push(fold) });
    expect(seen).toEqual([0, 1, 2]);
    expect(Object.keys(mean).sort()).toEqual(['mae', 'r2', 'rmse', 'rows']);
    const onFold = () => stop.abort(new Error('enough'));
    await expect(crossValidate(estimator, table, { onFold, signal: stop.signal })).rejects.toThrow('enough');
  });

  it('says which class has too few rows, and refuses what can not be', async () => {
    const data = await readTable([...corners(40), { a: 0, b: 0, c: 0, i: 0, side: 'on' }]);
    const { notes, scores } = await crossValidate(classifier(quick), data, { folds: 3 });
    expect(notes).toEqual(["class 'on' has 1 rows for 3 folds: some of these have none of it"]);
    expect(scores.every(({ logLoss }) => Number.isFinite(logLoss))).toBe(true);
    const small = data.take([0, 1, 2]);
    await expect(crossValidate(classifier(quick), small)).rejects.toThrow(
      'folds: expected at most the 3 rows of the table, got 5',
    );
    await expect(crossValidate({} as never, data)).rejects.toThrow(
      'estimator: expected what classifier() or regressor() gives',
    );
    await expect(crossValidate(classifier(quick), data, { workers: [{} as never] })).rejects.toThrow('workers[0]');
    await expect(crossValidate(classifier(quick), data, { stratify: 'k' })).rejects.toThrow(
      'stratify: expected the name',
    );
  });
});

describe('randomSearch', () => {
  const space = { hidden: [[], [16]], l2: { from: 1e-5, to: 1e-2, log: true } };

  it('finds the options that tell the classes, by halving', async () => {
    const seen: Trial[] = [];
    const search = await randomSearch(classifier({ ...quick, hidden: [] }), table, {
      space,
      candidates: 8,
      leastRows: 30,
      seed: 2,
      onTrial: (trial) => void seen.push(trial),
    });
    expect(search.best.hidden).toEqual([16]);
    expect(search.estimator.options).toMatchObject({ target: 'side', seed: 1, hidden: [16], l2: search.best.l2 });
    const rounds = [0, 1, 2].map((round) => search.trials.filter((trial) => trial.round === round));
    expect(rounds.map(({ length }) => length)).toEqual([9, 3, 1]);
    expect(rounds.map(([trial]) => trial!.rows)).toEqual([33, 100, 300]);
    expect(search.score).toBe(rounds[2]![0]!.score);
    expect(search.score).toBeGreaterThan(0.7); // a linear model has hardly more than one half
    for (const trials of rounds) {
      const scores = trials.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    }
    expect(seen.length).toBe(13);
    for (const { options } of rounds[0]!.slice().filter(({ options }) => 'l2' in options)) {
      expect(options.l2).toBeGreaterThanOrEqual(1e-5);
      expect(options.l2).toBeLessThanOrEqual(1e-2);
    }
    const { accuracy } = (await crossValidate(search.estimator, table, { folds: 3, seed: 2 })).mean;
    expect(accuracy).toBe(search.score);
    const again = await randomSearch(classifier({ ...quick, hidden: [] }), table, {
      space,
      candidates: 8,
      leastRows: 30,
      seed: 2,
    });
    expect(again.trials).toEqual(search.trials);
  });

  it('searches numbers by their error, the least of it', async () => {
    const data = await readTable(corners(120).map(({ a, b }) => ({ a, b, y: Number(a) * Number(b) })));
    const search = await randomSearch(regressor({ target: 'y', hidden: [], epochs: 60 }), data, {
      space: { hidden: [[], [12]], seed: { from: 0, to: 9, integer: true } },
      candidates: 5,
      metric: 'rmse',
    });
    expect(search.best.hidden).toEqual([12]);
    expect(Number.isInteger(search.best.seed)).toBe(true);
    const last = search.trials.filter(({ rows }) => rows === 120).map(({ score }) => score);
    expect(search.score).toBe(Math.min(...last));
  });

  it('notes candidates that fail, and throws where all do', async () => {
    const options = { target: 'side', optimizer: 'lbfgs', epochs: 3 } as const;
    const search = await randomSearch(classifier(options), table, { space: { dropout: [0.5] }, candidates: 2 });
    expect(search.best).toEqual({});
    const failed = search.trials.filter(({ error }) => error);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]!.score).toBeNaN();
    const all = randomSearch(classifier({ ...options, dropout: 0.5 }), table, {
      space: { dropout: [0.5] },
      candidates: 2,
    });
    await expect(all).rejects.toThrow('expected a candidate that can be trained, but all failed: ');
  });

  it.each<[object, RegExp]>([
    [{ space: {} }, /randomSearch: space: expected at least one option/],
    [{ space: { target: ['a'] } }, /space: expected options other than the target/],
    [{ space: { hiden: [[1]] } }, /Did you mean 'hidden'\?/],
    [{ space: { l2: 5 } }, /space: 'l2': expected an array or \{ from, to \}, got 5/],
    [{ space: { l2: { from: 0, to: 1, log: true } } }, /space: 'l2'\.from: expected a number above 0/],
    [{ space: { l2: { from: 2, to: 1 } } }, /space: 'l2'\.to: expected a number from 2/],
    [{ space: { l2: [-1] } }, /classifier: l2: expected/],
    [{ space: { l2: [0] }, metric: 'r2' }, /metric: expected one of 'accuracy', 'logLoss', 'f1', got 'r2'/],
  ])('refuses %j', async (options, message) => {
    await expect(randomSearch(classifier(quick), table, options as never)).rejects.toThrow(message);
  });
});

describe('Questions to a model', () => {
  let train: Table;
  let test: Table;
  let model: ClassifierModel;
  let prices: RegressorModel;
  beforeAll(async () => {
    const draws = new Draws(9, 91);
    const rows = Array.from({ length: 400 }, () => {
      const [area, noise, kind] = [draws.uniform(), draws.uniform(), ['new', 'old'][draws.below(2)]!];
      const [garden] = [draws.uniform() < 0.5];
      const price = 100 * area + (kind === 'new' ? 50 : 0) + (garden ? 5 : 0);
      return {
        area: draws.uniform() < 0.05 ? null : area,
        noise,
        kind,
        garden,
        price,
        dear: price > 90 ? 'yes' : 'no',
      };
    });
    ({ train, test } = trainTestSplit(await readTable(rows), { testSize: 0.5, seed: 1 }));
    model = await classifier({ target: 'dear', features: ['area', 'noise', 'kind'], seed: 1 }).fit(train);
    prices = await regressor({ target: 'price', features: ['area', 'noise', 'kind', 'garden'], seed: 1 }).fit(train);
  });

  it('permutationImportance: the feature that is needed most comes first, noise is near 0', async () => {
    const found = await permutationImportance(prices, test);
    expect(found.map(({ feature }) => feature)).toEqual(
      ['kind', 'area', 'garden', 'noise'].sort((a, b) => {
        const of = (name: string) => found.find(({ feature }) => feature === name)!.importance;
        return of(b) - of(a);
      }),
    );
    const by = Object.fromEntries(found.map(({ feature, importance }) => [feature, importance]));
    expect(by['area']).toBeGreaterThan(0.3);
    expect(by['kind']).toBeGreaterThan(0.3);
    expect(by['garden']).toBeGreaterThan(by['noise']!);
    expect(Math.abs(by['noise']!)).toBeLessThan(0.02);
    expect(await permutationImportance(prices, test)).toEqual(found);
    const errors = await permutationImportance(prices, test, { metric: 'rmse' });
    expect(errors[0]!.importance).toBeGreaterThan(10); // in the unit of the price
    const classes = await permutationImportance(model, test, { metric: 'logLoss', repeats: 2, seed: 3 });
    expect(classes.at(-1)!.feature).toBe('noise');
    await expect(permutationImportance(model, test, { metric: 'r2' })).rejects.toThrow("got 'r2'");
    await expect(permutationImportance({} as never, test)).rejects.toThrow('model: expected a model that');
  });

  it('partialDependence: is the mean of predictions with the feature set', async () => {
    const { values, averages } = await partialDependence(prices, test, 'area', { points: 5 });
    expect(values.length).toBe(5);
    const rows = Array.from({ length: test.rows }, (_, i) => ({ ...test.row(i), area: values[2]! }));
    expect(averages['price']![2]).toBeCloseTo(meanOf(prices.predict(rows) as number[]), 3);
    expect(averages['price']![4]! - averages['price']![0]!).toBeCloseTo(
      100 * (Number(values[4]) - Number(values[0])),
      -1,
    );
    const kinds = await partialDependence(prices, test, 'kind');
    expect(kinds.values).toEqual(['new', 'old']);
    expect(kinds.averages['price']![0]! - kinds.averages['price']![1]!).toBeGreaterThan(40);
    const garden = await partialDependence(prices, test, 'garden');
    expect(garden.values).toEqual([false, true]);
    const classes = await partialDependence(model, test, 'area', { points: 3 });
    classes.averages['yes']!.forEach((yes, i) => expect(yes + classes.averages['no']![i]!).toBeCloseTo(1, 5));
    expect(classes.averages['yes']![2]).toBeGreaterThan(classes.averages['yes']![0]! + 0.2);
    await expect(partialDependence(model, test, 'areas')).rejects.toThrow("Did you mean 'area'?");
  });
});

describe('Calibration', () => {
  let held: Table;
  let test: Table;
  let model: ClassifierModel;
  beforeAll(async () => {
    const data = await readTable(corners(900, 0.25));
    const split = trainTestSplit(data.drop('i'), { testSize: 0.6, seed: 1 });
    ({ train: held, test } = trainTestSplit(split.test, { testSize: 0.5, seed: 2 }));
    // Far too sure, because it is trained without a penalty, and till the end.
    const options = {
      target: 'side',
      hidden: [64],
      l2: 0,
      validationSplit: 0,
      epochs: 150,
      optimizer: 'lbfgs',
    } as const;
    model = await classifier(options).fit(split.train);
  });

  it('is measured bin by bin', () => {
    const { error, bins } = expectedCalibrationError(model, test, { bins: 10 });
    const said = model.predict(test);
    const right = said.map(({ label }, i) => label === test.row(i)['side']);
    let sum = 0;
    for (const bin of bins) {
      const rows = said.flatMap(({ probability: p }, i) => (p > bin.from && p <= bin.to ? [i] : []));
      expect(bin.count).toBe(rows.length);
      if (rows.length === 0) continue;
      expect(bin.confidence).toBeCloseTo(meanOf(rows.map((i) => said[i]!.probability)), 6);
      expect(bin.accuracy).toBeCloseTo(rows.filter((i) => right[i]).length / rows.length, 12);
      sum += (rows.length / said.length) * Math.abs(bin.accuracy - bin.confidence);
    }
    expect(error).toBeCloseTo(sum, 6);
    expect(bins[9]!.to).toBe(1);
  });

  it('makes a model as sure as it is right, and keeps its answers', async () => {
    const [before, error] = [model.score(test), expectedCalibrationError(model, test).error];
    const heldBefore = model.score(held);
    const labels = model.predict(test).map(({ label }) => label);
    const { temperature, ...loss } = calibrate(model, held);
    expect(temperature).toBeGreaterThan(1.5);
    expect(loss.before).toBeCloseTo(heldBefore.logLoss, 1);
    expect(loss.after).toBeCloseTo(model.score(held).logLoss, 5);
    const after = model.score(test);
    expect(after.logLoss).toBeLessThan(0.8 * before.logLoss);
    expect(expectedCalibrationError(model, test).error).toBeLessThan(0.6 * error);
    expect(model.predict(test).map(({ label }) => label)).toEqual(labels);
    // A second time there is nothing to gain, on either side.
    const again = calibrate(model, held);
    expect(again.temperature).toBeCloseTo(1, 2);
    const loaded = (await loadTableModel(await model.save())) as ClassifierModel;
    expect(loaded.predict(test)).toEqual(model.predict(test));
  });

  it('works with several classes a row, and refuses models of numbers', async () => {
    const draws = new Draws(4, 92);
    const rows = Array.from({ length: 300 }, () => {
      const [a, b] = [draws.uniform(), draws.uniform()];
      return { a, b, p: a > draws.uniform(), q: b > draws.uniform() };
    });
    const { train, test } = trainTestSplit(await readTable(rows), { testSize: 0.5 });
    const sure = await classifier({
      target: ['p', 'q'],
      hidden: [64],
      l2: 0,
      validationSplit: 0,
      optimizer: 'lbfgs',
    }).fit(train);
    const before: ClassifierScore = sure.score(test);
    const { temperature } = calibrate(sure, test);
    expect(temperature).toBeGreaterThan(1);
    expect(sure.score(test).logLoss).toBeLessThan(before.logLoss);
    expect(sure.score(test).accuracy).toBe(before.accuracy);
    expect(expectedCalibrationError(sure, test).bins.reduce((sum, { count }) => sum + count, 0)).toBe(300);
    const numbers = await regressor({ target: 'a', features: ['b'], epochs: 1 }).fit(train);
    expect(() => calibrate(numbers as never, test)).toThrow(
      'calibrate: model: expected a model that classifier() has fitted',
    );
    expect(() => expectedCalibrationError(sure, test, { bins: 0 })).toThrow('bins: expected an integer from 1');
  });
});
