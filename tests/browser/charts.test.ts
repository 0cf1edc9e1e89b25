/**
 * mlp-wasm/charts in Chromium, under a strict policy. Pictures of what the tests saw are left in build/charts/, for people
 * to look at.
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { LossChart } from 'mlp-wasm/charts';
import { visitLibrary, type Library } from './library.js';

declare const library: Library;
declare const chart: LossChart;

const PICTURES = fileURLToPath(new URL('../../build/charts/', import.meta.url));

const here = visitLibrary();

beforeAll(async () => {
  await mkdir(PICTURES, { recursive: true });
});

async function open(width = 800, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await here.open({ viewport: { width, height: 700 }, colorScheme });
  await page.evaluate(() => {
    const main = document.createElement('main');
    main.append(Object.assign(document.createElement('h1'), { textContent: 'Charts' }));
    document.body.append(main);
    // Settings of a page, made by script because the policy forbids styles in the text.
    Object.assign(document.documentElement.style, { colorScheme: 'light dark', fontFamily: 'sans-serif' });
    Object.assign(document.documentElement.style, { background: 'Canvas', color: 'CanvasText' });
  });
  return page;
}

/** The next frame but one has been drawn. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** Draws one of each, of a network that is really trained. */
async function drawAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { mlp, digits, charts } = library;
    const main = document.querySelector('main')!;
    await mlp.init();
    const { x, y } = await digits.generateDigits({ count: 1500, seed: 1 });
    const test = await digits.generateDigits({ count: 500, seed: 2 });
    const model = mlp.sequential({
      seed: 1,
      layers: [
        mlp.dense({ units: 24, activation: 'relu', inputShape: [784] }),
        mlp.dense({ units: 16, activation: 'tanh' }),
        mlp.dense({ units: 10, activation: 'softmax' }),
      ],
    });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    await model.fit(x, y, {
      epochs: 6,
      validationSplit: 0.2,
      callbacks: [charts.lossChart(main), charts.lossChart(main, { metric: 'accuracy' })],
    });
    charts.confusionChart(main, mlp.confusionMatrix(model, test.x, test.y), {
      classNames: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
    });
    charts.calibrationChart(main, { probabilities: model.predict(test.x), labels: test.y });
    charts.activationHistogram(main, model.forwardTrace(test.x), { statistics: model.layerStatistics(test.x, test.y) });
    model.dispose();
  });
  await drawn(page);
}

