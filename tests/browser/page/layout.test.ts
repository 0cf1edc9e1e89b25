/** The page on screens of every size. */
import { describe, expect, it } from 'vitest';
import { de } from '../../../web/demo/page/words/first-view-de.js';
import { en } from '../../../web/demo/page/words/first-view-en.js';
import { watchShifts } from './faults.js';
import { answer, LONG, ONE, SEVEN, status, stroke, swipe, until, visit } from './page.js';
import type { Point } from './page.js';

const here = visit();

describe('the layout', () => {
  it('fits 360 pixels without sideways scrolling, before and after training', async () => {
    const page = await here.open('#count=1000&epochs=1&hidden=256,128', {
      viewport: { width: 360, height: 780 },
      hasTouch: true,
    });
    const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(360);
    await stroke(page, ONE);
    await answer(page, '1');
    await page.click('#train');
    await status(page, /^Trained/);
    expect(await width()).toBe(360);
  });

  it.each([
    ['en-GB', en],
    ['de-DE', de],
  ])('has buttons as wide as their labels at 320 pixels, in %s', async (locale, { buttons, html }) => {
    const page = await here.open('', { viewport: { width: 320, height: 780 }, locale });
    const labels = {
      train: [buttons.train, buttons.goOn],
      pause: [buttons.pause, buttons.resume],
      stop: [html?.['stop'] ?? 'Stop'],
      reset: [html?.['reset'] ?? 'Reset'],
    };
    const narrow = await page.evaluate((all) => {
      const range = document.createRange();
      return Object.entries(all).flatMap(([id, texts]) => {
        const button = document.querySelector(`#${id}`)!;
        return texts.filter((text) => {
          button.textContent = text;
          range.selectNodeContents(button);
          return range.getBoundingClientRect().width > button.clientWidth;
        });
      });
    }, labels);
    expect(narrow).toEqual([]);
  });

  it('gives the picture of the hidden units its place, whatever its raster is', async () => {
    const page = await here.open();
    // Else a raster, rounded up to whole pixels, would make its place larger, and that the raster, without an end.
    const heights = await page.$eval('#activations', (found) => {
      const canvas = found as HTMLCanvasElement;
      const before = canvas.clientHeight;
      canvas.height = 5000;
      return [before, canvas.clientHeight];
    });
    expect(heights[1]).toBe(heights[0]);
  });

  it('has the drawing pad, the probabilities and Train above the fold at 1280 × 800', async () => {
    const page = await here.open();
    for (const id of ['#draw', '#preview', '#probabilities', '#answer', '#train']) {
      const box = (await page.locator(id).boundingBox())!;
      expect(box.y + box.height).toBeLessThanOrEqual(800);
    }
  });

  it.each([
    ['a phone on its side', 740, 360, true],
    ['a tablet', 768, 1024, true],
    ['a desk at 200 %', 720, 450, false],
    ['a small window', 480, 700, false],
    ['a desk', 1440, 900, false],
  ])('of %s has the answer beside a pad that leaves room', async (_, width, height, hasTouch) => {
    const page = await here.open('', { viewport: { width, height }, hasTouch });
    const [pad, answer] = [await page.locator('#draw').boundingBox(), await page.locator('#answer').boundingBox()];
    expect(pad!.height).toBeLessThanOrEqual(Math.min(360, Math.max(200, 0.55 * height)));
    expect(pad!.y + pad!.height).toBeLessThanOrEqual(height);
    expect(answer!.x).toBeGreaterThanOrEqual(pad!.x + pad!.width);
    expect(answer!.y + answer!.height).toBeLessThanOrEqual(height);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const tools = (await page.locator('.stage-tools').boundingBox())!;
    expect(tools.x + tools.width).toBeLessThanOrEqual(answer!.x);
  });

  it('lets a finger scroll beside the pad', async () => {
    const page = await here.open('', { viewport: { width: 740, height: 360 }, hasTouch: true });
    await swipe(
      page,
      [300, 260, 220, 180, 140, 100].map((y): Point => [600, y]),
    );
    await until(
      () => page.evaluate(() => window.scrollY),
      (top) => top > 50,
    );
  });

  it('of a phone has Train near the pad, and the answer in view while it learns', async () => {
    const page = await here.open(LONG, { viewport: { width: 360, height: 780 }, hasTouch: true });
    await stroke(page, SEVEN);
    await page.click('#train');
    await status(page, /^Epoch/);
    for (const id of ['#train', '#answer', '#confidence', '#status']) {
      const box = (await page.locator(id).boundingBox())!;
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeLessThan(780);
    }
    const [pad, train] = [await page.locator('#draw').boundingBox(), await page.locator('#train').boundingBox()];
    expect(train!.y - (pad!.y + pad!.height)).toBeLessThan(250);
  });

  it.each([360, 1280])('does not shift at %i pixels while it trains', async (width) => {
    const page = await here.open('#count=3000&epochs=3&hidden=64&activation=relu&optimizer=adam&lr=0.002&batch=32', {
      viewport: { width, height: 780 },
    });
    await stroke(page, SEVEN);
    const shifted = await watchShifts(page);
    // By the keyboard, from below the pad: what shifts anywhere in view counts.
    await page.focus('#train');
    await page.keyboard.press('Enter');
    await page.locator('#train').evaluate((train) => train.scrollIntoView({ block: 'center' }));
    await status(page, /^Trained/);
    await page.waitForTimeout(300);
    expect(await shifted()).toBeLessThan(0.01);
  });

  it('shows what is chosen and how far a run is in forced colours', async () => {
    const page = await here.open('', { forcedColors: 'active' });
    const [chosen, other] = await page.$$eval('.segmented span', (halves) =>
      halves.map((half) => getComputedStyle(half).backgroundColor),
    );
    expect(chosen).not.toBe(other);
    const bar = async (value: number): Promise<string> => {
      await page.$eval('#progress', (progress, value) => ((progress as HTMLProgressElement).value = value), value);
      return (await page.locator('#progress').screenshot()).toString('base64');
    };
    expect(await bar(0.7)).not.toBe(await bar(0.1));
  });
});
