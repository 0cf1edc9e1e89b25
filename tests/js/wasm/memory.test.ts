import { describe, expect, it } from 'vitest';
import { inProcess } from '../support/process.js';
import { WITH_TARGETS } from '../support/refusals.js';
import { inThread } from '../support/thread.js';

// Each test has a heap of its own. Functions given to inThread see only their arguments.

describe('The heap', () => {
  it('is no larger after 1,000 rounds of create, compile, train, predict, dispose than after the 10th', async () => {
    const { after10, after1000, top10, top1000 } = await inThread(
      async ({ init, sequential, dense }, rows, { mlp }) => {
        await init();
        const x = Float32Array.from({ length: rows * 50 }, (_, i) => Math.sin(i));
        const y = Uint8Array.from({ length: rows }, (_, i) => i % 10);
        const round = async (seed: number) => {
          const model = sequential({
            seed,
            layers: [
              dense({ units: 100, activation: 'relu', inputShape: [50] }),
              dense({ units: 10, activation: 'softmax' }),
            ],
          });
          model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
          await model.fit(x, y, { batchSize: 50, validationSplit: 0.2, callbacks: { onEpochEnd() {} } });
          model.predict(x);
          model.dispose();
        };
        /** Address of a block larger than any gap, which lies above everything that is in use. */
        const top = () => {
          const pointer = mlp()._malloc(400_000);
          mlp()._free(pointer);
          return pointer;
        };
        for (let i = 0; i < 10; ++i) await round(i);
        const [after10, top10] = [mlp().HEAPU8.length, top()];
        for (let i = 10; i < 1000; ++i) await round(i);
        return { after10, top10, after1000: mlp().HEAPU8.length, top1000: top() };
      },
      100,
    );
    console.log(`heap after 10 rounds: ${after10 / 2 ** 20} MB, after 1,000: ${after1000 / 2 ** 20} MB`);
    expect(after1000).toBe(after10);
    expect(top1000).toBeLessThanOrEqual(top10);
  });

  it('is not filled by any method of a model', async () => {
    const leaking = await inThread(
      async ({ init, sequential, dense, loadModel, loadCheckpoint, augment }, _data, { mlp }) => {
        await init();
        const x = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));
        const y = Float32Array.from({ length: 200 }, (_, i) => Math.cos(i));
        const model = sequential({
          seed: 1,
          layers: [dense({ units: 30, activation: 'tanh', inputShape: [3] }), dense({ units: 2 })],
        });
        const compile = () =>
          model.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] });
        compile();
        const weights = model.getWeights();
        const bytes = await model.save();
        const checkpoint = model.checkpoint();
        const methods: Record<string, () => unknown> = {
          compile,
          fit: () => model.fit(x, y, { validationSplit: 0.5 }),
          'fit with a schedule': async () => {
            model.learningRate = () => 0.01;
            await model.fit(x, y, { batchSize: 7, callbacks: { onBatchEnd() {} } });
          },
          fitDataset: () => model.fitDataset([{ x, y }]),
          'fit with augmentation': async () => {
            const augmentation = { height: 1, width: 3, elastic: {} };
            await model.fit(x, y, { augmentation });
            await model.fitDataset([{ x, y }], { augmentation });
          },
          augment: () => augment(x, { height: 1, width: 3, elastic: {} }),
          steps: async () => {
            for await (const { batch } of model.steps(x, y)) if (batch === 1) break;
          },
          resume: () => model.fit(x, y, { resume: true }),
          checkpoint: () => model.checkpoint(),
          loadCheckpoint: async () => (await loadCheckpoint(checkpoint)).dispose(),
          evaluate: () => model.evaluate(x, y),
          predict: () => model.predict(x),
          predictRow: () => model.predict(x.slice(0, 3)),
          getWeights: () => model.getWeights(),
          setWeights: () => model.setWeights(weights),
          summary: () => model.summary(() => {}),
          save: () => model.save(),
          loadModel: async () => (await loadModel(bytes)).dispose(),
          gradients: () => model.gradients(x, y),
          forwardTrace: () => model.forwardTrace(x),
          backpropTrace: () => model.backpropTrace(x, y),
          gradientCheck: () => model.gradientCheck(x, y, { samples: 2 }),
          gradientNorms: () => model.gradientNorms(x, y),
          sharpness: () => model.sharpness(x, y, { maxIterations: 2 }),
          lossSurface: () => model.lossSurface(x, y, { steps: 2 }),
          findLearningRate: () => model.findLearningRate(x, y, { steps: 3 }),
          layerStatistics: () => model.layerStatistics(x, y),
          explain: () => model.explain(x, { steps: 2 }),
        };
        // Only Emscriptens that count their handles to JavaScript objects say how many there are.
        const { count_emval_handles: count = () => 0 } = mlp() as { count_emval_handles?: () => number };
        const leaking: string[] = [];
        for (const [name, call] of Object.entries(methods)) {
          for (let i = 0; i < 10; ++i) await call();
          const [heap, handles] = [mlp().HEAPU8.length, count()];
          for (let i = 0; i < 200; ++i) await call();
          if (mlp().HEAPU8.length > heap || count() > handles) leaking.push(name);
        }
        return leaking;
      },
      undefined,
    );
    expect(leaking).toEqual([]);
  });

  it('is not filled by 1,000 calls that fail', async () => {
    const { before, after, thrown } = await inThread(
      async ({ init, sequential, dense, generateDigits, loadModel }, _data, { mlp }) => {
        await init();
        const x = new Float32Array(40_000);
        const model = sequential({
          seed: 1,
          layers: [dense({ units: 2, activation: 'softmax', inputShape: [4] })],
        });
        model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
        const file = await model.save();
        const bad = Array.from({ length: 10_000 }, (_, i) => (i === 9999 ? 5 : 1));
        let thrown = 0;
        const fails: (() => unknown)[] = [
          () => model.fit(x, bad),
          () => model.fit(x, bad.slice(1)),
          () =>
            model.fit(x, new Uint8Array(10_000), {
              callbacks: { onEpochBegin: () => Promise.reject(new Error('no')) },
            }),
          () => model.evaluate(x, bad),
          () => model.predict(x.subarray(1)),
          () => model.gradients(x, bad),
          () => model.setWeights([]),
          () =>
            model.compile({
              optimizer: 'adam',
              loss: 'sparseCategoricalCrossentropy',
              metrics: ['nonsense' as 'accuracy'],
            }),
          () =>
            sequential({
              layers: [
                dense({ units: 1000, inputShape: [1000] }),
                dense({ units: 1, activation: 'nonsense' as 'relu' }),
              ],
            }),
          () => sequential({ layers: [dense({ units: 2 ** 30, inputShape: [2 ** 30] })] }),
          () => generateDigits({ count: 2 ** 31 - 1 }),
          () => loadModel(file.subarray(0, file.length - 1)),
        ];
        const round = async () => {
          for (const fail of fails) {
            try {
              await fail();
            } catch {
              ++thrown;
            }
          }
        };
        for (let i = 0; i < 10; ++i) await round();
        const before = mlp().HEAPU8.length;
        for (let i = 0; i < 84; ++i) await round();
        return { before, after: mlp().HEAPU8.length, thrown: thrown / fails.length };
      },
      undefined,
    );
    expect(thrown).toBe(94);
    expect(after).toBe(before);
  });

  it('is given back by models that are forgotten, once they are collected', async () => {
    const megabytes = await inThread(async ({ init, sequential, dense }, _data, { mlp }) => {
      const { setFlagsFromString } = process.getBuiltinModule('node:v8');
      const { runInNewContext } = process.getBuiltinModule('node:vm');
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      await init();
      for (let i = 0; i < 200; ++i) {
        sequential({
          seed: 1,
          layers: [dense({ units: 1000, inputShape: [1000], kernelInitializer: 'zeros' })],
        }); // 8 MB
        collect();
        await new Promise((resolve) => setTimeout(resolve));
      }
      return mlp().HEAPU8.length / 2 ** 20;
    }, undefined);
    expect(megabytes).toBeLessThan(200);
  });
});

