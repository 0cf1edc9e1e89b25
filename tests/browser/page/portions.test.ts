/** Training piece by piece: a step, an epoch, and back. */
import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { axeFaults, watchShifts } from './faults.js';
import { status, text, visit, written } from './page.js';

const here = visit();

/** Four batches an epoch, by an optimizer that has a state. */
const FEW = '#count=500&epochs=2&hidden=16&activation=relu&optimizer=adam&lr=0.01&batch=128&seed=3';

const steps = async (page: Page, ...batches: number[]): Promise<void> => {
  for (const batch of batches) {
    await page.click('#train-step');
    await status(page, new RegExp(`^Batch ${batch} of 4 in epoch`));
  }
};

describe('piece by piece', () => {
  it('an undone step, taken again, gives the same weights and the same optimizer, to the bit', async () => {
    const page = await here.open(FEW);
    await steps(page, 1, 2);
    const second = await written(page);
    await steps(page, 3);
    const third = await written(page);
    expect(third).not.toEqual(second);
    await page.click('#undo-training');
    await status(page, /^The step is undone\. Your network is in epoch 1 of 2 again/);
    expect(await written(page)).toEqual(second);
    await steps(page, 3);
    expect(await written(page)).toEqual(third);
    // All the way back: the pretrained network answers; and forth again from the beginning.
    for (let i = 0; i < 3; i++) await page.click('#undo-training');
    await status(page, /pretrained network answers again/);
    expect(await page.getAttribute('#undo-training', 'aria-disabled')).toBe('true');
    await steps(page, 1, 2);
    expect(await written(page)).toEqual(second);
  });

  it('steps and epochs come to where a whole training comes, and one more epoch is always to be had', async () => {
    const page = await here.open(FEW);
    await page.click('#train');
    await status(page, /^Trained for 2 epochs/);
    const whole = await written(page);
    await page.click('#reset');
    await steps(page, 1, 2, 3);
    await page.click('#train-step');
    await status(page, /^Epoch 1 of 2 is done: \d+ of 100 right/);
    await page.click('#train-epoch');
    await status(page, /^Trained for 2 epochs/);
    expect(await written(page)).toEqual(whole);
    await page.click('#train-epoch');
    await status(page, /^Trained for 3 epochs/);
    expect(await page.inputValue('#epochs')).toBe('3');
    await page.click('#undo-training');
    await status(page, /^The epoch is undone/);
    expect(await written(page)).toEqual(whole);
    // Another network takes the place of this one, and gives it back.
    await page.fill('#hidden', '8');
    await page.click('#train');
    await status(page, /^Trained for 3 epochs/);
    expect(await text(page, '#undo-training')).toBe('Undo training');
    await page.click('#undo-training');
    await status(page, /^The training is undone/);
    expect(await text(page, '#run-settings')).toContain('784 → 16 relu');
    expect(await written(page)).toEqual(whole);
  });

  it('is done by keyboard, in German, on a phone in the dark, without a fault or a shift', async () => {
    const viewport = { width: 360, height: 780 };
    const page = await here.blank({ locale: 'de-DE', colorScheme: 'dark', viewport });
    await page.goto(here.url + FEW);
    await status(page, /ready|bereit/);
    expect(await axeFaults(page, 'before')).toEqual([]);
    await page.focus('#train-step');
    await page.keyboard.press('Enter');
    await status(page, /^Batch 1 von 4 in Epoche 1 von 2: mittlerer Verlust der Epoche bisher \d,\d{4}\./);
    const shift = await watchShifts(page);
    await page.keyboard.press('Enter');
    await status(page, /^Batch 2 von 4/);
    // The focus stays, so that the next press needs no way to it.
    expect(await page.evaluate(() => document.activeElement!.id)).toBe('train-step');
    await page.focus('#undo-training');
    await page.keyboard.press('Enter');
    await status(page, /^Der Schritt ist zurückgenommen/);
    expect(await shift()).toBe(0);
    await page.keyboard.press('Enter');
    await status(page, /Das vortrainierte Netz antwortet wieder/);
    expect(await page.evaluate(() => document.activeElement!.id)).toBe('undo-training');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
    expect(await axeFaults(page, 'undone')).toEqual([]);
  });
});
