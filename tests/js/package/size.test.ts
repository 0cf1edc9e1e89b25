/** Sizes of the files that a page loads to train: they may not grow unnoticed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DIST_PATH } from '../support/thread.js';

/**
 * kB, gzipped: of all that a page fetches before it trains. 95 in version 0.1.0, before exact areas, more losses,
 * tables of layers and options, frozen layers and byte counts; tests/bench/NOTES.md tells where the bytes are.
 */
const TRAINER = 112;
/** The same, of the digits. */
const DIGITS = 15;
/** The same, of predictions with a model that was trained elsewhere. */
const PREDICT = 16;

/** kB, gzipped, of the entries that only some import, without index.js, which they share. */
const ENTRIES = { 'charts.js': 9.5, 'storage.js': 8 };

/** The benchmark's own measure, which needs none of the benchmark's packages for this. */
interface Measure {
  measureSize(trainer: {
    source: string;
    wasm: string;
    skips: string[];
  }): Promise<{ samples: [number]; files: Record<string, number> }>;
}
const MEASURE = fileURLToPath(new URL('../../bench/measure-size.mjs', import.meta.url));

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

  it(`${PREDICT} kB are loaded to predict`, () =>
    expectAtMost(PREDICT, 'loadModel, predict', 'predict.js', 'predict.wasm'));
  it.each(Object.entries(ENTRIES))('%s: %s kB, without what it shares with the network', (file, budget) => {
    const code = readFileSync(`${DIST_PATH}${file}`, 'utf8');
    const size = gzipSync(code, { level: 9 }).length / 1000;
    console.log(`${file} ${size.toFixed(1)} kB gzipped`);
    expect(size).toBeLessThanOrEqual(budget);
    const imported = [...code.matchAll(/\b(?:from|import)\s*["'](\.[^"']+)["']/g)].map(([, name]) => name);
    expect(imported.filter((name) => name !== './index.js')).toEqual([]);
  });
});
