/** Keep and share: files out and in, the link, the code, pictures, and the table of runs. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { init, loadModel, readSafetensors } from 'mlp-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { serve } from '../chromium.js';
import { watchShifts } from './faults.js';
import { answer, LONG, SEVEN, status, stroke, text, until, visit } from './page.js';

const here = visit();
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SMALL = 'count=1000&epochs=2&hidden=16&activation=relu&optimizer=adam&lr=0.002&batch=32&seed=5';

let folder: string;
beforeAll(async () => {
  await init();
  folder = await mkdtemp(join(tmpdir(), 'mlp-wasm-share-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = async (page: Page): Promise<void> => {
  await page.click('#tab-share');
  await page.locator('#share-pytorch').waitFor();
};
const noted = (page: Page, section: string, pattern: RegExp): Promise<void> =>
  page.locator(`${section} .share-note`).filter({ hasText: pattern }).waitFor();

/** The file that a press saves. */
async function saved(page: Page, selector: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
const train = async (page: Page, pattern = /^Trained/): Promise<void> => {
  await page.click('#tab-train');
  // Its status may say what is waited for already, from the run before, and a short run is over at once.
  const changed = page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const status = document.querySelector('#status')!;
        new MutationObserver(() => resolve()).observe(status, { childList: true, characterData: true, subtree: true });
      }),
  );
  await page.click('#train');
  await changed;
  await status(page, pattern);
};
const give = (page: Page, ...files: { name: string; bytes: Buffer }[]): Promise<void> =>
  page.setInputFiles(
    '#share-files',
    files.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: bytes })),
  );

describe('the network that answers', () => {
  it('is saved for every tool, and answers again when its file is opened', async () => {
    const page = await here.open(`#${SMALL}`);
    await stroke(page, SEVEN);
    await answer(page, '7');
    await open(page);
    const formats = await page.$$eval('.offer button', (buttons) => buttons.map((one) => one.dataset['format']!));
    expect(formats).toHaveLength(13);
    const files: Record<string, { name: string; bytes: Buffer }> = {};
    for (const format of formats) files[format] = await saved(page, `[data-format="${format}"]`);
    expect(files['c']!.bytes.toString()).toContain('digits_predict');
    expect(files['html']!.bytes.toString()).toContain('<canvas');
    expect(files['c-int8']!.bytes.length).toBeLessThan(files['c']!.bytes.length / 2);
    const model = await loadModel(new Uint8Array(files['mlp-wasm']!.bytes));
    expect(model.classNames?.at(-1)).toBe('not a digit');
    for (const format of ['mlp-wasm', 'pytorch', 'tfjs', 'onnx', 'numpy']) {
      const { name } = files[format]!;
      await give(page, files[format]!);
      await noted(page, '#share-open', new RegExp(`^${name} answers now: 784 → .* → 10 softmax`));
      await answer(page, '7');
    }
    expect(await text(page, '#share-model .share-lede')).toMatch(/^Your network, 784 → .* → 10 softmax/);
    await page.reload();
    await status(page, /^The network of .* answers now/);
    await answer(page, '7');
    // It learns on from there.
    await page.click('#tab-train');
    await page.locator('#reader').filter({ hasText: 'your network' }).waitFor();
    expect(await text(page, '#run-settings')).toContain('from digits');
    expect(await text(page, '#train')).toBe('Continue');
    await page.click('#train');
    await status(page, /^Trained/);
    expect(Number(await text(page, '#val-accuracy'))).toBeGreaterThan(0.85);
  });

  it('is replaced by no file that does not fit, and the sentence says what does not', async () => {
    const page = await here.open(`#${SMALL}`);
    await stroke(page, SEVEN);
    await answer(page, '7');
    await open(page);
    await give(page, { name: 'cat.txt', bytes: Buffer.from('meow') });
    await noted(page, '#share-open', /^cat\.txt could not be opened\. expected a file of mlp-wasm/);
    const { dense, sequential } = await import('mlp-wasm');
    const small = sequential({ layers: [dense({ units: 3, activation: 'softmax', inputShape: [4] })] });
    await give(page, { name: 'iris.safetensors', bytes: Buffer.from(await small.save()) });
    await noted(page, '#share-open', /^iris\.safetensors does not fit: it has 4 inputs/);
    await answer(page, '7');
    expect(await text(page, '#share-model .share-lede')).toMatch(/^The pretrained network/);
  });

  it('gives way to an opened one, and comes back by Reset and its undoing', async () => {
    const page = await here.open(`#${SMALL}`);
    await open(page);
    const pretrained = await saved(page, '[data-format="mlp-wasm"]');
    await train(page);
    const figures = await text(page, '#val-accuracy');
    await open(page);
    await give(page, pretrained);
    await noted(page, '#share-open', /answers now/);
    await page.click('#tab-train');
    await page.click('#reset');
    await page.click('#undo-reset');
    await status(page, /^Your network is back/);
    expect(await text(page, '#val-accuracy')).toBe(figures);
  });

  it('goes on in PyTorch: a folder with its digits, and one that is cancelled is none', async () => {
    const page = await here.open(`#${SMALL}`);
    await open(page);
    expect(await text(page, '#share-pytorch .share-of')).toMatch(/train one first/);
    await train(page);
    await open(page);
    expect(await text(page, '#share-pytorch .share-of')).toBe('1,000 digits: a file of about 3.1 MB.');
    await page.evaluate(() => {
      for (const button of document.querySelectorAll<HTMLButtonElement>('#share-pytorch button')) button.click();
    });
    await noted(page, '#share-pytorch', /^Cancelled/);
    const { name, bytes } = await saved(page, '#share-pytorch button >> nth=0');
    expect(name).toBe('digits-training.zip');
    expect(bytes.length / 3.1e6).toBeCloseTo(1, 0);
    for (const inside of ['train.py', 'checkpoint.safetensors', 'data/00000.safetensors']) {
      expect(bytes.includes(inside)).toBe(true);
    }
  });
});

