/** The lessons: each shows, with the settings that it sets, what it says. */
import { describe, expect, it } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { axeFaults } from './faults.js';
import { status, text, until, visit } from './page.js';

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

/** The norms above the units, from layer 1 to the output. */
async function gradients(page: Page): Promise<number[]> {
  const said = await page.$$eval('.net-gradient[role=img]', (all) => all.map((one) => one.textContent));
  const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return said.map((text) => {
    const plain = text.replace(/\s/g, '').replace('·10', 'e').replace('⁻', '-');
    return Number(plain.replace(/[⁰¹²³⁴-⁹]/g, (digit) => String(superscripts.indexOf(digit))));
  });
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
});
