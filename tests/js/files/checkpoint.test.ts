import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import * as mlp from 'mlp-wasm';
import {
  batchNormalization,
  dense,
  dropout,
  earlyStopping,
  gaussianNoise,
  init,
  learningRateScheduler,
  loadCheckpoint,
  loadModel,
  modelCheckpoint,
  OPTIMIZERS,
  readSafetensors,
  sequential,
  writeSafetensors,
  type Callbacks,
  type FitOptions,
  type NamedTensor,
  type Sequential,
} from 'mlp-wasm';
import { weightBits } from '../support/bits.js';
import { mutants } from '../support/mutate.js';
import { relay } from '../support/relay.js';
import { inThread } from '../support/thread.js';
import { X, Y, twoClasses } from '../support/samples.js';

beforeAll(() => init({ deterministic: true }));

/** Seven batches an epoch, in an order of its own each. */
const OPTIONS: FitOptions = { epochs: 4, batchSize: 3 };

function build(): Sequential {
  return twoClasses({ sequential, dense });
}

async function loaded(bytes: Uint8Array): Promise<Sequential> {
  const model = await loadCheckpoint(bytes);
  onTestFinished(() => model.dispose());
  return model;
}

/** Weights, optimizer, counters and position: all of a training. */
const stateOf = (model: Sequential) => Buffer.from(model.checkpoint()).toString('latin1');

let random = 12345;
/** A whole number from 0 to below `bound`: the same ones each time. */
const draw = (bound: number) => (random = (Math.imul(random, 1103515245) + 12345) >>> 1) % bound;

