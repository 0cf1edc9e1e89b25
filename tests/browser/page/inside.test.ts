/** The view into the network for the drawn digit. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { watchShifts } from './faults.js';
import { answer, LONG, ONE, SEVEN, status, stroke, text, until, visit } from './page.js';

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

describe('the embedding', () => {
  const place = (page: Page): Promise<string> =>
    page.$eval('.embedding-drawn', (drawn) => (drawn as HTMLElement).style.transform);
  const plot = (page: Page) => page.locator('.embedding-plot > canvas');
  const chosen = async (page: Page): Promise<string> => (await plot(page).getAttribute('aria-valuetext'))!;

  it('has the drawn digit among a thousand, where it belongs, also while it is drawn', async () => {
    const page = await opened();
    await until(
      () => text(page, '.embedding-nearest'),
      (said) => /^Nearest to yours: .*7.*7/.test(said),
    );
    expect(await text(page, '.embedding-whose')).toMatch(/^You have trained no network yet.* 64 units\.$/);
    const [, right] = (await text(page, '.embedding-score')).match(/^(\d+) of 1,000/)!;
    expect(Number(right)).toBeGreaterThan(900);
    const before = await place(page);
    await page.click('#clear');
    await stroke(page, ONE);
    await answer(page, '1');
    await until(
      () => text(page, '.embedding-nearest'),
      (said) => /^Nearest to yours: .*1.*1/.test(said),
    );
    expect(await place(page)).not.toBe(before);
  });

  it('shows a digit by pointer and by keys, the misread ones in turn, and one class alone', async () => {
    const page = await opened();
    await page.locator('.embedding-score').filter({ hasText: '1,000' }).waitFor();
    expect(await chosen(page)).toBe('none chosen');
    await plot(page).focus();
    const [, nearest] = (await text(page, '.embedding-nearest')).match(/: (\d)/)!;
    await page.keyboard.press('Home');
    await until(
      () => chosen(page),
      (said) => said.startsWith(`A ${nearest}, read as`),
    );
    const first = await plot(page).getAttribute('aria-valuenow');
    await page.keyboard.press('ArrowRight');
    await until(
      () => plot(page).getAttribute('aria-valuenow'),
      (now) => now !== first,
    );
    await page.keyboard.press('PageDown');
    await until(
      () => chosen(page),
      (said) => /^A (\d), read as (?!\1)\d, /.test(said),
    );
    expect(await text(page, '.embedding-reads')).toBe(await chosen(page));
    await page.keyboard.press('Escape');
    await until(
      () => chosen(page),
      (said) => said === 'none chosen',
    );
    // Only digits of the class that is shown alone are found.
    await page.getByRole('button', { name: 'Only 4' }).click();
    const box = (await plot(page).boundingBox())!;
    const said = new Set<string>();
    for (let y = 0.1; y < 1; y += 0.1) {
      for (let x = 0.1; x < 1; x += 0.1) {
        await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
        said.add((await text(page, '.embedding-reads')).slice(0, 4));
      }
    }
    expect([...said].sort()).toEqual(['A 4,', 'Poin']);
    // Other components are another picture.
    const axes = await text(page, '.embedding-axes');
    await page.selectOption('#embedding-plane', { label: '2 and 3' });
    await until(
      () => text(page, '.embedding-axes'),
      (now) => now !== axes && now.includes('component 3'),
    );
  });

  it('follows a network while it learns, without moving anything', async () => {
    const page = await here.open(LONG);
    await stroke(page, SEVEN);
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.click('#tab-inside');
    await page.locator('.embedding-whose').filter({ hasText: 'still learning' }).waitFor();
    await page.locator('.embedding-score').filter({ hasText: '1,000' }).waitFor();
    await page.locator('.embedding-plot').scrollIntoViewIfNeeded();
    const shifted = await watchShifts(page);
    const axes = await text(page, '.embedding-axes');
    await until(
      () => text(page, '.embedding-axes'),
      (now) => now !== axes,
    );
    expect(await shifted()).toBe(0);
    await page.evaluate(() => document.getElementById('stop')!.click());
    await page
      .locator('.embedding-whose')
      .filter({ hasText: /^Your network after/ })
      .waitFor();
  });

  it('says that it could not be computed, and tries again', async () => {
    const page = await here.open();
    await page.route('**/inside.worker-*.js', (route) => route.abort());
    await page.click('#tab-inside');
    await page.locator('.embedding-trouble').filter({ hasText: 'could not be computed' }).waitFor();
    await page.unroute('**/inside.worker-*.js');
    await page.click('.embedding-side > button');
    await page.locator('.embedding-score').filter({ hasText: '1,000' }).waitFor();
    expect(await text(page, '.embedding-trouble')).toBe('');
    here.forgive();
  });
});

