/** The settings of a run, in the form and in the address. */
import { describe, expect, it } from 'vitest';
import { status, text, until, visit } from './page.js';

const here = visit();

describe('settings', () => {
  it('begin with the network of document 003 and are all in the address once changed', async () => {
    const page = await here.open();
    expect(await page.isChecked('#preset-classic')).toBe(true);
    expect(await page.inputValue('#hidden')).toBe('128');
    expect(await page.inputValue('#activation')).toBe('sigmoid');
    expect(await page.inputValue('#optimizer')).toBe('sgd');
    await page.fill('#learning-rate', '0.25');
    expect(await page.isChecked('#preset-own')).toBe(true);
    const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
    expect(Object.fromEntries(hash)).toEqual({
      data: 'digits',
      count: '20000',
      hidden: '128',
      activation: 'sigmoid',
      optimizer: 'sgd',
      lr: '0.25',
      batch: '32',
      epochs: '10',
      seed: '42',
    });
  });

  it.each([
    ['#hidden', '128, none', 'hidden layers'],
    ['#learning-rate', '-1', 'learning rate'],
    ['#batch-size', '0', 'batch size'],
    ['#epochs', '', 'epochs'],
    ['#seed', '1.5', 'seed'],
    ['#count', '12', 'number of digits'],
  ])('keep Train from starting while %s is "%s", and say why', async (field, value, title) => {
    const page = await here.open();
    const good = await page.inputValue(field);
    await page.fill(field, value);
    expect(await page.isDisabled('#train')).toBe(true);
    expect(await page.getAttribute(field, 'aria-invalid')).toBe('true');
    expect(await text(page, `${field}-error`)).toMatch(/\.$/);
    expect(await text(page, '#train-reason')).toContain(title);
    await page.fill(field, good);
    expect(await page.isEnabled('#train')).toBe(true);
    expect(await text(page, '#train-reason')).toBe('');
  });

  it('survive nonsense in the address', async () => {
    const page = await here.open('#data=nowhere&activation=magic&lr=%3Cb%3E&unknown=1');
    expect(await page.isDisabled('#train')).toBe(true);
    await page.check('#preset-modern');
    await page.check('input[name=data][value=digits]', { force: true });
    expect(await page.isEnabled('#train')).toBe(true);
  });

  it.each([
    ['#learning-rate', '0,5', 'sgd at 0.5'],
    ['#hidden', '128 64', '128 → 64'],
    ['#hidden', '128; 64', '128 → 64'],
    ['#count', '12,000', '12,000 digits'],
  ])('are understood as people write them: %s "%s"', async (field, value, shown) => {
    const page = await here.open();
    await page.fill(field, value);
    expect(await text(page, `${field}-error`)).toBe('');
    expect(await text(page, '#run-settings')).toContain(shown);
  });

  it('are refused where they could mean two things', async () => {
    const page = await here.open();
    await page.fill('#learning-rate', '1,000');
    expect(await text(page, '#learning-rate-error')).toMatch(/above 0/);
    await page.fill('#epochs', '0.125');
    expect(await text(page, '#epochs-error')).toMatch(/whole number/);
  });

  it('let "Your own" be chosen, and stay chosen', async () => {
    const page = await here.open();
    await page.check('#preset-own');
    expect(await page.isChecked('#preset-own')).toBe(true);
    await page.check('#preset-modern');
    expect(await page.isChecked('#preset-own')).toBe(false);
  });

  it('of six layers have a label that fits its column, and one unit is one unit', async () => {
    const page = await here.open('#hidden=64,64,64,64,64,64&count=500&epochs=1');
    await page.click('#train');
    await until(
      () => text(page, '#hidden-size'),
      (size) => size === '6 layers',
    );
    const [label, stage] = await Promise.all([
      page.locator('#hidden-size').boundingBox(),
      page.locator('.stage-hidden').boundingBox(),
    ]);
    expect(label!.x + label!.width).toBeLessThanOrEqual(stage!.x + stage!.width + 1);
    await status(page, /^Trained/);
    await page.fill('#hidden', '1');
    await page.click('#train');
    await until(
      () => text(page, '#hidden-size'),
      (size) => size === '1 unit',
    );
  });
});
