/**
 * ONNX' own checker, in Python, passes what we write, and onnxruntime-web runs it to the same outputs. The latter is
 * installed for this by `npm install` in tests/formats, the former is Debian's python3-onnx; without one, its tests are
 * skipped.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import { exportModel } from 'mlp-wasm/files';
import { EVERY_ACTIVATION, inputsFor, randomNetwork, worstDifference } from '../support/networks.js';
import { findPython, FORMATS, inFolder, runPython } from '../support/python.js';

const hasRuntime = existsSync(join(FORMATS, 'node_modules/onnxruntime-web'));
const PYTHON = findPython('onnx');

const COUNT = 50;
const ROWS = 9;
const OPSETS = [9, 10, 11, 13, 15, 17, 18, 20, 21, 23];

interface Runtime {
  env: { wasm: { numThreads: number }; logLevel: string };
  Tensor: new (type: 'float32', data: Float32Array, dims: number[]) => object;
  InferenceSession: {
    create(bytes: Uint8Array): Promise<{
      run(feeds: Record<string, object>): Promise<Record<string, { data: Float32Array; dims: number[] }>>;
      release(): Promise<void>;
    }>;
  };
}

beforeAll(() => init());

const networkOf = (seed: number) => randomNetwork(seed, { activations: EVERY_ACTIVATION, halves: true });

describe.skipIf(!hasRuntime)('onnxruntime-web', () => {
  let ort: Runtime;
  beforeAll(() => {
    ort = createRequire(join(FORMATS, 'package.json'))('onnxruntime-web') as Runtime;
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'error';
  });

  it.each(OPSETS)('gives what we give, with operators of version %i', async (opset) => {
    for (let seed = 0; seed < COUNT; ++seed) {
      const model = networkOf(seed);
      const [file] = await exportModel(model, 'onnx', { opset });
      const session = await ort.InferenceSession.create(file!.bytes);
      const x = inputsFor(model, ROWS, seed);
      const { output } = await session.run({ input: new ort.Tensor('float32', x, [ROWS, model.inputShape[0]]) });
      expect(output!.dims).toEqual([ROWS, model.outputShape[0]]);
      const worst = worstDifference(model.predict(x), output!.data, model.outputShape[0]);
      // Roundings, which differ, are multiplied by one over small deviations, and by the slope of an exponential.
      const isSteep = model.layers.some(({ className, activation }) => {
        return className === 'layerNormalization' || activation.name === 'exponential';
      });
      expect(worst, `network ${seed}`).toBeLessThan(isSteep ? 1e-5 : 1e-6);
      await session.release();
      model.dispose();
    }
  });
});

describe.skipIf(!PYTHON)('The checker of Python’s onnx', () => {
  it('passes networks of every layer and activation', { timeout: 60_000 }, async () => {
    await inFolder(async (folder) => {
      const files: string[] = [];
      for (const opset of OPSETS.filter((version) => version <= 17)) {
        for (let seed = 0; seed < COUNT; ++seed) {
          const model = networkOf(seed);
          const [file] = await exportModel(model, 'onnx', { opset });
          files.push(join(folder, `${opset}-${seed}.onnx`));
          writeFileSync(files.at(-1)!, file!.bytes);
          model.dispose();
        }
      }
      expect(runPython(PYTHON!, [join(FORMATS, 'check_onnx.py'), ...files])).toEqual(files);
    });
  });
});
