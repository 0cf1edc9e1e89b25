/** The page by keyboard, by ear, in both themes. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeFaults } from './faults.js';
import { answer, SEVEN, status, stroke, visit } from './page.js';

const here = visit();

describe('for everyone', () => {
  it('can be used by keyboard alone', async () => {
    const page = await here.open('#count=1000&epochs=1');
    const press = async (key: string, times = 1): Promise<void> => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    const tabTo = async (id: string): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        if ((await page.evaluate(() => document.activeElement?.id)) === id) return;
        await press('Tab');
      }
      throw new Error(`Tab does not reach #${id}`);
    };
    await tabTo('draw');
    await press(' ');
    await press('ArrowDown', 16);
    await press(' ');
    await answer(page, '1');
    await press('Control+z');
    await answer(page, '');
    await tabTo('train');
    await press('Enter');
    await status(page, /^Trained/);
    // The button that was pressed went out under the finger; the focus is not lost.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('train');
    await tabTo('reset');
    await press('Enter');
    await status(page, /^Back/);
  });

  it('shows where the focus is', async () => {
    const page = await here.open();
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      const visible = await page.evaluate(() => {
        const focused = document.activeElement!;
        const shown = focused.matches('.segmented input, .sr-only')
          ? focused.parentElement!.querySelector('span, label')
          : focused;
        return getComputedStyle(shown ?? focused).outlineStyle;
      });
      expect(visible).not.toBe('none');
    }
  });

  it('follows the system into the dark, and the visitor out of it, for good', async () => {
    const page = await here.open('', { colorScheme: 'dark' });
    const brightness = (): Promise<number> =>
      page.evaluate(() => Number(/\d+/.exec(getComputedStyle(document.documentElement).backgroundColor)![0]));
    expect(await brightness()).toBeLessThan(64);
    await page.click('#theme');
    expect(await brightness()).toBeGreaterThan(192);
    await page.reload();
    expect(await brightness()).toBeGreaterThan(192);
  });

  it('names every control', async () => {
    const page = await here.open();
    const nameless = await page.$$eval('button, input, select, canvas[tabindex]', (controls) =>
      controls
        .filter((control) => {
          const labels = 'labels' in control ? ((control as HTMLInputElement).labels?.length ?? 0) : 0;
          return labels === 0 && !control.getAttribute('aria-label') && !control.textContent?.trim();
        })
        .map((control) => control.outerHTML),
    );
    expect(nameless).toEqual([]);
  });

  it('speaks German from the first view on, with numbers as they are written there', async () => {
    const english = await here.open();
    const wordsOf = (page: Page): Promise<string[]> =>
      page.$$eval('h1, h2, h3, legend, label, button, dt, th, summary, .note', (all) =>
        all.filter((one) => one.checkVisibility()).map((one) => one.textContent.trim()),
      );
    const theirs = new Set((await wordsOf(english)).filter((text) => /[a-z]{3}/.test(text)));
    const page = await here.blank({ locale: 'de-DE', viewport: { width: 360, height: 800 } });
    await page.goto(`${here.url}#count=2000&epochs=1&hidden=16&activation=relu&optimizer=adam&lr=0.002&batch=32`);
    await status(page, /^Ein vortrainiertes Netz ist bereit/);
    expect(await page.evaluate(() => [document.documentElement.lang, document.title])).toEqual([
      'de',
      'Zeichne eine Ziffer — mlp-wasm',
    ]);
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.click('#train');
    await status(page, /^1 Epoche trainiert, .* von 100 richtig/);
    expect(await page.textContent('#val-accuracy')).toMatch(/^0,\d{4}$/);
    expect((await wordsOf(page)).filter((text) => theirs.has(text))).toEqual([
      'Backpropagation',
      'Pause',
      'Augmentation',
    ]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  it('leads somewhere: to what it is made of', async () => {
    const page = await here.open();
    expect(await page.locator('a[href^="https:"]:visible').count()).toBeGreaterThan(1);
  });

  // Each state in which the page looks different: light on a desk, dark on a phone.
  describe.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('in the %s at %i pixels', (colorScheme, width) => {
    it('has no fault that axe finds, from the first view to the last', { timeout: 300_000 }, async () => {
      const page = await here.blank({ colorScheme, viewport: { width, height: 800 }, hasTouch: width < 500 });
      await page.goto(`${here.url}#count=2000&epochs=1000&hidden=16&activation=relu&optimizer=adam&lr=0.002&batch=32`);
      const found: string[] = [];
      const look = async (state: string): Promise<void> => {
        found.push(...(await axeFaults(page, state)));
      };
      await status(page, /ready/);
      await look('first');
      await stroke(page, SEVEN);
      await answer(page, '7');
      await look('drawn');
      await page.click('#train');
      await status(page, /^Epoch/);
      await page.click('#pause');
      await look('paused');
      await page.click('#stop');
      await status(page, /^Stopped/);
      await look('stopped');
      await page.fill('#epochs', '1');
      await page.fill('#seed', '1');
      await page.click('#train');
      await status(page, /^Trained/);
      await page.click('#figures-table summary');
      await look('trained');
      await page.fill('#hidden', 'many');
      await page.check('input[name=data][value=mnist]', { force: true });
      await look('faulty settings');
      await page.click('#reset');
      await look('reset');
      await page.click('#tab-backpropagation');
      const steps = page.locator('.rail-step');
      await steps.first().waitFor();
      for (let i = 0; i < (await steps.count()); i++) {
        await steps.nth(i).click();
        await look(`backpropagation, step ${i + 1}`);
      }
      await page.selectOption('#step-target', '1');
      await page.click('#take-step');
      await page.locator('.compared').waitFor();
      await look('backpropagation, step taken');
      await page.click('#tab-inside');
      await page.locator('.diagram-unit').first().waitFor();
      await page.locator('.embedding-score').filter({ hasText: '1,000' }).waitFor();
      await page.locator('.embedding-plot > canvas').press('PageDown');
      await page.click('.embedding-classes button');
      await page.selectOption('#surface-steps', '15');
      await page.click('#surface-compute');
      await page.locator('.surface-note').filter({ hasText: 'Computed' }).waitFor();
      await page.locator('.surface-picture').press('Home');
      await look('inside');
      await page.click('#silence');
      await page.check('#without-biases');
      await page.locator('.diagram-unit.is-silenced').first().waitFor();
      await look('inside, broken');
      await page.click('#tab-my-digits');
      await page.locator('.hand').waitFor();
      await look('my digits, none');
      await page.click('#correction-digits button >> nth=3');
      await page.click('.my-tile');
      await look('my digits, one chosen');
      await page.click('.hand .primary');
      await page.locator('.hand tbody').waitFor();
      await look('my digits, learned');
      await page.click('#tab-share');
      await page.locator('#share-pytorch').waitFor();
      await page.locator('.runs tbody tr').first().waitFor();
      await page.click('.runs [aria-pressed]');
      await look('share');
      await page.click('[data-format="onnx"]');
      await page.locator('#share-model .share-note').filter({ hasText: 'is made' }).waitFor();
      await page.click('.run-actions button >> nth=-1');
      await look('share, saved and deleted');
      expect(found).toEqual([]);
    });
  });
});