describe.each([
  ['light', 800],
  ['dark', 800],
  ['light', 360],
  ['dark', 360],
] as const)('All charts in the %s at %i pixels', (colorScheme, width) => {
  it('fit, have no fault that axe finds, and a table each', async () => {
    const page = await open(width, colorScheme);
    await drawAll(page);
    await page.screenshot({ path: `${PICTURES}all-${colorScheme}-${width}.png`, fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await drawn(page);
    await page.screenshot({ path: `${PICTURES}tables-${colorScheme}-${width}.png`, fullPage: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const { violations } = await page.evaluate(
      ([source]) => {
        (0, eval)(source!); // a debugger may evaluate what the page's policy does not let a script do
        return (window as unknown as { axe: typeof axe }).axe.run(document, {
          resultTypes: ['violations'],
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        });
      },
      [axe.source],
    );
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    expect(await page.locator('figure').count()).toBe(5);
    const rows = await page.evaluate(() =>
      [...document.querySelectorAll('figure')].map((figure) => figure.querySelectorAll('tbody tr').length),
    );
    expect(rows).toEqual([6, 6, 10, 10, 3]);
    const labels = await page.evaluate(() =>
      [...document.querySelectorAll('svg[role="img"]')].map((svg) => svg.getAttribute('aria-label')),
    );
    expect(labels[0]).toMatch(/^Loss over 6 epochs, now \d\.\d{3} in training, \d\.\d{3} in validation\. The table/);
    expect(labels[1]).toMatch(/^Accuracy over 6 epochs/);
    expect(labels).toHaveLength(2 + 1 + 3);
  });
});

describe('The loss chart', () => {
  /** Makes a chart, the global `chart`. */
  const make = (page: Page, options = {}) =>
    page.evaluate((options) => {
      const made = library.charts.lossChart(document.querySelector('main')!, options);
      Object.assign(globalThis, { chart: made });
    }, options);
  const path = (page: Page, which = 'training') => page.getAttribute(`.mlp-line-${which}`, 'd');
  const rowsOf = (page: Page) => page.locator('tbody tr').allTextContents();

  it('agrees with the history, also for a model in a worker', async () => {
    const page = await open();
    await make(page, { metric: 'accuracy', title: 'Right answers' });
    const { history } = await page.evaluate(async () => {
      const mlp = await library.connect();
      const model = await mlp.sequential({
        layers: [mlp.dense({ units: 2, activation: 'softmax', inputShape: [2] })],
      });
      await model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
      const x = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i));
      const y = Int32Array.from({ length: 200 }, (_, i) => (x[2 * i]! > 0 ? 1 : 0));
      const history = await model.fit(x, y, { epochs: 4, validationSplit: 0.2, callbacks: [chart] });
      mlp.terminate();
      return history;
    });
    await page.click('summary');
    await drawn(page);
    const { accuracy, valAccuracy } = history;
    await expect
      .poll(() => rowsOf(page))
      .toEqual(accuracy!.map((value, i) => `${i + 1}${value.toFixed(3)}${valAccuracy![i]!.toFixed(3)}`));
    expect(await page.locator('.mlp-chart-title').textContent()).toBe('Right answers');
    expect(await page.locator('.mlp-chart-legend').textContent()).toBe(
      `training ${accuracy!.at(-1)!.toFixed(3)}validation ${valAccuracy!.at(-1)!.toFixed(3)}`,
    );
  });

  it('says that there is nothing yet, and that nothing is finite', async () => {
    const page = await open();
    await make(page);
    expect(await page.locator('.mlp-chart-empty').textContent()).toBe('Nothing yet.');
    await page.evaluate(() => chart.onEpochEnd(0, { loss: NaN, valLoss: Infinity }));
    await drawn(page);
    expect(await page.locator('.mlp-chart-empty').textContent()).toBe('No figure is finite.');
    expect(await path(page)).toBe('');
    expect(await page.locator('.mlp-chart-note').textContent()).toBe(
      'Not finite since epoch 1: there the line has a gap.',
    );
    await page.screenshot({ path: `${PICTURES}nothing-finite.png` });
  });

  it('has a gap where a figure is not finite, and says so', async () => {
    const page = await open();
    await make(page);
    await page.evaluate(() => {
      [3, 2, NaN, 1, 0.5].forEach((loss, epoch) => chart.onEpochEnd(epoch, { loss, valLoss: loss + 0.2 }));
    });
    await drawn(page);
    expect(await path(page)).toMatch(/^M[\d. ]+L[\d. ]+M[\d. ]+L[\d. ]+$/);
    expect(await page.locator('.mlp-chart-note').textContent()).toBe(
      'Not finite at epoch 3: there the line has a gap.',
    );
    expect(await page.locator('svg').innerHTML()).not.toMatch(/NaN|Infinity/);
    await page.screenshot({ path: `${PICTURES}gap.png` });
  });

  it('draws numbers of every size, and those that are all the same', async () => {
    const page = await open();
    await make(page);
    for (const losses of [
      [1e-9, 2e-9],
      [3e30, 1e30],
      [0, 0],
      [-5, -7],
      [1e-320, 1e-320],
      [2, 2],
    ]) {
      await page.evaluate((losses) => {
        chart.update({ epoch: losses.map((_, i) => i), history: { loss: losses } });
      }, losses);
      await drawn(page);
      expect(await path(page)).toMatch(/^M[\d.]+ [\d.]+L[\d.]+ [\d.]+$/);
      const texts = await page.locator('svg text').allTextContents();
      expect(texts.every((text) => text.length <= 7)).toBe(true);
      expect(texts.length).toBeGreaterThan(2);
    }
  });

  it('goes on after a resume, and begins again with a new training', async () => {
    const page = await open();
    await make(page);
    await page.click('summary');
    const params = { epochs: 3, initialEpoch: 0, steps: 10, verbose: 0, metrics: ['loss'] };
    await page.evaluate((params) => {
      chart.setParams(params);
      chart.onYield(0, 5, { loss: 4 });
      for (const epoch of [0, 1, 2]) chart.onEpochEnd(epoch, { loss: 3 - epoch });
      chart.onTrainEnd();
      chart.setParams({ ...params, epochs: 4, initialEpoch: 2 });
      chart.onEpochEnd(2, { loss: 1.5 });
      chart.onEpochEnd(3, { loss: 1.2 });
    }, params);
    await drawn(page);
    await expect.poll(() => rowsOf(page)).toEqual(['13.000–', '22.000–', '31.500–', '41.200–']);
    await page.evaluate((params) => {
      chart.setParams(params);
      chart.onYield(0, 1, { loss: 9 });
      chart.onEpochEnd(0, { loss: 7 });
    }, params);
    await drawn(page);
    await expect.poll(() => rowsOf(page)).toEqual(['17.000–']);
  });

  it.each(['closed', 'open'])('keeps up with 300 updates a second at 10,000 epochs, its table %s', async (table) => {
    const page = await open();
    await make(page);
    if (table === 'open') await page.click('summary');
    const { paints, milliseconds } = await page.evaluate(async () => {
      const epoch = Array.from({ length: 10_000 }, (_, i) => i);
      const loss = epoch.map((i) => 1 / (1 + i) + ((i * 7919) % 100) / 5000);
      chart.update({ epoch, history: { loss, valLoss: epoch.map(() => 0.1) } });
      await new Promise((resolve) => setTimeout(resolve, 100));
      const ask = globalThis.requestAnimationFrame.bind(globalThis);
      let [paints, milliseconds] = [0, 0];
      globalThis.requestAnimationFrame = (paint) =>
        ask((time) => {
          const begun = performance.now();
          paint(time);
          milliseconds += performance.now() - begun;
          paints++;
        });
      for (let frame = 0; frame < 60; ++frame) {
        for (let i = 0; i < 5; ++i) chart.onEpochEnd(10_000 + 5 * frame + i, { loss: 0.01, valLoss: 0.1 });
        await new Promise(ask);
      }
      globalThis.requestAnimationFrame = ask;
      return { paints, milliseconds };
    });
    console.log(`table ${table}: ${(milliseconds / paints).toFixed(1)} ms of ${paints} paints each`);
    expect(paints).toBeGreaterThan(50);
    expect(paints).toBeLessThanOrEqual(60);
    expect(milliseconds / paints).toBeLessThan(16);
    expect((await path(page))!.length).toBeLessThan(60_000);
  });

  it('refuses a metric that is not there, in fit', async () => {
    const page = await open();
    await make(page, { metric: 'acuracy' });
    const message = await page.evaluate(async () => {
      await library.mlp.init();
      const model = library.mlp.sequential({ layers: [library.mlp.dense({ units: 1, inputShape: [1] })] });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] });
      return model.fit([[1]], [1], { callbacks: chart }).catch(({ message }: Error) => message);
    });
    expect(message).toBe("lossChart: metric: expected one of 'loss', 'meanAbsoluteError', got 'acuracy'.");
  });

  it('takes the width of its place, and follows it', async () => {
    const page = await open(700);
    await make(page);
    await page.evaluate(() => chart.onEpochEnd(0, { loss: 1 }));
    await drawn(page);
    const box = () => page.getAttribute('svg', 'viewBox');
    const wide = Number((await box())!.split(' ')[2]);
    expect(wide).toBeGreaterThan(640);
    await page.setViewportSize({ width: 360, height: 700 });
    await expect.poll(async () => Number((await box())!.split(' ')[2])).toBeLessThan(360);
  });

  it('shows the figures of the epoch that is pointed at', async () => {
    const page = await open();
    await make(page);
    await page.evaluate(() => {
      chart.setParams({ epochs: 4, initialEpoch: 0, verbose: 0, metrics: ['loss'] });
      [4, 3, 2, 1].forEach((loss, epoch) => chart.onEpochEnd(epoch, { loss, valLoss: loss }));
    });
    await drawn(page);
    const { x, y, width, height } = (await page.locator('svg').boundingBox())!;
    await page.mouse.move(x + width * 0.55, y + height / 2);
    await drawn(page);
    expect(await page.locator('.mlp-chart-legend b').allTextContents()).toEqual(['3.000', '3.000']);
    await page.mouse.move(x, y + height + 200);
    await drawn(page);
    expect(await page.locator('.mlp-chart-legend b').allTextContents()).toEqual(['1.000', '1.000']);
  });

  it('is gone after destroy, whatever is called then', async () => {
    const page = await open();
    await make(page);
    await page.evaluate(() => {
      chart.onEpochEnd(0, { loss: 1 });
      chart.destroy();
      chart.onEpochEnd(1, { loss: 1 });
      chart.destroy();
    });
    await drawn(page);
    expect(await page.locator('main > *').count()).toBe(1);
  });
});

