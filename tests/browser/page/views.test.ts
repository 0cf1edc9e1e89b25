/** The frame: views under tabs, in the address, with the drawing in reach of each. */
import { describe, expect, it } from 'vitest';
import { watchShifts } from './faults.js';
import { answer, LONG, SEVEN, status, stroke, text, until, visit } from './page.js';

const here = visit();

describe('the views', () => {
  it('are tabs: arrows move the focus, Enter opens, and Back comes back', async () => {
    const page = await here.open();
    await page.focus('#tab-train');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('tab-backpropagation');
    expect(await page.isVisible('#view-train')).toBe(true);
    await page.keyboard.press('Enter');
    await page.locator('#view-backpropagation h1').waitFor();
    expect(await page.isVisible('#view-train')).toBe(false);
    expect(new URL(page.url()).hash).toBe('#view=backpropagation');
    expect(await page.title()).toMatch(/^Backpropagation/);
    expect(await page.getAttribute('#tab-backpropagation', 'aria-selected')).toBe('true');
    await page.keyboard.press('Home');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('tab-train');
    await page.goBack();
    await page.locator('#view-train').waitFor();
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.title()).toMatch(/^Draw/);
  });

  it('are opened by the address, beside its settings', async () => {
    const page = await here.open('#view=backpropagation&hidden=32&lr=0.2');
    await page.locator('#view-backpropagation h1').waitFor();
    await page.click('#tab-train');
    expect(await page.inputValue('#hidden')).toBe('32');
    await page.fill('#learning-rate', '0.3');
    await page.click('#tab-backpropagation');
    const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
    expect([hash.get('view'), hash.get('hidden'), hash.get('lr')]).toEqual(['backpropagation', '32', '0.3']);
    await page.goBack();
    expect(await page.inputValue('#learning-rate')).toBe('0.3');
  });

  it('have the drawing and the answer in reach of each', async () => {
    const page = await here.open('#view=backpropagation');
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.click('#tab-train');
    expect(await text(page, '#answer')).toBe('7');
    await page.click('#tab-backpropagation');
    await page.click('#clear');
    await answer(page, '');
  });

  it('load their code when they are first opened', async () => {
    const page = await here.blank();
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname.split('/').at(-1)!));
    await page.goto(here.url);
    await status(page, /ready/);
    expect(loaded.filter((name) => /^(view|en|de)-/.test(name))).toEqual([]);
    await page.click('#tab-backpropagation');
    await page.locator('#view-backpropagation h1').waitFor();
    expect(loaded.filter((name) => /^view-.*js$/.test(name))).toHaveLength(1);
  });

  it('say so where their code does not come, and try again', async () => {
    const page = await here.open();
    await page.route('**/view-*.js', (route) => route.abort());
    await page.click('#tab-backpropagation');
    await page.locator('#view-backpropagation [role=alert]').waitFor();
    await page.unroute('**/view-*.js');
    here.forgive();
    // An engine may remember that a module did not come; a reload then helps.
    await page.locator('#view-backpropagation button').click();
    await page.reload();
    await page.locator('#view-backpropagation h1').waitFor();
    here.forgive();
  });

  it('let the skip link lead to the pad without forgetting the address', async () => {
    const page = await here.open('#view=backpropagation&hidden=32');
    await page.focus('.skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('draw');
    expect(new URL(page.url()).hash).toBe('#view=backpropagation&hidden=32');
  });

  it('speak the language of the browser, or of the address', async () => {
    const german = await here.open('#view=backpropagation', { locale: 'de-AT' });
    expect(await text(german, '#tab-train')).toBe('Zeichnen & trainieren');
    const english = await here.blank({ locale: 'de-DE' });
    await english.goto(`${here.url}?lang=en#view=backpropagation`);
    await english.locator('#view-backpropagation h1').waitFor();
    expect(await text(english, '#tab-train')).toBe('Draw & train');
  });

  it('do not shift as they open, nor while a network is trained', async () => {
    const page = await here.open(LONG);
    await stroke(page, SEVEN);
    await page.click('#train');
    await status(page, /^Epoch/);
    await page.click('#tab-backpropagation');
    await page.locator('#view-backpropagation h2').waitFor();
    await page.waitForTimeout(600);
    const shifted = await watchShifts(page);
    const network = (): Promise<string> => text(page, '#view-backpropagation .view-note');
    expect(await network()).toContain('784 → 64 relu → 10 softmax');
    await page.waitForTimeout(1500);
    expect(await shifted()).toBeLessThan(0.01);
    await page.click('#tab-train');
    await page.click('#stop');
    await until(
      () => text(page, '#status'),
      (said) => /^Stopped/.test(said),
    );
  });
});
