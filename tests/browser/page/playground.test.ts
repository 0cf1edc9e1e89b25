/** The 2-D playground. */
import { describe, expect, it } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { axeFaults, watchShifts } from './faults.js';
import { text, until, visit } from './page.js';

const here = visit();

/** The playground with what the address says, once its first picture stands. */
async function opened(query = '', options: BrowserContextOptions = {}): Promise<Page> {
  const page = await here.blank(options);
  await page.goto(`${here.url}#view=playground${query}`);
  await page.locator('#p-status').filter({ hasText: /./ }).waitFor();
  return page;
}

const said = (page: Page, pattern: RegExp): Promise<unknown> =>
  page.locator('#p-status').filter({ hasText: pattern }).waitFor();
const loss = async (page: Page, which = 'training'): Promise<number> =>
  Number((await text(page, `#p-figure-${which}`)).replace(',', '.'));
const epoch = async (page: Page): Promise<number> => Number((await text(page, '#p-figure-epoch')).replace(/\D/g, ''));
const address = (page: Page): URLSearchParams => new URLSearchParams(new URL(page.url()).hash.slice(1));
/** Waits until the address says this; null where it is to say nothing. */
const addressSays = (page: Page, key: string, value: string | null): Promise<unknown> =>
  until(
    () => Promise.resolve(address(page).get(key)),
    (found) => found === value,
  );

/** The colours of a canvas' pixels, summed up so that two pictures can be compared. */
const picture = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (canvas) => (canvas as HTMLCanvasElement).toDataURL());

/** The fields of the chosen unit's weights, the bias last. */
const fields = (page: Page): Promise<string[]> =>
  page.$$eval('.unit-field input', (inputs) => inputs.map((input) => (input as HTMLInputElement).value));