describe('Training goes on from a checkpoint as if it had never stopped', () => {
  it.each(OPTIMIZERS)('with %s, wherever it stopped', async (optimizer) => {
    const whole = await relay(mlp, { optimizer });
    for (let run = 0; run < 8; ++run) {
      let bytes = await relay(mlp, { optimizer, batches: draw(20) });
      for (let stops = draw(4); stops > 0; --stops)
        bytes = await relay(mlp, { optimizer, bytes, batches: 1 + draw(15) });
      expect(Buffer.compare(Buffer.from(await relay(mlp, { optimizer, bytes })), Buffer.from(whole))).toBe(0);
    }
  });

  it('after each single batch', async () => {
    const model = build();
    const files: Uint8Array[] = [model.checkpoint()];
    const { history } = await model.fit(X, Y, {
      ...OPTIONS,
      callbacks: { onBatchEnd: () => void files.push(model.checkpoint()) },
    });
    expect(files).toHaveLength(29);
    for (const file of files) {
      const other = await loaded(file);
      const { history: rest } = await other.fit(X, Y, { ...OPTIONS, resume: true });
      for (const name of ['loss', 'accuracy']) {
        const losses = rest[name] ?? [];
        expect(losses).toEqual(history[name]!.slice(4 - losses.length));
      }
      expect(stateOf(other)).toBe(stateOf(model));
    }
  });

  it.each(['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onEpochEnd', 'onYield', 'onTrainEnd'] as const)(
    'when it was made in %s',
    async (name) => {
      const files: Uint8Array[] = [];
      const model = build();
      const callbacks = { [name]: () => void files.push(model.checkpoint()) };
      const options = { ...OPTIONS, validationData: [X, Y] as const };
      await model.fit(X, Y, { ...options, yieldEvery: 0, callbacks });
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const other = await loaded(file);
        await other.fit(X, Y, { ...options, resume: true });
        expect(stateOf(other)).toBe(stateOf(model));
      }
    },
  );

  it('with epochs of any length, in the middle of epoch and pass', async () => {
    for (const stepsPerEpoch of [2, 7, 10]) {
      const options = { ...OPTIONS, stepsPerEpoch };
      const whole = build();
      const files: Uint8Array[] = [];
      await whole.fit(X, Y, {
        ...options,
        callbacks: { onBatchEnd: () => void files.push(whole.checkpoint()) },
      });
      for (const file of files) {
        const other = await loaded(file);
        await other.fit(X, Y, { ...options, resume: true });
        expect(stateOf(other)).toBe(stateOf(whole));
      }
    }
  });

  it('with layers that draw and remember, metrics that count, and averaged weights', async () => {
    const make = () => {
      const model = sequential({
        seed: 5,
        layers: [
          dense({ units: 6, activation: 'tanh', inputShape: [3], kernelRegularizer: 'l2' }),
          batchNormalization(),
          dropout({ rate: 0.3 }),
          gaussianNoise({ stddev: 0.1 }),
          dense({ units: 2, activation: 'softmax', kernelConstraint: 'nonNeg' }),
        ],
      });
      onTestFinished(() => model.dispose());
      model.compile({
        optimizer: { name: 'adam', useEma: true, emaMomentum: 0.9, clipNorm: 0.5 },
        loss: 'sparseCategoricalCrossentropy',
        metrics: ['auc', 'f1Score'],
      });
      return model;
    };
    const options: FitOptions = { ...OPTIONS, sampleWeight: Array.from(Y, (label) => 1 + label) };
    const whole = make();
    const files: Uint8Array[] = [];
    const { history } = await whole.fit(X, Y, {
      ...options,
      callbacks: { onBatchEnd: () => void files.push(whole.checkpoint()) },
    });
    for (const file of files) {
      const other = await loaded(file);
      const { history: rest } = await other.fit(X, Y, { ...options, resume: true });
      for (const [name, values] of Object.entries(rest)) expect(values).toEqual(history[name]!.slice(-values.length));
      expect(stateOf(other)).toBe(stateOf(whole));
    }
    // When training stops, the weights become the average; when it goes on, it goes on from what they were.
    const stopped = make();
    let file: Uint8Array | undefined;
    for (let leg = 0; leg < 3; ++leg) {
      let batches = 0;
      await stopped.fit(X, Y, {
        ...options,
        resume: true,
        callbacks: { onBatchEnd: () => void (stopped.stopTraining = ++batches === 6) },
      });
      file = stopped.checkpoint();
    }
    for (const other of [stopped, await loaded(file!)]) {
      await other.fit(X, Y, { ...options, resume: true });
      expect(stateOf(other)).toBe(stateOf(whole));
    }
  });

  it.each(['abort', 'throw', 'checkpoint'] as const)(
    'where an epoch had begun and no batch of it was trained on: by %s in onEpochBegin',
    async (how) => {
      const relative = () => learningRateScheduler((_epoch, rate) => rate * 0.5);
      for (const stop of [0, 2]) {
        const [whole, model] = [build(), build()];
        await whole.fit(X, Y, { ...OPTIONS, callbacks: relative() });
        const controller = new AbortController();
        const begun: number[] = [];
        let file: Uint8Array | undefined;
        const onEpochBegin = (epoch: number) => {
          if (epoch !== stop || file) return void begun.push(epoch);
          file = model.checkpoint();
          if (how === 'throw') throw new Error('stop');
          if (how === 'abort') begun.push(epoch);
          controller.abort();
        };
        const options = { ...OPTIONS, signal: controller.signal, callbacks: [relative(), { onEpochBegin }] };
        const outcome = await model.fit(X, Y, options).catch((error: Error) => error.message);
        if (how === 'throw') expect(outcome).toBe('stop');
        const other = await loaded(how === 'checkpoint' ? file! : model.checkpoint());
        expect(stateOf(await loaded(other.checkpoint()))).toBe(stateOf(other));
        await other.fit(X, Y, { ...OPTIONS, resume: true, callbacks: [relative(), { onEpochBegin }] });
        expect(begun).toEqual([0, 1, 2, 3]);
        expect(other.learningRate).toBe(whole.learningRate);
        expect(stateOf(other)).toBe(stateOf(whole));
      }
    },
  );

  it.each([false, true])(
    'from the weights of the last epoch, not from the best ones, with useEma %s',
    async (useEma) => {
      const make = () => twoClasses({ sequential, dense }, { optimizer: { name: 'adam', learningRate: 0.01, useEma } });
      // Each epoch but the first is worse than the one before, and there is patience for all of them.
      const worse: Callbacks = { onEpochEnd: (epoch, logs) => void (logs['valLoss'] = 1 + epoch) };
      const callbacks = () => [worse, earlyStopping({ patience: 9, restoreBestWeights: true })];
      const options = { ...OPTIONS, validationData: [X, Y] as const };
      const whole = make();
      await whole.fit(X, Y, { ...options, callbacks: callbacks() });
      const model = make();
      const stops = {
        onBatchEnd: (batch: number) => void (batch === 2 && rounds++ === 2 && (model.stopTraining = true)),
      };
      let rounds = 0;
      await model.fit(X, Y, { ...options, callbacks: [...callbacks(), stops] });
      const file = model.checkpoint();
      const best = weightBits(model);
      expect(best).toEqual(weightBits(whole)); // those of the first epoch, restored
      const resumed = { ...options, resume: true };

      const other = await loaded(file);
      expect(weightBits(other)).toEqual(best);
      expect(Buffer.compare(other.checkpoint(), file)).toBe(0);
      // A training that fails before its first batch leaves all as it was.
      const refuses = { onBatchBegin: () => Promise.reject(new Error('refused')) };
      await expect(other.fit(X, Y, { ...resumed, callbacks: [...callbacks(), refuses] })).rejects.toThrow('refused');
      expect(weightBits(other)).toEqual(best);
      for (const each of [model, other]) {
        await each.fit(X, Y, { ...resumed, callbacks: callbacks() });
        expect(stateOf(each)).toBe(stateOf(whole));
      }

      // Weights that somebody else sets are those that training goes on with.
      const [one, two] = [await loaded(file), await loaded(file)];
      two.setWeights(two.getWeights());
      for (const each of [one, two]) await each.fit(X, Y, resumed);
      expect(weightBits(two)).not.toEqual(weightBits(one));
      // A file that lost them is refused.
      const { tensors, metadata } = readSafetensors(file);
      await expect(loadCheckpoint(writeSafetensors(tensors.slice(0, -1), metadata))).rejects.toThrow(
        /loadCheckpoint: bytes: expected as last tensor training\/weights \[26\], got callbacks\/\d+/,
      );
      one.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
      expect(readSafetensors(one.checkpoint()).tensors.at(-1)!.name).toBe('optimizer/state');
    },
  );

  it('not at all where lbfgs had found that nothing is better, unless with other weights or other samples', async () => {
    const make = () => twoClasses({ sequential, dense }, { optimizer: { name: 'lbfgs', tolerance: 0.01 } });
    const whole = make();
    const files: Uint8Array[] = [];
    const callbacks = modelCheckpoint({ save: (bytes) => void files.push(bytes) });
    const { epoch } = await whole.fit(X, Y, { epochs: 100, callbacks });
    expect(epoch.length).toBeLessThan(90);
    for (const file of [files.at(-1)!, whole.checkpoint()]) {
      const other = await loaded(file);
      expect((await other.fit(X, Y, { epochs: 100, resume: true })).epoch).toEqual([]);
      expect(weightBits(other)).toEqual(weightBits(whole));
      expect((await other.fit(X.slice(3), Y.slice(1), { epochs: 100, resume: true })).epoch).not.toEqual([]);
      const again = await loaded(file);
      again.setWeights(make().getWeights());
      expect((await again.fit(X, Y, { epochs: 100, resume: true })).epoch).not.toEqual([]);
    }
    const other = await loaded(files.at(-2)!);
    expect((await other.fit(X, Y, { epochs: 100, resume: true })).epoch).toEqual(epoch.slice(-1));
    expect(stateOf(other)).toBe(stateOf(whole));
  });

  it('not at all where earlyStopping had ended it, unless with more patience', async () => {
    const worse: Callbacks = { onEpochEnd: (epoch, logs) => void (logs['valLoss'] = 1 + epoch) };
    const files: Uint8Array[] = [];
    const save = (bytes: Uint8Array) => void files.push(bytes);
    const options = { ...OPTIONS, epochs: 9, validationData: [X, Y] as const };
    const whole = build();
    const callbacks = (patience: number) => [worse, earlyStopping({ patience })];
    const { epoch } = await whole.fit(X, Y, { ...options, callbacks: [...callbacks(2), modelCheckpoint({ save })] });
    expect(epoch).toEqual([0, 1, 2]);
    for (const file of [files.at(-1)!, whole.checkpoint()]) {
      const other = await loaded(file);
      expect((await other.fit(X, Y, { ...options, resume: true, callbacks: callbacks(2) })).epoch).toEqual([]);
      expect(stateOf(other)).toBe(stateOf(whole));
      expect((await other.fit(X, Y, { ...options, resume: true, callbacks: callbacks(4) })).epoch).toEqual([3, 4]);
    }
    const other = await loaded(files.at(-2)!);
    expect((await other.fit(X, Y, { ...options, resume: true, callbacks: callbacks(2) })).epoch).toEqual([2]);
    expect(stateOf(other)).toBe(stateOf(whole));
  });

  it('without a file too: in the same program, after an abort', async () => {
    const [whole, model] = [build(), build()];
    await whole.fit(X, Y, OPTIONS);
    for (let stops = 0; ; ++stops) {
      const controller = new AbortController();
      const { epoch } = await model.fit(X, Y, {
        ...OPTIONS,
        resume: true,
        signal: controller.signal,
        callbacks: { onBatchEnd: (batch) => void (batch % 5 === 4 && controller.abort()) },
      });
      if (epoch.at(-1) === 3) break;
      expect(stops).toBeLessThan(20);
    }
    expect(stateOf(model)).toBe(stateOf(whole));
  });

  it('where the validation was interrupted', async () => {
    const options = {
      ...OPTIONS,
      validationData: [new Float32Array(3 * 5000), new Uint8Array(5000)] as const,
    };
    const [whole, model] = [build(), build()];
    const { history } = await whole.fit(X, Y, options);
    const controller = new AbortController();
    const { epoch } = await model.fit(X, Y, {
      ...options,
      yieldEvery: 0,
      signal: controller.signal,
      // All batches of the epoch are done: this is a turn of the validation.
      callbacks: { onYield: (epoch, batch) => void (epoch === 1 && batch === 7 && controller.abort()) },
    });
    expect(epoch).toEqual([0]);
    const other = await loaded(model.checkpoint());
    const { history: rest } = await other.fit(X, Y, { ...options, resume: true });
    expect(rest['loss']).toEqual(history['loss']!.slice(1));
    expect(stateOf(other)).toBe(stateOf(whole));
  });

  it('from Node to a thread and back', async () => {
    const deterministic = { init: { deterministic: true }, optimizer: 'adam' } as const;
    const whole = await relay(mlp, deterministic);
    const first = await relay(mlp, { ...deterministic, batches: 17 });
    const second = await inThread(relay, { ...deterministic, bytes: first, batches: 20 });
    expect(await relay(mlp, { ...deterministic, bytes: second })).toEqual(whole);
  });

  it('with the schedule, the rate and the seed of the model', async () => {
    const model = build();
    model.learningRate = 0.05;
    await model.fit(X, Y, OPTIONS);
    const other = await loaded(model.checkpoint());
    expect(other.learningRate).toBe(0.05);
    expect(other.seed).toBe(5);
    for (const each of [model, other]) await each.fit(X, Y, OPTIONS);
    expect(stateOf(other)).toBe(stateOf(model));
  });
});

