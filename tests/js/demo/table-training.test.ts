/** Training on a visitor's table: the rows held out, the figures beside the baseline, and the files to take along. */
import { beforeAll, describe, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import { loadTableModel } from 'mlp-wasm/tables';
import type { Fault, Results, TrainPlan } from '../../../web/demo/shared/table-work.js';
import { includedOf } from '../../../web/demo/page/views/table/guess.js';
import { sample, type SampleName } from '../../../web/demo/page/views/table/samples.js';
import { initialFields, readSettings } from '../../../web/demo/page/views/table/settings.js';
import { examine } from '../../../web/demo/worker/table/examine.js';
import { faultOf } from '../../../web/demo/worker/table/faults.js';
import { delimiterOf, predictions, records } from '../../../web/demo/worker/table/predictions.js';
import { read, type ReadResult } from '../../../web/demo/worker/table/reading.js';
import { scriptOf } from '../../../web/demo/worker/table/script.js';
import { split } from '../../../web/demo/worker/table/split.js';
import { Attempt, checkInputs, partsOf, type Parts, type TableModel } from '../../../web/demo/worker/table/training.js';

beforeAll(() => init());

const open = (text: string): Promise<ReadResult> => read(new Blob([text]), { kinds: {}, missing: [], header: 'auto' });

function planFor({ profile }: ReadResult, target: string, task: TrainPlan['task'], changes = {}): TrainPlan {
  const features = [...includedOf(profile)].filter((name) => name !== target);
  return { target, task, features, ...readSettings(initialFields()).settings!, ...changes };
}

interface Trained {
  model: TableModel;
  parts: Parts;
  plan: TrainPlan;
  results: Results;
  attempt: Attempt;
  epochs: number[];
}

async function train(opened: ReadResult, plan: TrainPlan): Promise<Trained> {
  const { table } = opened;
  const parts = partsOf(table, plan);
  const attempt = new Attempt();
  const epochs: number[] = [];
  const model = await attempt.train(table.take(parts.train), plan, ({ epoch }) => epochs.push(epoch));
  return { model, parts, plan, results: examine(model, table, parts, plan), attempt, epochs };
}

const refusal = async (work: () => unknown): Promise<Fault> => {
  try {
    await work();
  } catch (error) {
    return faultOf(error);
  }
  throw new Error('it was not refused');
};

describe('rows to test on', () => {
  it('are a share of each class, others for another seed, and never those that are learned from', () => {
    const rows = Array.from({ length: 100 }, (_, row) => row);
    const classOf = (row: number): string => (row < 80 ? 'often' : row < 99 ? 'rare' : 'once');
    const { train, test } = split(rows, classOf, 0.2, 1);
    expect(test).toHaveLength(20);
    expect([...train, ...test].sort((a, b) => a - b)).toEqual(rows);
    expect(test.filter((row) => row < 80)).toHaveLength(16);
    expect(test).not.toContain(99);
    expect(split(rows, classOf, 0.2, 1).test).toEqual(test);
    expect(split(rows, classOf, 0.2, 2).test).not.toEqual(test);
  });

  it('are at least one, and leave at least one', () => {
    expect(split([0, 1], undefined, 0.05, 0).test).toHaveLength(1);
    expect(split([0, 1], undefined, 0.8, 0).train).toHaveLength(1);
  });
});

describe('a training', () => {
  it.each<[SampleName, string]>([
    ['flowers', 'species'],
    ['customers', 'outcome'],
  ])('on the sample of %s tells classes better than the baseline', async (name, target) => {
    const opened = await open(sample(name));
    const { results, model } = await train(opened, planFor(opened, target, 'classes'));
    const { figures } = results;
    if (figures.task !== 'classes') throw new Error('not classes');
    expect(figures.accuracy).toBeGreaterThan(figures.baseline.accuracy + 0.04);
    expect(figures.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(results.rows.test);
    expect(results.examples[0]!.cells).toHaveProperty(results.features[0]!.name);
    model.dispose();
  });

  it('on the sample of houses tells prices with a fraction of the error of the mean', async () => {
    const opened = await open(sample('houses'));
    const { results, model } = await train(opened, planFor(opened, 'price', 'numbers'));
    const { figures, rows } = results;
    if (figures.task !== 'numbers') throw new Error('not numbers');
    expect(figures.mae).toBeLessThan(0.4 * figures.baseline.mae);
    expect(figures.points.predicted).toHaveLength(rows.test);
    expect(rows.train + rows.validation + rows.test).toBe(400);
    model.dispose();
  });

  it('stops early with the best weights, or takes all its epochs and keeps the last ones', async () => {
    const opened = await open(sample('flowers'));
    const plan = planFor(opened, 'species', 'classes', { epochs: 60, learningRate: 0.03, patience: 3 });
    const early = await train(opened, plan);
    expect(early.attempt.epochs).toBeLessThan(60);
    expect(early.attempt.best!.epoch).toBeLessThan(early.attempt.epochs);
    const { patience: _, ...whole } = plan;
    const all = await train(opened, whole);
    expect(all.epochs).toHaveLength(60);
    // Stopped where the best epoch was, with the same draws, it has the weights of the best one.
    const short = await train(opened, { ...whole, epochs: early.attempt.best!.epoch });
    expect(early.model.network.getWeights()).toEqual(short.model.network.getWeights());
    expect(all.model.network.getWeights()).not.toEqual(short.model.network.getWeights());
    for (const { model } of [early, all, short]) model.dispose();
  });

  it('pauses, goes on, and stops with the model that there is', async () => {
    const opened = await open(sample('flowers'));
    const { patience: _, ...plan } = planFor(opened, 'species', 'classes', { epochs: 100_000 });
    const parts = partsOf(opened.table, plan);
    const attempt = new Attempt();
    let seen = 0;
    let due: () => void = () => undefined;
    const reached = (epoch: number): Promise<void> =>
      new Promise((resolve) => (due = () => (seen >= epoch ? resolve() : undefined)));
    const training = attempt.train(opened.table.take(parts.train), plan, ({ epoch }) => {
      seen = epoch;
      due();
    });
    await reached(3);
    attempt.pause(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const paused = seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toBe(paused);
    attempt.pause(false);
    await reached(paused + 2);
    attempt.stop();
    const model = await training;
    expect(attempt.wasStopped).toBe(true);
    expect(examine(model, opened.table, parts, plan).figures.task).toBe('classes');
    model.dispose();
  });

  it('is refused by name where nothing can be learned', async () => {
    const rows = (cells: (i: number) => string, n = 30): string =>
      `a,b,y\n${Array.from({ length: n }, (_, i) => cells(i)).join('\n')}\n`;
    const of = async (text: string, task: TrainPlan['task'], changes = {}): Promise<Fault> => {
      const opened = await open(text);
      const plan = planFor(opened, 'y', task, changes);
      return refusal(() => train(opened, plan));
    };
    expect(
      await of(
        rows((i) => `${i},${i},7`),
        'numbers',
      ),
    ).toEqual({ fault: 'constant', column: 'y' });
    expect(
      await of(
        rows((i) => `${i},${2 * i},`),
        'numbers',
      ),
    ).toEqual({ fault: 'no target', column: 'y' });
    expect(
      await of(
        rows((i) => `${i},${i},${i}`, 6),
        'numbers',
      ),
    ).toEqual({ fault: 'few rows', got: 6 });
    expect(
      await of(
        rows((i) => `${i},${i},${i}`, 90),
        'classes',
      ),
    ).toEqual({ fault: 'classes', got: 90 });
    expect(
      await of(
        rows((i) => `1,2,${i}`),
        'numbers',
        { features: ['a', 'b'] },
      ),
    ).toEqual({ fault: 'no feature' });
    expect(
      await of(
        rows((i) => `${i},${i % 7},${i}`),
        'numbers',
        { optimizer: 'sgd', learningRate: 90, epochs: 300 },
      ),
    ).toEqual({ fault: 'diverged' });
  });

  it('is refused where its inputs would not fit into memory', async () => {
    const opened = await open(sample('flowers'));
    const plan = planFor(opened, 'species', 'classes');
    const large = Object.create(opened.table, { rows: { value: 100_000_000 } }) as typeof opened.table;
    Object.defineProperty(large, 'column', { value: (name: string) => opened.table.column(name) });
    expect(await refusal(() => checkInputs(large, plan))).toMatchObject({ fault: 'inputs' });
    expect(() => checkInputs(opened.table, plan)).not.toThrow();
  });
});

describe('files to take along', () => {
  it('are a module that answers as the model does, of classes and of numbers, missing cells too', async () => {
    for (const [name, target, task] of [
      ['flowers', 'species', 'classes'],
      ['houses', 'price', 'numbers'],
    ] as const) {
      const opened = await open(sample(name));
      const { model, results } = await train(opened, planFor(opened, target, task, { epochs: 20 }));
      const text = await scriptOf(model);
      const { answer } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
        answer(row: object): number | { label: string; probability: number }[];
      };
      for (const { cells } of results.examples.slice(0, 10)) {
        for (const row of [cells, { ...cells, [results.features[0]!.name]: null }]) {
          const said = answer(row);
          if ('labels' in model) {
            const { label, probability } = model.predict(row);
            const [first] = said as { label: string; probability: number }[];
            expect(first!.label).toBe(label);
            expect(first!.probability).toBeCloseTo(probability, 4);
          } else expect(Number(said) / (model.predict(row) as number)).toBeCloseTo(1, 4);
        }
      }
      expect(() => answer({ ...results.examples[0]!.cells, [results.features[0]!.name]: 'many' })).toThrow(
        /expected a number/,
      );
      model.dispose();
    }
  });

  it('are the model, which the package reads', async () => {
    const opened = await open(sample('flowers'));
    const { model, results } = await train(opened, planFor(opened, 'species', 'classes', { epochs: 5 }));
    const again = await loadTableModel(await model.save());
    const rows = results.examples.map(({ cells }) => cells);
    expect(again.predict(rows)).toEqual(model.predict(rows));
    again.dispose();
    model.dispose();
  });

  it('are the table as it was, with an answer to each row', async () => {
    const lines = Array.from({ length: 24 }, (_, i) => `"one; and\n""two""";${i},5;${i % 2 ? 'ja' : 'nein'}`);
    const text = `\ufefftext;zahl;wort\r\n\r\n${lines.join('\r\n')}\r\n`;
    const opened = await open(text);
    const { model, parts } = await train(opened, planFor(opened, 'zahl', 'numbers', { epochs: 3 }));
    const blob = predictions(opened.bytes, opened.table, parts, model);
    const written = [...records(await blob.text())];
    expect(written).toHaveLength(25);
    expect(written[0]).toBe('text;zahl;wort;zahl predicted;part');
    written.slice(1).forEach((line, i) => {
      expect(line.startsWith(`${lines[i]};`)).toBe(true);
      expect(line).toMatch(/;-?\d+(,\d+)?;(train|test)$/);
    });
    expect(written.filter((line) => line.endsWith('test'))).toHaveLength(parts.test.length);
    model.dispose();
  });

  it('find lines and delimiters as the reader does', () => {
    expect([...records('a,b\r\n\r\n"x\ny",2\n  \n3,4')]).toEqual(['a,b', '"x\ny",2', '3,4']);
    expect([...records('5" wide,a "b\n3" wide, "c\n""d"\n')]).toEqual(['5" wide,a "b', '3" wide, "c\n""d"']);
    expect(delimiterOf('"a;b",c', 2)).toBe(',');
    expect(delimiterOf('a\tb', 2)).toBe('\t');
  });
});