describe('Training on 60,000 × 784 samples', () => {
  // In two sizes: a second batch's worth of memory shows beside small data, a copy of the data beside large.
  it.each([
    ['bytes', [128], 'sgd'],
    ['bytes', [512, 256], 'adam'],
    ['floats', [128], 'sgd'],
    ['floats', [512, 256], 'adam'],
  ] as const)(
    'given as %s to %j units with %s takes at most 1.15 × what it must hold',
    async (kind, hidden, optimizer) => {
      const { heap, needed } = await inProcess(
        [],
        async ({ init, sequential, dense }, { kind, hidden, optimizer }, { mlp }) => {
          await init();
          const [rows, features, outputs, batchSize] = [60_000, 784, 10, 128];
          const data = kind === 'bytes' ? new Uint8Array(rows * features) : new Float32Array(rows * features);
          for (let i = 0; i < data.length; i += 5) data[i] = 1 + (i % 7); // mostly zero, as images are
          const x = data instanceof Uint8Array ? { data, scale: 1 / 255 } : data;
          const y = Uint8Array.from({ length: rows }, (_, i) => i % outputs);
          const model = sequential({
            seed: 1,
            layers: [...hidden, outputs].map((units, i) =>
              dense({ units, activation: 'relu', ...(i === 0 && { inputShape: [features] as [number] }) }),
            ),
          });
          model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
          // The largest batches come early: a few are enough.
          const onYield = () => void (model.stopTraining = true);
          await model.fit(x, y, { batchSize, callbacks: { onYield } });

          const parameters = 4 * model.countParams();
          const units = [...hidden, outputs].reduce((sum, units) => sum + units);
          // z, a and delta of every layer, the samples and targets of a batch, and the gradients.
          const workspace = 4 * batchSize * (3 * units + features + outputs) + parameters;
          const state = optimizer === 'adam' ? 2 * parameters : 0;
          return {
            heap: mlp().HEAPU8.length,
            needed: data.byteLength + 4 * rows + parameters + state + workspace,
          };
        },
        { kind, hidden: [...hidden], optimizer },
      );
      console.log(
        `${kind}, ${hidden}, ${optimizer}: a heap of ${(heap / 1e6).toFixed(1)} MB for ${(needed / 1e6).toFixed(1)} MB, ` +
          `${(heap / needed).toFixed(3)} ×`,
      );
      expect(heap).toBeLessThanOrEqual(1.15 * needed);
    },
  );
});