describe('resume', () => {
  it('begins at the beginning where nothing was trained', async () => {
    const [one, other] = [build(), build()];
    expect(await one.fit(X, Y, { ...OPTIONS, resume: true })).toEqual(await other.fit(X, Y, OPTIONS));
    expect(stateOf(one)).toBe(stateOf(other));
  });

  it('has nothing to do where all epochs are done, and goes on where there are more', async () => {
    const [one, other] = [build(), build()];
    await one.fit(X, Y, OPTIONS);
    expect(await one.fit(X, Y, { ...OPTIONS, resume: true })).toEqual({ epoch: [], history: {} });
    expect((await one.fit(X, Y, { ...OPTIONS, epochs: 6, resume: true })).epoch).toEqual([4, 5]);
    await other.fit(X, Y, { ...OPTIONS, epochs: 6 });
    expect(stateOf(one)).toBe(stateOf(other));
  });

  it('does not begin an epoch twice', async () => {
    const model = build();
    const epochs: number[] = [];
    const options = { ...OPTIONS, callbacks: { onEpochBegin: (epoch: number) => void epochs.push(epoch) } };
    for await (const { epoch, batch } of model.steps(X, Y, options)) if (epoch === 1 && batch === 2) break;
    await model.fit(X, Y, { ...options, resume: true });
    expect(epochs).toEqual([0, 1, 2, 3]);
  });

  it('is left out by a training without it, which begins a new epoch', async () => {
    const model = build();
    for await (const { batch } of model.steps(X, Y, OPTIONS)) if (batch === 2) break;
    const { epoch, history } = await model.fit(X, Y, OPTIONS);
    expect(epoch).toEqual([0, 1, 2, 3]);
    expect(history['loss']).toHaveLength(4);
  });

  it('forgets with compile', async () => {
    const model = build();
    for await (const { batch } of model.steps(X, Y, OPTIONS)) if (batch === 2) break;
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    expect((await model.fit(X, Y, { ...OPTIONS, resume: true })).epoch).toEqual([0, 1, 2, 3]);
  });

  it.each<[FitOptions, string]>([
    [{ batchSize: 4 }, 'fit: resume: expected batchSize 3, as in the training that stopped, got 4'],
    [{ shuffle: false }, 'fit: resume: expected shuffle true, as in the training that stopped, got false'],
    [{ stepsPerEpoch: 9 }, 'fit: resume: expected stepsPerEpoch 0, as in the training that stopped, got 9'],
    [{ validationSplit: 0.5 }, 'fit: resume: expected rows 20, as in the training that stopped, got 10'],
  ])('in the middle of an epoch refuses %j', async (options, message) => {
    const model = build();
    for await (const { batch } of model.steps(X, Y, OPTIONS)) if (batch === 2) break;
    const before = stateOf(model);
    await expect(model.fit(X, Y, { ...OPTIONS, ...options, resume: true })).rejects.toThrow(new RangeError(message));
    expect(stateOf(model)).toBe(before);
    await expect(model.fitDataset([[X, Y]], { epochs: 9, resume: true })).rejects.toThrow('fitDataset: resume');
  });

  it('between two epochs takes other data and batches', async () => {
    const model = build();
    await model.fit(X, Y, OPTIONS);
    const options = { epochs: 6, batchSize: 5, shuffle: false, resume: true };
    expect((await model.fit(X.subarray(30), Y.subarray(10), options)).epoch).toEqual([4, 5]);
  });
});

