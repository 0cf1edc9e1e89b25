/**
 * JSON in files, nested thousands of levels deep at any place: such a file is small, and whoever goes down into it with a
 * function that calls itself, as Number() and String() do with arrays, fills the stack.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import * as mlp from 'mlp-wasm';
import * as predicting from 'mlp-wasm/predict';
import { classifier, loadTableModel, readTable } from 'mlp-wasm/tables';
import { X, Y, twoClasses } from '../support/samples.js';

const LEVELS = 20_000;
const NESTS = ['['.repeat(LEVELS) + ']'.repeat(LEVELS), '{"a":'.repeat(LEVELS) + '0' + '}'.repeat(LEVELS)];

/** Copies of a file's JSON, each with a nest instead of one of its values, or as one more element of a list. */
function* nested(json: string): Generator<[place: string, json: string]> {
  const root = { value: JSON.parse(json) as unknown };
  function* at(owner: Record<string, unknown>, key: string, place: string): Generator<[string, string]> {
    const value = owner[key];
    owner[key] = '@';
    const text = JSON.stringify(root.value);
    owner[key] = value;
    for (const nest of NESTS) yield [`${place} = ${nest.slice(0, 2)}…`, text.replace('"@"', nest)];
    if (typeof value !== 'object' || value === null) return;
    for (const inner of Object.keys(value)) yield* at(value as Record<string, unknown>, inner, `${place}.${inner}`);
    if (!Array.isArray(value)) return;
    value.push('@');
    const longer = JSON.stringify(root.value);
    value.pop();
    for (const nest of NESTS) yield [`${place}[] = ${nest.slice(0, 2)}…`, longer.replace('"@"', nest)];
  }
  yield* at(root, 'value', '');
}

async function checkpoint(): Promise<Uint8Array> {
  const model = twoClasses(mlp);
  let bytes: Uint8Array | undefined;
  const callbacks: mlp.Callbacks[] = [
    mlp.reduceLROnPlateau({ monitor: 'loss' }),
    { getState: () => ({ list: [1, { deep: 'yes' }], numbers: new Float32Array(2) }), setState: () => {} },
    { onBatchEnd: (batch) => void (batch === 1 && (bytes = model.checkpoint())) },
  ];
  await model.fit(X, Y, { epochs: 2, batchSize: 3, callbacks });
  model.dispose();
  return bytes!;
}

async function tableModel(): Promise<Uint8Array> {
  const rows = Array.from({ length: 20 }, (_, i) => ({
    a: i,
    colour: i % 3 ? 'red' : 'blue',
    y: i % 2 ? 'yes' : 'no',
  }));
  const model = await classifier({ target: 'y', seed: 1, epochs: 1 }).fit(await readTable(rows));
  const bytes = await model.save();
  model.dispose();
  return bytes;
}

const READERS: Record<
  string,
  [make: () => Promise<Uint8Array>, load: (bytes: Uint8Array) => Promise<{ dispose(): void }>]
> = {
  loadModel: [checkpoint, mlp.loadModel],
  loadCheckpoint: [checkpoint, mlp.loadCheckpoint],
  'loadModel of mlp-wasm/predict': [checkpoint, predicting.loadModel],
  loadTableModel: [tableModel, loadTableModel],
};

beforeAll(() => mlp.init());

describe.each(Object.entries(READERS))('%s', (_, [make, load]) => {
  it('names what is wrong in JSON that is nested without end', async () => {
    const { tensors, metadata } = mlp.readSafetensors(await make());
    let tried = 0;
    for (const [key, json] of Object.entries(metadata)) {
      if (!json.startsWith('{')) continue;
      for (const [place, changed] of nested(json)) {
        const bytes = mlp.writeSafetensors(tensors, { ...metadata, [key]: changed });
        // A nest that a reader leaves unread may stand there.
        const message = await load(bytes).then(
          (model) => (model.dispose(), ''),
          (error: Error) => error.message,
        );
        expect(message, `${key}${place}`).not.toMatch(/call stack|recursion/i);
        ++tried;
      }
    }
    expect(tried).toBeGreaterThan(50);
  });
});