describe('Growing', () => {
  it("in the middle of a model's life leaves no view behind: every answer is as before", async () => {
    const [small, ...grown] = await inThread(async ({ init, sequential, dense }, _data, { mlp }) => {
      await init();
      const x = Float32Array.from({ length: 120 }, (_, i) => Math.sin(i));
      const y = Float32Array.from({ length: 80 }, (_, i) => Math.cos(i));
      const model = sequential({
        seed: 1,
        layers: [dense({ units: 7, activation: 'tanh', inputShape: [3] }), dense({ units: 2 })],
      });
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] });
      const methods: (() => unknown)[] = [
        () => model.predict(x),
        () => model.predict(x.slice(0, 3)),
        () => model.evaluate(x, y),
        () => model.gradients(x, y),
        () => model.forwardTrace(x),
        () => model.backpropTrace(x, y),
        () => model.gradientNorms(x, y),
        () => model.lossSurface(x, y),
        () => model.findLearningRate(x, y),
        () => model.layerStatistics(x, y),
        () => model.explain(x),
        () => model.getWeights(),
      ];
      const answers: string[][] = [];
      for (let i = 0; i < 5; ++i) {
        const given: string[] = [];
        for (const method of methods) {
          const heap = mlp().HEAPU8.length;
          // A block as large as all there was: more than any growth by habit.
          if (i > 0 && heap < 2 ** 28) mlp()._malloc(heap);
          given.push(JSON.stringify(await method()));
        }
        answers.push(given);
      }
      return [answers[0]!, ...answers.slice(1)];
    }, undefined);
    for (const answers of grown) expect(answers).toEqual(small);
  });

  it('within a call, for samples larger than all memory there was, gives what small batches of them give', async () => {
    const { grew, whole, parts, gradient } = await inThread(async ({ init, sequential, dense }, rows, { mlp }) => {
      await init();
      const model = sequential({
        seed: 1,
        layers: [dense({ units: 5, activation: 'tanh', inputShape: [100] }), dense({ units: 2 })],
      });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const x = Float32Array.from({ length: rows * 100 }, (_, i) => Math.sin(i));
      const parts: number[] = [];
      for (let row = 0; row < rows; row += 100) parts.push(...model.predict(x.subarray(100 * row, 100 * (row + 100))));
      const before = mlp().HEAPU8.length;
      const whole = [...model.predict(x)];
      const grew = mlp().HEAPU8.length > 2 * before;
      const { gradients } = model.gradients(x, new Float32Array(2 * rows));
      return { grew, whole, parts, gradient: [...gradients[0]!.data] };
    }, 20_000);
    expect(grew).toBe(true);
    expect(whole).toEqual(parts);
    expect(gradient.some((value) => value !== 0)).toBe(true);
  });
});

