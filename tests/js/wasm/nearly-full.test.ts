import { describe, expect, it } from 'vitest';
import { inThread } from '../support/thread.js';

// Each test has a heap of its own. Functions given to inThread see only their arguments.

describe('With little left of the 4 GB', () => {
  // Memory beside that of numbers counts, too: names, layers, metrics. An abort of the module, or a write to memory
  // that was not granted, would show as another error, then or ever after.
  it.each(['a long name', '300 layers', '5,000 metrics', 'training with 5,000 metrics'] as const)(
    '%s is refused or done, and the module lives on',
    async (what) => {
      const { refused, done, wrong } = await inThread(async ({ init, sequential, dense }, what, { callWithGaps }) => {
        await init();
        const metrics = Array<'meanAbsoluteError'>(5_000).fill('meanAbsoluteError');
        const name = 'é'.repeat(200_000);
        const small = (options: object = {}) =>
          sequential({ seed: 1, layers: [dense({ units: 2, inputShape: [2], ...options })] });
        const once = async () => {
          if (what === 'a long name') small({ name }).dispose();
          else if (what === '300 layers') {
            const layer = (i: number) => dense({ units: 2, ...(i === 0 && { inputShape: [2] as [number] }) });
            const model = sequential({ seed: 1, layers: Array.from({ length: 300 }, (_, i) => layer(i)) });
            try {
              model.predict([[1, 2]]);
            } finally {
              model.dispose();
            }
          } else {
            const model = small();
            try {
              model.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics });
              const x = [[1, 2]];
              if (what === 'training with 5,000 metrics') await model.fit(x, x, { validationData: [x, x] });
            } finally {
              model.dispose();
            }
          }
        };
        const bystander = small();
        const before = bystander.predict([[1, 2]]).join();
        const isIntact = () => bystander.predict([[1, 2]]).join() === before;
        return callWithGaps({ most: 2 ** 23, least: 2 ** 12, factor: 2 ** (1 / 4) }, once, isIntact);
      }, what);
      expect(wrong).toEqual([]);
      expect(refused).toBeGreaterThan(0);
      expect(done).toBeGreaterThan(0);
    },
  );
});
