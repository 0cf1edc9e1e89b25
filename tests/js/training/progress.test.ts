import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { dense, init, sequential, type Sequential } from 'mlp-wasm';

// The output of `verbose`, and how often it comes.

beforeAll(() => init());
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const ROWS = 2000;
const X = Float32Array.from({ length: 8 * ROWS }, (_, i) => Math.sin(i * 1.7));
const Y = Float32Array.from({ length: ROWS }, (_, i) => Math.cos(i));

function build(): Sequential {
  const model = sequential({
    seed: 5,
    layers: [dense({ units: 64, activation: 'tanh', inputShape: [8] }), dense({ units: 1 })],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return model;
}

/** Text that is written to a terminal or a file while `run` runs. */
async function written(isTTY: boolean, run: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const { stderr } = process;
  const before = Object.getOwnPropertyDescriptor(stderr, 'isTTY');
  Object.defineProperty(stderr, 'isTTY', { value: isTTY, configurable: true });
  const spy = vi.spyOn(stderr, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
  try {
    await run();
  } finally {
    spy.mockRestore();
    if (before) Object.defineProperty(stderr, 'isTTY', before);
    else delete (stderr as { isTTY?: boolean }).isTTY;
  }
  return texts;
}

describe('verbose', () => {
  it('0, the default, writes nothing', async () => {
    const log = vi.spyOn(console, 'log');
    expect(await written(true, () => build().fit(X, Y, { epochs: 3 }))).toEqual([]);
    expect(log).not.toHaveBeenCalled();
  });

  it('1 writes a bar, the time that is left and the figures on a terminal, at most some ten times a second', async () => {
    const start = performance.now();
    let epochs = 0;
    const until = {
      onEpochEnd: () => void (model.stopTraining = ++epochs > 3 && performance.now() - start > 600),
    };
    const model = build();
    const texts = await written(true, () =>
      model.fit(X, Y, { epochs: 1_000_000, batchSize: 10, verbose: 1, callbacks: until }),
    );
    const seconds = (performance.now() - start) / 1000;
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.length).toBeLessThan(10 * seconds + 3);
    for (const text of texts) expect(text).toMatch(/^\repoch \d+\/1000000 {2}[█░]{20} {2}.* left {2}.*loss \d\.\d+/);
    expect(texts.at(-1)).toMatch(/\n$/);
  });

  it('1 writes a line for the last epoch, however short all of them are', async () => {
    const texts = await written(true, () => build().fit(X, Y, { epochs: 3, batchSize: ROWS, verbose: 1 }));
    expect(texts.at(-1)).toMatch(/^\repoch 3\/3 {2}█{20} {2}\d+\.\d s {2}loss \d\.\d+\x1b\[K\n$/);
    expect(texts.length).toBeLessThan(4);
  });

  it('1 writes about a line a second where it is no terminal', async () => {
    const model = build();
    const start = performance.now();
    const until = { onEpochEnd: () => void (model.stopTraining = performance.now() - start > 500) };
    const texts = await written(false, () => model.fit(X, Y, { epochs: 1_000_000, verbose: 1, callbacks: until }));
    expect(texts.length).toBeLessThan(2 + (performance.now() - start) / 1000);
    for (const text of texts) expect(text).toMatch(/^epoch .*\n$/);
  });

  it('2 writes a line an epoch', async () => {
    const run = () => build().fit(X, Y, { epochs: 5, verbose: 2, validationSplit: 0.1 });
    const texts = await written(true, run);
    expect(texts).toHaveLength(5);
    texts.forEach((text, epoch) =>
      expect(text).toMatch(
        new RegExp(`^epoch ${epoch + 1}/5 {2}\\d+\\.\\d s {2}loss \\d\\.\\d+ {2}valLoss \\d\\.\\d+\\n$`),
      ),
    );
  });

  it('writes to the console in a page', async () => {
    vi.stubGlobal('process', undefined);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await build().fit(X, Y, { epochs: 2, verbose: 2 });
    expect(log.mock.calls.map(([line]) => String(line).slice(0, 9))).toEqual(['epoch 1/2', 'epoch 2/2']);
  });

  it('knows no bar where nobody knows the number of batches', async () => {
    const batches = Array.from({ length: 20 }, () => [X, Y] as const);
    const texts = await written(true, () => build().fitDataset(batches, { epochs: 2, verbose: 1, yieldEvery: 0 }));
    expect(texts[0]).toMatch(/^\repoch 1\/2 {2}batch 1 {2}loss/);
    expect(texts.at(-1)).toMatch(/^\repoch 2\/2 {2}\d+\.\d s {2}loss/);
  });

  it('changes nothing in the training', async () => {
    const [quiet, loud] = [build(), build()];
    await quiet.fit(X, Y, { epochs: 2 });
    await written(true, () => loud.fit(X, Y, { epochs: 2, verbose: 1, yieldEvery: 0 }));
    expect(loud.predict(X)).toEqual(quiet.predict(X));
  });
});