describe('Out of memory', () => {
  it('a model beyond 4 GB is refused, and the next model works', async () => {
    const { errors, prediction } = await inThread(async ({ init, sequential, dense }) => {
      await init();
      const errors: string[] = [];
      for (const call of [
        () => sequential({ layers: [dense({ units: 32_768, inputShape: [32_768] })] }),
        () => sequential({ layers: [dense({ units: 2 ** 31 - 1, inputShape: [2 ** 31 - 1] })] }),
      ]) {
        try {
          call();
          errors.push('none');
        } catch (error) {
          errors.push(`${(error as Error).name}: ${(error as Error).message}`);
        }
      }
      const model = sequential({ layers: [dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })] });
      return { errors, prediction: model.predict([[1, 2]])[0] };
    }, undefined);
    for (const error of errors) {
      expect(error).toMatch(
        /^RangeError: out of memory: expected room for \d+ MB more, got a heap of \d+ MB that can not grow/,
      );
    }
    expect(prediction).toBe(3);
  });

  it('is not at 2 GB: a model beyond gives the same bits', async () => {
    const run = (gigabytes: number) =>
      inThread(async ({ init, sequential, dense }, gigabytes, { mlp }) => {
        await init();
        for (let i = 0; i < gigabytes; ++i) mlp()._malloc(2 ** 30);
        const x = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i));
        const y = Float32Array.from({ length: 100 }, (_, i) => Math.cos(i));
        const model = sequential({
          seed: 1,
          layers: [dense({ units: 8, activation: 'tanh', inputShape: [2] }), dense({ units: 1 })],
        });
        model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
        await model.fit(x, y, { epochs: 3, validationSplit: 0.2 });
        const { loss, layers } = model.backpropTrace(x, y);
        return { loss, weights: model.getWeights(), outputs: model.predict(x), delta: layers[0]!.delta };
      }, gigabytes);
    expect(await run(3)).toEqual(await run(0));
  });

  it('does not spoil the model that asked for too much', async () => {
    const same = await inThread(async ({ init, sequential, dense }, _data) => {
      await init();
      const model = sequential({
        seed: 1,
        layers: [dense({ units: 65_536, inputShape: [1] }), dense({ units: 1 })],
      });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const before = model.predict([[1]]);
      const rows = 20_000; // 15 GB of activations
      let refused = 0;
      for (const call of [
        () => model.forwardTrace(new Float32Array(rows)),
        () => model.gradients(new Float32Array(rows), new Float32Array(rows)),
        () => model.predict(new Float32Array(rows), { batchSize: rows }),
        () => model.fit(new Float32Array(rows), new Float32Array(rows), { batchSize: rows }),
      ]) {
        try {
          await call();
        } catch (error) {
          if (error instanceof RangeError && error.message.startsWith('out of memory')) ++refused;
        }
      }
      const after = model.predict([[1]]);
      return refused === 4 && before[0] === after[0];
    }, undefined);
    expect(same).toBe(true);
  });

  // Fills the heap but for a gap, from none to all that is needed, and calls: either it works, or it says that there
  // is no memory. An abort of the module would show as another error, then and ever after.
  it.each([
    ...WITH_TARGETS,
    'sequential',
    'compile',
    'fitDataset',
    'checkpoint',
    'predict',
    'predict one row',
    'forwardTrace',
    'explain',
  ] as const)('in %s is an error, wherever it happens, and the module lives on', async (method) => {
    const { refused, done, wrong } = await inThread(
      async ({ init, sequential, dense, loadCheckpoint }, method, { callWithGaps }) => {
        await init();
        const rows = 500;
        const x = Float32Array.from({ length: rows * 50 }, (_, i) => Math.sin(i));
        const row = x.slice(0, 50);
        const y = Uint8Array.from({ length: rows }, (_, i) => i % 10);
        const build = () =>
          sequential({
            seed: 1,
            layers: [
              dense({ units: 60, activation: 'relu', inputShape: [50], kernelInitializer: 'orthogonal' }),
              dense({ units: 10, activation: 'softmax' }),
            ],
          });
        const compiled = () => {
          const model = build();
          model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
          return model;
        };
        const once = async () => {
          if (method === 'sequential') build().dispose();
          else {
            const model = compiled();
            try {
              if (method === 'fit') await model.fit(x, y, { batchSize: 400, validationSplit: 0.2 });
              else if (method === 'fitDataset') await model.fitDataset([{ x, y }], { validationData: [x, y] });
              else if (method === 'checkpoint') (await loadCheckpoint(model.checkpoint())).dispose();
              else if (method === 'predict') model.predict(x, { batchSize: 300 });
              else if (method === 'predict one row') model.predict(row);
              else if (method === 'evaluate') model.evaluate(x, y, { batchSize: 300 });
              else if (method === 'forwardTrace') model.forwardTrace(x);
              else if (method === 'gradientCheck') model.gradientCheck(x, y, { samples: 1 });
              else if (method === 'sharpness') model.sharpness(x, y, { maxIterations: 1 });
              else if (method === 'lossSurface') await model.lossSurface(x, y, { steps: 2 });
              else if (method === 'findLearningRate') await model.findLearningRate(x, y, { steps: 2, batchSize: 400 });
              else if (method === 'explain') model.explain(x, { steps: 200 });
              else if (method !== 'compile') model[method](x, y);
            } finally {
              model.dispose();
            }
          }
        };
        return callWithGaps({ most: 2 ** 22, least: 2 ** 10, factor: 2 ** (1 / 8) }, once);
      },
      method,
    );
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(done).toBeGreaterThan(0);
  });
});
