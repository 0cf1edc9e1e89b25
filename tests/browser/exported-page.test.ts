/** Pages that exportModel(model, 'html') writes, opened from the disk in Chromium, without a network. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dense, init, normalization, sequential, type Sequential } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { exportModel } from 'mlp-wasm/files';
import { closeInSilence, hear, launch } from './chromium.js';

const folder = mkdtempSync(join(tmpdir(), 'mlp-wasm-page-'));
const complaints: string[] = [];
let browser: Browser;
let digits: Sequential;

beforeAll(async () => {
  await init();
  browser = await launch();
  digits = sequential({
    layers: [dense({ units: 32, activation: 'relu', inputShape: [784] }), dense({ units: 10, activation: 'softmax' })],
    seed: 1,
  });
  digits.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  const { x, y } = await generateDigits({ count: 6000, seed: 1 });
  await digits.fit(x, y, { epochs: 5, batchSize: 64 });
});
afterEach(() => closeInSilence(browser, complaints));
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

async function open(model: Sequential, options = {}): Promise<Page> {
  const [file] = await exportModel(model, 'html', options);
  const path = join(folder, file!.name);
  writeFileSync(path, file!.bytes);
  const context = await browser.newContext({ offline: true, viewport: { width: 360, height: 720 } });
  const page = await context.newPage();
  hear(page, complaints);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const { href } = pathToFileURL(path);
  await page.goto(href);
  expect(asked).toEqual([href]);
  return page;
}

const answer = (page: Page) => page.textContent('#answer');

async function answers(page: Page, expected: RegExp): Promise<void> {
  await expect.poll(() => answer(page)).toMatch(expected);
}

async function draw(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
  const box = (await page.locator('#pad').boundingBox())!;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(points[0]!));
  await page.mouse.down();
  for (const point of points) await page.mouse.move(...at(point), { steps: 5 });
  await page.mouse.up();
}

const SEVEN = [[0.3, 0.25], [0.5, 0.23], [0.7, 0.25], [0.6, 0.45], [0.5, 0.62], [0.45, 0.8]] as const; // prettier-ignore
const ZERO = Array.from({ length: 25 }, (_, i) => {
  return [0.5 + 0.2 * Math.sin((i * Math.PI) / 12), 0.5 - 0.3 * Math.cos((i * Math.PI) / 12)] as const;
});

describe('A page for digits', () => {
  it.each([{}, { quantize: 'int8' }])('reads what is drawn, with %j', async (options) => {
    const page = await open(digits, options);
    expect(await answer(page)).toBe('');
    await draw(page, SEVEN);
    await answers(page, /^7, \d+\.\d %$/);
    expect(await page.textContent('li.most')).toMatch(/^7/);
    await page.click('#clear');
    await answers(page, /^$/);
    await draw(page, ZERO);
    await answers(page, /^0, /);
    await page.click('#undo');
    await answers(page, /^$/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  it('takes a pen that keys move', async () => {
    const page = await open(digits);
    await page.focus('#pad');
    await page.keyboard.press('Space');
    for (let i = 0; i < 15; ++i) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await answers(page, /^1, /);
    await page.keyboard.press('Backspace');
    await answers(page, /^$/);
  });
});

describe('A page with a form', () => {
  it('answers with classes by their names', async () => {
    const model = sequential({
      layers: [normalization({ inputShape: [2] }), dense({ units: 3, activation: 'softmax' })],
      name: 'Fruit <b>',
    });
    Object.assign(model, { classNames: ['<i>', 'pear', 'plum'], featureNames: ['Length', 'Width & height'] });
    const kernel = { shape: [2, 3], data: Float32Array.of(1, 0, 0, 0, 1, 0) };
    const vector = (...numbers: number[]) => ({ shape: [numbers.length], data: Float32Array.from(numbers) });
    model.setWeights([vector(5, 20), vector(1, 4), kernel, vector(0, 0, 0)]);
    const page = await open(model);
    expect(await page.textContent('h1')).toBe('Fruit <b>');
    expect(await page.inputValue('input >> nth=1')).toBe('20');
    await page.getByLabel('Width & height').fill('30');
    const odds = [1, Math.exp(5), 1];
    await answers(page, new RegExp(`^pear, ${((100 * odds[1]!) / (odds[1]! + 2)).toFixed(1)} %$`));
    await page.getByLabel('Length').fill('20');
    await answers(page, /^<i>, /);
    await page.getByLabel('Length').fill('');
    await answers(page, /^$/);
    await page.getByRole('button', { name: 'Reset' }).click();
    await answers(page, /^<i>, 33\.3 %$/);
    model.dispose();
  });

  it('answers with numbers, with the second of two classes, and by many features', async () => {
    const line = sequential({ layers: [dense({ units: 2, inputShape: [1] })] });
    line.setWeights([
      { shape: [1, 2], data: Float32Array.of(2, -1) },
      { shape: [2], data: Float32Array.of(0.5, 0) },
    ]);
    let page = await open(line);
    await page.getByLabel('Feature 1').fill('3');
    expect(await page.locator('li').allTextContents()).toEqual(['Output 16.5', 'Output 2-3']);

    const pair = sequential({ layers: [dense({ units: 1, activation: 'sigmoid', inputShape: [120] })] });
    pair.classNames = ['no', 'yes'];
    pair.setWeights([
      { shape: [120, 1], data: new Float32Array(120).fill(0.01) },
      { shape: [1], data: Float32Array.of(0) },
    ]);
    page = await open(pair);
    const area = page.getByLabel(/^120 numbers/);
    await area.fill(Array(120).fill('-5').join(', '));
    await answers(page, /^no, 99\.8 %$/);
    await area.fill('1 2');
    await answers(page, /^$/);
    expect(await area.evaluate((element: HTMLTextAreaElement) => element.validationMessage)).toBe(
      '120 numbers are expected',
    );
    for (const made of [line, pair]) made.dispose();
  });
});
