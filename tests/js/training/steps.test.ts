import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential, type Sequential, type StepsOptions } from 'mlp-wasm/internals';
import { mlp } from 'mlp-wasm/internals';
import { weightBits } from '../support/bits.js';
import { X, Y, twoClasses } from '../support/samples.js';

beforeAll(() => init());

function build(): Sequential {
  return twoClasses({ sequential, dense });
}

const OPTIONS: StepsOptions = { epochs: 3, batchSize: 6, validationData: [X, Y] };

async function walked(model: Sequential, options: StepsOptions) {
  const steps = [];
  for await (const step of model.steps(X, Y, options)) steps.push(step);
  return steps;
}

describe('steps', () => {
  it('is the training of fit, batch by batch', async () => {
    const [fitted, stepped] = [build(), build()];
    const batches: object[] = [];
    const epochs: object[] = [];
    const { history } = await fitted.fit(X, Y, {
      ...OPTIONS,
      callbacks: {
        onBatchEnd: (batch, { size: _, ...logs }) => void batches.push({ batch, ...logs }),
        onEpochEnd: (_, logs) => void epochs.push(logs),
      },
    });
    const steps = await walked(stepped, OPTIONS);
    expect(weightBits(stepped)).toEqual(weightBits(fitted));
    expect(steps.map(({ epoch, batch }) => [epoch, batch])).toEqual(
      [0, 1, 2].flatMap((epoch) => [0, 1, 2, 3].map((batch) => [epoch, batch])),
    );
    steps.forEach((step, i) => expect(step).toMatchObject(batches[i]!));
    expect(steps.filter(({ batch }) => batch === 3).map(({ epoch: _, batch: __, ...logs }) => logs)).toEqual(epochs);
    expect(steps.filter((step) => 'valLoss' in step)).toHaveLength(3);
    expect(history['loss']).toHaveLength(3);
  });

  it.each([1, 2, 3, 4, 5, 100])('hands out every %i-th batch and the last one of each epoch', async (every) => {
    const [fitted, stepped] = [build(), build()];
    await fitted.fit(X, Y, OPTIONS);
    const steps = await walked(stepped, { ...OPTIONS, every });
    const wanted = [0, 1, 2, 3].filter((batch) => (batch + 1) % every === 0 || batch === 3);
    expect(steps.map(({ batch }) => batch)).toEqual([...wanted, ...wanted, ...wanted]);
    expect(weightBits(stepped)).toEqual(weightBits(fitted));
  });

  it('pauses while nobody asks for the next one', async () => {
    const model = build();
    const steps = model.steps(X, Y, OPTIONS);
    expect(model.isTraining).toBe(false);
    await steps.next();
    const before = weightBits(model);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(model.isTraining).toBe(true);
    expect(weightBits(model)).toEqual(before);
    model.predict(X); // may be used meanwhile
    let next = await steps.next();
    while (!next.done) next = await steps.next();
    expect(next.value).toMatchObject({ epoch: [0, 1, 2] });
    const fitted = build();
    await fitted.fit(X, Y, OPTIONS);
    expect(weightBits(model)).toEqual(weightBits(fitted));
    expect(model.isTraining).toBe(false);
  });

  it('ends with break: onTrainEnd is called, memory is free, training can go on from there', async () => {
    const model = build();
    const walk = async (resume: boolean) => {
      const calls: string[] = [];
      const callbacks = { onTrainEnd: () => void calls.push('end') };
      for await (const { batch } of model.steps(X, Y, { ...OPTIONS, resume, callbacks })) if (batch === 1) break;
      expect(calls).toEqual(['end']);
      expect(model.isTraining).toBe(false);
    };
    for (let i = 0; i < 20; ++i) await walk(false);
    const heap = mlp().HEAPU8.length;
    for (let i = 0; i < 500; ++i) await walk(false);
    expect(mlp().HEAPU8.length).toBe(heap);
  });

  it('goes on after break with resume, to the same bits', async () => {
    const [whole, broken] = [build(), build()];
    await whole.fit(X, Y, OPTIONS);
    let seen = 0;
    for (let first = true; seen < 12; first = false) {
      for await (const { epoch, batch } of broken.steps(X, Y, { ...OPTIONS, resume: !first })) {
        expect(4 * epoch + batch).toBe(seen++);
        if (seen % 5 === 0) break;
      }
    }
    expect(weightBits(broken)).toEqual(weightBits(whole));
  });

  it('throws what the loop throws, and leaves the model usable', async () => {
    const model = build();
    const walk = async () => {
      for await (const _ of model.steps(X, Y)) throw new Error('enough');
    };
    await expect(walk()).rejects.toThrow('enough');
    expect((await model.fit(X, Y)).epoch).toEqual([0]);
  });

  it('refuses wrong arguments at once', async () => {
    const model = build();
    expect(() => model.steps(X, Y, { every: 0 })).toThrow('steps: every: expected an integer from 1');
    expect(() => model.steps(X.subarray(1), Y)).toThrow('steps: x');
    await expect(model.fit(X, Y, { every: 1 } as StepsOptions)).rejects.toThrow('fit: options: option');
    expect(model.isTraining).toBe(false);
  });

  it('refuses a second training meanwhile, and to begin while another one runs', async () => {
    const model = build();
    const [one, other] = [model.steps(X, Y), model.steps(X, Y)];
    await one.next();
    await expect(other.next()).rejects.toThrow('steps: expected an idle model, got one that fit() is training');
    await expect(model.fit(X, Y)).rejects.toThrow('fit: expected an idle model');
    await one.return({ epoch: [], history: {} });
    expect((await model.fit(X, Y)).epoch).toEqual([0]);
  });

  it('ends by a signal, by stopTraining and by dispose', async () => {
    const ends: ((model: Sequential, controller: AbortController) => void)[] = [
      (_, controller) => controller.abort(),
      (model) => void (model.stopTraining = true),
      (model) => model.dispose(),
    ];
    for (const end of ends) {
      const model = build();
      const controller = new AbortController();
      let count = 0;
      for await (const _ of model.steps(X, Y, { ...OPTIONS, signal: controller.signal })) {
        if (++count === 6) end(model, controller);
      }
      expect(count).toBe(6);
    }
  });
});
