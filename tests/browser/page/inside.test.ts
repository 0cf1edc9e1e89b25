/** The view into the network for the drawn digit. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { answer, SEVEN, status, stroke, text, until, visit } from './page.js';

const here = visit();

async function opened(): Promise<Page> {
  const page = await here.open('#view=inside');
  await stroke(page, SEVEN);
  await answer(page, '7');
  await until(
    () => text(page, '.break-answer'),
    (said) => said.startsWith('The copy says 7'),
  );
  return page;
}

describe('inside the network', () => {
  it('shows the strongest paths, and the weights of the unit that the pointer or the focus comes to', async () => {
    const page = await opened();
    const units = page.locator('.diagram-unit');
    expect(await units.count()).toBe(8 + 8 + 11);
    expect(await page.locator('.diagram .link').count()).toBeGreaterThan(30);
    await units.nth(2).hover();
    const first = (await units.nth(2).textContent())!.match(/unit (\d+)/)![1];
    await page
      .locator('.unit-title')
      .filter({ hasText: `Layer 1, unit ${first}` })
      .waitFor();
    // As long as the pointer is there.
    await page.mouse.move(5, 5);
    await page
      .locator('.unit-title')
      .filter({ hasNotText: `unit ${first}` })
      .waitFor();
    await units.nth(2).focus();
    await page.keyboard.press('Tab');
    const second = (await units.nth(3).textContent())!.match(/unit (\d+)/)![1];
    await page
      .locator('.unit-title')
      .filter({ hasText: `Layer 1, unit ${second}` })
      .waitFor();
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('diagram-unit');
    expect(await page.locator('.unit .pictures canvas').count()).toBe(2);
    // Generated digits that it likes best.
    await page.locator('.favourites-best canvas').first().waitFor();
    expect(await text(page, '.favourites .note')).toMatch(/^(Excite it most: \d|No digit)/);
  });

  it('silences a unit and wakes it again', async () => {
    const page = await opened();
    const before = await text(page, '.break-answer');
    await page.locator('.diagram-unit[data-unit^="1-"]').nth(4).click();
    await page.locator('.unit-title').filter({ hasText: 'Layer 2' }).waitFor();
    await page.click('#silence');
    await page.locator('.diagram-unit.is-silenced').waitFor();
    expect(await text(page, '.break')).toContain('1 unit silenced.');
    await until(
      () => text(page, '.break-answer'),
      (said) => said !== before,
    );
    await page.click('#silence');
    await until(
      () => text(page, '.break-answer'),
      (said) => said === before,
    );
    expect(await page.isDisabled('#restore')).toBe(true);
  });

  it('breaks by noise and without biases, says the answer, and is restored', async () => {
    const page = await opened();
    const before = await text(page, '.break-answer');
    await page.check('#without-biases');
    await until(
      () => text(page, '.break-answer'),
      (said) => said !== before,
    );
    await page.focus('#noise');
    await page.keyboard.press('End');
    await until(
      async () => [await text(page, '.break [role=status]'), await text(page, '.break-answer')],
      ([spoken, shown]) => spoken === shown,
    );
    const noisy = await text(page, '.break-answer');
    await page.locator('.break button').first().click();
    await until(
      () => text(page, '.break-answer'),
      (said) => said !== noisy,
    );
    // Neither the network itself nor its answer is touched.
    expect(await text(page, '#answer')).toBe('7');
    await page.click('#restore');
    await until(
      () => text(page, '.break-answer'),
      (said) => said === before,
    );
  });

  it('shows what speaks for the answer, by two methods, and for other digits', async () => {
    const page = await opened();
    const sums = async (): Promise<number[]> =>
      Array.from((await text(page, '.saliency > .muted')).replaceAll('−', '-').matchAll(/-?\d+(\.\d+)?/g), ([n]) =>
        Number(n),
      );
    const [sum, difference] = await sums();
    // Integrated gradients are complete.
    expect(Math.abs(sum! - difference!)).toBeLessThan(0.02 * Math.abs(difference!) + 0.02);
    await page.selectOption('#saliency-method', 'gradientTimesInput');
    await until(sums, (now) => now[0] !== sum);
    await page.selectOption('#saliency-of', '1');
    await until(sums, (now) => now[1] !== difference);
  });

  it('follows the visitor’s own network, of one layer and of none', async () => {
    const page = await here.open('#count=500&epochs=1&hidden=&optimizer=adam&lr=0.003');
    await stroke(page, SEVEN);
    await page.click('#train');
    await status(page, /^Trained/);
    await page.click('#tab-inside');
    await page.locator('.diagram-unit').first().waitFor();
    expect(await page.locator('.diagram-unit').count()).toBe(10);
    await page.click('#tab-train');
    await page.fill('#hidden', '12, 10, 9, 8, 7, 6');
    await page.click('#train');
    await status(page, /^Trained/);
    await page.click('#tab-inside');
    await page.locator('#view-inside .view-note').filter({ hasText: '→ 6 sigmoid → 10 softmax' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1280);
  });
});
