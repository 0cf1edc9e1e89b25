/** The fate of a run: stopped, reset, reloaded, its worker dead, its host gone. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { ISOLATION } from '../chromium.js';
import { answer, keptRun, LONG, progress, SEVEN, status, stroke, text, until, visit, written } from './page.js';

const here = visit();

/** Four epochs that are over soon, yet long enough to be stopped in. */
const SHORT = '#count=4000&epochs=4&hidden=400,200&activation=relu&optimizer=adam&lr=0.002&batch=32&seed=5';

/** The figures at the end of a run. */
async function trained(page: Page): Promise<string[]> {
  await status(page, /Trained for 4 epochs/);
  return [await text(page, '#val-accuracy'), await text(page, '#loss')];
}

async function stopInTheMiddle(page: Page): Promise<void> {
  await status(page, /^Epoch/);
  await page.click('#stop');
  await status(page, /^Stopped in epoch .* Continue goes on from here/);
}

/** The page, ready, which counts what its workers tell it, and keeps them at hand, to kill. */
async function openWatched(hash: string): Promise<Page> {
  const page = await here.blank();
  await page.addInitScript(() => {
    const all: Watched['all'] = {
      messages: 0,
      workers: [],
      kill() {
        const worker = all.workers.filter(({ onmessage }) => onmessage).at(-1)!;
        worker.terminate();
        worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
      },
    };
    Object.assign(window, { all });
    const count = (): number => all.messages++;
    const Original = Worker;
    window.Worker = class extends Original {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        all.workers.push(this);
        this.addEventListener('message', count);
      }
    };
    const Channel = MessageChannel;
    window.MessageChannel = class extends Channel {
      constructor() {
        super();
        this.port1.addEventListener('message', count);
        this.port2.addEventListener('message', count);
      }
    };
  });
  await page.goto(here.url + hash);
  await status(page, /ready/);
  return page;
}

/** Withholds the pretrained network, so that the page is not ready, until the result is called. */
async function holdPretrained(page: Page): Promise<() => void> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/pretrained.safetensors', async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** `kill`: the worker that networks live in dies, as it does when it runs out of memory. */
type Watched = { all: { messages: number; workers: Worker[]; kill: () => void } };
const messages = (page: Page): Promise<number> => page.evaluate(() => (window as unknown as Watched).all.messages);
const killWorker = (page: Page): Promise<void> => page.evaluate(() => (window as unknown as Watched).all.kill());

