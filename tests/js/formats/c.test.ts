/** Headers of C: compiled without a warning, they predict as the model does. Skipped where there is no gcc. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACTIVATIONS,
  activation,
  batchNormalization,
  dense,
  dropout,
  init,
  layerNormalization,
  normalization,
  sequential,
  type Sequential,
} from 'mlp-wasm';
import { exportModel } from 'mlp-wasm/files';
import { inputsFor, randomNetwork } from '../support/networks.js';

beforeAll(() => init());

const folder = mkdtempSync(join(tmpdir(), 'mlp-wasm-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A compiler of C99, and one of C++ where there is one. */
const [GCC, GXX] = ['gcc', 'g++'].map((compiler) => {
  try {
    execFileSync(compiler, ['--version'], { stdio: 'ignore' });
    return compiler;
  } catch {
    return undefined;
  }
});
if (!GCC) console.warn('Headers of C are not tried, because there is no gcc.');

const STRICT = ['-Wall', '-Wextra', '-Werror', '-pedantic', '-O1'];
const ROWS = 20;

async function headerOf(model: Sequential, options: object): Promise<string> {
  const [file] = await exportModel(model, 'c', options);
  return new TextDecoder().decode(file!.bytes);
}

/** A program of several headers, which prints what each predicts for its inputs, and then what its exam says. */
async function answersOf(
  models: readonly { model: Sequential; x: Float32Array }[],
  options: object = {},
): Promise<{ outputs: number[]; check: number }[]> {
  const lines = ['#include <stdio.h>'];
  const calls: string[] = [];
  for (const [i, { model, x }] of models.entries()) {
    const prefix = `m${i}`;
    writeFileSync(join(folder, `${prefix}.h`), await headerOf(model, { ...options, prefix }));
    lines.push(`#define M${i}_CHECK`, `#include "${prefix}.h"`);
    const numbers = Array.from(x, (value) => `${value.toExponential(9)}f`).join(', ');
    lines.push(`static const float x${i}[${x.length}] = {${numbers}};`);
    const rows = x.length / model.inputShape[0];
    calls.push(
      `  { float y[M${i}_OUTPUTS]; int r, j;`,
      `    for (r = 0; r < ${rows}; ++r) { m${i}_predict(x${i} + r * M${i}_INPUTS, y);`,
      `      for (j = 0; j < M${i}_OUTPUTS; ++j) printf("%.9g ", (double)y[j]); }`,
      `    printf("%.9g\\n", (double)m${i}_check()); }`,
    );
  }
  writeFileSync(join(folder, 'main.c'), [...lines, 'int main(void) {', ...calls, '  return 0;', '}', ''].join('\n'));
  execFileSync(GCC!, ['-std=c99', ...STRICT, 'main.c', '-o', 'main', '-lm'], { cwd: folder });
  if (GXX) execFileSync(GXX, ['-std=c++11', ...STRICT, '-fsyntax-only', '-x', 'c++', 'main.c'], { cwd: folder });
  const printed = execFileSync(join(folder, 'main'), { encoding: 'utf8', maxBuffer: 1 << 26 });
  return printed
    .trim()
    .split('\n')
    .map((line) => {
      const outputs = line.split(' ').map((text) => Number(text.replace('inf', 'Infinity')));
      return { check: outputs.pop()!, outputs };
    });
}

/** Largest difference, relative to the largest number of its row, at least 1. */
function differenceOf(got: readonly number[], expected: Float32Array, units: number): number {
  expect(got).toHaveLength(expected.length);
  return got.reduce((worst, value, i) => {
    const row = expected.subarray(i - (i % units), i - (i % units) + units);
    const scale = row.reduce((most, each) => Math.max(most, Math.abs(each)), 1);
    return Math.max(worst, Math.abs(value - expected[i]!) / scale);
  }, 0);
}

