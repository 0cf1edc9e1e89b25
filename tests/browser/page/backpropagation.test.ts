/** Backpropagation, step by step, on the drawn digit. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { answer, SEVEN, status, stroke, text, until, visit } from './page.js';

const here = visit();
const VIEW = '#view=backpropagation';
/** Few digits only where the number is too small for 32 bits, or a unit switches on the way. */
const AGREES = /agree to [2-6]|Both are 0|as far as 32-bit|^A unit switched/;
const PANEL = '#view-backpropagation';

async function opened(hash = VIEW): Promise<Page> {
  const page = await here.open(hash);
  await stroke(page, SEVEN);
  await answer(page, '7');
  await heading(page, /^Step 1 of/);
  return page;
}

const heading = (page: Page, pattern: RegExp): Promise<unknown> =>
  page.locator(`${PANEL} h2`).filter({ hasText: pattern }).waitFor();

/** Every step's title and the verdict of its check, from the first to the last. */
async function walk(page: Page): Promise<[title: string, verdict: string][]> {
  const seen: [string, string][] = [];
  for (;;) {
    const title = await text(page, `${PANEL} h2`);
    seen.push([title, await text(page, '.check-verdict')]);
    if (await page.isDisabled('#step-forward')) return seen;
    await page.click('#step-forward');
    await until(
      () => text(page, `${PANEL} h2`),
      (now) => now !== title,
    );
  }
}

describe('backpropagation, step by step', () => {
  it('goes from the input to the update, each step with an equation and a check that agrees', async () => {
    const page = await opened();
    await page.selectOption('#step-target', '3');
    const seen = await walk(page);
    expect(seen).toHaveLength(15);
    expect(seen[1]![0]).toBe('Step 2 of 15. Layer 1: weighted sums');
    expect(seen.at(-1)![0]).toBe('Step 15 of 15. The update');
    for (const [title, verdict] of seen) expect([title, verdict]).toEqual([title, expect.stringMatching(AGREES)]);
    expect(seen.filter(([, verdict]) => /agree to [2-6]/.test(verdict)).length).toBeGreaterThan(11);
    expect(await page.locator(`${PANEL} .equations .formula`).count()).toBe(2);
  });

  it('is stepped by arrow keys, forth and back, and plays by itself', async () => {
    const page = await opened();
    await page.focus('#step-forward');
    await page.keyboard.press('ArrowRight');
    await heading(page, /^Step 2 /);
    await page.keyboard.press('ArrowRight');
    await heading(page, /^Step 3 /);
    await page.keyboard.press('ArrowLeft');
    await heading(page, /^Step 2 /);
    expect(await text(page, `${PANEL} > [aria-live]`)).toMatch(/^Step 2 of 15/);
    await page.click('#step-play');
    await heading(page, /^Step 3 /);
    await page.click('#step-play');
    expect(await text(page, '#step-play')).toBe('Play');
  });

  it('unfolds the arithmetic of any unit that is clicked or reached by keys', async () => {
    const page = await opened();
    await page.locator('.rail-step').nth(1).click();
    await heading(page, /weighted sums/);
    const all = page.locator(`${PANEL} [role=slider]`).last();
    await all.click({ position: { x: 3, y: 3 } });
    await page
      .locator('.worked h3')
      .filter({ hasText: /unit 1$/ })
      .waitFor();
    await page.keyboard.press('ArrowRight');
    await page
      .locator('.worked h3')
      .filter({ hasText: /unit 2$/ })
      .waitFor();
    expect(await all.getAttribute('aria-valuetext')).toMatch(/^unit 2: /);
    // The products that are shown, the others and the bias make the sum.
    const cells = await page.locator('.worked-sum tbody tr td:last-child').allTextContents();
    const numbers = cells.map((cell) =>
      Number(
        cell
          .replace('−', '-')
          .replace(/\s·\s10⁻⁴/, 'e-4')
          .replace(/\s·\s10⁻⁵/, 'e-5'),
      ),
    );
    const result = numbers.pop()!;
    expect(numbers.reduce((sum, value) => sum + value, 0)).toBeCloseTo(result, 2);
    // A term is a way back to the unit that it comes from.
    await page.locator('.worked-sum button').nth(2).click();
    await page.locator('.worked-sum tr:nth-child(3).is-selected').waitFor();
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).className)).toBe('chooser');
  });

  it('takes the step on this one digit, shows what changed, and takes it back', async () => {
    const page = await opened();
    await page.selectOption('#step-target', '1');
    await page.locator('.rail-step').last().click();
    await page.fill('#step-rate', '0,01');
    await page.click('#take-step');
    await page
      .locator('.update-said')
      .filter({ hasText: /The loss fell from/ })
      .waitFor();
    const row = await page.locator('.compared .is-target').textContent();
    const [before, after] = row!.match(/[\d.]+(?=%)/g)!.map(Number);
    expect(after!).toBeGreaterThan(before!);
    expect(await page.isVisible('.changed')).toBe(true);
    // The network itself is as it was.
    expect(await text(page, '#answer')).toBe('7');
    await page.click('#undo-step');
    await page.locator('.changed').waitFor({ state: 'hidden' });
    expect(await page.isDisabled('#undo-step')).toBe(true);
    await page.fill('#step-rate', 'much');
    expect(await page.isDisabled('#take-step')).toBe(true);
    expect(await text(page, '#step-rate-error')).toMatch(/above 0/);
  });

  it.each([
    ['library', 'Δ'],
    ['000', 'δ'],
    ['001', 'δ'],
    ['002', 'φ'],
    ['003', '∂'],
    ['004', 'δ'],
  ])('is written as in document %s', async (id, letter) => {
    const page = await opened();
    await page.selectOption('#step-notation', id);
    await page.locator('.rail-step').nth(9).click();
    await heading(page, /Layer 2: error signals/);
    expect(await text(page, '.equations')).toContain(letter);
  });

  it('shows the visitor’s own network, of any depth and activation', async () => {
    const page = await here.open(
      '#count=500&epochs=1&hidden=24,16,12&activation=gelu&optimizer=adam&lr=0.003&batch=16',
    );
    await stroke(page, SEVEN);
    await page.click('#train');
    await status(page, /^Trained/);
    await page.click('#tab-backpropagation');
    await heading(page, /^Step 1 of 19/);
    expect(await text(page, `${PANEL} .view-note`)).toContain('784 → 24 gelu → 16 gelu → 12 gelu → 10 softmax');
    for (const [title, verdict] of await walk(page)) {
      expect([title, verdict]).toEqual([title, expect.stringMatching(AGREES)]);
    }
    await page.click('#tab-train');
    await page.click('#reset');
    await page.click('#tab-backpropagation');
    await page.locator(`${PANEL} .view-note`).filter({ hasText: 'pretrained' }).waitFor();
  });

  it('aims at the digit that the drawing was said to be', async () => {
    const page = await opened();
    const first = (): Promise<string | null> => page.locator('#step-target option').first().textContent();
    expect(await first()).toBe('7, as it answers');
    await page.locator('#correction-digits button').nth(1).click();
    await until(first, (target) => target === '1, as you said');
    expect(await text(page, '#answer')).toBe('7');
  });

  it('begins with the digit that the page draws itself', async () => {
    const page = await here.open(VIEW);
    await heading(page, /^Step 1 of 15/);
    await until(
      async () => page.locator('#step-target option').first().textContent(),
      (target) => target === '3, as it answers',
    );
  });
});
