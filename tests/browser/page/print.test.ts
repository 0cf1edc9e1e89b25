/** The page on paper: a worksheet for a class. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { answer, SEVEN, stroke, visit } from './page.js';

const here = visit();

/** Width of A4 between the margins, in CSS pixels. */
const PAPER = 688;

const VIEWS: Record<string, string> = {
  train: '#network-editor .layer-card',
  backpropagation: '.step-title',
  inside: '.diagram-unit',
  playground: '.net-unit',
  lessons: '.lesson-card',
  'my-digits': '.hand',
  table: '.table-give',
  share: '.share-program',
};

/** As the browser does before it prints, and after. */
const tell = (page: Page, event: 'beforeprint' | 'afterprint'): Promise<unknown> =>
  page.evaluate((name) => window.dispatchEvent(new Event(name)), event);

/** Lightness of the darkest ink on the pad, which lies on the paper's white. */
const inkOf = (page: Page): Promise<number> =>
  page.$eval('#draw', (pad) => {
    const { width, height } = pad as HTMLCanvasElement;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(pad as HTMLCanvasElement, 0, 0);
    const levels = copy.getImageData(0, 0, width, height).data;
    let least = 255;
    for (let i = 0; i < levels.length; i += 4) if (levels[i + 3] === 255) least = Math.min(least, levels[i]!);
    return least;
  });

describe('on paper', () => {
  it('is black on white in the dark theme too, and the screen is dark again afterwards', async () => {
    const page = await here.open('', { colorScheme: 'dark' });
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.locator('#network-editor .layer-card').waitFor();
    const before = await inkOf(page);
    await page.evaluate(() => {
      const heard: string[] = ((window as unknown as { heard: string[] }).heard = []);
      window.addEventListener('beforeprint', () => heard.push(document.documentElement.dataset['theme']!));
    });
    const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)!.length).toBeLessThanOrEqual(4);
    // Chromium really asks, and what it asks is done before it goes on.
    expect(await page.evaluate(() => (window as unknown as { heard: string[] }).heard)).toEqual(['light']);
    await expect.poll(() => page.getAttribute('html', 'data-theme')).toBe('dark');

    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await tell(page, 'beforeprint');
    const colours = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.documentElement);
      return [backgroundColor, color];
    });
    expect(colours).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
    expect(before).toBeGreaterThan(200);
    expect(await inkOf(page)).toBeLessThan(40);
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await tell(page, 'afterprint');
    expect(await inkOf(page)).toBe(before);
  });

  it('leaves the theme that was chosen by the button, where the browser keeps nothing too, and where it asks twice', async () => {
    const page = await here.blank({ colorScheme: 'light' });
    await page.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await page.goto(here.url);
    await page.click('#theme');
    const theme = (): Promise<string | null> => page.getAttribute('html', 'data-theme');
    expect(await theme()).toBe('dark');
    await tell(page, 'beforeprint');
    await tell(page, 'beforeprint');
    expect(await theme()).toBe('light');
    await tell(page, 'afterprint');
    expect(await theme()).toBe('dark');
    await tell(page, 'afterprint');
    expect(await theme()).toBe('dark');
  });

  it('has no controls, nothing that is cut off, and the address once, in every view', async () => {
    const page = await here.open('#count=2000&epochs=1&hidden=16&activation=relu&optimizer=adam&lr=0.002&batch=32', {
      viewport: { width: PAPER, height: 970 },
    });
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.locator(VIEWS['train']!).waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.$$eval('#views [role=tab]', (tabs) => tabs.map(({ id }) => id.slice(4)))).toEqual(
      Object.keys(VIEWS),
    );
    for (const [view, part] of Object.entries(VIEWS)) {
      await page.evaluate((view) => (location.hash = `view=${view}`), view);
      await page.locator(`#view-${view} ${part}`).first().waitFor();
      await tell(page, 'beforeprint');
      const found = await page.evaluate(() => {
        const shown = (selector: string): Element[] =>
          [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
        const controls = shown('button, textarea, progress, [type=range], [type=file], .skip, .masthead, .colophon')
          .filter((one) => !one.matches('.sr-only, .chooser, .layer-card, .diagram-unit, .net-unit'))
          .map(({ outerHTML }) => outerHTML);
        const addresses = document.body.innerText.split(location.href).length - 1;
        const wide = shown('body *').filter((one) => one.getBoundingClientRect().right > innerWidth + 1);
        return { controls, addresses, wide: wide.map((one) => (one.cloneNode() as Element).outerHTML) };
      });
      expect([view, found]).toEqual([view, { controls: [], addresses: 1, wide: [] }]);
      expect(await page.isVisible('.print-names')).toBe(view === 'backpropagation');
      await tell(page, 'afterprint');
    }
  });

  it('gives a lesson lines for a name, a date and what was seen, in German too', async () => {
    const page = await here.open('#lesson=neuron&view=playground', { locale: 'de-DE' });
    await page.locator('.net-unit').first().waitFor();
    await page.emulateMedia({ media: 'print' });
    await tell(page, 'beforeprint');
    expect(await page.locator('.print-names').innerText()).toMatch(/^Name\s+Datum$/);
    expect(await page.isVisible('.lesson-watch')).toBe(true);
    const lines = await page.$eval('.lesson-watch', (watch) => getComputedStyle(watch, '::after').height);
    expect(parseFloat(lines)).toBeGreaterThan(60);
    // The lines between units lie where the units are, because the picture is made smaller as one.
    const [net, screen] = await page.$eval('.net', (net) => [
      net.getBoundingClientRect().width,
      net.querySelector('.net-lines')!.getBoundingClientRect().width,
    ]);
    expect(net).toBeCloseTo(screen, 0);
    expect(net).toBeLessThanOrEqual(680);
  });
});