describe('A checkpoint', () => {
  it('is a safetensors file that loadModel takes too, without the training', async () => {
    const model = build();
    await model.fit(X, Y, OPTIONS);
    const bytes = model.checkpoint();
    const names = readSafetensors(bytes).tensors.map(({ name, shape }) => `${name} [${shape}]`);
    expect(names.at(-1)).toBe(`optimizer/state [${2 * model.countParams()}]`);
    using plain = await loadModel(bytes);
    expect(weightBits(plain)).toEqual(weightBits(model));
    expect(Buffer.compare(await plain.save(), await model.save())).toBe(0);
  });

  it('needs a compiled model', () => {
    using model = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
    expect(() => model.checkpoint()).toThrow('checkpoint: expected a compiled model');
  });

  it('has figures that are not finite like any other', async () => {
    const model = build();
    const zeros = model.getWeights().map((weight) => ({ ...weight, data: weight.data.fill(1e30) }));
    model.setWeights(zeros);
    for await (const { batch } of model.steps(X, Y, OPTIONS)) if (batch === 2) break;
    model.setWeights(build().getWeights());
    const other = await loaded(model.checkpoint());
    const [{ history: one }, { history: two }] = [
      await model.fit(X, Y, { ...OPTIONS, resume: true }),
      await other.fit(X, Y, { ...OPTIONS, resume: true }),
    ];
    expect(two).toEqual(one);
  });
});