describe('the loss surface', () => {
  const picture = (page: Page) => page.locator('.surface-picture');
  const note = (page: Page, said: string) => page.locator('.surface-note').filter({ hasText: said }).waitFor();
  const compute = async (page: Page): Promise<void> => {
    await page.selectOption('#surface-steps', '15');
    await page.click('#surface-compute');
    await note(page, 'Computed.');
  };

  it('shows the ground around the pretrained network, is cancelled, read by pointer and keys, and saved', async () => {
    const page = await here.open('#view=inside');
    await page.locator('.surface-whose').filter({ hasText: 'You have trained no network yet' }).waitFor();
    expect(await text(page, '.surface-here')).toMatch(/^It takes some seconds/);
    await page.selectOption('#surface-steps', '41');
    await page.click('#surface-compute');
    await until(
      () => page.$eval('.surface-tools progress', (bar) => (bar as HTMLProgressElement).value),
      (value) => value > 0,
    );
    // The focus is on Cancel, and comes back.
    await page.keyboard.press('Enter');
    await note(page, 'Cancelled.');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('surface-compute');
    await compute(page);
    expect(await text(page, '.surface-side')).toMatch(/two random directions.*15 × 15 losses, each the mean of 500/);
    const told = (): Promise<string> => text(page, '.surface-here');
    const lossOf = (said: string): number => Number(said.match(/Loss ([\d.]+) here/)![1]);
    await picture(page).hover({ position: { x: 3, y: 3 } });
    const corner = lossOf(await until(told, (said) => said.startsWith('Loss')));
    await picture(page).focus();
    await page.mouse.move(0, 0);
    await page.keyboard.press('ArrowRight');
    const near = lossOf(await until(told, (said) => said.startsWith('Loss')));
    expect(near).toBeLessThan(corner);
    expect(await picture(page).getAttribute('aria-valuetext')).toBe(await told());
    for (const kind of ['SVG', 'PNG']) {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: `The loss surface as ${kind}` }).click();
      const file = await readFile(await (await download).path());
      if (kind === 'SVG')
        expect(file.toString()).toMatch(/^<svg[^]*<image [^]*data:image\/png[^]*>the network<[^]*>Loss</);
      else expect(file.subarray(1, 4).toString()).toBe('PNG');
    }
  });

  it('lies in the path of a training, whose moments are told in turn', async () => {
    const page = await here.open('#count=1000&epochs=12&hidden=16&activation=relu&optimizer=adam&lr=0.003&batch=16');
    await page.click('#train');
    await status(page, /^Trained/);
    await page.click('#tab-inside');
    await page
      .locator('.surface-whose')
      .filter({ hasText: /^Your network after 12 epochs/ })
      .waitFor();
    const shifted = await watchShifts(page);
    await page.locator('.surface-plot').scrollIntoViewIfNeeded();
    await compute(page);
    expect(await shifted()).toBe(0);
    const [, moments, held] = (await text(page, '.surface-side')).match(
      /first two principal components of (\d+) earlier moments.* holds ([\d.]+)% of the path/,
    )!;
    expect(Number(moments)).toBeGreaterThanOrEqual(3);
    expect(Number(held)).toBeGreaterThan(50);
    await picture(page).focus();
    const losses: number[] = [];
    for (const [key, epochs] of [
      ['Home', '0'],
      ['End', '12'],
    ]) {
      await page.keyboard.press(key!);
      const said = await until(
        () => text(page, '.surface-here'),
        (said) => said.startsWith(`After ${epochs} epochs`),
      );
      losses.push(Number(said.match(/the loss was ([\d.]+);/)![1]));
    }
    expect(losses[0]).toBeGreaterThan(2);
    expect(losses[1]).toBeLessThan(1);
    await page.keyboard.press('PageUp');
    await until(
      () => text(page, '.surface-here'),
      (said) => said.startsWith('After ') && !said.startsWith('After 12 '),
    );
  });
});
