import { describe, expect, it } from 'vitest';
import { dense, init, sequential, type Sequential } from 'mlp-wasm/internals';
import { CALLS } from '../../fire/sequences/calls.js';
import { runSequences } from '../../fire/sequences/sequences.js';

// A short run of `npm run test:fire -- --only sequences`, from the same seed each time.

describe('100 random sequences of calls', () => {
  it('are done or refused, and what is refused changes nothing', async () => {
    const { done, refused, faults } = await runSequences(1, 100);
    expect(faults).toEqual([]);
    expect(done).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(300);
  });

  it('are of all methods and properties that a model has', async () => {
    await init();
    const model = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
    const prototype = Object.getPrototypeOf(model) as Sequential;
    model.dispose();
    expect(Object.keys(CALLS).sort()).toEqual(
      Object.getOwnPropertyNames(prototype)
        .filter((name) => name !== 'constructor')
        .sort(),
    );
  });
});