describe('the code of a run', () => {
  it('trains the same network in Node and in a browser, to the last bit', async () => {
    const page = await here.open(`#${SMALL}`);
    await train(page);
    await open(page);
    const { bytes } = await saved(page, '[data-format="mlp-wasm"]');
    const weights = readSafetensors(new Uint8Array(bytes)).tensors.map(({ data }) => data);
    const accuracy = await text(page, '#val-accuracy');
    const weightsOf = (file: Buffer): unknown[] =>
      readSafetensors(new Uint8Array(file)).tensors.map(({ data }) => data);

    await mkdir(join(folder, 'node_modules'), { recursive: true });
    await symlink(ROOT, join(folder, 'node_modules/mlp-wasm'), 'dir');
    await writeFile(join(folder, 'run.mjs'), await text(page, '.share-program'));
    const { stdout } = await promisify(execFile)(process.execPath, ['run.mjs'], { cwd: folder });
    const last = stdout.trim().split('\n').at(-1)!.split(' ');
    expect(last[0]).toBe('2');
    expect(Number(last[3]).toFixed(4)).toBe(accuracy);
    expect(weightsOf(await readFile(join(folder, 'digits.safetensors')))).toEqual(weights);

    await page.check('#share-code input[value=browser]', { force: true });
    const web = join(folder, 'web');
    await cp(join(ROOT, 'dist'), join(web, 'dist'), { recursive: true });
    const imports = {
      'mlp-wasm': './dist/index.js',
      'mlp-wasm/digits': './dist/digits.js',
      'mlp-wasm/storage': './dist/storage.js',
    };
    await writeFile(
      join(web, 'index.html'),
      `<script type="importmap">${JSON.stringify({ imports })}</script><script type="module" src="run.js"></script>`,
    );
    await writeFile(join(web, 'run.js'), await text(page, '.share-program'));
    const site = await serve(web, '/');
    const other = await here.browser.newPage();
    const [download] = await Promise.all([other.waitForEvent('download'), other.goto(site.url)]);
    expect(weightsOf(await readFile(await download.path()))).toEqual(weights);
    await other.close();
    await site.close();
  });

  it('says where the run was more than its settings', async () => {
    const page = await here.open(LONG);
    await page.click('#train');
    await status(page, /^Epoch/);
    await open(page);
    expect(await text(page, '#share-code .share-of')).toBe('With the settings of your run.');
    await page.click('#tab-train');
    await page.fill('#learning-rate', '0.002');
    await page.click('#stop');
    await open(page);
    await until(
      () => text(page, '#share-code .share-of'),
      (said) => /Settings were changed on the way/.test(said),
    );
    expect(await text(page, '.share-program')).toContain('learningRate: 0.002');
  });
});

describe('the link', () => {
  it('holds all settings, and is copied', async () => {
    const page = await here.open(`?lang=en#${SMALL}`, { permissions: ['clipboard-read', 'clipboard-write'] });
    await open(page);
    await page.click('#share-link .primary');
    await noted(page, '#share-link', /^Copied/);
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(new URL(link).hash.slice(1)).toContain('seed=5');
    expect(new URL(link).hash).not.toContain('view=');
    const other = await here.blank();
    await other.goto(link);
    expect(await other.inputValue('#hidden')).toBe('16');
    expect(await other.inputValue('#seed')).toBe('5');
  });

  it('leads into a frame of another page, which shows the view without head and foot', async () => {
    const page = await here.open(`#${SMALL}`);
    await open(page);
    await page.selectOption('#share-link select', 'inside');
    const snippet = await page.inputValue('.share-snippet');
    const lesson = join(folder, 'lesson');
    await mkdir(lesson, { recursive: true });
    await writeFile(join(lesson, 'index.html'), `<!doctype html><h1>A lesson</h1>${snippet}`);
    const site = await serve(lesson, '/');
    const other = await here.browser.newPage({ viewport: { width: 1000, height: 900 } });
    await other.goto(site.url);
    const inside = other.frameLocator('iframe');
    await inside.locator('#view-inside h1').waitFor();
    expect(await inside.locator('.masthead').isVisible()).toBe(false);
    expect(await inside.locator('.colophon').isVisible()).toBe(false);
    expect(await inside.locator('#draw').isVisible()).toBe(true);
    await other.close();
    await site.close();
  });
});

