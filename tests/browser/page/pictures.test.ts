/** Pictures of digits: chosen, pasted and dropped; read one by one, and shown to the network. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { answer, previewInk, SEVEN, stroke, TEN, text, until, visit } from './page.js';

const here = visit();

/** A PNG of these digits in a row, made in the page. */
const png = (page: Page, digits: number[], [paper, ink]: [string, string]): Promise<number[]> =>
  page.evaluate(
    async ({ strokes, paper, ink }) => {
      const canvas = new OffscreenCanvas(40 + 130 * strokes.length, 200);
      const context = canvas.getContext('2d')!;
      context.fillStyle = paper;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.strokeStyle = ink;
      context.lineWidth = 11;
      context.lineCap = context.lineJoin = 'round';
      strokes.forEach((digit, i) => {
        for (const points of digit) {
          context.beginPath();
          for (const [x, y] of points) context.lineTo(30 + 130 * i + 110 * x, 40 + 120 * y);
          context.stroke();
        }
      });
      return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()));
    },
    { strokes: digits.map((digit) => TEN[digit]!), paper, ink },
  );
/** Lets files arrive as a paste or a drop does. */
const arrive = (page: Page, type: 'paste' | 'drop', name: string, media: string, bytes: number[]): Promise<void> =>
  page.evaluate(
    ({ type, name, media, bytes }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], name, { type: media }));
      const event =
        type === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    },
    { type, name, media, bytes },
  );
const said = (page: Page, pattern: RegExp): Promise<void> =>
  page.locator('.picture-answer').filter({ hasText: pattern }).waitFor();

describe('a picture', () => {
  it('that is pasted is read, dark on light, and its digits go to the network', async () => {
    const page = await here.open();
    await stroke(page, SEVEN);
    await answer(page, '7');
    await arrive(page, 'paste', 'number.png', 'image/png', await png(page, [4, 0, 2, 8], ['#f4f1e8', '#223']));
    await said(page, /^4028$/);
    expect(await page.getAttribute('.picture-canvas', 'aria-label')).toBe('number.png, with 4 digits framed');
    expect(await page.locator('.picture-digit').count()).toBe(4);
    expect(await page.getAttribute('.picture-digit >> nth=2', 'aria-label')).toMatch(/^2, [\d.]+ % sure$/);
    await page.click('.picture-digit >> nth=2');
    expect(await page.isVisible('.picture-dialog')).toBe(false);
    await answer(page, '2');
    expect(await previewInk(page)).toBeGreaterThan(20);
    // It can be kept, and what was drawn before comes back.
    await page.click('#correction-digits button >> nth=2');
    expect(await text(page, '#correction-label')).toBe('Kept as a 2.');
    await page.click('#undo');
    await answer(page, '7');
  });

  it('that is dropped is read, light on dark; Escape closes it', async () => {
    const page = await here.open();
    await page.locator('#mnist-note').waitFor({ state: 'attached' });
    await page.waitForTimeout(300); // the code that takes drops is loaded after the rest
    await arrive(page, 'drop', 'board.png', 'image/png', await png(page, [1, 9], ['#123', '#eee']));
    await said(page, /^19$/);
    await page.keyboard.press('Escape');
    expect(await page.isVisible('.picture-dialog')).toBe(false);
    expect(await text(page, '#answer')).toBe('');
  });

  it('that is chosen, and is none, too large or empty, is refused in a sentence', async () => {
    const page = await here.open();
    const choose = (name: string, buffer: Buffer): Promise<void> =>
      page.setInputFiles('#picture-file', { name, mimeType: 'image/png', buffer });
    await choose('cat.png', Buffer.from('miaow'));
    await said(page, /^cat\.png is no picture that this browser can read\.$/);
    await choose('huge.png', Buffer.alloc(40_000_001));
    await said(page, /^huge\.png is too large: at most 40 MB and 100 million pixels\.$/);
    await choose('paper.png', Buffer.from(await png(page, [], ['#fff', '#000'])));
    await said(page, /^There is no digit in paper\.png that stands out from its paper\.$/);
    await choose('five.png', Buffer.from(await png(page, [5], ['#fff', '#000'])));
    await said(page, /^5$/);
    await until(
      () => page.locator('.picture-digit').count(),
      (count) => count === 1,
    );
  });
});
