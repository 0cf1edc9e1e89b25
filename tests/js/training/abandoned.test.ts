import { describe, expect, it } from 'vitest';
import { inThread } from '../support/thread.js';

// Each test has a heap of its own. Functions given to inThread see only their arguments.

describe('A loop over steps() that is left lying', () => {
  it.each([
    ['whose model is disposed of', true],
    ['that is forgotten with its model, once both are collected', false],
  ])('%s, gives its memory back', async (_what, disposes) => {
    const { first, last } = await inThread(async ({ init, sequential, dense }, disposes, { mlp }) => {
      const { setFlagsFromString } = process.getBuiltinModule('node:v8');
      const { runInNewContext } = process.getBuiltinModule('node:vm');
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      await init();
      const x = new Float32Array(1_000_000); // 4 MB, of which each training has a copy
      const y = new Float32Array(10_000);
      const once = async () => {
        const model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [100] })] });
        model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
        const steps = model.steps(x, y);
        await steps.next();
        if (disposes) model.dispose();
      };
      const sizes: number[] = [];
      for (let i = 0; i < 40; ++i) {
        await once();
        if (!disposes) collect();
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (!disposes) await new Promise((resolve) => setTimeout(resolve, 1)); // for the work that finalizers began
        sizes.push(mlp().HEAPU8.length);
      }
      return { first: sizes[9]!, last: sizes[39]! };
    }, disposes);
    expect(last).toBeLessThanOrEqual(first * 1.1);
  });

  it('that is forgotten leaves its model idle, once it is collected', async () => {
    const trained = await inThread(async ({ init, sequential, dense }) => {
      const { setFlagsFromString } = process.getBuiltinModule('node:v8');
      const { runInNewContext } = process.getBuiltinModule('node:vm');
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      await init();
      const model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [1] })] });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const begin = async () => void (await model.steps([[1], [2]], [1, 2], { batchSize: 1 }).next());
      await begin();
      const before = model.isTraining;
      for (let i = 0; i < 100 && model.isTraining; ++i) {
        collect();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      const { history } = await model.fit([[1]], [1]);
      return { before, epochs: history['loss']!.length };
    }, undefined);
    expect(trained).toEqual({ before: true, epochs: 1 });
  });

  it('is over with dispose(): its callbacks are told, and its next step is none', async () => {
    const outcome = await inThread(async ({ init, sequential, dense }) => {
      await init();
      const model = sequential({ seed: 1, layers: [dense({ units: 1, inputShape: [1] })] });
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      let ended = 0;
      const callbacks = { onTrainEnd: () => void ++ended };
      const steps = model.steps([[1], [2]], [1, 2], { batchSize: 1, callbacks });
      await steps.next();
      model.dispose();
      const { done } = await steps.next();
      return { ended, done, disposed: model.isDisposed };
    }, undefined);
    expect(outcome).toEqual({ ended: 1, done: true, disposed: true });
  });
});
