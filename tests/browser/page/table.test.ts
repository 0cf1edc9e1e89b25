/** "Your table": a table is given, trained on, asked, and kept; by keyboard, on a narrow screen, in both themes. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { loadTableModel } from 'mlp-wasm/tables';
import { axeFaults, watchShifts } from './faults.js';
import { text, until, visit, WAIT } from './page.js';

const here = visit();

/** Rows whose class follows from a number and a category; every seventh number is missing. */
const CSV = [
  'size,colour,class',
  ...Array.from({ length: 120 }, (_, i) => {
    const size = (i * 37) % 100;
    const colour = ['red', 'green', 'blue'][i % 3]!;
    const isLarge = size > (colour === 'red' ? 30 : 60);
    return `${i % 7 === 3 ? '' : size},${colour},${isLarge ? 'large' : 'small'}`;
  }),
].join('\n');

const LONG = { epochs: '100000' };

async function openTable(options: BrowserContextOptions = {}, query = ''): Promise<Page> {
  const page = await here.blank(options);
  await page.goto(`${here.url}${query}#view=table`);
  await page.locator('#view-table h1').waitFor();
  return page;
}

const paste = (page: Page, given: string): Promise<void> =>
  page.evaluate((given) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', given);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, given);

const give = (page: Page, name: string, content: string | Buffer): Promise<void> =>
  page.setInputFiles('#table-file', { name, mimeType: 'text/csv', buffer: Buffer.from(content) });

const said = (page: Page, pattern: RegExp): Promise<void> =>
  page.locator('#table-status').filter({ hasText: pattern }).waitFor();
const refused = (page: Page, pattern: RegExp): Promise<void> =>
  page.locator('.table-fault').filter({ hasText: pattern }).waitFor();
const read = (page: Page, pattern: RegExp): Promise<void> =>
  page.locator('.table-said').filter({ hasText: pattern }).waitFor();

async function train(page: Page): Promise<void> {
  await page.click('#table-train');
  await said(page, /^Trained in/);
}

/** The shares of the bars of network and baseline. */
const figures = async (page: Page): Promise<number[]> =>
  (await page.locator('.table-compared .table-bar-value').allTextContents()).map((value) => parseFloat(value));

const columnOf = (page: Page, name: string) => page.locator(`.table-column[data-column="${name}"]`);

const width = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);

/** Waits for the bars of permutation importance, which come after the training. */
const importance = (page: Page): Promise<void> =>
  page
    .locator('.table-importance dd')
    .filter({ hasText: /points/ })
    .first()
    .waitFor();

