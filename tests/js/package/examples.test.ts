/** EXAMPLES.md: every program runs, and every public name is in one. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import * as network from 'mlp-wasm';
import * as charts from 'mlp-wasm/charts';
import * as digits from 'mlp-wasm/digits';
import * as predict from 'mlp-wasm/predict';
import * as files from 'mlp-wasm/files';
import * as storage from 'mlp-wasm/storage';
import * as tables from 'mlp-wasm/tables';
import * as worker from 'mlp-wasm/worker';
import { visitLibrary } from '../../browser/library.js';
import { examples } from '../../programs.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLES = examples();
/** Tables of names, which the documentation shows. */
const isTable = (value: unknown) => Array.isArray(value);

/** Examples that draw, which only a page can, and those that do something else there than in Node. */
const ONLY_ON_PAGES = /\bdocument\./;
const ON_PAGES_TOO = /\bindexedDB\b/;

const nameOf = (title: string) => title.toLowerCase().replace(/\W+/g, '-');

beforeAll(() => network.init());

describe('EXAMPLES.md', () => {
  it.each(EXAMPLES.filter(({ code }) => !ONLY_ON_PAGES.test(code)))('$title', async ({ title, code }) => {
    // Inside the project, so that the package's own name leads to it.
    const folder = `${ROOT}build/examples`;
    await mkdir(folder, { recursive: true });
    const file = `${folder}/${nameOf(title)}.mjs`;
    await writeFile(file, code);
    await promisify(execFile)(process.execPath, [file], { cwd: folder, timeout: 60_000 }).catch(
      ({ stderr }: { stderr: string }) => {
        // Without the line of the package that it shows, which is all of it.
        throw new Error(stderr.replace(/^.{500,}$/gm, '…'));
      },
    );
  });

  describe('on a page', () => {
    const here = visitLibrary();

    const drawn = EXAMPLES.filter(({ code }) => ONLY_ON_PAGES.test(code) || ON_PAGES_TOO.test(code));
    it.each(drawn)('$title', async ({ title, code }) => {
      await writeFile(`${here.folder}/${nameOf(title)}.js`, code);
      const page = await here.open();
      // As text, because Vitest would make another import of it.
      await page.evaluate(`import('./${nameOf(title)}.js').then(() => undefined)`);
    });
  });

  it('has every function of the package in a program', () => {
    const code = EXAMPLES.map((example) => example.code).join('\n');
    const model = Object.getPrototypeOf(
      network.sequential({ layers: [network.dense({ units: 1, inputShape: [1] })] }),
    ) as object;
    const methods = Object.entries(Object.getOwnPropertyDescriptors(model))
      .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
      .map(([name]) => `\\.${name}`);
    const exported = Object.entries({
      ...network,
      ...charts,
      ...digits,
      ...files,
      ...predict,
      ...storage,
      ...tables,
      ...worker,
    })
      .filter(([, value]) => !isTable(value))
      .map(([name]) => `\\b${name}`);
    const missing = [...methods, ...exported].filter((name) => !new RegExp(`${name}\\b`).test(code));
    expect(missing).toEqual([]);
  });
});