describe.skipIf(!GCC)('A header of C', () => {
  it('predicts as the model does, and finds its own examples right', async () => {
    const networks = Array.from({ length: 64 }, (_, seed) => {
      const model = randomNetwork(seed, { halves: seed % 2 === 0 });
      return { model, x: inputsFor(model, ROWS) };
    });
    const answers = await answersOf(networks);
    expect(answers).toHaveLength(networks.length);
    const differences = networks.map(({ model, x }, i) => {
      expect(answers[i]!.check, `seed ${i}`).toBeLessThan(1e-5);
      return differenceOf(answers[i]!.outputs, model.predict(x), model.outputShape[0]);
    });
    // A normalization divides by deviations that may be small, by which it multiplies what both round differently.
    expect(differences.filter((difference) => difference > 1e-6).length).toBeLessThanOrEqual(5);
    expect(Math.max(...differences)).toBeLessThan(2e-5);
    for (const { model } of networks) model.dispose();
  });

  it('of int8 predicts what the module of JavaScript does', async () => {
    const networks = Array.from({ length: 48 }, (_, seed) => {
      const model = randomNetwork(seed + 100);
      return { model, x: inputsFor(model, ROWS) };
    });
    const answers = await answersOf(networks, { quantize: 'int8' });
    for (const [i, { model, x }] of networks.entries()) {
      const [file] = await exportModel(model, 'javascript', { quantize: 'int8' });
      const { predict } = (await import(
        /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(file!.bytes).toString('base64')}`
      )) as { predict(x: Float32Array): Float32Array };
      const [features] = model.inputShape;
      const expected = Array.from({ length: ROWS }, (_, row) => [
        ...predict(x.subarray(row * features, (row + 1) * features)),
      ]);
      const difference = differenceOf(answers[i]!.outputs, Float32Array.from(expected.flat()), model.outputShape[0]);
      expect(difference, `seed ${i + 100}`).toBeLessThan(2e-5);
      expect(answers[i]!.check).toBeLessThan(1e-5);
      model.dispose();
    }
  });

  it('computes every activation as the core does, near and far', async () => {
    const networks = ACTIVATIONS.map((name) => {
      const model = sequential({ layers: [activation({ activation: name, inputShape: [9] })] });
      const factors = [1e-3, 1, 1, 7, 90, 1e4, 1e6];
      const x = Float32Array.from({ length: 9 * factors.length }, (_, i) => {
        const factor = factors[Math.floor(i / 9)]!;
        return factor * Math.sin(3 * (i % 9) + factor);
      });
      return { name, model, x };
    });
    const answers = await answersOf(networks);
    networks.forEach(({ name, model, x }, i) => {
      model.predict(x).forEach((expected, j) => {
        const difference = Math.abs(answers[i]!.outputs[j]! - expected) / Math.max(1, Math.abs(expected));
        expect(difference, `${name} of ${x[j]}`).toBeLessThan(1e-6);
      });
      model.dispose();
    });
  });

  it('takes stacks that begin, end or consist of what has no kernel', async () => {
    const stacks = [
      [normalization({ inputShape: [3] })],
      [dropout({ rate: 0.5, inputShape: [3] })],
      [layerNormalization({ inputShape: [3] }), dense({ units: 5 }), dense({ units: 4 }), batchNormalization()],
      [batchNormalization({ inputShape: [3] }), activation({ activation: 'tanh' }), layerNormalization()],
    ];
    const networks = stacks.map((layers) => {
      const model = sequential({ layers, seed: 2 });
      return { model, x: inputsFor(model, ROWS) };
    });
    const answers = await answersOf(networks);
    networks.forEach(({ model, x }, i) => {
      expect(differenceOf(answers[i]!.outputs, model.predict(x), model.outputShape[0])).toBeLessThan(1e-6);
      expect(answers[i]!.check).toBeLessThan(1e-6);
      model.dispose();
    });
  });

  it('has names, whatever is in them, and its exam finds changed weights', async () => {
    const classNames = ['a"b\\', 'ü??/\n1', '*/', 'PREFIX'];
    const model = sequential({ layers: [dense({ units: 4, inputShape: [2] })], name: '*/ /* ??/ // PREFIX', seed: 1 });
    Object.assign(model, { classNames, featureNames: ['%d', '0\u0001'] });
    const header = await headerOf(model, {});
    const changed = header.replace('float sum = 0.0f;', 'float sum = 0.1f;');
    expect(changed).not.toBe(header);
    const program = `#include <stdio.h>
#define MODEL_CHECK
#include "model.h"
int main(void) {
  for (int i = 0; i < 4; ++i) printf("%s%c", model_class_names[i], 0);
  printf("%s%c%.9g", model_feature_names[1], 0, (double)model_check());
  return 0;
}
`;
    const checks = [header, changed].map((text) => {
      writeFileSync(join(folder, 'model.h'), text);
      writeFileSync(join(folder, 'names.c'), program);
      execFileSync(GCC!, ['-std=c99', ...STRICT, 'names.c', '-o', 'names', '-lm'], { cwd: folder });
      const printed = execFileSync(join(folder, 'names'), { encoding: 'utf8' }).split('\0');
      const check = Number(printed.pop());
      expect(printed).toEqual([...classNames, '0\u0001']);
      return check;
    });
    expect(checks[0]).toBeLessThan(1e-6);
    expect(checks[1]).toBeGreaterThan(0.01);
    model.dispose();
  });
});

describe('Options of a header', () => {
  it.each<[string, object, RegExp, ErrorConstructor]>([
    ['an unknown one', { prefx: 'a' }, /^exportModel: options: .*Did you mean 'prefix'/, RangeError],
    ['a prefix that is no name', { prefix: '1st' }, /^exportModel: prefix: expected a letter, and up to/, RangeError],
    ['an empty prefix', { prefix: '' }, /^exportModel: prefix: expected a string that is not empty/, RangeError],
    ['a prefix that is a number', { prefix: 1 }, /^exportModel: prefix: expected a string, got 1/, TypeError],
    ['other weights', { quantize: 'int16' }, /^exportModel: quantize: expected one of 'int8'/, RangeError],
  ])('are refused with %s', async (_, options, message, kind) => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [3] })] });
    const error = await exportModel(model, 'c', options).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
    model.dispose();
  });

  it('name the file, too', async () => {
    const model = sequential({ layers: [dense({ units: 2, inputShape: [3] })] });
    expect((await exportModel(model, 'c', { prefix: 'net_2' }))[0]!.name).toBe('net_2.h');
    expect((await exportModel(model, 'c'))[0]!.name).toBe('model.h');
    model.dispose();
  });
});