describe('your table', () => {
  it('is pasted, understood, trained on better than guessing, and asked', async () => {
    const page = await openTable();
    await paste(page, CSV);
    await read(page, /^pasted table: 120 rows, 3 columns\./);
    expect(await page.inputValue('#table-target')).toBe('class');
    expect(await page.isChecked('input[name=table-task][value=classes]')).toBe(true);
    expect(await columnOf(page, 'size').textContent()).toMatch(/0 to 99, mean.*missing/);
    expect(await columnOf(page, 'size').locator('select').inputValue()).toBe('numeric');
    expect(await columnOf(page, 'colour').locator('svg').getAttribute('aria-label')).toMatch(/3 categories/);
    expect(await page.locator('.table-scroll tbody tr').count()).toBe(50);
    expect(await page.locator('.table-scroll .is-missing').first().textContent()).toBe('missing');
    await train(page);
    const [own, base] = await figures(page);
    expect(own).toBeGreaterThan(base! + 10);
    const counts = await page.locator('.confusion tbody td').allTextContents();
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(24);
    await importance(page);
    expect(await text(page, '.table-importance dt >> nth=0')).toBe('size');

    const size = page.getByLabel('size', { exact: true });
    const answered = (answer: string): Promise<void> =>
      page.locator('.table-answer > .table-value').filter({ hasText: answer }).waitFor();
    await page.getByLabel('colour', { exact: true }).selectOption('green');
    await size.fill('95');
    await answered('large');
    await size.fill('5');
    await answered('small');
    expect(await page.locator('.table-answer .table-bar-value').count()).toBe(2);
    await size.fill('500');
    await page
      .locator('.table-ask .field-error')
      .filter({ hasText: /Beyond what it has seen, 0 to 99/ })
      .waitFor();
    await size.fill('many');
    expect(await size.getAttribute('aria-invalid')).toBe('true');
    await page.click('.table-ask >> text=Another row');
    expect(await size.getAttribute('aria-invalid')).toBe('false');
  });

  it('is a number to be predicted, too: a sample with missing cells, against the mean', async () => {
    const page = await openTable();
    await page.click('.table-sample >> text=House prices');
    await read(page, /400 rows, 7 columns/);
    expect(await page.inputValue('#table-target')).toBe('price');
    expect(await columnOf(page, 'house').locator('input').isChecked()).toBe(false);
    expect(await text(page, '.table-notes')).toMatch(/“house” counts the rows/);
    await train(page);
    expect(await page.locator('.table-scatter circle').count()).toBe(80);
    expect(await text(page, '.table-verdict')).toMatch(
      /^Its error is \d+\.\d % of that|^Its error is \d+\.\d% of that/,
    );
    const before = await text(page, '.table-answer > .table-value');
    await page.getByLabel('area', { exact: true }).fill('180');
    await until(
      () => text(page, '.table-answer > .table-value'),
      (value) => value !== before,
    );
  });

  it('is changed column by column: what is learned, as what, and what is predicted', async () => {
    const page = await openTable();
    const odd = CSV.replace('\n37,', '\nunknown,');
    await give(page, 'odd.csv', odd);
    await read(page, /odd\.csv/);
    await page.click('text=“unknown” means missing');
    await page.locator('.table-notes').filter({ hasNotText: 'unknown' }).waitFor({ state: 'attached' });
    expect(await columnOf(page, 'size').locator('select').inputValue()).toBe('numeric');
    expect(await page.inputValue('#table-missing')).toBe('unknown');
    await columnOf(page, 'size').locator('select').selectOption('category');
    await until(
      () => columnOf(page, 'size').textContent(),
      (facts) => /categories/.test(facts ?? ''),
    );
    await columnOf(page, 'colour').locator('select').selectOption('numeric');
    await refused(page, /“colour” cannot be numbers: “red” is none/);
    expect(await columnOf(page, 'colour').locator('select').inputValue()).toBe('category');
    await columnOf(page, 'size').locator('select').selectOption('numeric');
    await until(
      () => columnOf(page, 'size').textContent(),
      (facts) => /mean/.test(facts ?? ''),
    );
    await page.selectOption('#table-target', 'size');
    expect(await page.isChecked('input[name=table-task][value=numbers]')).toBe(true);
    expect(await columnOf(page, 'size').locator('input').isDisabled()).toBe(true);
    await columnOf(page, 'colour').locator('input').uncheck();
    await train(page);
    expect(await page.locator('.table-asked .field label').allTextContents()).toEqual(['class']);
    await page.click('.table-section .table-tools >> text=None');
    await page.click('#table-train');
    await said(page, /no column to learn from/);
    // The model that was there before stays.
    expect(await page.locator('.table-asked .field').count()).toBe(1);
  });

  it('that is none is refused in a sentence, and the one before stays', async () => {
    const page = await openTable();
    await paste(page, CSV);
    await read(page, /120 rows/);
    for (const [name, content, pattern] of [
      ['empty.csv', '', /There is nothing in it/],
      ['names.csv', 'a,b\n', /one row only, of names/],
      ['one.csv', 'a\n1\n2\n', /one column only/],
      ['cat.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 0]), /no text. Save the table as CSV/],
      ['book.xlsx', Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0]), /spreadsheet.*Save the sheet as CSV/],
      ['short.csv', 'a,b\n1,2\n3\n', /Line 3 has 1 cells, the first one 2/],
    ] as const) {
      await give(page, name, content);
      await refused(page, pattern);
    }
    expect(await page.locator('.table-column').count()).toBe(3);
    await give(page, 'constant.csv', `a,b\n${'1,same\n'.repeat(20)}`);
    await read(page, /constant\.csv/);
    expect(await page.locator('.table-fault').textContent()).toBe('');
    await page
      .locator('.table-goal')
      .filter({ hasText: /No column can be predicted/ })
      .waitFor();
    await give(page, 'few.csv', `a,b\n${Array.from({ length: 5 }, (_, i) => `${i},${2 * i}`).join('\n')}`);
    await read(page, /few\.csv: 5 rows/);
    await page.click('#table-train');
    await said(page, /Only 5 rows have a target, and at least 10 are needed/);
  });

  it('is dropped, and pasted as text, too', async () => {
    const page = await openTable();
    await page.evaluate((csv) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([csv], 'dropped.csv'));
      for (const type of ['dragover', 'drop']) {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        document.querySelector('.table-zone')!.dispatchEvent(event);
      }
    }, CSV);
    await read(page, /^dropped\.csv: 120 rows/);
    await page.click('text=Paste as text');
    await page.fill('#table-text', 'a,b\n1,2\n2,4\n');
    await page.click('text=Use this text');
    await read(page, /^pasted table: 2 rows/);
  });

  it('is trained as long as the visitor wants: paused, resumed, stopped, reset, brought back', async () => {
    const page = await openTable();
    await paste(page, CSV);
    await page.fill('#table-epochs', LONG.epochs);
    await page.uncheck('#table-stops-early');
    await page.click('#table-train');
    await said(page, /^Epoch \d/);
    expect(await page.isDisabled('#table-hidden')).toBe(true);
    expect(await page.isDisabled('#table-target')).toBe(true);
    await page.click('.table-section .controls >> text=Pause');
    await said(page, /^Paused after epoch/);
    // Epochs that were under way arrive; then it stands.
    await page.waitForTimeout(300);
    const paused = await text(page, '#table-status');
    await page.waitForTimeout(300);
    expect(await text(page, '#table-status')).toBe(paused);
    await page.click('.table-section .controls >> text=Resume');
    await said(page, /^Epoch \d/);
    await page.click('.table-section .controls >> text=Stop');
    await said(page, /^Stopped after/);
    await page.locator('.table-compared').waitFor();
    await page.click('.table-section .controls >> text="Reset"');
    await said(page, /^Back to the beginning/);
    expect(await page.isVisible('.table-compared')).toBe(false);
    await page.click('.table-section .controls >> text=Undo reset');
    await page.locator('.table-compared').waitFor();
    await page
      .locator('.table-answer > .table-value')
      .filter({ hasText: /large|small/ })
      .waitFor();
    // A training that is reset while it is under way leaves nothing behind.
    await page.click('#table-train');
    await said(page, /^Epoch \d/);
    await page.click('.table-section .controls >> text="Reset"');
    await said(page, /^Back to the beginning|^Ready/);
  });

  it('says which settings cannot be, and does not train until they are mended', async () => {
    const page = await openTable();
    await paste(page, CSV);
    await page.fill('#table-hidden', 'many');
    await page.fill('#table-test', '99');
    await page
      .locator('#table-hidden-error')
      .filter({ hasText: /for example 64, 32/ })
      .waitFor();
    await page
      .locator('#table-test-error')
      .filter({ hasText: /from 5 to 80/ })
      .waitFor();
    expect(await page.isDisabled('#table-train')).toBe(true);
    await page.fill('#table-hidden', '');
    await page.fill('#table-test', '30');
    await page.selectOption('#table-optimizer', 'lbfgs');
    expect(await page.isDisabled('#table-learningRate')).toBe(true);
    await train(page);
    expect(await text(page, '.table-compared')).toMatch(/4 → 2, 10 weights/);
    expect(await text(page, '.table-compared')).toMatch(/On 36 rows/);
    await page.fill('#table-seed', '2');
    await page
      .locator('.table-changed')
      .filter({ hasText: /the one that was trained before/ })
      .waitFor();
  });

  it('and its model survive a reload, until they are forgotten', async () => {
    const page = await openTable();
    await paste(page, CSV);
    await page.fill('#table-hidden', '9');
    await train(page);
    await importance(page);
    const before = await text(page, '.table-figures');
    await page.getByLabel('size', { exact: true }).fill('95');
    await page.waitForTimeout(300); // the browser writes
    await page.reload();
    await page.locator('.table-compared').waitFor();
    expect(await text(page, '.table-figures')).toBe(before);
    expect(await page.inputValue('#table-hidden')).toBe('9');
    await page.getByLabel('size', { exact: true }).fill('95');
    await page.locator('.table-answer > .table-value').filter({ hasText: /large/ }).waitFor();
    await page.click('text=Forget this table');
    await page.locator('.table-compared').waitFor({ state: 'hidden' });
    await page.waitForTimeout(300);
    await page.reload();
    await page.locator('#view-table h1').waitFor();
    await page.waitForTimeout(300);
    expect(await page.isVisible('.table-columns')).toBe(false);
  });

  it('is not lost with a worker that dies', async () => {
    const page = await openTable();
    const workers: import('playwright-core').Worker[] = [];
    page.on('worker', (worker) => workers.push(worker));
    await paste(page, CSV);
    await train(page);
    const worker = workers.find((each) => each.url().includes('table'))!;
    await worker
      .evaluate(() =>
        setTimeout(() => {
          throw new Error('killed by the test');
        }),
      )
      .catch(() => undefined);
    await page.waitForTimeout(200);
    await page.getByLabel('colour', { exact: true }).selectOption('green');
    await page.getByLabel('size', { exact: true }).fill('95');
    await page.locator('.table-answer > .table-value').filter({ hasText: /large/ }).waitFor();
    await page.fill('#table-seed', '3');
    await train(page);
    here.forgive(/killed by the test/);
  });

  it('leaves as a model, as a module, and as the file with predictions', async () => {
    const page = await openTable();
    await give(page, 'My things.csv', CSV);
    await train(page);
    const take = async (name: string): Promise<{ name: string; bytes: Buffer }> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.click(`.table-files >> text="${name}"`),
      ]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    await page.getByLabel('colour', { exact: true }).selectOption('green');
    await page.getByLabel('size', { exact: true }).fill('95');
    await page.locator('.table-answer > .table-value').filter({ hasText: /large/ }).waitFor();
    await page.waitForTimeout(100);
    const shown = parseFloat(await text(page, '.table-answer .table-bar-value'));
    const model = await take('Model');
    expect(model.name).toBe('my-things.safetensors');
    const loaded = await loadTableModel(new Uint8Array(model.bytes));
    const row = { size: 95, colour: 'green' };
    const { label, probability } = loaded.predict(row) as { label: string; probability: number };
    expect(label).toBe('large');
    expect(100 * probability).toBeCloseTo(shown, 0);
    loaded.dispose();
    const script = await take('JavaScript');
    expect(script.name).toBe('my-things.js');
    const { answer } = (await import(`data:text/javascript;base64,${script.bytes.toString('base64')}`)) as {
      answer(row: object): { label: string; probability: number }[];
    };
    expect(answer(row)[0]!.probability).toBeCloseTo(probability, 4);
    const predictions = await take('Predictions');
    expect(predictions.name).toBe('my-things-predictions.csv');
    const lines = predictions.bytes.toString().trim().split('\r\n');
    expect(lines[0]).toBe('size,colour,class,class predicted,probability,part');
    expect(lines).toHaveLength(121);
    expect(lines.filter((line) => line.endsWith(',test'))).toHaveLength(24);
  });

  it('can be used by keyboard alone', async () => {
    const page = await openTable();
    const tabTo = async (selector: string): Promise<void> => {
      for (let i = 0; i < 80; i++) {
        if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not reach ${selector}`);
    };
    await tabTo('.table-sample');
    await page.keyboard.press('Enter');
    await read(page, /^Flowers/);
    await tabTo('.table-column input');
    await page.keyboard.press(' ');
    expect(await page.locator('.table-column input').first().isChecked()).toBe(false);
    await tabTo('.table-scroll');
    await tabTo('#table-train');
    await page.keyboard.press('Enter');
    await said(page, /^Trained in/);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('table-train');
    await tabTo('.table-asked select');
    await page.keyboard.press('ArrowDown');
    await page
      .locator('.table-ask .sr-only')
      .filter({ hasText: /^Answer: (meadow|brook|ridge), / })
      .waitFor();
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const focused = document.activeElement!;
        if (focused === document.body) return 'the end of the page';
        const shown = focused.matches('.sr-only') ? focused.nextElementSibling! : focused;
        return getComputedStyle(shown).outlineStyle;
      });
      expect(seen).not.toBe('none');
    }
  });

  it.each([320, 768, 1440])('fits %i pixels without sideways scrolling, and large targets', async (size) => {
    const page = await openTable({ viewport: { width: size, height: 800 }, hasTouch: size < 500 });
    expect(await width(page)).toBe(size);
    await page.click('.table-sample >> text=Customers');
    await read(page, /600 rows/);
    expect(await width(page)).toBe(size);
    await train(page);
    await importance(page);
    expect(await width(page)).toBe(size);
    const small = await page.$$eval(
      '#view-table :is(button, select, input:not(.sr-only), .file-button, summary)',
      (controls) =>
        controls
          .map((control) => (control.matches('[type=checkbox], [type=radio]') ? control.closest('label')! : control))
          .filter((control) => {
            const { width, height } = control.getBoundingClientRect();
            return width > 0 && (width < 24 || height < 24);
          })
          .map((control) => control.outerHTML),
    );
    expect(small).toEqual([]);
  });

  it('does not shift while it trains', async () => {
    const page = await openTable();
    await paste(page, CSV);
    await page.fill('#table-epochs', LONG.epochs);
    await page.uncheck('#table-stops-early');
    await page.locator('#table-train').scrollIntoViewIfNeeded();
    await page.click('#table-train');
    await said(page, /^Epoch \d/);
    await page.waitForTimeout(600);
    const shifted = await watchShifts(page);
    await page.waitForTimeout(1000);
    expect(await shifted()).toBeLessThan(0.01);
  });

  it('speaks German, with numbers as Germans write them', async () => {
    const page = await openTable({ locale: 'de-DE' });
    expect(await text(page, '#view-table h1')).toBe('Deine Tabelle');
    await page.click('.table-sample >> text=Hauspreise');
    await read(page, /400 Zeilen, 7 Spalten/);
    await page.click('#table-train');
    await said(page, /^Trainiert in \d+(,\d+)? s/);
    expect(await text(page, '.table-more')).toMatch(/R²0,\d+/);
    await page
      .locator('.mlp-chart-axes text')
      .filter({ hasText: /^0,\d/ })
      .first()
      .waitFor({ ...WAIT, state: 'attached' });
  });

  describe.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('in the %s at %i pixels', (colorScheme, width) => {
    it('has no fault that axe finds', async () => {
      const page = await openTable({ colorScheme, viewport: { width, height: 800 }, hasTouch: width < 500 });
      const found: string[] = [];
      const look = async (state: string): Promise<void> => {
        found.push(...(await axeFaults(page, state)));
      };
      await look('nothing given');
      await page.click('text=Paste as text');
      await give(page, 'cat.csv', Buffer.from([0, 1, 2, 3]));
      await refused(page, /no text/);
      await look('refused');
      await page.click('.table-sample >> text=House prices');
      await read(page, /400 rows/);
      await page.click('.table-preview summary >> text=How it was read');
      await look('given');
      await train(page);
      await page.click('#view-table .figures-table summary');
      await look('a number learned');
      await page.click('.table-sample >> text=Customers');
      await read(page, /600 rows/);
      await train(page);
      await page
        .locator('.table-importance dd')
        .filter({ hasText: /points/ })
        .first()
        .waitFor();
      await page.fill('#table-hidden', 'many');
      await page.locator('.table-asked input').first().fill('many');
      await look('a class learned, faulty fields');
      expect(found).toEqual([]);
    });
  });
});
