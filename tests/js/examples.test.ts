/** EXAMPLES.md: every program runs, and every public name is in one. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import * as network from 'mlp-wasm';
import * as digits from 'mlp-wasm/digits';
import * as worker from 'mlp-wasm/worker';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TEXT = readFileSync(`${ROOT}EXAMPLES.md`, 'utf8');
const EXAMPLES = [...TEXT.matchAll(/^## (.+)\n[^]*?```js\n([^]*?)```/gm)].map(([, title, code]) => ({
  title: title!,
  code: code!,
}));
/** Tables of names, which the README shows. */
const isTable = (value: unknown) => Array.isArray(value);

beforeAll(() => network.init());

describe('EXAMPLES.md', () => {
  it.each(EXAMPLES)('$title', async ({ title, code }) => {
    // Inside the project, so that the package's own name leads to it.
    const folder = `${ROOT}build/examples`;
    await mkdir(folder, { recursive: true });
    const file = `${folder}/${title.toLowerCase().replace(/\W+/g, '-')}.mjs`;
    await writeFile(file, code);
    await promisify(execFile)(process.execPath, [file], { timeout: 60_000 }).catch(
      ({ stderr }: { stderr: string }) => {
        // Without the line of the package that it shows, which is all of it.
        throw new Error(stderr.replace(/^.{500,}$/gm, '…'));
      },
    );
  });

  it('has every function of the package in a program', () => {
    const code = EXAMPLES.map((example) => example.code).join('\n');
    const model = Object.getPrototypeOf(
      network.sequential({ layers: [network.dense({ units: 1, inputShape: [1] })] }),
    ) as object;
    const methods = Object.entries(Object.getOwnPropertyDescriptors(model))
      .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
      .map(([name]) => `\\.${name}`);
    const exported = Object.entries({ ...network, ...digits, ...worker })
      .filter(([name, value]) => !isTable(value) && name !== '_internals')
      .map(([name]) => `\\b${name}`);
    const missing = [...methods, ...exported].filter((name) => !new RegExp(`${name}\\b`).test(code));
    expect(missing).toEqual([]);
  });
});
