/** Files of our own, which `loadAny` reads by `loadModel` and `loadCheckpoint`. */
import { beforeAll, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { loadAny } from 'mlp-wasm/files';

beforeAll(() => init());

it('A model of our own that is cut short is refused in the name of loadAny, wherever it is cut', async () => {
  const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })], seed: 1 });
  const bytes = await model.save();
  model.dispose();
  for (const length of [30, 100, bytes.length - 1]) {
    await expect(loadAny(bytes.slice(0, length), { format: 'mlp-wasm' })).rejects.toThrow(
      /^loadAny: readSafetensors: /,
    );
  }
});
