/** MNIST in the page: its files, chosen, dropped or served. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { findMnist } from '../../js/support/mnist.js';
import { describe, expect, it } from 'vitest';
import { answer, ONE, status, stroke, text, until, visit } from './page.js';

const here = visit();

describe('MNIST files', () => {
  const chosen = (name: string, bytes: number[]): { name: string; mimeType: string; buffer: Buffer } => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(bytes),
  });

  /** A file of MNIST's format, of zeros. */
  const idx = (shape: number[]): number[] => {
    const header = [0, 0, 8, shape.length, ...shape.flatMap((size) => [0, 0, size >> 8, size & 255])];
    return [...header, ...new Array<number>(shape.reduce((product, size) => product * size)).fill(0)];
  };

  it('are refused when truncated, with a sentence that names the file', async () => {
    const page = await here.open();
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      // Two labels are promised, one is there.
      transfer.items.add(new File([new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7])], 'train-labels-idx1-ubyte'));
      return transfer;
    });
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped });
    await status(page, /train-labels-idx1-ubyte is cut short.*truncated/);
    expect(await text(page, '#mnist-error')).toContain('train-labels-idx1-ubyte');
    // A file that is of no use does not choose the source.
    expect(await page.isChecked('input[name=data][value=digits]')).toBe(true);
    // Nothing else broke.
    await stroke(page, ONE);
    await answer(page, '1');
  });

  it('are refused when they are something else, and when images and labels do not belong together', async () => {
    const page = await here.open();
    await page.setInputFiles('#mnist-files', [chosen('holiday.png', [0x89, 0x50, 0x4e, 0x47, 1, 2, 3])]);
    await status(page, /^holiday\.png is not one of MNIST’s files\.$/);
    expect(await page.isChecked('input[name=data][value=digits]')).toBe(true);
    await page.setInputFiles('#mnist-files', [
      chosen('t10k-images-idx3-ubyte', idx([1, 28, 28])),
      chosen('t10k-labels-idx1-ubyte', idx([2])),
    ]);
    await status(page, /do not belong together: 1 and 2/);
    expect(await page.isChecked('input[name=data][value=mnist]')).toBe(true);
    expect(await page.isDisabled('#train')).toBe(true);
    expect(await text(page, '#train-reason')).toContain('four files');
  });

  it('are refused in the visitor’s language, and waited for in it', async () => {
    const page = await here.blank({ locale: 'de-DE' });
    await page.goto(here.url);
    await status(page, /bereit/);
    const faults: [string, number[], RegExp][] = [
      ['holiday.txt', [1, 2, 3], /^holiday\.txt ist keine der Dateien von MNIST\.$/],
      ['labels', [0, 0, 8, 1, 0, 0, 0, 2, 7], /^labels ist abgeschnitten/],
      ['labels', [0, 0, 8, 1, 0, 0, 0, 1, 7, 7], /^labels ist länger, als sie sagt/],
      ['images', [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9], /^images enthält Bilder, die nicht 28 × 28/],
      ['packed.gz', [...gzipSync('not MNIST')], /^packed\.gz ist gepackt, enthält aber/],
    ];
    for (const [name, bytes, sentence] of faults) {
      await page.setInputFiles('#mnist-files', [chosen(name, bytes)]);
      await status(page, sentence);
    }
    // Labels that are no digits are found by the run.
    await page.setInputFiles('#mnist-files', [
      chosen('a', idx([3])),
      chosen('b', idx([20, 28, 28])),
      chosen('c', idx([3, 28, 28])),
      chosen('d', [...idx([20]).slice(0, -1), 11]),
    ]);
    await status(page, /^MNIST ist bereit/);
    await page.click('#train');
    await status(page, /Die Labels gehen über 9 hinaus; diese Seite liest Ziffern\./);
  });

  it('are told apart by what they hold, whatever they are called', async () => {
    const page = await here.open();
    await page.setInputFiles('#mnist-files', [
      chosen('a', idx([3])),
      chosen('b', idx([20, 28, 28])),
      chosen('c', idx([3, 28, 28])),
      chosen('d', idx([20])),
    ]);
    await status(page, /^MNIST is ready/);
    expect(await page.locator('#mnist-parts .is-here .mnist-count').allTextContents()).toEqual(['20', '20', '3', '3']);
    // They stay for the next visit.
    await page.reload();
    await until(
      () => page.locator('#mnist-parts .is-here').count(),
      (count) => count === 4,
    );
  });

  it('are asked for in one sentence, with a link, and without an error in the console', async () => {
    const page = await here.open();
    await page.check('input[name=data][value=mnist]', { force: true });
    expect(await page.locator('#mnist a[href^=https]').count()).toBe(1);
    expect(await page.locator('#mnist li:visible').count()).toBe(0);
    await page.waitForTimeout(500);
  });

  const mnist = findMnist();
  it.skipIf(!mnist)('train a network to 0.94 and more in one epoch', async () => {
    const page = await here.open();
    await page.setInputFiles('#mnist-files', Object.values(mnist!));
    await status(page, /^MNIST is ready/);
    await page.check('#preset-modern');
    await page.fill('#epochs', '1');
    await page.click('#train');
    await status(page, /^Trained for 1 epoch, validated on the 10,000 digits of MNIST’s test files/);
    const accuracy = await text(page, '#val-accuracy');
    expect(accuracy).toMatch(/^[01]\.\d{4}$/);
    expect(Number(accuracy)).toBeGreaterThanOrEqual(0.94);
  });

  it.skipIf(!mnist)('are offered when the page’s own server has them', async () => {
    const page = await here.blank();
    const files = Object.values(mnist!);
    await page.route('**/data/*.gz', async (route) => {
      const name = new URL(route.request().url()).pathname.split('/').at(-1)!.replace('.gz', '');
      const file = files.find((path) => path.includes(name))!;
      await route.fulfill({ contentType: 'application/gzip', body: readFileSync(file) });
    });
    // The build writes it into the page where it has the files.
    await page.route(here.url, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace('<html', '<html data-mnist="served"') });
    });
    await page.goto(`${here.url}#data=mnist&epochs=1&hidden=16`);
    await until(
      () => page.isEnabled('#train'),
      (enabled) => enabled,
    );
    await page.click('#train');
    await status(page, /^Trained for 1 epoch, validated on the 10,000 digits/);
    expect(Number(await text(page, '#val-accuracy'))).toBeGreaterThan(0.8);
  });
});