describe('The other charts', () => {
  it('say of what is empty or not finite that it is', async () => {
    const page = await open();
    const notes = await page.evaluate(async () => {
      const { charts } = library;
      const main = document.querySelector('main')!;
      const zeros = [
        [0, 0],
        [0, 0],
      ];
      charts.confusionChart(main, { labels: [0, 1], matrix: zeros });
      charts.calibrationChart(main, { probabilities: [], labels: [] });
      charts.calibrationChart(main, { probabilities: [0.5, NaN], labels: [0, 1] });
      charts.calibrationChart(main, { probabilities: [0.5, 1.7], labels: [0, 1] });
      const tensor = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) });
      const layer = (name: string, ...data: number[]) => ({ name, a: tensor(...data), z: tensor(...data) });
      charts.activationHistogram(main, []);
      charts.activationHistogram(main, [
        layer('good', 1, 2),
        layer('bad', NaN, Infinity),
        layer('same', 3, 3, NaN),
        layer('none'),
      ]);
      await new Promise(requestAnimationFrame);
      return [...main.querySelectorAll('figure')].map((figure) => [
        figure.querySelector('.mlp-chart-empty')!.textContent,
        figure.querySelector('.mlp-chart-note')!.textContent,
      ]);
    });
    expect(notes).toEqual([
      ['No samples yet.', ''],
      ['No samples yet.', ''],
      ['No probabilities: one of row 1 is not finite.', ''],
      ['No probabilities: one of row 1 is 1.700.', ''],
      ['No layers yet.', ''],
      ['', 'Not finite, and left out: 2 of bad, 1 of same.'],
    ]);
    expect(await page.locator('main').innerHTML()).not.toMatch(/NaN|Infinity/);
    await page.screenshot({ path: `${PICTURES}empty.png`, fullPage: true });
  });

  it('have the figures of their data, and follow it', async () => {
    const page = await open();
    const told = await page.evaluate(async () => {
      const { charts } = library;
      const main = document.querySelector('main')!;
      const matrix = [
        [8, 2],
        [1, 9],
      ];
      const confusion = charts.confusionChart(main, { labels: [0, 1], matrix }, { classNames: ['no', '<b>yes</b>'] });
      const calibration = charts.calibrationChart(
        main,
        { probabilities: [0.1, 0.15, 0.9, 0.92, 0.97], labels: [0, 1, 1, 1, 0] },
        { bins: 5 },
      );
      const texts = () => [...main.querySelectorAll('figure')].map((figure) => figure.textContent);
      for (const summary of main.querySelectorAll('summary')) summary.click();
      await new Promise((resolve) => setTimeout(resolve, 350));
      const before = texts();
      matrix[0]![0] = 1000; // copies are shown
      confusion.update({
        labels: [0, 1],
        matrix: [
          [1, 0],
          [0, 1],
        ],
      });
      calibration.update({ probabilities: [0.8, 0.2, 0.3, 0.7], labels: [0, 0] });
      await new Promise((resolve) => setTimeout(resolve, 350));
      const after = texts();
      confusion.destroy();
      calibration.destroy();
      return { before, after, left: main.children.length };
    });
    expect(told.before[0]).toContain('17 of 20 are right, 85.0 %');
    expect(told.before[0]).toContain('<b>yes</b>');
    // By hand: |1/2 − 0.125| · 2/5 + |2/3 − 0.93| · 3/5
    expect(told.before[1]).toContain(`Expected calibration error ${(0.4 * 0.375 + 0.6 * (0.93 - 2 / 3)).toFixed(3)}`);
    expect(told.before[1]).toContain('80 % and 100 %30.9300.667');
    expect(told.after[0]).toContain('2 of 2 are right, 100.0 %');
    expect(told.after[1]).toContain('Expected calibration error 0.450, of 2 rows in 2 bins.');
    expect(told.left).toBe(1);
  });

  it('refuse wrong arguments by name', async () => {
    const page = await open();
    const messages = await page.evaluate(() => {
      const { charts } = library;
      const main = document.querySelector('main')!;
      const wrong = <T>(value: unknown) => value as T;
      const calls = [
        () => charts.lossChart(wrong('#loss')),
        () => charts.lossChart(wrong(null)),
        () => charts.lossChart(main, { metric: '' }),
        () => charts.lossChart(main, wrong({ metrics: 'loss' })),
        () => charts.confusionChart(main, wrong([[1]])),
        () => charts.confusionChart(main, { labels: [], matrix: [] }),
        () => charts.confusionChart(main, { labels: [0], matrix: [[1, 2]] }),
        () => charts.confusionChart(main, { labels: [0], matrix: [[NaN]] }),
        () => charts.confusionChart(main, { labels: [0], matrix: [[1]] }, { classNames: ['a', 'b'] }),
        () => charts.calibrationChart(main, { probabilities: [1, 2, 3], labels: [0, 1] }),
        () => charts.calibrationChart(main, { probabilities: [1, 0], labels: [0, 2] }),
        () => charts.calibrationChart(main, { probabilities: [1], labels: [1] }, { bins: 0 }),
        () => charts.activationHistogram(main, wrong({})),
        () => charts.activationHistogram(main, wrong([{ name: 'a' }])),
        () => charts.activationHistogram(main, [], { of: wrong('b') }),
        () => charts.activationHistogram(main, [], { statistics: wrong([]) }),
      ];
      return calls.map((call) => {
        try {
          call();
          return 'no error';
        } catch (error) {
          return `${(error as Error).name}: ${(error as Error).message}`;
        }
      });
    });
    expect(messages).toEqual([
      "TypeError: lossChart: element: expected an element of the page, got '#loss'",
      'TypeError: lossChart: element: expected an element of the page, got null',
      "RangeError: lossChart: metric: expected a string that is not empty, got ''",
      "RangeError: lossChart: options: option: expected one of 'metric', 'title', got 'metrics'. Did you mean 'metric'?",
      'TypeError: confusionChart: confusion: expected what confusionMatrix gives, got Array(1)',
      'RangeError: confusionChart: confusion: expected 1 to 200 classes, got 0',
      'RangeError: confusionChart: confusion.matrix[0]: expected 1 counts, got Array(2)',
      'RangeError: confusionChart: confusion.matrix[0][0]: expected a count, got NaN',
      'RangeError: confusionChart: classNames: expected 1 names, got Array(2)',
      'RangeError: calibrationChart: probabilities: expected a multiple of 2 rows, got Array(3)',
      'RangeError: calibrationChart: labels[1]: expected a class from 0 to 1, got 2',
      'RangeError: calibrationChart: bins: expected an integer from 1 to 100, got 0',
      'TypeError: activationHistogram: trace: expected what forwardTrace gives, got Object',
      'TypeError: activationHistogram: trace[0]: expected a layer of forwardTrace, got Object',
      "RangeError: activationHistogram: of: expected one of 'a', 'z', got 'b'. Did you mean 'a'?",
      'TypeError: activationHistogram: statistics: expected what layerStatistics gives, got Array(0)',
    ]);
    expect(await page.locator('figure').count()).toBe(0);
  });

  it('have their style in a shadow root, too', async () => {
    const page = await open();
    const width = await page.evaluate(async () => {
      const root = document.querySelector('main')!.attachShadow({ mode: 'open' });
      const place = document.createElement('div');
      root.append(place);
      library.charts.lossChart(place).onEpochEnd(0, { loss: 1, valLoss: 1 });
      await new Promise((resolve) => setTimeout(resolve, 350));
      return getComputedStyle(root.querySelector('.mlp-line-validation')!).strokeWidth;
    });
    expect(width).toBe('2px');
  });
});
