/** The lessons: each shows, with the settings that it sets, what it says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { axeFaults } from './faults.js';
import { LONG, status, text, until, visit } from './page.js';

const here = visit();

const address = (page: Page): URLSearchParams => new URLSearchParams(new URL(page.url()).hash.slice(1));

/** A step of a lesson, opened by a link. */
async function opened(lesson: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await here.open(`#lesson=${lesson}`, options);
  await page.locator('.lesson-title').filter({ hasText: /./ }).waitFor();
  return page;
}

/** Goes to a step and sets its controls. */
async function take(page: Page, step: number): Promise<void> {
  while (!new RegExp(` ${step} \\w+ \\d`).test(await text(page, '.lesson-at'))) await page.click('#lesson-next');
  await page.click('#lesson-set');
}

/** Waits for the playground's sentence once it has done the steps that the lesson wants. */
async function settled(page: Page, pattern = /^(Ready|Paused|It has diverged|Done)/): Promise<void> {
  await page.locator('#p-status').filter({ hasText: pattern }).waitFor();
}

const figure = async (page: Page, name: string): Promise<number> => Number(await text(page, `#p-figure-${name}`));

/** The value of a number as the page writes it: −1.23 · 10⁻⁵. */
function plain(text: string): number {
  const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const spelled = text.replace(/\s/g, '').replace('·10', 'e').replace('⁻', '-').replace('−', '-');
  return Number(spelled.replace(/[⁰¹²³⁴-⁹]/g, (digit) => String(superscripts.indexOf(digit))));
}

/** Ordinates of a line in the picture of the learning rate. */
async function heights(page: Page, which: string): Promise<number[]> {
  const path = (await page.getAttribute(`.rates .mlp-line-${which}`, 'd')) ?? '';
  return Array.from(path.matchAll(/[ML][\d.]+ ([\d.]+)/g), ([, y]) => Number(y));
}

/** The norms above the units, from layer 1 to the output. */
async function gradients(page: Page): Promise<number[]> {
  const said = await page.$$eval('.net-gradient[role=img]', (all) => all.map((one) => one.textContent));
  return said.map(plain);
}