describe('the playground', () => {
  it('goes by a step, an epoch, plays, pauses and begins anew', async () => {
    const page = await opened();
    expect(await text(page, '#p-status')).toMatch(/^Ready/);
    const first = await loss(page);
    const before = await fields(page);
    await page.click('#p-step');
    await said(page, /^Paused after epoch 0 and 1 of 15 steps/);
    expect(await fields(page)).not.toEqual(before);
    await page.click('#p-epoch');
    await said(page, /^Paused after epoch 1\./);
    const unit = await picture(page, '#unit-0-0 canvas');
    const plane = await picture(page, '#plane');
    await page.click('#p-play');
    await until(
      () => epoch(page),
      (done) => done >= 30,
    );
    await page.click('#p-play');
    await said(page, /^Paused after epoch/);
    expect(await loss(page)).toBeLessThan(first);
    expect(await loss(page, 'validation')).toBeGreaterThan(0);
    expect(await picture(page, '#unit-0-0 canvas')).not.toBe(unit);
    expect(await picture(page, '#plane')).not.toBe(plane);
    expect(await page.locator('.losses .mlp-line-training').getAttribute('d')).toMatch(/^M.*L/);
    await page.click('#p-reset');
    await said(page, /^Ready/);
    expect(await loss(page)).toBe(first);
    expect(await fields(page)).toEqual(before);
  });

  it('is in the address: opened anew it gives the same run, with what was changed by hand', async () => {
    const page = await opened('&p-data=xor&p-layers=3');
    await page.click('#p-epoch');
    await said(page, /^Paused after epoch 1\./);
    await page.fill('#p-rate', '0.05');
    await page.press('#p-rate', 'Enter');
    await page.locator('.unit-field input').first().fill('1.5');
    await page.locator('.unit-field input').first().press('Enter');
    await page.click('#p-epoch');
    await said(page, /^Paused after epoch 2\./);
    await addressSays(page, 'p-at', '30');
    expect(address(page).get('p-changes')).toBe('15_lr_0.05*15_1.0.0_1.5');
    // Only what differs from the defaults.
    expect([...address(page).keys()].sort()).toEqual(['p-at', 'p-changes', 'p-data', 'p-layers', 'view']);
    const [weights, losses] = [await fields(page), await text(page, '.play-figures')];
    const plane = await picture(page, '#plane');
    const again = await opened(new URL(page.url()).hash.slice('#view=playground'.length));
    await said(again, /^Paused after epoch 2\./);
    expect(await fields(again)).toEqual(weights);
    expect(await text(again, '.play-figures')).toBe(losses);
    expect(await picture(again, '#plane')).toBe(plane);
    expect(await again.inputValue('#p-rate')).toBe('0.05');
    // Anew without the changes; the rate stays as it was set.
    await again.click('#p-reset');
    await addressSays(again, 'p-changes', null);
    expect(address(again).get('p-lr')).toBe('0.05');
    expect(address(again).get('p-at')).toBeNull();
  });

  it('builds the network: inputs, layers, units, by buttons', async () => {
    const page = await opened();
    const links = (): Promise<string> => picture(page, '.net-lines');
    const before = await links();
    await page.click('#unit-x1x2');
    await addressSays(page, 'p-inputs', 'x1.x2.x1x2');
    await page.click('#units-more-0');
    await page.click('#layers-more');
    await page.click('#units-fewer-2');
    await addressSays(page, 'p-layers', '7.4.3');
    expect(await page.locator('.net-unit:not(.net-input)').count()).toBe(7 + 4 + 3 + 1);
    expect(await links()).not.toBe(before);
    // The output is looked at: three weights and a bias.
    expect(await fields(page)).toHaveLength(4);
    for (let i = 0; i < 3; i++) await page.click('#layers-fewer');
    await addressSays(page, 'p-layers', 'none');
    await page.locator('#layers-fewer:disabled').waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('layers-more');
    expect(await fields(page)).toHaveLength(4);
    await page.click('#p-epoch');
    await said(page, /^Paused after epoch 1\./);
    for (let i = 0; i < 6; i++) await page.click('#layers-more');
    await page.locator('#layers-more:disabled').waitFor();
  });

  it('shows the unit that the pointer or the focus comes to, with its formula', async () => {
    const page = await opened('&p-layers=3.2');
    const output = await picture(page, '#plane');
    await page.hover('#unit-0-1');
    await page.locator('.plane-title').filter({ hasText: 'Layer 1, unit 2' }).waitFor();
    expect(await picture(page, '#plane')).not.toBe(output);
    // tanh(w·x₁ + w·x₂ + b), with the weights that stand in the fields, to two decimals
    const written = (await text(page, '.unit-formula')).replace(/\s/g, '');
    expect(written).toMatch(/^a2\(1\)=tanh\(−?\d\.\d\d·x1[−+]\d\.\d\d·x2[−+]\d\.\d\d\)$/);
    const numbers = await page.$$eval('.unit-formula mn', (all) => all.map((each) => each.textContent));
    const weights = numbers.filter((number) => number.includes('.')).map(Number);
    const values = (await fields(page)).map((value) => Math.abs(Number(value)));
    expect(values).toHaveLength(3);
    values.forEach((value, i) => expect(Math.abs(value - weights[i]!)).toBeLessThan(0.0055));
    await page.hover('#unit-x2');
    await page.locator('.plane-title').filter({ hasText: 'Input x₂' }).waitFor();
    await page.mouse.move(2, 2);
    await page.locator('.plane-title').filter({ hasText: 'Output' }).waitFor();
    await page.focus('#unit-1-0');
    await page.keyboard.press('Tab');
    await page.locator('.plane-title').filter({ hasText: 'Layer 2, unit 2' }).waitFor();
    expect(await fields(page)).toHaveLength(4);
  });

  it('lets weights be changed: at a link, in the fields, and by nothing that is no number', async () => {
    const page = await opened('&p-layers=1');
    /** The middle of the link from the hidden unit to the output. */
    const middle = async (): Promise<[number, number]> => {
      await page.locator('.net').scrollIntoViewIfNeeded();
      const [from, to] = [await page.locator('#unit-0-0').boundingBox(), await page.locator('#unit-1-0').boundingBox()];
      return [(from!.x + from!.width + to!.x) / 2, from!.y + from!.height / 2];
    };
    await page.mouse.move(...(await middle()));
    await page
      .locator('.net-hint')
      .filter({ hasText: /^1\.1 → Output: / })
      .waitFor();
    await page.mouse.click(...(await middle()));
    const editor = page.locator('.weight-editor input');
    await editor.fill('much');
    await editor.press('Enter');
    expect(await text(page, '.weight-editor .field-error')).toBe('A number from −1000 to 1000.');
    await editor.fill('2.25');
    await editor.press('Enter');
    await until(
      () => fields(page),
      ([weight]) => weight === '2.25',
    );
    expect(await page.locator('.weight-editor').count()).toBe(0);
    const bias = page.locator('.unit-field input').last();
    await bias.fill('none');
    await bias.press('Enter');
    expect(await bias.getAttribute('aria-invalid')).toBe('true');
    await bias.fill('-0.5');
    await bias.press('Enter');
    await addressSays(page, 'p-changes', '0_1.0.0_2.25*0_1.b.0_-0.5');
    expect(await text(page, '.unit-formula')).toContain('−0.50');
    // By Escape nothing changes.
    await page.mouse.click(...(await middle()));
    await editor.fill('9');
    await editor.press('Escape');
    expect((await fields(page))[0]).toBe('2.25');
  });

  it('learns points that the visitor places, by pointer and by keyboard, takes them back, and clears them', async () => {
    const page = await opened();
    await page.check('input[name=p-data][value=own]', { force: true });
    await said(page, /place points of both classes/);
    expect(await page.isVisible('.plane-empty')).toBe(true);
    const box = (await page.locator('#plane').boundingBox())!;
    await page.mouse.click(box.x + box.width / 4, box.y + box.height / 4);
    await page.mouse.click(box.x + box.width / 4, box.y + box.height / 3);
    await page.check('input[name=p-placing][value="0"]', { force: true });
    await page.mouse.click(box.x + (3 * box.width) / 4, box.y + box.height / 2);
    await page.locator('.data-panel .note').filter({ hasText: '3 to learn from, 0 held out' }).waitFor();
    await page.focus('#plane');
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'Shift+ArrowDown', ' ']) await page.keyboard.press(key);
    expect(await text(page, '.plane [aria-live]')).toBe('B placed at x₁ 1, x₂ -0.55');
    const spoken = (): Promise<string> => text(page, '.plane [aria-live]');
    await page.keyboard.press('a');
    expect(await spoken()).toMatch(/^Class A/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press(' ');
    expect(await spoken()).toMatch(/^A placed at/); // of the class that was chosen just before
    await page.locator('.data-panel .note').filter({ hasText: '5 to learn from' }).waitFor();
    expect(address(page).get('p-own') ?? '').toMatch(/^([ab]\w{4})*$/);
    await until(
      () => Promise.resolve(address(page).get('p-own')?.length),
      (length) => length === 25,
    );
    await page.keyboard.press('Control+z');
    await page.locator('.data-panel .note').filter({ hasText: '4 to learn from' }).waitFor();
    await page.click('#p-play');
    await until(
      () => loss(page),
      (now) => now < 0.3,
    );
    await page.click('#p-clear');
    await said(page, /place points of both classes/);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('p-undo');
    await page.click('#p-undo');
    await page.locator('.data-panel .note').filter({ hasText: '4 to learn from' }).waitFor();
  });

  it('says what is missing, what is wrong, and that it has diverged', async () => {
    const page = await opened('&p-data=hills&p-optimizer=sgd&p-lr=50&p-inputs=x1.x2.x1x1.x2x2&p-activation=relu');
    await page.click('#p-play');
    await said(page, /^It has diverged: .* smaller learning rate/);
    await page.fill('#p-rate', '0.01');
    await page.press('#p-rate', 'Enter');
    await said(page, /^Ready/);
    await page.fill('#p-batch', 'some');
    await page.press('#p-batch', 'Enter');
    expect(await text(page, '#p-batch-error')).toBe('A whole number from 1 to 1,000.');
    await page.fill('#p-batch', '8');
    await page.press('#p-batch', 'Enter');
    await addressSays(page, 'p-batch', '8');
    for (const input of ['x1', 'x2', 'x1x1', 'x2x2']) await page.click(`#unit-${input}`);
    await said(page, /^It sees nothing/);
    await page.click('#unit-sinx1');
    await said(page, /^Ready/);
  });

  it('waits while another view is shown, and keeps its state', async () => {
    const page = await opened('&p-data=gaussian&p-layers=2');
    await page.click('#p-play');
    await until(
      () => epoch(page),
      (done) => done > 2,
    );
    await page.click('#tab-train');
    await page.locator('#view-train').waitFor();
    const frames = (count: number): Promise<void> =>
      page.evaluate(async (count) => {
        for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
      }, count);
    await frames(4);
    const waiting = await epoch(page);
    await frames(20);
    expect(await epoch(page)).toBe(waiting);
    await page.click('#tab-playground');
    await until(
      () => epoch(page),
      (done) => done > waiting,
    );
    await page.click('#p-play');
    await addressSays(page, 'p-data', 'gaussian');
    expect(await page.isVisible('#draw')).toBe(false);
  });

  it('follows the address when that changes, and ignores in it what is wrong', async () => {
    const page = await opened('&p-layers=99&p-data=gaussian&p-noise=x');
    expect(await page.isChecked('input[value=gaussian]')).toBe(true);
    await page.evaluate(() => {
      location.hash = '#view=playground&p-layers=2&p-data=spiral&p-at=12';
    });
    await said(page, /^Paused after epoch 0 and 12 of/);
    expect(await page.isChecked('input[value=spiral]')).toBe(true);
    expect(await page.locator('.net-unit:not(.net-input)').count()).toBe(3);
  });

  it('does not shift while it learns, and answers in the middle of an epoch', async () => {
    const page = await opened('&p-data=spiral&p-layers=8.8.8.8.8.8&p-points=1000&p-batch=4&p-speed=full');
    const shifted = await watchShifts(page);
    await page.focus('#p-play');
    await page.keyboard.press('Enter');
    await until(
      () => epoch(page),
      (done) => done > 20,
    );
    await page.keyboard.press('Enter');
    await said(page, /^Paused/);
    expect(await shifted()).toBeLessThan(0.01);
  });

  it('speaks German', async () => {
    const page = await opened('&p-lr=0.5', { locale: 'de-DE' });
    expect(await text(page, '#view-playground h1')).toBe('Spielwiese');
    expect(await page.inputValue('#p-rate')).toBe('0,5');
    await page.fill('#p-rate', '0,25');
    await page.press('#p-rate', 'Enter');
    await addressSays(page, 'p-lr', '0.25');
    expect(await text(page, '#p-status')).toMatch(/^Bereit/);
  });

  it.each([320, 360, 768, 1440])('fits %i pixels, where fingers place points', async (width) => {
    const page = await opened('&p-data=own&p-layers=8.8.8.8.8.8', {
      viewport: { width, height: 700 },
      hasTouch: true,
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const small = await page.$$eval(
      '#view-playground :is(button, select, input:not([type=radio]), .tile)',
      (controls) =>
        controls
          .map((control) => ({ box: control.getBoundingClientRect(), html: control.outerHTML.slice(0, 80) }))
          .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24)),
    );
    expect(small).toEqual([]);
    await page.locator('#plane').scrollIntoViewIfNeeded();
    const box = (await page.locator('#plane').boundingBox())!;
    await page.touchscreen.tap(box.x + box.width / 3, box.y + box.height / 3);
    await page.locator('.data-panel .note').filter({ hasText: '1 to learn from' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

  it.each([
    ['light', 1280],
    ['dark', 320],
  ] as const)('has no fault that axe finds, in the %s at %i pixels', async (colorScheme, width) => {
    const page = await opened('', { colorScheme, viewport: { width, height: 800 } });
    const found: string[] = [];
    const look = async (state: string): Promise<void> => {
      found.push(...(await axeFaults(page, state)));
    };
    await look('first');
    await page.click('#unit-sinx1');
    await page.focus('#unit-0-0');
    await page.click('#p-epoch');
    await said(page, /^Paused/);
    await page.click('.loss-panel summary');
    await look('trained');
    await page.fill('#p-rate', 'fast');
    await page.press('#p-rate', 'Enter');
    await page.check('input[name=p-data][value=own]', { force: true });
    await look('faulty, empty');
    await page.locator('#plane').click();
    await page.check('input[name=p-data][value=hills]', { force: true });
    await page.fill('#p-rate', '100');
    await page.selectOption('#p-optimizer', 'sgd');
    await page.fill('#p-rate', '100');
    await page.press('#p-rate', 'Enter');
    await page.selectOption('#p-activation', 'relu');
    await page.click('#p-play');
    await said(page, /^It has diverged/);
    await look('diverged');
    expect(found).toEqual([]);
  });
});
