/** Keep and share: programs that do a run again, its log, and the runs that stand behind the present one. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { init, readSafetensors, sequential } from 'mlp-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configsOf } from '../../../web/demo/shared/plain-layers.js';
import type { DigitSplit } from '../../../web/demo/shared/digit-work.js';
import { fromQuery, readSettings } from '../../../web/demo/page/settings/settings.js';
import type { Settings } from '../../../web/demo/page/settings/settings.js';
import { withTraining } from '../../../web/demo/page/training/curve.js';
import { augmented } from '../../../web/demo/page/training/augmentations.js';
import { earlierRuns } from '../../../web/demo/page/training/earlier.js';
import { layersOf } from '../../../web/demo/page/training/layers.js';
import type { PastRun } from '../../../web/demo/page/training/past-runs.js';
import { IDLE } from '../../../web/demo/page/training/run.js';
import { compilation } from '../../../web/demo/page/training/worker.js';
import { codeOf } from '../../../web/demo/page/views/share/code.js';
import { logFile } from '../../../web/demo/page/views/share/log-file.js';
import { loadDigits } from '../../../web/demo/worker/digit-sets.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mlp-wasm-code-'));
beforeAll(async () => {
  await init({ deterministic: true });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/mlp-wasm'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settingsOf = (query: string): Settings => readSettings(fromQuery(new URLSearchParams(query))).settings!;

/** The weights that the program ends with. */
function weightsByProgram(settings: Settings): Float32Array[] {
  writeFileSync(join(folder, 'run.mjs'), codeOf(settings, 'node'));
  execFileSync(process.execPath, ['run.mjs'], { cwd: folder });
  const file = readFileSync(join(folder, 'digits.safetensors'));
  return readSafetensors(new Uint8Array(file)).tensors.map(({ data }) => data);
}

/** The same by the functions of the page. */
async function weightsByPage(settings: Settings, { training, heldOut }: DigitSplit): Promise<Float32Array[]> {
  const model = sequential({ seed: settings.seed, layers: configsOf(layersOf(settings)) });
  model.compile(compilation(settings));
  const scaled = (data: Uint8Array): { data: Uint8Array; scale: number } => ({ data, scale: 1 / 255 });
  await model.fit(scaled(training.pixels), training.labels, {
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    ...augmented(settings),
    validationData: [scaled(heldOut.pixels), heldOut.labels],
  });
  return model.getWeights().map(({ data }) => data);
}

describe('The program of a run', () => {
  it.each([
    'count=600&epochs=2&hidden=12,8&activation=tanh&optimizer=rmsprop&lr=0.003&batch=24&seed=9',
    'count=500&epochs=1&hidden=&optimizer=sgd&lr=0.5&batch=32&seed=0',
    'count=500&epochs=2&hidden=12,8&activation=relu&layers=1_batch_dropout_0.2_heNormal+2_layer_tanh_l2_0.001&batch=50&seed=4&augment=strong',
  ])('gives the bits of the page: %s', async (query) => {
    const settings = settingsOf(query);
    const { count, seed } = settings;
    const split = await loadDigits({ kind: 'digits', key: '', count, seed }, () => Promise.resolve());
    expect(weightsByProgram(settings)).toEqual(await weightsByPage(settings, split));
  });

  it('reads the files of MNIST', async () => {
    const set = (count: number): { pixels: Uint8Array<ArrayBuffer>; labels: Uint8Array<ArrayBuffer> } => ({
      pixels: Uint8Array.from({ length: 784 * count }, (_, i) => (i * i) % 251),
      labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
    });
    const split = { training: set(70), heldOut: set(20) };
    const idx = (data: Uint8Array, ...shape: number[]): Buffer => {
      const head = Buffer.alloc(4 + 4 * shape.length);
      head.set([0, 0, 8, shape.length]);
      shape.forEach((size, i) => head.writeUInt32BE(size, 4 + 4 * i));
      return gzipSync(Buffer.concat([head, data]));
    };
    for (const [name, { pixels, labels }] of [
      ['train', split.training],
      ['t10k', split.heldOut],
    ] as const) {
      writeFileSync(join(folder, `${name}-images-idx3-ubyte.gz`), idx(pixels, labels.length, 28, 28));
      writeFileSync(join(folder, `${name}-labels-idx1-ubyte.gz`), idx(labels, labels.length));
    }
    const settings = settingsOf('data=mnist&epochs=2&hidden=8&batch=16&lr=0.1&seed=3');
    expect(weightsByProgram(settings)).toEqual(await weightsByPage(settings, split));
  });
});

describe('The log of a run', () => {
  it('has a row for each point, and an empty cell where there is no figure', () => {
    const curve = withTraining(IDLE.curve, 0.5, { loss: 1.25, accuracy: 0.5, samplesPerSecond: 1 });
    expect(logFile(curve)).toBe('epoch,loss,accuracy,valLoss,valAccuracy\r\n0.5,1.25,0.5,,\r\n');
  });
});

describe('Runs behind the present one', () => {
  const run = (began: number, isPinned = false): PastRun => ({
    began,
    isPinned,
    phase: 'done',
    settings: settingsOf(''),
    epoch: 1,
    milliseconds: 1,
    curve: IDLE.curve,
  });
  const shown = (runs: PastRun[], began?: number): number[] =>
    earlierRuns(runs, began === undefined ? {} : { began }).map((one) => one.began);

  it('are those that are pinned, else the latest, and never the present one', () => {
    expect(shown([run(3), run(2), run(1)])).toEqual([3]);
    expect(shown([run(3), run(2), run(1)], 3)).toEqual([2]);
    expect(shown([run(3), run(2, true), run(1, true)], 3)).toEqual([2, 1]);
    expect(shown([run(3, true)], 3)).toEqual([]);
    expect(shown(Array.from({ length: 20 }, (_, i) => run(20 - i, true)))).toHaveLength(6);
  });
});
