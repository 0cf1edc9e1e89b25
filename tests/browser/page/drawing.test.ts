/** Drawing, and what is read in it. */
import { describe, expect, it } from 'vitest';
import {
  answer,
  ONE,
  previewInk,
  probabilities,
  SEVEN,
  stroke,
  strokesByScript,
  swipe,
  TEN,
  text,
  until,
  visit,
  ZERO,
} from './page.js';
import type { Point } from './page.js';

const here = visit();

describe('drawing', () => {
  it('answers a drawn 1, a 0 and a 7 before any training', async () => {
    const page = await here.open();
    expect(await text(page, '#answer')).toBe('');
    await stroke(page, ONE);
    await answer(page, '1');
    await page.click('#clear');
    await answer(page, '');
    await stroke(page, ZERO);
    await answer(page, '0');
    await page.click('#clear');
    await stroke(page, SEVEN);
    await answer(page, '7');
  });

  it('does not answer to a heart, nor to a plus', async () => {
    const page = await here.open();
    const refused = (): Promise<unknown> =>
      until(
        () => text(page, '#confidence'),
        (said) => said === 'Not a digit I know.',
      );
    const heart: Point[] = [
      [0.5, 0.3],
      [0.42, 0.2],
      [0.3, 0.18],
      [0.2, 0.28],
      [0.22, 0.45],
      [0.5, 0.82],
      [0.78, 0.45],
      [0.8, 0.28],
      [0.7, 0.18],
      [0.58, 0.2],
      [0.5, 0.3],
    ];
    await stroke(page, heart);
    await refused();
    expect(await text(page, '#answer')).toBe('');
    await page.click('#clear');
    await strokesByScript(page, [
      [
        [0.5, 0.2],
        [0.5, 0.8],
      ],
      [
        [0.2, 0.5],
        [0.8, 0.5],
      ],
    ]);
    await refused();
    expect(await text(page, '#answer')).toBe('');
  });

  it('updates the preview and ten probabilities while the pen is still down', async () => {
    const page = await here.open();
    expect(await previewInk(page)).toBe(0);
    const box = (await page.locator('#draw').boundingBox())!;
    await page.mouse.move(box.x + 150, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 150, box.y + 200, { steps: 5 });
    await until(
      () => previewInk(page),
      (ink) => ink > 10,
    );
    const early = await probabilities(page);
    expect(early).toHaveLength(10);
    expect(early.join('')).toMatch(/%/);
    await page.mouse.move(box.x + 250, box.y + 280, { steps: 5 });
    await until(
      () => probabilities(page),
      (now) => now.join() !== early.join(),
    );
    await page.mouse.up();
  });

  it('takes strokes back one by one, and a clearing too', async () => {
    const page = await here.open();
    await stroke(page, ONE);
    const one = await until(
      () => previewInk(page),
      (ink) => ink > 0,
    );
    await stroke(page, [
      [0.2, 0.5],
      [0.8, 0.5],
    ]);
    await until(
      () => previewInk(page),
      (ink) => ink !== one,
    );
    await page.click('#undo');
    await until(
      () => previewInk(page),
      (ink) => ink === one,
    );
    await page.click('#clear');
    await until(
      () => previewInk(page),
      (ink) => ink === 0,
    );
    await page.keyboard.press('Control+z');
    await until(
      () => previewInk(page),
      (ink) => ink === one,
    );
    await page.keyboard.press('Control+z');
    await answer(page, '');
  });

  it('is drawn on by touch', async () => {
    const page = await here.open('', { hasTouch: true });
    const box = (await page.locator('#draw').boundingBox())!;
    await swipe(
      page,
      ONE.map(([x, y]): Point => [box.x + x * box.width, box.y + y * box.height]),
    );
    await answer(page, '1');
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
  });

  it('begins with a digit that the page draws softly and reads, until the visitor draws', async () => {
    const page = await here.open();
    await until(
      () => page.getAttribute('#answer', 'data-first'),
      (first) => first === '3',
    );
    const inked = (): Promise<number> =>
      page.$eval('#draw', (pad) => {
        const { width, height } = pad as HTMLCanvasElement;
        const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
        copy.drawImage(pad as HTMLCanvasElement, 0, 0);
        return copy.getImageData(0, 0, width, height).data.filter((level, i) => i % 4 === 3 && level > 0).length;
      });
    expect(await inked()).toBeGreaterThan(500);
    // It is nobody's answer.
    expect(await text(page, '#answer')).toBe('');
    expect((await probabilities(page)).join('')).toBe('');
    await stroke(page, ONE);
    await answer(page, '1');
    await page.click('#clear');
    await answer(page, '');
    expect(await inked()).toBe(0);
    expect(await page.getAttribute('#answer', 'data-first')).toBe('');
  });

  it('draws that digit at once for those who want no motion', async () => {
    const page = await here.blank({ reducedMotion: 'reduce' });
    let frames = 0;
    await page.exposeFunction('counted', () => frames++);
    await page.addInitScript(() => {
      window.requestAnimationFrame = () => (void (window as unknown as { counted(): void }).counted(), 0);
    });
    await page.goto(here.url);
    await until(
      () => page.getAttribute('#answer', 'data-first'),
      (first) => first === '3',
    );
    expect(frames).toBeLessThan(10); // those of the canvases, not of a motion
  });

  it.each([0.1, 0.14, 0.22, 0.5, 1])('reads ten of ten digits at %f of the pad', async (size) => {
    const page = await here.open();
    const read: string[] = [];
    for (const digit of TEN) {
      await page.click('#clear');
      await answer(page, '');
      const small = ([x, y]: Point): Point => [0.5 + size * (x - 0.5), 0.5 + size * (y - 0.5)];
      await strokesByScript(
        page,
        digit.map((points) => points.map(small)),
      );
      read.push(
        await until(
          () => text(page, '#answer'),
          (found) => found !== '',
        ),
      );
    }
    expect(read.join('')).toBe('0123456789');
  });

  it('does again what was undone, until something else is drawn', async () => {
    const page = await here.open();
    expect(await page.isDisabled('#redo')).toBe(true);
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.click('#undo');
    await answer(page, '');
    await page.click('#redo');
    await answer(page, '7');
    await page.keyboard.press('Control+z');
    await answer(page, '');
    await page.keyboard.press('Control+Shift+Z');
    await answer(page, '7');
    await page.click('#undo');
    await stroke(page, ONE);
    expect(await page.isDisabled('#redo')).toBe(true);
  });

  it('draws thicker where a pen is pressed harder, and reads the same', async () => {
    const page = await here.open();
    const padInk = (): Promise<number> =>
      page.$eval('#draw', (pad) => {
        const { width, height } = pad as HTMLCanvasElement;
        const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
        copy.drawImage(pad as HTMLCanvasElement, 0, 0);
        const { data } = copy.getImageData(0, 0, width, height);
        return data.filter((alpha, i) => i % 4 === 3 && alpha > 127).length;
      });
    const inkOf = async (pressure: number): Promise<number> => {
      await page.click('#clear');
      await answer(page, '');
      await strokesByScript(page, [SEVEN], { pointerType: 'pen', pressure });
      await answer(page, '7');
      return until(padInk, (ink) => ink > 0);
    };
    const [light, hard] = [await inkOf(0.1), await inkOf(0.9)];
    expect(hard).toBeGreaterThan(1.3 * light);
  });

  it('says aloud what it reads, and how sure it is, once, when the pen lifts', async () => {
    const page = await here.open();
    await page.evaluate(() => {
      const spoken: string[] = ((window as unknown as { spoken: string[] }).spoken = []);
      for (const region of document.querySelectorAll('[aria-live=polite], output:not([aria-live=off])')) {
        new MutationObserver(() => region.textContent && spoken.push(region.textContent)).observe(region, {
          childList: true,
          characterData: true,
          subtree: true,
        });
      }
    });
    const spoken = (): Promise<string[]> => page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
    const box = (await page.locator('#draw').boundingBox())!;
    const [eight] = TEN[8]!;
    await page.mouse.move(box.x + eight![0]![0] * box.width, box.y + eight![0]![1] * box.height);
    await page.mouse.down();
    for (const [x, y] of eight!) await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
    await answer(page, '8');
    expect(await spoken()).toEqual([]);
    await page.mouse.up();
    expect(await until(spoken, (all) => all.length > 0)).toEqual([expect.stringMatching(/^8\. .*(sure|else|might)/)]);
  });

  it('reads several digits that stand apart as a number, and one of several strokes as one', async () => {
    const page = await here.open();
    const part = (digit: number, left: number): Point[][] =>
      TEN[digit]!.map((points) => points.map(([x, y]): Point => [left + 0.45 * (x - 0.1), 0.25 + 0.5 * y]));
    await strokesByScript(page, [...part(4, 0.05), ...part(2, 0.55)]);
    await answer(page, '42');
    expect(await text(page, '#confidence')).toBe('A number of 2 digits.');
    expect(await page.getAttribute('#correction-digits button', 'aria-disabled')).toBe('true');
    await page.click('#clear');
    await answer(page, '');
    await strokesByScript(page, TEN[4]!);
    await answer(page, '4');
    await page.click('#clear');
    await strokesByScript(page, TEN[5]!);
    await answer(page, '5');
  });

  it('survives a reload, as do the settings', async () => {
    const page = await here.open();
    await stroke(page, ONE);
    await answer(page, '1');
    await page.check('#preset-deeper');
    await page.fill('#epochs', '3');
    await page.reload();
    await answer(page, '1');
    expect(await page.inputValue('#hidden')).toBe('256, 128');
    expect(await page.inputValue('#epochs')).toBe('3');
    expect(await page.isChecked('#preset-deeper')).toBe(true);
  });
});
