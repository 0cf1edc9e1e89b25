/** The network's editor: layers as cards, in step with the field of all layers and with the address. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeFaults } from './faults.js';
import { answer, LONG, progress, SEVEN, status, stroke, swipe, text, until, visit, WAIT, written } from './page.js';
import type { Point } from './page.js';

const here = visit();

const cards = (page: Page): Promise<string[]> =>
  page.$$eval('.layer-card', (all) =>
    all.map((card) =>
      [...card.children]
        .map(({ textContent }) => textContent)
        .join(' ')
        .trim(),
    ),
  );
const hash = (page: Page): Promise<URLSearchParams> =>
  page.evaluate(() => location.hash.slice(1)).then((found) => new URLSearchParams(found));
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement!.textContent ?? '');

/** A network with all there is, small. */
const RICH =
  '#count=2000&epochs=2&hidden=24,16&activation=relu&optimizer=adam&lr=0.01&batch=50&seed=4' +
  '&layers=1_tanh_batch_dropout_0.2_heNormal+2_l2_0.001';

describe('the network’s editor', () => {
  it('changes, adds, moves and removes layers, in step with the field and the address', async () => {
    const page = await here.open('#hidden=128,64&activation=sigmoid');
    await until(
      () => cards(page),
      (shown) => shown.join('|') === 'Layer 1 128 sigmoid|Layer 2 64 sigmoid',
    );
    const price = await text(page, '.layer-cost');
    expect(price).toMatch(/^109,386 parameters · .* to train · about .* \(an estimate/);
    await page.click('.layer-card >> nth=1');
    await page.fill('#layer-units', '32');
    await page.selectOption('#layer-activation', 'tanh');
    await page.fill('#layer-dropout', '0,25');
    await page.selectOption('#layer-normalization', 'layer');
    expect(await page.inputValue('#hidden')).toBe('128, 32');
    expect((await hash(page)).get('layers')).toBe('2_tanh_layer_dropout_0,25');
    expect(await text(page, '.layer-cost')).toMatch(/^105,002 parameters/);
    await page.click('#add-layer');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Shift+ArrowLeft');
    expect(await focused(page)).toMatch(/^Layer 1/);
    expect(await text(page, '#network-editor [aria-live]')).toBe('Layer 2 is now layer 1 of 3.');
    expect(await page.inputValue('#hidden')).toBe('32, 128, 32');
    expect((await hash(page)).get('layers')).toBe('3_tanh_layer_dropout_0,25');
    // By the mouse: the last one onto the first.
    const [from, to] = [
      (await page.locator('.layer-card').nth(2).boundingBox())!,
      (await page.locator('.layer-card').nth(0).boundingBox())!,
    ];
    await page.mouse.move(from.x + 40, from.y + 40);
    await page.mouse.down();
    await page.mouse.move(to.x + 20, to.y + 40, { steps: 8 });
    await page.mouse.up();
    expect(await page.inputValue('#hidden')).toBe('32, 32, 128');
    expect((await hash(page)).get('layers')).toBe('1_tanh_layer_dropout_0,25');
    await page.locator('.layer-card').first().focus();
    await page.keyboard.press('Delete');
    expect(await page.inputValue('#hidden')).toBe('32, 128');
    expect(await focused(page)).toBe('Bring layer 1 back');
    await page.keyboard.press('Enter');
    expect((await hash(page)).get('layers')).toBe('1_tanh_layer_dropout_0,25');
    // The field is the short form, and a preset is a network without differences.
    await page.fill('#hidden', '20');
    expect(await cards(page)).toEqual(['Layer 1 20 tanh layer norm, dropout 0,25']);
    await page.check('#preset-modern');
    expect(await cards(page)).toEqual(['Layer 1 128 relu']);
    expect((await hash(page)).has('layers')).toBe(false);
  });

  it('is moved by a finger: along a row at once, to the row below when it is held; until then the page moves', async () => {
    const withFinger = async (width: number): Promise<[Page, Point, Point]> => {
      const page = await here.open('#hidden=128,32', { viewport: { width, height: 780 }, hasTouch: true });
      const cards = page.locator('.layer-card');
      await cards.first().scrollIntoViewIfNeeded();
      const [from, to] = [(await cards.nth(0).boundingBox())!, (await cards.nth(1).boundingBox())!];
      return [page, [from.x + 60, from.y + 40], [to.x + 110, to.y + 40]];
    };
    const line = ([x, y]: Point, [right, down]: Point): Point[] =>
      [...Array(13).keys()].map((i) => [x + ((right - x) * i) / 12, y + ((down - y) * i) / 12]);
    const scrolled = (page: Page): Promise<number> => page.evaluate(() => window.scrollY);
    const hold = (page: Page) => () => page.locator('.layer.is-dragged').waitFor();

    const [wide, left, right] = await withFinger(1280);
    await swipe(wide, line(left, right));
    expect(await wide.inputValue('#hidden')).toBe('32, 128');

    const [page, from, to] = await withFinger(360);
    const top = await scrolled(page);
    await swipe(page, [from], hold(page)); // a press that only lasts is a press
    await page.locator('.layer-card[aria-expanded=true]').waitFor();
    await page.locator('.layer-card').first().tap();
    await swipe(page, line(from, to), hold(page));
    expect(await page.inputValue('#hidden')).toBe('32, 128');
    expect(await scrolled(page)).toBe(top);
    await swipe(page, line(from, [from[0], from[1] - 200]));
    expect(await page.inputValue('#hidden')).toBe('32, 128');
    await until(
      () => scrolled(page),
      (now) => now > top,
    );
  });

  it('says at its place what is wrong, and keeps it', async () => {
    const page = await here.open('#hidden=16&layers=1_rellu');
    await until(
      () => text(page, '#network-editor > .field-error'),
      (said) => /does not know: rellu/.test(said),
    );
    await page.click('.layer-card');
    await page.fill('#layer-units', 'many');
    await page.fill('#layer-dropout', '7');
    expect(await text(page, '#layer-dropout-error')).toMatch(/from 0 to below 1/);
    expect(await text(page, '#layer-units-error')).toMatch(/whole number/);
    expect(await page.isDisabled('#train')).toBe(true);
    expect(await text(page, '#train-reason')).toBe('To train, mend the hidden layers and the layers.');
    await page.fill('#layer-units', '');
    expect(await cards(page)).toHaveLength(1);
    await page.fill('#layer-units', '12');
    await page.fill('#layer-dropout', '0.7');
    expect(await page.isDisabled('#train')).toBe(false);
    expect((await hash(page)).get('layers')).toBe('1_dropout_0.7');
  });

  it('makes networks that learn, come back after a reload, and are looked into', async () => {
    const page = await here.open(RICH);
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.click('#train');
    await status(page, /^Trained for 2 epochs/);
    await page.locator('#reader').filter({ hasText: 'your network' }).waitFor(WAIT);
    const said = await page.locator('.bar-value').allTextContents();
    expect(await text(page, '#hidden-size')).toContain('24 + 16');
    expect(await text(page, '#run-settings')).toContain(
      '24 tanh (batchNormalization, dropout 0.2, heNormal) → 16 relu (l2',
    );
    await until(
      () => text(page, '.layer-cost'),
      (cost) => /by the last run on this device/.test(cost),
    );
    await written(page);
    await page.reload();
    await status(page, /Your network is back/);
    await until(
      async () => (await page.locator('.bar-value').allTextContents()).join(),
      (now) => now === said.join(),
    );
    expect(await text(page, '#train')).toBe('Train');
    await page.click('#tab-inside');
    await page.locator('.diagram-unit').first().waitFor();
    expect(await text(page, '#view-inside .view-note')).toMatch(/folded into the weights.*work in training alone/s);
    await page.click('#tab-backpropagation');
    await page.locator('.rail-step').first().waitFor();
    await page.click('#tab-train');
    await page.click('.layer-card >> nth=0');
    await page.selectOption('#layer-normalization', 'layer');
    await page.click('#train');
    await status(page, /^Trained for 2 epochs/);
    await page.click('#tab-inside');
    await page.locator('#view-inside .view-note').filter({ hasText: 'has layer normalisation' }).waitFor();
  });

  it('changes dropout, activation and augmentation while it learns, and says that the address does not repeat the run', async () => {
    const page = await here.open(LONG);
    await page.click('.layer-card');
    await page.click('#train');
    await status(page, /^Epoch [2-9]/);
    expect(await page.isDisabled('#layer-units')).toBe(true);
    const before = await progress(page);
    await page.fill('#layer-dropout', '0.5');
    await page.selectOption('#layer-activation', 'tanh');
    await page.selectOption('#augmentation', 'strong');
    await until(
      () => text(page, '#run-settings'),
      (now) => /64 tanh \(dropout 0.5\) → 10 · .*strong augmentation/.test(now),
    );
    // It goes on from where it was, not from the beginning.
    await until(
      () => progress(page),
      (now) => now > before + 0.001,
    );
    await status(page, /settings were changed at epoch/);
    // The activation of the layers that do not say their own may change too.
    await page.selectOption('#layer-activation', '');
    await page.selectOption('#activation', 'elu');
    await until(
      () => text(page, '#run-settings'),
      (now) => /64 elu \(dropout 0.5\)/.test(now),
    );
    await page.click('#stop');
    await status(page, /^Stopped/);
    expect(await text(page, '#lock-note')).toMatch(/does not repeat it/);
    expect(await text(page, '#train')).toBe('Continue');
    await page.click('#tab-share');
    await page.locator('#share-link p').filter({ hasText: 'trains another network' }).waitFor();
    await page.locator('#share-code .share-of').filter({ hasText: 'Settings were changed on the way' }).waitFor();
    await page.locator('.runs small').filter({ hasText: 'Changed on the way' }).waitFor();
    await page.reload();
    await status(page, /Your network is back/);
    expect(await text(page, '#lock-note')).toMatch(/does not repeat it/);
    await page.click('#tab-train');
    await page.click('#train');
    await status(page, /^Epoch/);
  });

  it.each([
    ['light', 1280, 'en'],
    ['dark', 360, 'de'],
  ] as const)('has no fault that axe finds in the %s at %i pixels', async (colorScheme, width, locale) => {
    const page = await here.blank({ colorScheme, locale, viewport: { width, height: 800 }, hasTouch: width < 500 });
    await page.goto(here.url + RICH);
    await status(page, /ready|bereit/);
    await page.click('.layer-card >> nth=1');
    expect(await axeFaults(page, 'opened')).toEqual([]);
    await page.fill('#layer-l1', 'no');
    await page.click('#remove-layer');
    await page.click('.layer-card >> nth=0');
    await page.fill('#layer-dropout', '2');
    expect(await axeFaults(page, 'faulty')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
});
