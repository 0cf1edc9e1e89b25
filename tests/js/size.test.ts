/** What a trainer loads may not grow unnoticed. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DIST_PATH } from './thread.js';

/** kB, gzipped: of all that a page fetches before it trains. */
const TRAINER = 95;
/** The same, of the digits. */
const DIGITS = 14;

/** The benchmark's own measure, which needs none of the benchmark's packages for this. */
interface Measure {
  measureSize(trainer: {
    source: string;
    wasm: string;
    skips: string[];
  }): Promise<{ samples: [number]; files: Record<string, number> }>;
}
const MEASURE = fileURLToPath(new URL('../bench/measure-size.mjs', import.meta.url));

async function expectAtMost(budget: number, names: string, module: string, wasm: string, skips: string[] = []) {
  const { measureSize } = (await import(/* @vite-ignore */ MEASURE)) as Measure;
  const source = `export { ${names} } from ${JSON.stringify(`${DIST_PATH}${module}`)};`;
  const { samples, files } = await measureSize({ source, wasm: `${DIST_PATH}${wasm}`, skips });
  const shown = Object.entries(files).map(([name, kilobytes]) => `${name} ${kilobytes.toFixed(1)}`);
  console.log(`${samples[0].toFixed(1)} kB gzipped: ${shown.join(', ')}`);
  expect(samples[0]).toBeLessThanOrEqual(budget);
}

describe('Gzipped, at most', () => {
  it(`${TRAINER} kB are loaded to train`, async () => {
    await expectAtMost(TRAINER, 'init, sequential, dense', 'index.js', 'mlp.wasm', ['mlp-threads']);
  });

  it(`${DIGITS} kB are loaded to make digits`, () =>
    expectAtMost(DIGITS, 'generateDigits', 'digits.js', 'digits.wasm'));
});