describe('a run', () => {
  it('goes on where it was stopped, with the figures it would have had', async () => {
    const page = await here.open(SHORT);
    await page.click('#train');
    const whole = await trained(page);
    await page.click('#train');
    expect(await text(page, '#train')).toBe('Train');
    await stopInTheMiddle(page);
    const reached = await progress(page);
    expect(reached).toBeGreaterThan(0);
    expect(await text(page, '#train')).toBe('Continue');
    await page.click('#train');
    expect(await progress(page)).toBeGreaterThanOrEqual(reached);
    expect(await trained(page)).toEqual(whole);
    // More epochs go on, too; another network begins anew.
    await page.fill('#epochs', '5');
    expect(await text(page, '#train')).toBe('Continue');
    await page.fill('#hidden', '16');
    expect(await text(page, '#train')).toBe('Train');
  });

  it('survives a reload in the middle of it, to the last digit', async () => {
    const page = await here.open(SHORT);
    await page.click('#train');
    const whole = await trained(page);
    await page.click('#reset');
    await page.click('#train');
    await stopInTheMiddle(page);
    const reached = await progress(page);
    await until(
      () => text(page, '#train'),
      (label) => label === 'Continue',
    );
    await written(page);
    await page.reload();
    await status(page, /^Your network is back, in epoch \d of 4/);
    expect(await progress(page)).toBeCloseTo(reached, 5);
    expect(await text(page, '#train')).toBe('Continue');
    await page.click('#train');
    expect(await trained(page)).toEqual(whole);
  });

  it('loses little by a reload that nobody announced', async () => {
    const page = await here.open(LONG);
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.waitForTimeout(6000);
    await page.reload();
    await status(page, /^Your network is back, in epoch/);
    await stroke(page, SEVEN);
    await page.locator('#reader').filter({ hasText: 'your network' }).waitFor();
    await page.click('#train');
    await status(page, /^Epoch/);
  });

  it('that is paused in its first epoch comes back after a reload, and goes on to the same figures', async () => {
    // Checkpoints are made every two seconds, and this pause comes before: in an epoch that is long enough for a slow
    // machine to be paused in.
    const page = await here.open(SHORT.replace('count=4000', 'count=16000'));
    await page.click('#train');
    const whole = await trained(page);
    await page.click('#reset');
    await page.click('#train');
    await status(page, /^Epoch 1 of 4/);
    await page.click('#pause');
    await status(page, /^Paused/);
    await written(page);
    await page.reload();
    await status(page, /^Your network is back, in epoch 1 of 4/);
    await page.click('#train');
    expect(await trained(page)).toEqual(whole);
  });

  it('that is paused before its first step comes back with its settings, and the page says so', async () => {
    const page = await here.open('#count=100000&hidden=24&epochs=3');
    await page.fill('#seed', '77');
    await page.click('#train');
    await status(page, /^Making/);
    await page.click('#pause');
    await until(
      () => keptRun(page),
      (kept) => kept !== undefined,
    );
    await page.goto(here.url);
    await status(page, /^Your run was cut off before its first checkpoint/);
    expect(await page.inputValue('#hidden')).toBe('24');
    expect(await page.inputValue('#seed')).toBe('77');
    expect(await text(page, '#train')).toBe('Train');
    // Whoever stops it does not hear of it again.
    await page.click('#train');
    await page.click('#stop');
    await status(page, /^Stopped/);
    await until(
      () => keptRun(page),
      (kept) => kept === undefined,
    );
    await page.reload();
    await status(page, /ready/);
  });

  it('that begins before the page is ready is not disturbed by the one kept before, which Undo brings back', async () => {
    const page = await here.open(SHORT);
    await page.click('#train');
    const whole = await trained(page);
    await written(page);
    const release = await holdPretrained(page);
    // Two addresses that differ only in the hash are one page, unless it is left.
    await page.goto('about:blank');
    await page.goto(here.url + SHORT.replace('seed=5', 'seed=6'));
    await page.click('#train');
    const begun = await until(
      () => progress(page),
      (value) => value > 0,
    );
    release();
    const other = await trained(page);
    expect(begun).toBeGreaterThan(0);
    expect(other).not.toEqual(whole);
    expect(await page.inputValue('#seed')).toBe('6');
    await page.click('#undo-training');
    await until(
      async () => [await text(page, '#val-accuracy'), await text(page, '#loss')].join(),
      (figures) => figures === whole.join(),
    );
  });

  it('that begins and is taken back before the page is ready leaves the one kept before, and its last word stays', async () => {
    const page = await here.open(SHORT);
    await page.click('#train');
    const whole = await trained(page);
    await written(page);
    for (const [button, pattern] of [
      ['#undo-training', /^Your network is back\. Trained for 4 epochs/],
      ['#reset', /^Your network is back\. Trained for 4 epochs/],
    ] as const) {
      const release = await holdPretrained(page);
      await page.goto('about:blank');
      // Long enough to be stopped before its end by a slow machine, too.
      await page.goto(here.url + SHORT.replace('seed=5', 'seed=6').replace('epochs=4', 'epochs=400'));
      await page.click('#train');
      await status(page, /^Epoch/);
      await page.click('#stop');
      await status(page, /^Stopped/);
      await page.click(button);
      await status(page, /undone|Back to the pretrained/);
      release();
      await status(page, pattern);
      expect([await text(page, '#val-accuracy'), await text(page, '#loss')]).toEqual(whole);
      await written(page);
    }
  });

  it('that is over before the page is ready keeps its last word', async () => {
    const page = await here.blank();
    const release = await holdPretrained(page);
    await page.goto(`${here.url}#count=1000&epochs=1&hidden=16`);
    await page.click('#train');
    await status(page, /^Trained/);
    release();
    await stroke(page, SEVEN);
    await until(
      () => text(page, '#answer'),
      (found) => found !== '',
    );
    expect(await text(page, '#status')).toMatch(/^Trained/);
  });

  it('is taken away by Reset and brought back by its undoing', async () => {
    const page = await here.open(SHORT);
    await page.click('#train');
    const whole = await trained(page);
    await stroke(page, SEVEN);
    await page.click('#reset');
    await page.locator('#reader').filter({ hasText: 'pretrained' }).waitFor();
    expect(await text(page, '#val-accuracy')).toBe('');
    await page.click('#undo-reset');
    await status(page, /^Your network is back\. Trained for 4 epochs/);
    expect([await text(page, '#val-accuracy'), await text(page, '#loss')]).toEqual(whole);
    await page.locator('#reader').filter({ hasText: 'your network' }).waitFor();
    expect(await page.isVisible('#mistakes')).toBe(true);
  });

  it('belongs to one press of Train: after Train, Reset, Train, Reset the workers are still', async () => {
    const page = await openWatched(LONG);
    // The digits are at hand, so that training begins at once.
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.click('#reset');
    await page.evaluate(() => {
      const press = (id: string): void => (document.querySelector(id) as HTMLButtonElement).click();
      for (const id of ['#train', '#reset', '#train', '#reset']) press(id);
    });
    await page.waitForTimeout(1500);
    const before = await messages(page);
    await page.waitForTimeout(1000);
    expect(await messages(page)).toBe(before);
    expect(await text(page, '#status')).toMatch(/^Back to the pretrained/);
  });

  it('goes on in a new worker when its own has died, and says so', async () => {
    const page = await openWatched(SHORT.replace('epochs=4', 'epochs=60'));
    await page.click('#train');
    await page.waitForTimeout(3000);
    await status(page, /^Epoch/);
    await killWorker(page);
    await status(page, /^Epoch .* The training worker stopped; a new one (went on from epoch|began again)/);
    // It may have begun again, and must have learned to read before it is asked.
    await until(
      () => progress(page),
      (value) => value > 10 / 60,
    );
    await page.click('#stop');
    await status(page, /^Stopped/);
    // One that dies while nobody trains is replaced, too.
    await written(page);
    await killWorker(page);
    await stroke(page, SEVEN);
    await status(page, /^The training worker stopped; your network was brought back in a new one/);
    await answer(page, '7');
  });

  it('whose worker dies while it is being stopped comes back in a new one', async () => {
    const page = await openWatched(LONG);
    await page.click('#train');
    await until(
      () => keptRun(page),
      (kept) => kept?.checkpoint !== undefined,
    );
    await page.evaluate(() => {
      (document.querySelector('#stop') as HTMLButtonElement).click();
      (window as unknown as Watched).all.kill();
    });
    await status(page, /^The training worker stopped; your network was brought back in a new one/);
    expect(await text(page, '#train')).toBe('Continue');
    await page.click('#train');
    await status(page, /^Epoch/);
  });

  it('whose worker died before there was a checkpoint is lost, which the page says, and begins anew', async () => {
    const page = await openWatched(LONG);
    await page.evaluate(() => {
      const line = document.querySelector('#status')!;
      const observer = new MutationObserver(() => {
        if (!line.textContent.startsWith('Epoch')) return;
        observer.disconnect();
        (document.querySelector('#stop') as HTMLButtonElement).click();
        (window as unknown as Watched).all.kill();
      });
      observer.observe(line, { childList: true, characterData: true, subtree: true });
    });
    await page.click('#train');
    await status(page, /^There is not enough memory/);
    expect(await text(page, '#train')).toBe('Train');
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.click('#train');
    await status(page, /^Epoch/);
  });

  it('in a second tab is forgotten by a reload, and the page says so at its end', async () => {
    const page = await here.open(SHORT);
    await page.click('#train');
    await trained(page);
    const second = await page.context().newPage();
    await second.goto(here.url + SHORT);
    await status(second, /ready/);
    for (const sentence of [/^Trained .* another tab/, /^Trained (?!.*another tab)/]) {
      await second.click('#train');
      await status(second, sentence);
    }
    await page.reload();
    await status(page, /^Your network is back/);
    await second.reload();
    await status(second, /ready/);
  });

  it('is forgotten where the browser stores nothing, and the page says so', async () => {
    const page = await here.blank();
    await page.addInitScript(() => {
      indexedDB.open = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      };
    });
    await page.goto(here.url + SHORT);
    await status(page, /ready/);
    await page.click('#train');
    await status(page, /^Trained for 4 epochs.* A reload will forget it, because the browser stores no more/);
  });
});

describe('without its host', () => {
  it('the page draws, trains and reloads after the first visit', async () => {
    const page = await here.blank({ serviceWorkers: 'allow' });
    await page.goto(`${here.url}#count=1000&epochs=1&hidden=16`);
    await status(page, /ready/);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.context().setOffline(true);
    await page.click('#train');
    await status(page, /^Trained/);
    await page.reload();
    await status(page, /back/);
    await page.click('#reset');
    await stroke(page, SEVEN);
    await answer(page, '7');
    here.forgive(/offline|ERR_INTERNET_DISCONNECTED/i);
  });
});

describe('where memory can be shared', () => {
  const isolated = visit(ISOLATION);

  it('a network learns on several threads, and the page says on how many', async () => {
    const page = await isolated.open('#count=1000&epochs=1&hidden=16');
    const processors = await page.evaluate(() => navigator.hardwareConcurrency);
    await page.click('#train');
    await status(page, /^Trained/);
    const shown = await text(page, '#run-settings');
    if (processors > 1) expect(shown).toMatch(/ · \d+ threads$/);
    else expect(shown).not.toContain('threads');
  });
});
