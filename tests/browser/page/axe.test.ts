/**
 * Every view by axe in German, light on a phone and dark on a desk. The other way round, in English and in more states, the
 * views are looked at by the tests of each; here one page goes through all of them, because a new one each would be slow.
 */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { axeFaults } from './faults.js';
import { answer, SEVEN, status, stroke, TEN, visit } from './page.js';
import type { Point } from './page.js';

const here = visit();

type Looks = readonly (readonly ['light' | 'dark', number])[];
const TURNED: Looks = [
  ['light', 360],
  ['dark', 1440],
];
const USUAL: Looks = [
  ['light', 1440],
  ['dark', 360],
];

/** Looks at a state of the page in these themes and widths, one after the other, and ends on a desk. */
function looker(page: Page, looks: Looks): { found: string[]; look: (state: string) => Promise<void> } {
  const found: string[] = [];
  const look = async (state: string): Promise<void> => {
    for (const [colorScheme, width] of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      found.push(...(await axeFaults(page, `${state}, ${colorScheme} at ${width}`)));
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  return { found, look };
}

/** Pastes a picture of these digits, and waits until it is read. */
async function pastePicture(page: Page, digits: number[]): Promise<void> {
  await page.evaluate(
    async (digits) => {
      const canvas = new OffscreenCanvas(40 + 130 * digits.length, 200);
      const context = canvas.getContext('2d')!;
      context.fillStyle = '#fff';
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.lineWidth = 11;
      digits.flat().forEach((points, i) => {
        context.beginPath();
        for (const [x, y] of points) context.lineTo(30 + 130 * i + 110 * x, 40 + 120 * y);
        context.stroke();
      });
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([await canvas.convertToBlob()], 'digits.png', { type: 'image/png' }));
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    },
    digits.map((digit): Point[][] => TEN[digit]!),
  );
  await page
    .locator('.picture-digit')
    .nth(digits.length - 1)
    .waitFor();
}

it('finds no fault in any view, in German, light on a phone and dark on a desk', { timeout: 120_000 }, async () => {
  const page = await here.blank({ locale: 'de-DE', viewport: { width: 1440, height: 900 } });
  const { found, look } = looker(page, TURNED);
  await page.goto(`${here.url}#count=1000&epochs=1&hidden=16&activation=relu&optimizer=adam&lr=0.002&batch=32`);
  await status(page, /bereit/);
  await stroke(page, SEVEN);
  await answer(page, '7');
  await page.click('#train');
  await status(page, /^1 Epoche trainiert/);
  await page.click('.layer-card');
  await look('trained, a layer opened');
  await pastePicture(page, [1, 7]);
  await look('a picture');
  await page.keyboard.press('Escape');
  await page.click('#correction-digits button >> nth=7');

  const views: Record<string, string> = {
    backpropagation: '.step-title',
    inside: '.diagram-unit',
    playground: '.net-unit',
    lessons: '.lesson-card',
    'my-digits': '.my-tile',
    table: '.table-give',
    share: '.share-program',
  };
  for (const [view, part] of Object.entries(views)) {
    await page.click(`#tab-${view}`);
    await page.locator(`#view-${view} ${part}`).first().waitFor();
    await look(view);
  }
  await page.click('#tab-lessons');
  await page.click('#begin-two-layers');
  await page.locator('.lesson-at').waitFor();
  await look('a lesson');
  expect(found).toEqual([]);
});

it('finds no fault in a picture or a lesson, in English, light on a desk and dark on a phone', async () => {
  const page = await here.open('', { viewport: { width: 1440, height: 900 } });
  const { found, look } = looker(page, USUAL);
  await pastePicture(page, [4]);
  await look('a picture');
  await page.keyboard.press('Escape');
  await page.click('#tab-lessons');
  await page.locator('.lesson-card').first().waitFor();
  await look('lessons');
  await page.click('#begin-neuron');
  await page.locator('.lesson-at').waitFor();
  await look('a lesson');
  expect(found).toEqual([]);
});