describe('pictures and the log', () => {
  it('are saved as files that stand alone', async () => {
    const page = await here.open(`#${SMALL}`);
    await train(page);
    await open(page);
    const log = await saved(page, 'text=Save the log (CSV)');
    const rows = log.bytes.toString().trim().split('\r\n');
    expect(rows[0]).toBe('epoch,loss,accuracy,valLoss,valAccuracy');
    expect(rows.at(-1)).toMatch(/^2,/);
    const figure = Number(rows.at(-1)!.split(',').at(-1));
    expect(figure.toFixed(4)).toBe(await text(page, '#val-accuracy'));
    const pictures = page.locator('.share-picture');
    expect(await pictures.count()).toBe(4);
    for (let i = 0; i < 4; i++) {
      const svg = await saved(page, `.share-picture >> nth=${i} >> text=SVG`);
      expect(svg.bytes.toString()).toMatch(/^<svg [^>]*xmlns=/);
      expect(svg.bytes.toString()).not.toMatch(/class="[^"]*"[^>]*style=|<style/);
      const png = await saved(page, `.share-picture >> nth=${i} >> text=PNG`);
      expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
      // Not one colour alone.
      const colours = await page.evaluate(
        async (bytes) => {
          const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
          context.drawImage(bitmap, 0, 0);
          const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
          return new Set(new Uint32Array(data.buffer)).size;
        },
        [...png.bytes],
      );
      expect(colours).toBeGreaterThan(8);
    }
  });
});

describe('the table of runs', () => {
  it('keeps each run at its end: named, pinned, restored, deleted and brought back, over a reload', async () => {
    const page = await here.open(`#${SMALL}`);
    await train(page);
    const accuracy = await text(page, '#val-accuracy');
    await page.fill('#seed', '6');
    await train(page);
    // The line of the run before stands behind.
    expect(await page.getAttribute('#loss-chart .mlp-line-earlier', 'd')).toMatch(/^M/);
    await open(page);
    const rows = page.locator('.runs tbody tr');
    expect(await rows.count()).toBe(2);
    expect(await rows.nth(0).textContent()).toContain('seed 6');
    expect(await rows.nth(1).textContent()).toContain(accuracy);
    await rows.nth(1).locator('input').fill('the first');
    await page.keyboard.press('Enter');
    await rows.nth(1).locator('text=Pin').focus();
    await page.keyboard.press('Enter');
    await page.locator('.runs [aria-pressed=true]').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Pin');
    await page.waitForTimeout(300); // the browser writes
    await page.reload();
    await until(
      () => rows.count(),
      (count) => count === 2,
    );
    expect(await rows.nth(1).locator('input').inputValue()).toBe('the first');
    expect(await rows.nth(1).locator('text=Pin').getAttribute('aria-pressed')).toBe('true');
    await rows.nth(1).locator('text=Use settings').click();
    await noted(page, '#share-runs', /^Train begins with 784 → 16 relu → 10 .* seed 5\.$/);
    expect(await page.inputValue('#seed')).toBe('5');
    await rows.nth(1).locator('text=Delete').click();
    await noted(page, '#share-runs', /^the first is deleted/);
    expect(await rows.count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Undo delete');
    await page.keyboard.press('Enter');
    expect(await rows.count()).toBe(2);
  });

  it('has one row for a run that was stopped and went on', async () => {
    // Long enough to be stopped before its end by a slow machine, too.
    const page = await here.open(LONG.replace('epochs=1000', 'epochs=200'));
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.click('#stop');
    await status(page, /^Stopped/);
    await open(page);
    const rows = page.locator('.runs tbody tr');
    expect(await rows.count()).toBe(1);
    expect(await rows.first().textContent()).toContain('Stopped early.');
    await train(page);
    await open(page);
    expect(await rows.count()).toBe(1);
    expect(await rows.first().textContent()).not.toContain('Stopped early.');
  });
});

describe('the view', () => {
  it('speaks German, and scrolls nowhere sideways on a narrow screen', async () => {
    const page = await here.open(`#${SMALL}`, { locale: 'de-DE', viewport: { width: 320, height: 700 } });
    await open(page);
    expect(await text(page, '#view-share h1')).toBe('Behalten und teilen');
    expect(await text(page, '.offer-size')).toMatch(/^etwa \d+ kB$/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  });

  it('has no layout shift while a network is trained', async () => {
    const page = await here.open(LONG);
    await page.click('#train');
    await status(page, /^Epoch/);
    await open(page);
    await page.waitForTimeout(600);
    const shifted = await watchShifts(page);
    await page.waitForTimeout(1500);
    expect(await shifted()).toBeLessThan(0.01);
  });
});
