/** Files dropped on the page: each comes to the view that it is for, wherever it was dropped. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeFaults } from './faults.js';
import { SEVEN, answer, status, stroke, text, until, visit } from './page.js';

const here = visit();

const drop = (page: Page, files: Record<string, number[]>): Promise<void> =>
  page.evaluate((files) => {
    const dataTransfer = new DataTransfer();
    for (const [name, bytes] of Object.entries(files)) dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
    for (const type of ['dragover', 'drop']) {
      const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }
  }, files);
const bytes = (content: string): number[] => [...Buffer.from(content)];
const view = (page: Page): Promise<string | null> => page.getAttribute('main', 'data-view');

describe('a file that is dropped', () => {
  it('comes to the view that it is for, from any other', async () => {
    const page = await here.open();
    await stroke(page, SEVEN);
    await answer(page, '7');
    await page.locator('#network-editor .layer-card').waitFor(); // the code that takes drops comes with it
    await drop(page, { 'flowers.csv': bytes(`a,b\n${'1,2\n3,4\n'.repeat(10)}`) });
    await page
      .locator('.table-said')
      .filter({ hasText: /^flowers\.csv: 20 rows/ })
      .waitFor();
    expect(await view(page)).toBe('table');

    await drop(page, { 'train-labels': [0, 0, 8, 1, 0, 0, 0, 2, 7] });
    await status(page, /^train-labels is cut short/);
    expect(await view(page)).toBe('train');

    const mine = { format: 'mlp-wasm my digits', version: 1, digits: [] };
    await drop(page, { 'mine.json': bytes(JSON.stringify(mine)) });
    await until(
      () => text(page, '.my-note'),
      (note) => note !== '',
    );
    expect(await view(page)).toBe('my-digits');

    const model = readFileSync(new URL('../../formats/corpus/made-gemm.onnx', import.meta.url));
    await drop(page, { 'gemm.onnx': [...model], 'numbers.bin': [1, 2, 3] });
    await page
      .locator('#share-open .share-note')
      .filter({ hasText: /^gemm\.onnx does not fit/ })
      .waitFor();
    expect(await view(page)).toBe('share');
    expect(await page.locator('.drop-note:visible').count()).toBe(0);
  });

  it('is read as a table while that view is open, whatever it looks like, and refused there by name', async () => {
    const page = await here.open();
    await page.locator('#network-editor .layer-card').waitFor();
    await page.click('#tab-table');
    await page.locator('.table-give').waitFor();
    const rows = '1,2\n3,4\n'.repeat(10);
    const files: [name: string, content: number[]][] = [
      ['utf16.txt', [...Buffer.from(`\ufeffa,b\n${rows}`, 'utf16le')]],
      ['quoted.txt', bytes(`a,b\n"1,5",2\n${rows}`)],
    ];
    for (const [name, content] of files) {
      await drop(page, { [name]: content });
      await page
        .locator('.table-said')
        .filter({ hasText: new RegExp(`^${name}: 2[01] rows`) })
        .waitFor();
    }
    await drop(page, { 'notes.bin': [1, 2, 3] });
    await until(
      () => text(page, '.table-fault'),
      (fault) => fault !== '',
    );
    expect(await page.locator('.drop-note:visible').count()).toBe(0);
  });

  it('is refused where it is none of these, with a sentence that says what is taken', async () => {
    const page = await here.blank({ locale: 'de-DE' });
    await page.goto(here.url);
    await status(page, /bereit/);
    await page.locator('#network-editor .layer-card').waitFor();
    await page.click('#tab-lessons');
    await drop(page, { 'package.json': bytes('{"name":"mlp-wasm"}') });
    const note = page.locator('.drop-note');
    await note.filter({ hasText: /^Mit package\.json kann diese Seite nichts anfangen.*Tabelle.*MNIST/ }).waitFor();
    expect(await view(page)).toBe('lessons');
    // Nothing was taken for MNIST.
    expect(await text(page, '#mnist-error')).toBe('');
    expect(await page.getAttribute('body', 'data-drop')).toMatch(/hier ablegen$/);
    expect(await axeFaults(page, 'refused')).toEqual([]);
    await note.locator('button').click();
    expect(await note.isVisible()).toBe(false);
  });
});
