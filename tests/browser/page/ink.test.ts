/** Ink: pens of several widths, an eraser, and points that are expected. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { answer, ONE, SEVEN, stroke, strokesByScript, text, until, visit } from './page.js';
import type { Point } from './page.js';

const here = visit();

const padInk = (page: Page): Promise<number> =>
  page.$eval('#draw', (pad) => {
    const { width, height } = pad as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(pad as HTMLCanvasElement, 0, 0);
    return copy.getImageData(0, 0, width, height).data.filter((alpha, i) => i % 4 === 3 && alpha > 127).length;
  });
const BAR: Point[] = [
  [0.2, 0.2],
  [0.75, 0.2],
];

describe('ink', () => {
  it('is as broad as the pen that is chosen, reads the same, and the choice stays', async () => {
    const page = await here.open();
    const inks: number[] = [];
    expect(await page.getAttribute('#pen-size', 'aria-label')).toBe('Medium pen');
    for (const name of ['Broad pen', 'Fine pen', 'Medium pen']) {
      await page.click('#pen-size');
      expect(await page.getAttribute('#pen-size', 'aria-label')).toBe(name);
      await page.click('#clear');
      await answer(page, '');
      await strokesByScript(page, [SEVEN]);
      await answer(page, '7');
      inks.push(await padInk(page));
    }
    const [broad, fine, medium] = inks as [number, number, number];
    expect(broad).toBeGreaterThan(1.3 * medium);
    expect(medium).toBeGreaterThan(1.3 * fine);
    await page.focus('#draw');
    await page.keyboard.press('[');
    expect(await text(page, '#pen-state')).toBe('Fine pen');
    await page.reload();
    expect(await page.getAttribute('#pen-size', 'aria-label')).toBe('Fine pen');
  });

  it('is taken away by the eraser, in one step that can be undone', async () => {
    const page = await here.open();
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.click('#eraser');
    expect(await page.getAttribute('#eraser', 'aria-pressed')).toBe('true');
    await stroke(page, [[0.1, 0.1], ...BAR.slice(0, 1), [0.64, 0.2]]);
    await answer(page, '1');
    // Rubbing where nothing is makes no step.
    await stroke(page, [
      [0.1, 0.9],
      [0.2, 0.95],
    ]);
    await page.click('#undo');
    await answer(page, '7');
    await page.click('#redo');
    await answer(page, '1');
    await page.click('#eraser');
    await stroke(page, BAR);
    await answer(page, '7');
  });

  it('is erased by keyboard, too, and by the other end of a pen', async () => {
    const page = await here.open();
    await stroke(page, ONE);
    await answer(page, '1');
    await page.focus('#draw');
    await page.keyboard.press('e');
    expect(await text(page, '#pen-state')).toBe('Eraser');
    await page.keyboard.press(' ');
    expect(await text(page, '#pen-state')).toBe('Eraser down');
    for (let i = 0; i < 18; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    await answer(page, '');
    await page.keyboard.press('e');
    await stroke(page, ONE);
    await answer(page, '1');
    await page.$eval('#draw', (pad) => {
      const box = pad.getBoundingClientRect();
      const send = (type: string, y: number): void => {
        const at = { clientX: box.left + 0.5 * box.width, clientY: box.top + y * box.height };
        const pen = { pointerId: 9, pointerType: 'pen', button: type === 'pointermove' ? -1 : 5, buttons: 32 };
        pad.dispatchEvent(new PointerEvent(type, { bubbles: true, ...pen, ...at }));
      };
      send('pointerdown', 0.05);
      send('pointermove', 0.95);
      send('pointerup', 0.95);
    });
    await answer(page, '');
    expect(await page.getAttribute('#eraser', 'aria-pressed')).toBe('false');
  });

  it('shows points that the pen is expected to pass, and forgets them', async () => {
    const page = await here.open();
    await page.evaluate(() => {
      PointerEvent.prototype.getPredictedEvents = function (this: PointerEvent) {
        return [new PointerEvent('pointermove', { clientX: this.clientX, clientY: this.clientY + 60 })];
      };
    });
    const box = (await page.locator('#draw').boundingBox())!;
    await page.mouse.move(box.x + 170, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 170, box.y + 120, { steps: 4 });
    const ahead = await until(
      () => padInk(page),
      (ink) => ink > 2500,
    );
    await page.mouse.up();
    await until(
      () => padInk(page),
      (ink) => ink < 0.7 * ahead,
    );
  });
});