describe('the lessons', () => {
  it('are begun from a list, go step by step, and are finished', async () => {
    const page = await here.open('#view=lessons&p-layers=5&lr=0.25');
    await page.click('#begin-neuron');
    await page.locator('#view-playground h1').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('lesson');
    expect(address(page).get('lesson')).toBe('neuron');
    // Reading alone sets nothing.
    expect(address(page).get('p-layers')).toBe('5');
    expect(await text(page, '.lesson-at')).toBe('Step 1 of 3');
    expect(await page.isDisabled('#lesson-back')).toBe(true);
    await page.focus('#lesson-next');
    await page.keyboard.press('Enter');
    expect(await text(page, '.lesson-at')).toBe('Step 2 of 3');
    expect(address(page).get('lesson')).toBe('neuron.2');
    await page.goBack();
    await page.locator('.lesson-at').filter({ hasText: 'Step 1' }).waitFor();
    await page.click('#lesson-set');
    await settled(page, /^Paused after epoch 20\./);
    expect(await text(page, '.lesson-note')).toBe('The controls are set.');
    expect(address(page).get('p-layers')).toBe('none');
    // The settings of the other views stay.
    expect(address(page).get('lr')).toBe('0.25');
    // Folded, only its head is there.
    await page.click('.lesson [aria-expanded]');
    expect(await page.isVisible('#lesson-set')).toBe(false);
    await page.click('.lesson [aria-expanded]');
    for (let i = 0; i < 3; i++) await page.click('#lesson-next');
    await page.locator('#view-lessons h1').waitFor();
    expect(await page.isVisible('#lesson')).toBe(false);
    expect(await page.locator('.lesson-card', { hasText: 'One neuron' }).textContent()).toMatch(/finished$/);
    await page.reload();
    await page.locator('.lesson-card-done:visible').waitFor();
    expect(await page.locator('.lesson-card-done:visible').count()).toBe(1);
    // The visitor's own settings are a press away.
    await page.click('.lessons-aside button');
    expect(address(page).get('p-layers')).toBe('5');
    await page.click('#tab-playground');
    await page.locator('.net-count').filter({ hasText: '5' }).waitFor();
  });

  it('have links of their own, and set their controls anew after a run has gone on', async () => {
    const page = await opened('neuron', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('#view-playground h1').waitFor();
    await page.locator('.lesson-foot button').filter({ hasText: 'Copy' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(new URL(link).hash).toBe('#view=playground&lesson=neuron');
    await take(page, 1);
    await settled(page, /^Paused after epoch 20\./);
    await page.click('#p-play');
    await until(
      () => figure(page, 'epoch'),
      (epoch) => epoch > 21,
    );
    await page.click('#lesson-set');
    await settled(page, /^Paused after epoch 20\./);
    await page.click('#lesson-close');
    expect(await page.isVisible('#lesson')).toBe(false);
    expect(address(page).get('lesson')).toBeNull();
    const unknown = await here.blank();
    await unknown.goto(`${here.url}#lesson=nonsense.7`);
    await status(unknown, /ready/);
    await unknown.locator('.lesson-title').filter({ hasText: 'no lesson of this name' }).waitFor();
  });

  it('speak German, and have no fault that axe finds, at 360 pixels in the dark', async () => {
    const page = await here.blank({
      locale: 'de-DE',
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
      hasTouch: true,
    });
    await page.goto(`${here.url}#view=lessons`);
    await page.locator('#begin-vanishing').waitFor();
    const found = await axeFaults(page, 'list');
    await page.click('#begin-vanishing');
    await page.locator('.lesson-at').filter({ hasText: 'Schritt 1 von 3' }).waitFor();
    await page.click('#lesson-set');
    await settled(page, /^Bereit/);
    found.push(...(await axeFaults(page, 'lesson')));
    expect(found).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });
});

describe('the lesson', () => {
  it('on one neuron: it parts two clouds, cannot part crossed corners, and a layer can', async () => {
    const page = await opened('neuron');
    await take(page, 1);
    await settled(page, /^Paused after epoch 20\./);
    expect(await figure(page, 'training')).toBeLessThan(0.1);
    await take(page, 2);
    await settled(page, /^Paused after epoch 40\./);
    expect(Math.abs((await figure(page, 'training')) - Math.LN2)).toBeLessThan(0.02);
    await take(page, 3);
    await settled(page, /^Paused after epoch 80\./);
    expect(await figure(page, 'training')).toBeLessThan(0.2);
    expect(await page.locator('.net-unit:not(.net-input)').count()).toBe(5);
  });

  it('on gradients that vanish: at layer 1 a hundredth is left, with ReLU and He much more', async () => {
    const page = await opened('vanishing');
    await take(page, 1);
    await settled(page, /^Ready/);
    const deep = await until(
      () => gradients(page),
      (norms) => norms.length === 7 && norms.every((norm) => norm > 0),
    );
    expect(deep[0]! / deep[6]!).toBeLessThan(1 / 100);
    await take(page, 2);
    await settled(page, /^Paused after epoch 100\./);
    expect(await figure(page, 'training')).toBeGreaterThan(0.68);
    await take(page, 3);
    await until(
      () => figure(page, 'training'),
      (loss) => loss < 0.05,
    );
    await page.click('#p-reset');
    await settled(page, /^Ready/);
    const cured = await gradients(page);
    expect(cured[0]! / cured[6]!).toBeGreaterThan(1 / 10);
  });

  it('on how long a step may be: below the bound it converges, above it diverges, and a network moves it', async () => {
    const page = await opened('rate');
    await take(page, 1);
    await settled(page, /^Paused after epoch 150\./);
    const bound = await figure(page, 'bound');
    expect(Number(await page.inputValue('#p-rate')) / bound).toBeGreaterThan(0.97);
    expect(Number(await page.inputValue('#p-rate')) / bound).toBeLessThan(1);
    expect(await figure(page, 'training')).toBeLessThan(0.0045);
    // Two lines, the rate's and the bound's.
    for (const which of ['training', 'validation'])
      expect(await page.getAttribute(`.rates .mlp-line-${which}`, 'd')).toMatch(/^M.*L/);
    await take(page, 2);
    await settled(page, /^It has diverged/);
    expect(await figure(page, 'bound')).toBe(bound);
    expect(Number(await page.inputValue('#p-rate')) / bound).toBeLessThan(1.04);
    expect(await page.isVisible('.losses .key-earlier')).toBe(true);
    await take(page, 3);
    await settled(page, /^Paused after epoch 130\./);
    // In the picture the bound begins above the rate and comes below it: y grows downwards.
    const [rates, bounds] = [await heights(page, 'training'), await heights(page, 'validation')];
    expect(bounds[0]).toBeLessThan(rates[0]!);
    expect(Math.max(...bounds)).toBeGreaterThan(rates[0]!);
    await page.click('.loss-panel summary');
    const losses = (await page.locator('.loss-panel tbody td:nth-child(2)').allTextContents()).map(Number);
    expect(losses).toHaveLength(50);
    const rises = losses.filter((loss, i) => i > 0 && loss > losses[i - 1]!).length;
    expect(rises).toBeGreaterThan(15);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    // With a rate below the bound the loss falls again.
    await page.fill('#p-rate', '1');
    await page.press('#p-rate', 'Enter');
    await page.click('#p-epoch');
    await settled(page, /^Paused after epoch 131\./);
    expect(await figure(page, 'training')).toBeLessThan(losses.at(-1)!);
  });

  it('on four optimizers: on the same slope momentum, RMSProp and Adam come further in as many steps', async () => {
    const page = await opened('optimizers');
    const losses: number[] = [];
    for (let step = 1; step <= 4; step++) {
      await take(page, step);
      await until(
        () => page.inputValue('#p-optimizer'),
        (name) => name === ['sgd', 'sgd', 'rmsprop', 'adam'][step - 1],
      );
      await until(
        async () => [await text(page, '#p-figure-epoch'), await page.inputValue('#p-momentum')],
        ([epoch, momentum]) => epoch === '150' && momentum === (step === 2 ? '0.9' : '0'),
      );
      await settled(page, /^Paused after epoch 150\./);
      losses.push(await figure(page, 'training'));
    }
    const [descent, momentum, rmsprop, adam] = losses as [number, number, number, number];
    expect(descent).toBeGreaterThan(0.1);
    expect(momentum).toBeLessThan(descent / 20);
    expect(rmsprop).toBeLessThan(descent / 3);
    expect(adam).toBeLessThan(rmsprop);
    // The lines of the other three.
    expect((await page.getAttribute('.losses .mlp-line-earlier', 'd'))!.match(/M/g)).toHaveLength(3);
  });

  it(
    'on document 003: the network is trained, and its error signal is the probability, less 1 at the right digit',
    { timeout: 300_000 },
    async () => {
      const page = await opened(`two-layers&${LONG.slice(1)}`);
      await page.click('#train');
      await status(page, /^Epoch/);
      // Locked settings are not set, and that is said.
      await page.focus('#lesson-set');
      await page.keyboard.press('Enter');
      expect(await text(page, '.lesson-note')).toMatch(/^A training is under way/);
      await page.click('#stop');
      await status(page, /^Stopped/);
      expect(await text(page, '.lesson-note')).toBe('');
      await take(page, 1);
      await page.click('#train');
      await status(page, /^Trained/);
      expect(await text(page, '#run-settings')).toMatch(/^784 → 128 sigmoid → 10 · sgd at 0.5 .* 4,000 digits/);
      const accuracy = Number(await text(page, '#val-accuracy'));
      expect(accuracy).toBeGreaterThan(0.7);
      expect(accuracy).toBeLessThan(0.9);
      await take(page, 2);
      const view = page.locator('#view-backpropagation');
      await view.locator('h2', { hasText: 'Step 7 of 11. Layer 2: error signals' }).waitFor();
      expect(await page.inputValue('#step-notation')).toBe('003');
      // As the document writes it: ∂ℒ/∂Z⁽²⁾ = 1/m (A⁽²⁾ − Y)
      expect((await text(page, '.equations')).replace(/\s/g, '')).toMatch(/∂ℒ∂Z\(2\)=1?m?\(?A\(2\)−Y\)?/);
      const right = Number(
        /^\d/.exec(await page.$eval('#step-target', (list) => (list as HTMLSelectElement).options[0]!.text))![0],
      );
      const signals = view.locator('[role=slider]').last();
      await signals.focus();
      await page.keyboard.press('Home');
      let sum = 0;
      for (let unit = 0; unit < 10; unit++) {
        await view
          .locator('.worked h3')
          .filter({ hasText: `output ${unit}` })
          .waitFor();
        const said = await page.$$eval('.worked .formula mn', (all) => all.map((one) => one.textContent));
        const [a, y, delta] = said
          .filter((one) => /[\d.]{2}|^[01]$/.test(one))
          .slice(-3)
          .map(plain) as [number, number, number];
        expect(y).toBe(unit === right ? 1 : 0);
        expect(Math.abs(a - y - delta)).toBeLessThan(1e-4);
        sum += delta;
        await page.keyboard.press('ArrowRight');
      }
      expect(Math.abs(sum)).toBeLessThan(1e-3);
      await take(page, 3);
      await view.locator('h2', { hasText: 'Layer 2: gradients' }).waitFor();
      await page
        .locator('.check-verdict')
        .filter({ hasText: /agree to [2-7]/ })
        .waitFor();
      await take(page, 4);
      await page.selectOption('#step-target', '1');
      await page.click('#take-step');
      const row = await page.locator('.compared .is-target').textContent();
      const [before, after] = row!.match(/[\d.]+(?=%)/g)!.map(Number);
      expect(after!).toBeGreaterThan(before!);
      // A step that the visitor goes to stands in the address, too.
      await page.click('#step-back');
      await until(
        () => Promise.resolve(address(page).get('b-step')),
        (name) => name === 'gradient.1',
      );
    },
  );

  it(
    'on what is learned by heart: with dropout training and validation are nearer, with more digits both are good',
    { timeout: 300_000 },
    async () => {
      const page = await opened('overfitting');
      await page.click('#figures-table summary');
      /** Validation loss, training accuracy and validation accuracy of the last epoch. */
      const trained = async (step: number): Promise<[number, number, number]> => {
        await take(page, step);
        await page.click('#train');
        await status(page, /^Epoch/);
        await status(page, /^Trained/);
        const cells = await page.locator('#figures-rows tr').last().locator('td').allTextContents();
        return cells.slice(1).map(Number) as [number, number, number];
      };
      const [plainLoss, plainTraining, plainValidation] = await trained(1);
      expect(plainTraining).toBeGreaterThan(0.99);
      const [droppedLoss, droppedTraining, droppedValidation] = await trained(2);
      expect(droppedTraining - droppedValidation).toBeLessThan(plainTraining - plainValidation - 0.05);
      expect(droppedLoss).toBeLessThan(plainLoss - 0.1);
      const [, , moreValidation] = await trained(3);
      expect(moreValidation).toBeGreaterThan(plainValidation + 0.1);
    },
  );

  it('on the record: its settings are set, and its figures are those of the documentation', async () => {
    const page = await opened('record');
    await take(page, 1);
    expect(await page.inputValue('#hidden')).toBe('800');
    expect(await page.isChecked('input[name=data][value=mnist]')).toBe(true);
    await page.click('#lesson-next');
    expect(await page.isVisible('#lesson-set')).toBe(false);
    const measured = readFileSync(new URL('../../../web/docs/guide/images.md', import.meta.url), 'utf8').replace(
      /\s+/g,
      ' ',
    );
    const [error, seed, halfway] = /([\d.]+) % error.*?seed (\d+).*?50 epochs.*?([\d.]+) %/
      .exec(await text(page, '.lesson-watch'))!
      .slice(1);
    expect(measured).toMatch(
      new RegExp(`\\*\\*${halfway} % error\\*\\*.*50 epochs.*\\*\\*${error} %\\*\\* in 100.*seed ${seed}`),
    );
  });
});
