/** Training in the page: what it shows, and what can be changed. */
import { describe, expect, it } from 'vitest';
import {
  answer,
  LONG,
  ONE,
  probabilities,
  progress,
  SEVEN,
  status,
  stroke,
  text,
  until,
  visit,
  WAIT,
  ZERO,
} from './page.js';

const here = visit();

describe('training', () => {
  it('learns generated digits: progress, charts, and a validation accuracy above 0.8', async () => {
    const page = await here.open('#count=12000&epochs=4&hidden=128&activation=relu&optimizer=adam&lr=0.002&batch=32');
    expect(await text(page, '#val-accuracy')).toBe('');
    await page.click('#train');
    await until(
      () => progress(page),
      (value) => value > 0 && value < 1,
    );
    await until(
      () => text(page, '#val-accuracy'),
      (shown) => /^[01]\.\d{4}$/.test(shown),
    );
    await status(page, /^Trained for 4 epochs, validated on generated digits/);
    expect(Number(await text(page, '#val-accuracy'))).toBeGreaterThan(0.8);
    expect(await progress(page)).toBe(1);
    expect(await text(page, '#samples-per-second')).toMatch(/^[\d,]+$/);
    await until(
      () => text(page, '#loss-chart .key-validation b'),
      (shown) => Number(shown) > 0,
    );
    await until(
      () => text(page, '#accuracy-chart .key-training b'),
      (shown) => Number(shown) > 0.5,
    );
    expect(await page.locator('#gallery li').count()).toBeGreaterThan(0);
    expect(await page.isEnabled('#train')).toBe(true);
    // The end is a result.
    expect(await text(page, '#status')).toMatch(/: \d\d of 100 right, in [\d.]+ s; the pretrained one: \d\d\.$/);
    expect(Math.round(100 * Number(await text(page, '#val-accuracy')))).toBe(
      Number(/(\d\d) of 100/.exec(await text(page, '#status'))![1]),
    );
  });

  it('changes what is read in the drawing as it goes on', async () => {
    const page = await here.open(LONG);
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.click('#train');
    await page.locator('#reader').filter({ hasText: 'your network' }).waitFor(WAIT);
    const first = await probabilities(page);
    await until(
      () => probabilities(page),
      (now) => now.join() !== first.join(),
    );
    // A new drawing is read by the network in training, too.
    await page.click('#clear');
    await answer(page, '');
    await stroke(page, ZERO);
    await answer(page, '0');
    await page.click('#stop');
    await status(page, /^Stopped/);
    await page.click('#clear');
    await stroke(page, ONE);
    await answer(page, '1');
    expect(await text(page, '#reader')).toContain('your network');
  });

  it('stays stopped when reports are slower than the answer', async () => {
    const page = await here.blank();
    await page.addInitScript(() => {
      const post = Worker.prototype.postMessage as (...message: unknown[]) => void;
      Worker.prototype.postMessage = function (...message: unknown[]) {
        setTimeout(() => post.apply(this, message), 100);
      };
    });
    await page.goto(here.url + LONG);
    await status(page, /ready/);
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.click('#stop');
    await status(page, /^Stopped/);
    await page.waitForTimeout(500);
    expect(await text(page, '#status')).toMatch(/^Stopped/);
    expect(await page.isEnabled('#train')).toBe(true);
  });

  it('pauses, resumes, stops and resets', async () => {
    const page = await here.open(LONG);
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.click('#pause');
    expect(await text(page, '#pause')).toBe('Resume');
    await status(page, /^Paused/);
    // Reports on their way when the pause began still arrive; then nothing may move any more.
    await page.waitForTimeout(250);
    const paused = await progress(page);
    await page.waitForTimeout(400);
    expect(await progress(page)).toBe(paused);
    await page.click('#pause');
    expect(await text(page, '#pause')).toBe('Pause');
    await until(
      () => progress(page),
      (value) => value > paused,
    );
    await page.click('#stop');
    await status(page, /^Stopped/);
    expect(await page.isDisabled('#pause')).toBe(true);
    expect(await page.isDisabled('#stop')).toBe(true);
    await page.click('#reset');
    await status(page, /^Back to the pretrained network/);
    expect(await progress(page)).toBe(0);
    expect(await text(page, '#val-accuracy')).toBe('');
    expect(await page.isDisabled('#reset')).toBe(true);
    await stroke(page, ONE);
    await page.locator('#reader').filter({ hasText: 'pretrained' }).waitFor(WAIT);
    await answer(page, '1');
  });

  it('gives the same accuracy twice from the same seed', async () => {
    const page = await here.open('#count=2000&epochs=2&seed=7');
    const figures: string[] = [];
    for (let run = 0; run < 2; run++) {
      await page.click('#train');
      await status(page, /^Trained/);
      figures.push(await text(page, '#val-accuracy'));
    }
    expect(figures[1]).toBe(figures[0]);
  });

  it('leaves the page its frames, as many as when it is idle', async () => {
    const page = await here.open(LONG);
    await stroke(page, SEVEN);
    const frame = (): Promise<number> =>
      page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const gaps: number[] = [];
            let last = performance.now();
            const count = (now: number): void => {
              gaps.push(now - last);
              last = now;
              if (gaps.length < 91) requestAnimationFrame(count);
              else resolve(gaps.sort((a, b) => a - b)[45]!);
            };
            requestAnimationFrame(count);
          }),
      );
    const idle = await frame();
    await page.click('#train');
    await status(page, /^Epoch/);
    const median = await frame();
    expect(median).toBeLessThan(1.5 * idle);
  });

  it('says so when the steps are so large that the numbers overflow, and can start again', async () => {
    const page = await here.open('#count=2000&epochs=20&hidden=64,64&activation=linear&optimizer=sgd&lr=100&batch=32');
    await page.click('#train');
    await status(page, /smaller learning rate/);
    await page.check('#preset-modern');
    await page.fill('#epochs', '1');
    await page.click('#train');
    await status(page, /^Trained/);
  });

  it('locks what a run is made of while it goes on, and takes a new learning rate at once', async () => {
    const page = await here.open(LONG);
    await page.click('#train');
    await status(page, /^Epoch/);
    for (const field of ['#hidden', '#optimizer', '#batch-size', '#epochs', '#seed', '#count']) {
      expect(await page.isDisabled(field)).toBe(true);
    }
    expect(await page.isDisabled('#preset-modern')).toBe(true);
    expect(await text(page, '#run-settings')).toContain('adam at 0.001');
    // So large a step makes the loss leap: it is the run that learns with it.
    const before = Number(await text(page, '#loss'));
    await page.fill('#learning-rate', '0.3');
    expect(await text(page, '#run-settings')).toContain('784 → 64 relu → 10 · adam at 0.3');
    await until(
      () => text(page, '#loss'),
      (loss) => Number(loss) > 1.5 && Number(loss) > before,
    );
    await page.click('#stop');
    await status(page, /^Stopped/);
    await page.fill('#hidden', '32');
    // The shown network's settings stay in view while the form has others.
    expect(await text(page, '#run-settings')).toContain('784 → 64 relu → 10');
  });

  it('says of a network that learned nothing that it did not, and is not sure of what it reads', async () => {
    const page = await here.open('#count=1000&epochs=3&hidden=64,64&activation=relu&optimizer=sgd&lr=20&batch=32');
    await page.click('#train');
    await status(page, /^Trained for 3 epochs.*learned nothing.*guessing gets 10/);
    await stroke(page, ZERO);
    await until(
      () => text(page, '#confidence'),
      (words) => /learned nothing/.test(words),
    );
    expect(await text(page, '#spoken')).not.toMatch(/Quite sure/);
  });

  it('draws the validation of a single epoch, and says how many kernels it does not show', async () => {
    const page = await here.open('#count=1000&epochs=1&hidden=130&activation=relu&optimizer=adam&lr=0.001&batch=32');
    await page.click('#train');
    await status(page, /^Trained/);
    await until(
      () => page.getAttribute('#loss-chart .mlp-points-validation', 'd'),
      (path) => /^M/.test(path ?? ''),
    );
    expect(await page.getAttribute('#loss-chart svg', 'aria-label')).toMatch(/^Loss over 1 epochs?, now [\d.]+ in/);
    await page.click('#figures-table summary');
    await until(
      () => page.locator('#figures-rows tr').count(),
      (rows) => rows === 1,
    );
    expect(await text(page, '#kernels-whose')).toContain('first 128 of 130');
  });

  it('writes the numbers of the charts alike in every language', async () => {
    const page = await here.open('', { locale: 'de-DE' });
    const labels = await until(
      () => page.locator('#accuracy-chart svg text').allTextContents(),
      (all) => all.length > 3,
    );
    expect(labels.join(' ')).not.toContain(',');
  });

  it('leaves no listener behind, however many runs there were', async () => {
    const page = await here.open('#count=500&epochs=1&hidden=8');
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const run = async (): Promise<number> => {
      await page.$eval(
        '#train',
        (train) =>
          new Promise<void>((resolve) => {
            // Switched off while a run goes on, and on again at its end.
            const observer = new MutationObserver(() => {
              if ((train as HTMLButtonElement).disabled) return;
              observer.disconnect();
              resolve();
            });
            observer.observe(train, { attributes: true });
            (train as HTMLButtonElement).click();
          }),
      );
      await status(page, /^Trained/);
      await page.waitForTimeout(300);
      await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'JSEventListeners')!.value;
    };
    await run();
    const first = await run();
    for (let i = 0; i < 3; i++) await run();
    expect(await run()).toBe(first);
  });
});