describe('loadCheckpoint refuses', () => {
  let file: Uint8Array;
  beforeAll(async () => {
    const model = sequential({ seed: 1, layers: [dense({ units: 2, inputShape: [2] })] });
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] });
    for await (const { epoch } of model.steps(new Float32Array(20).fill(1), new Float32Array(20), {
      epochs: 3,
      batchSize: 3,
    })) {
      if (epoch === 1) break;
    }
    file = model.checkpoint();
    model.dispose();
  });

  type Training = {
    steps: unknown;
    passesBegun: unknown;
    setAside?: unknown;
    converged?: unknown;
    position: Record<string, unknown> & { plan: Record<string, unknown> };
  };
  let damaged: string | undefined; // instead of the training's JSON
  const changed = (change: (training: Training, tensors: NamedTensor[], metadata: Record<string, string>) => void) => {
    const { tensors, metadata } = readSafetensors(file);
    const training = JSON.parse(metadata['training']!) as Training;
    change(training, tensors, metadata);
    metadata['training'] = damaged ?? JSON.stringify(training);
    damaged = undefined;
    return writeSafetensors(tensors, metadata);
  };

  it('nothing of what it was given', async () => {
    const model = await loaded(changed(() => {}));
    expect(Buffer.compare(model.checkpoint(), file)).toBe(0);
  });

  it('a saved model', async () => {
    using model = await loadModel(file);
    await expect(loadCheckpoint(await model.save())).rejects.toThrow(
      'loadCheckpoint: bytes: expected a checkpoint, got ',
    );
  });

  it.each<[string, Parameters<typeof changed>[0], string]>([
    ['steps below 0', (training) => (training.steps = -1), 'training.steps'],
    ['half a pass', (training) => (training.passesBegun = 0.5), 'training.passesBegun'],
    ['more passes than there can be', (training) => (training.passesBegun = 2 ** 32), 'training.passesBegun'],
    ['no position that is one', (training) => (training.position = [] as never), 'training.position'],
    ['a beginning that is neither', ({ position }) => (position['begun'] = 1), 'training.position.begun'],
    ['what is neither true nor false', (training) => (training.converged = 1), 'training.converged'],
    ['weights set aside that are not there', (training) => (training.setAside = 0), 'training/weights [6]'],
    ['an average that is not kept', (training) => (training.setAside = 1), 'training.setAside'],
    ['an epoch below 0', ({ position }) => (position['epoch'] = -1), 'training.position.epoch'],
    ['a batch beyond the epoch', ({ position }) => (position['batch'] = 5), 'training.position.batch'],
    ['a batch beyond the pass', ({ position }) => (position['passBatch'] = 4), 'training.position.passBatch'],
    ['a pass that never began', (training) => (training.passesBegun = 0), 'training.position.passBatch'],
    ['rows as text', ({ position }) => (position.plan['rows'] = '10'), 'training.position.plan.rows'],
    ['a plan with more', ({ position }) => (position.plan['x'] = 1), 'training.position.plan'],
    ['too few totals', ({ position }) => (position['totals'] as string[]).pop(), 'training.position.totals'],
    ['totals that are numbers', ({ position }) => (position['totals'] = [1, 2, 3, 4]), 'training.position.totals'],
    ['an unknown field', (training) => ((training as unknown as Record<string, number>)['x'] = 1), 'training'],
    ['no optimizer', (_, tensors) => tensors.pop(), 'expected behind the weights optimizer/state [12], got none'],
    [
      'one too small',
      (_, tensors) => (tensors[2] = { name: 'optimizer/state', shape: [1], data: new Float32Array(1) }),
      'expected behind the weights optimizer/state [12], got optimizer/state [1]',
    ],
    [
      'a model that was not compiled',
      (_, __, metadata) => (metadata['config'] = metadata['config']!.replace(/,"compile":.*$/, '}')),
      'expected a checkpoint',
    ],
  ])('%s', async (_what, change, message) => {
    const bytes = changed(change);
    const error = await loadCheckpoint(bytes).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Error);
    expect(['RangeError', 'TypeError']).toContain((error as Error).name);
    expect((error as Error).message).toContain('loadCheckpoint: ');
    expect((error as Error).message).toContain(message);
  });

  it('or loads any mutant of the file, and trains on', async () => {
    let [refused, fine] = [0, 0];
    // Damage to the counters alone, too: most other damage is seen at once.
    const digits = Array.from({ length: 400 }, () =>
      changed((_, __, metadata) => {
        const text = metadata['training']!;
        const places = [...text.matchAll(/\d/g)].map(({ index }) => index);
        const place = places[draw(places.length)]!;
        damaged = text.slice(0, place) + draw(100) + text.slice(place + 1);
      }),
    );
    for (const mutant of [...mutants(file, 400), ...digits]) {
      let model: Sequential | undefined;
      try {
        model = await loadCheckpoint(mutant);
      } catch (error) {
        expect(['RangeError', 'TypeError', 'Error']).toContain((error as Error).name);
        ++refused;
        continue;
      }
      try {
        await model.fit(new Float32Array(20).fill(1), new Float32Array(20), {
          epochs: 3,
          batchSize: 3,
          resume: true,
        });
      } catch (error) {
        expect((error as Error).message).toMatch(/^fit: /);
      }
      model.dispose();
      ++fine;
    }
    console.log(`mutants: ${refused} refused, ${fine} loaded`);
    expect(refused).toBeGreaterThan(0);
  });
});
