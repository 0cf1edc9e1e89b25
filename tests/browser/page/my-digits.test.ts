/** My digits: kept by one press, browsed, changed, moved by files, and learned. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { answer, ONE, SEVEN, status, stroke, strokesByScript, TEN, text, until, visit, written } from './page.js';
import type { Point } from './page.js';

const here = visit();
const keepAs = (page: Page, digit: number): Promise<void> =>
  page.click(`#correction-digits button >> nth=${digit}`, { force: true });
const labels = (page: Page): Promise<string[]> =>
  page.$$eval('.my-tile', (tiles) => tiles.map((tile) => tile.getAttribute('aria-label')!.slice(0, 1)));
const openView = async (page: Page): Promise<void> => {
  await page.click('#tab-my-digits');
  await page.locator('.hand').waitFor();
};
const noted = (page: Page, pattern: RegExp): Promise<void> =>
  page.locator('.my-note').filter({ hasText: pattern }).waitFor();

/** One digit drawn and kept. */
async function draw(page: Page, digit: number, strokes: Point[][], label = digit): Promise<void> {
  await page.click('#clear');
  await strokesByScript(page, strokes);
  await page.locator(`#correction-digits button[aria-disabled=false]`).first().waitFor();
  await keepAs(page, label);
}

describe('my digits', () => {
  it('keep a drawing by one press, take it back by another, and survive a reload', async () => {
    const page = await here.open();
    await keepAs(page, 4); // nothing is drawn
    await stroke(page, SEVEN);
    await answer(page, '7');
    await keepAs(page, 1);
    expect(await text(page, '#correction-label')).toBe('Kept as a 1.');
    expect(await text(page, '#correction-spoken')).toBe('Kept as a 1. One of my digits.');
    await keepAs(page, 8);
    expect(await text(page, '#correction-label')).toBe('Kept as an 8.');
    await openView(page);
    expect(await labels(page)).toEqual(['8']);
    await page.waitForTimeout(300); // the browser writes
    await page.reload();
    await until(
      () => labels(page),
      (all) => all.length === 1,
    );
    // The drawing is back, too, and is known to be kept.
    await page.locator('#correction-label').filter({ hasText: 'Kept as an 8.' }).waitFor();
    await keepAs(page, 8);
    expect(await labels(page)).toEqual([]);
    expect(await text(page, '#correction-spoken')).toBe('No longer kept. My digits: 0.');
  });

  it('are chosen, relabelled, deleted and brought back, by keyboard too', async () => {
    const page = await here.open();
    await draw(page, 1, TEN[1]!);
    await draw(page, 7, TEN[7]!);
    await draw(page, 0, TEN[0]!);
    await openView(page);
    expect(await labels(page)).toEqual(['0', '1', '7']);
    await page.click('.my-tile >> nth=1');
    await page.click('.my-tile >> nth=2');
    expect(await text(page, '.chosen-note')).toBe('2 chosen. They are a');
    await page.click('.chosen-bar button >> nth=9');
    expect(await labels(page)).toEqual(['0', '9', '9']);
    await page.click('.my-kept .controls >> text=Undo');
    expect(await labels(page)).toEqual(['0', '1', '7']);
    await page.click('.chosen-bar >> text=Delete');
    expect(await labels(page)).toEqual(['0']);
    await page.click('.my-kept .controls >> text=Undo');
    expect(await labels(page)).toEqual(['0', '1', '7']);
    await page.focus('.my-tile');
    await page.keyboard.press('3');
    expect(await labels(page)).toEqual(['1', '3', '7']);
    await page.keyboard.press('End');
    await page.keyboard.press('Delete');
    expect(await labels(page)).toEqual(['1', '3']);
    // The focus stays in the list.
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    expect(await text(page, '.chosen-note')).toBe('1 chosen. They are a');
  });

  it('leave as a file and come back from it; other files are refused in a sentence', async () => {
    const page = await here.open();
    await draw(page, 4, TEN[4]!);
    await draw(page, 7, TEN[7]!, 1);
    await openView(page);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Export')]);
    const file = await readFile(await download.path());
    const give = (name: string, buffer: Buffer): Promise<void> =>
      page.setInputFiles('#my-digits-file', { name, mimeType: 'application/json', buffer });
    await give('again.json', file);
    await noted(page, /^0 digits added; 2 were here already\.$/);
    await page.click('.my-tile >> nth=0');
    await page.click('.chosen-bar >> text=Delete');
    await give('again.json', file);
    await noted(page, /^One digit added; 1 were here already\.$/);
    expect(await labels(page)).toEqual(['1', '4']);
    await give('cat.json', Buffer.from('{"cat": true}'));
    await noted(page, /^cat\.json is no file of digits that this page exported\.$/);
    await give('bad.json', Buffer.from(file.toString().replace('"label":4', '"label":44')));
    await noted(page, /^bad\.json is damaged: digit 1 has no proper label\.$/);
    expect(await labels(page)).toEqual(['1', '4']);
  });

  it('are not lost when the storage is full, and it is said', async () => {
    const page = await here.blank();
    await page.addInitScript(() => {
      const put = IDBObjectStore.prototype.put;
      Object.assign(window, { full: true });
      IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
        if (this.name === 'digits' && (window as unknown as { full: boolean }).full)
          throw new DOMException('full', 'QuotaExceededError');
        return put.apply(this, args);
      };
    });
    await page.goto(here.url);
    await stroke(page, ONE);
    await answer(page, '1');
    await keepAs(page, 1);
    await page.locator('#correction-label').filter({ hasText: 'storage is full' }).waitFor();
    await openView(page);
    expect(await labels(page)).toEqual(['1']);
    await noted(page, /storage is full: kept in this tab only/);
    // With the next change all is written, as soon as there is room.
    await page.evaluate(() => Object.assign(window, { full: false }));
    await draw(page, 7, TEN[7]!);
    await page.waitForTimeout(300);
    await page.reload();
    await until(
      () => labels(page),
      (all) => all.join() === '1,7',
    );
  });

  it('are learned with figures before and after, for good, until that is taken back', async () => {
    const page = await here.open();
    // A hand of its own: an 8 that is a heart.
    const heart: Point[] = [
      [0.5, 0.3],
      [0.4, 0.18],
      [0.22, 0.22],
      [0.22, 0.45],
      [0.5, 0.82],
      [0.78, 0.45],
      [0.8, 0.22],
      [0.6, 0.18],
      [0.5, 0.3],
    ];
    for (let i = 0; i < 6; i++) await draw(page, 8, [heart.map(([x, y]): Point => [x + 0.02 * i * (y - 0.5), y])]);
    await page.locator('#confidence').filter({ hasText: 'Not a digit I know' }).waitFor();
    await openView(page);
    await page.click('.hand >> text=Learn my hand >> nth=-1');
    await page.click('.hand >> text=Cancel');
    await page.locator('.hand-note').filter({ hasText: 'nothing has changed' }).waitFor();
    await page.click('.hand .primary');
    await page
      .locator('.hand-note')
      .filter({ hasText: /^Learned in/ })
      .waitFor();
    const rows = await page.locator('.hand tbody tr').allTextContents();
    expect(rows[0]).toMatch(/^one of yours, held out\d+ %100 %$/);
    expect(rows[1]).toMatch(/^2,000 generated9\d(\.\d)? %9\d(\.\d)? %$/);
    await answer(page, '8');
    await page.waitForTimeout(300);
    await page.reload();
    await answer(page, '8');
    expect(await text(page, '#reader')).toMatch(/has learned your hand/);
    await page.click('text=Forget my hand');
    await answer(page, '');
  });

  it('change the figures of one’s own network, which are those of the weights that it has by now', async () => {
    const page = await here.open('#count=2000&epochs=1&hidden=16&activation=relu&optimizer=adam&lr=0.002&batch=32');
    await page.click('#train');
    await status(page, /^Trained/);
    const figures = async (): Promise<[accuracy: string, mistakes: string]> => [
      await text(page, '#val-accuracy'),
      (await text(page, '#mistakes-summary')).replace(/\. .*/, ''),
    ];
    const before = await figures();
    await draw(page, 7, [SEVEN]);
    await openView(page);
    await page.click('.hand .primary');
    await page
      .locator('.hand-note')
      .filter({ hasText: /^Learned in/ })
      .waitFor();
    const after = await figures();
    expect(after).not.toEqual(before);
    const [wrong, total] = after[1].match(/\d+/g)!.map(Number);
    expect(after[0]).toBe((1 - wrong! / total!).toFixed(4));
    expect(await text(page, '#status')).toContain(`${Math.round(100 * Number(after[0]))} of 100 right`);
    await page.click('.hand >> text=Undo');
    await page.locator('.hand-note').filter({ hasText: 'as it was before' }).waitFor();
    expect(await figures()).toEqual(before);
  });

  it('are learned by a network of one’s own after a reload, after Stop, and where it cannot be judged any more', async () => {
    const page = await here.open('#count=2000&epochs=1&hidden=16&activation=relu&optimizer=adam&lr=0.002&batch=32');
    await page.click('#train');
    await status(page, /^Trained/);
    const accuracy = await text(page, '#val-accuracy');
    await draw(page, 7, [SEVEN]);
    await written(page);
    await page.reload();
    await status(page, /^Your network is back/);
    await page.fill('#epochs', '2');
    expect(await text(page, '#train')).toBe('Continue');
    // At once, so that the run's digits, which a reload forgets, are not made.
    await page.evaluate(() => {
      for (const id of ['#train', '#stop']) (document.querySelector(id) as HTMLButtonElement).click();
    });
    await status(page, /^Stopped/);
    await openView(page);
    const learn = async (): Promise<void> => {
      await page.click('.hand .primary');
      await page
        .locator('.hand-note')
        .filter({ hasText: /^Learned in/ })
        .waitFor();
    };
    const undo = async (): Promise<void> => {
      await page.click('.hand >> text=Undo');
      await page.locator('.hand-note').filter({ hasText: 'as it was before' }).waitFor();
    };
    await learn();
    const learned = await text(page, '#val-accuracy');
    expect(learned).toMatch(/^0\.\d{4}$/);
    expect(learned).not.toBe(accuracy);
    await undo();
    expect(await text(page, '#val-accuracy')).toBe(accuracy);

    await page.reload();
    await status(page, /^Your network is back/);
    await page.route(/digits\.worker/, (route) => route.abort());
    await page.locator('.hand').waitFor();
    await learn();
    expect(await text(page, '#val-accuracy')).toBe('');
    expect(await page.isVisible('#mistakes')).toBe(false);
    await undo();
    here.forgive(/digits\.worker|ERR_FAILED/);
  });
});
