import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as local from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { connect, transfer, type RemoteMlp, type RemoteModel } from 'mlp-wasm/worker';
import { bitsOf } from '../support/bits.js';
import { DIST } from '../support/thread.js';

// The package in a worker thread of Node: what it does is what it does here.

let mlp: RemoteMlp;
let x: Float32Array, y: Uint8Array;
beforeAll(async () => {
  await local.init({ deterministic: true });
  ({ x, y } = await generateDigits({ count: 1000, seed: 1 }));
  mlp = await connect({ deterministic: true });
});
afterAll(() => mlp.terminate());

const LAYERS = [
  local.dense({ units: 32, activation: 'relu', inputShape: [784] }),
  local.dense({ units: 10, activation: 'softmax' }),
];
const COMPILE: local.CompileOptions = {
  optimizer: 'adam',
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
};

async function makeModel(from: RemoteMlp = mlp, seed = 42): Promise<RemoteModel> {
  const model = await from.sequential({ seed, layers: LAYERS });
  await model.compile(COMPILE);
  return model;
}

function makeLocalModel(seed = 42): local.Sequential {
  const model = local.sequential({ seed, layers: LAYERS });
  model.compile(COMPILE);
  return model;
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

describe('In a worker', () => {
  it('there are the names of the package, but init', () => {
    const { init: _init, ...names } = local;
    expect(Object.keys(mlp).sort()).toEqual([...Object.keys(names), 'restarted', 'terminate'].sort());
    for (const [name, value] of Object.entries(names)) {
      if (name === 'schedules') expect(Object.keys(mlp.schedules)).toEqual(Object.keys(value));
      else if (typeof value !== 'function') expect(mlp[name as keyof RemoteMlp]).toEqual(value);
    }
    expect(mlp.dense({ units: 3 })).toEqual(local.dense({ units: 3 }));
    expect(() => mlp.dense({ units: 0 })).toThrow(RangeError);
    expect(mlp.dropout({ rate: 0.5 })).toEqual(local.dropout({ rate: 0.5 }));
    const decay = { initialLearningRate: 0.1, decaySteps: 9 };
    expect(mlp.schedules.cosineDecay(decay)).toEqual(local.schedules.cosineDecay(decay));
  });

  it('a model has all that it has here', async () => {
    const here = makeLocalModel();
    const model = await makeModel();
    const names = (object: object) =>
      [
        ...Object.keys(object),
        ...Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter((name) => name !== 'constructor'),
      ].sort();
    expect(Object.keys(model).sort()).toEqual(names(here));
    for (const name of ['name', 'seed', 'inputShape', 'outputShape', 'layers', 'isTraining'] as const) {
      expect(model[name]).toEqual(here[name]);
    }
    expect(await model.countParams()).toBe(here.countParams());
    here.dispose();
    await model.dispose();
  });

  it('names cross with a model, are set there, and refused', async () => {
    const names = { classNames: ['no', 'yes'], featureNames: ['a', 'b'], metadata: { by: { name: 'Ada' } } };
    const layers = [local.dense({ units: 1, activation: 'sigmoid', inputShape: [2] })];
    const model = await mlp.sequential({ layers, seed: 1, ...names });
    using here = local.sequential({ layers, seed: 1, ...names });
    expect(model).toMatchObject(names);
    const samples = [[1, 2]];
    expect(await model.classify(samples)).toEqual(here.classify(samples));
    expect(bitsOf(await model.predict(samples, { from: 0, to: 'dense' }))).toBe(bitsOf(here.predict(samples)));
    model.classNames = here.classNames = ['false', 'true'];
    model.metadata = here.metadata = undefined;
    expect([model.classNames, model.metadata]).toEqual([['false', 'true'], undefined]);
    expect(await model.save()).toEqual(await here.save());
    expect(await mlp.loadModel(await here.save())).toMatchObject({
      ...names,
      ...(here.classNames && { classNames: here.classNames }),
      metadata: undefined,
    });
    const refused = new Promise((resolve) => process.once('unhandledRejection', resolve));
    model.featureNames = ['a'];
    expect(String(await refused)).toBe('RangeError: featureNames: expected 2 names, got Array(1)');
    await expect.poll(() => model.featureNames).toEqual(['a', 'b']);
    await model.dispose();
  });

  it('options are those of init, and concern that worker alone', async () => {
    const scalar = await connect({ simd: false });
    expect(await scalar.backend()).toEqual({ simd: false, threads: 1, deterministic: true });
    expect(await mlp.backend()).toEqual(local.backend());
    scalar.terminate();
  });

  it('threads share the work there', async () => {
    const threads = await connect({ deterministic: true, threads: 2 });
    expect(await threads.backend()).toEqual({ simd: true, threads: 2, deterministic: true });
    threads.terminate();
  });

  it('files are read there', async () => {
    const table = await mlp.readCsv('a,b\n1,2\n3,4\n');
    expect(table).toEqual(local.readCsv('a,b\n1,2\n3,4\n'));
  });
});

describe('Training in a worker', () => {
  it('gives the same bits', async () => {
    const options: local.FitOptions = { epochs: 3, batchSize: 16, validationSplit: 0.2 };
    const here = makeLocalModel();
    const model = await makeModel();
    expect(await model.fit(x, y, options)).toEqual(await here.fit(x, y, options));
    expect(await model.evaluate(x, y)).toEqual(here.evaluate(x, y));
    expect(bitsOf(await model.predict(x))).toEqual(bitsOf(here.predict(x)));
    expect(await model.getWeights()).toEqual(here.getWeights());
    expect(await model.backpropTrace(x, y)).toEqual(here.backpropTrace(x, y));
    expect(await model.save()).toEqual(await here.save());
    const loaded = await mlp.loadModel(await here.save());
    expect(bitsOf(await loaded.predict(x))).toEqual(bitsOf(here.predict(x)));
    await Promise.all([model.dispose(), loaded.dispose()]);
    here.dispose();
  });

  it('takes batches that are made here, a schedule, and callbacks of the package', async () => {
    const passes: number[] = [];
    async function* batches(pass: number) {
      passes.push(pass);
      for (let row = 0; row < 300; row += 100)
        yield { x: x.slice(784 * row, 784 * (row + 100)), y: y.slice(row, row + 100) };
    }
    const here = makeLocalModel();
    const model = await makeModel();
    const decay = local.schedules.cosineDecay({ initialLearningRate: 0.01, decaySteps: 10 });
    here.learningRate = decay;
    model.learningRate = decay;
    const options = { epochs: 3 };
    const callbacks = await mlp.earlyStopping({ monitor: 'loss', patience: 5, restoreBestWeights: true });
    expect(await model.fitDataset(batches, { ...options, callbacks })).toEqual(
      await here.fitDataset(batches, {
        ...options,
        callbacks: local.earlyStopping({ monitor: 'loss', patience: 5, restoreBestWeights: true }),
      }),
    );
    expect(passes).toEqual([0, 1, 2, 0, 1, 2]);
    expect(await model.checkpoint()).toEqual(here.checkpoint());
    expect(model.learningRate).toBe(here.learningRate);
    await model.dispose();
    here.dispose();
  });

  it('calls back in the same order, with the same logs, and waits', async () => {
    const record = async (model: local.Sequential | RemoteModel) => {
      const calls: unknown[] = [];
      let busy = false;
      const note =
        (name: string) =>
        async (...args: unknown[]) => {
          expect(busy).toBe(false);
          busy = true;
          calls.push([name, ...args]);
          await wait(1);
          busy = false;
        };
      const names = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onBatchBegin', 'onBatchEnd'];
      const callbacks = Object.fromEntries(names.map((name) => [name, note(name)])) as local.Callbacks;
      await model.fit(x, y, { epochs: 2, batchSize: 256, callbacks });
      return calls;
    };
    const calls = await record(await makeModel());
    expect(calls).toEqual(await record(makeLocalModel()));
    expect(calls).toHaveLength(2 + 2 * (2 + 2 * 4));
  });

  it('tells of its progress by onYield', async () => {
    const model = await makeModel();
    let yields = 0;
    await model.fit(x, y, { epochs: 20, batchSize: 4, callbacks: { onYield: () => void ++yields } });
    expect(yields).toBeGreaterThan(2);
  });

  it('ends by stopTraining in a callback, before the next epoch', async () => {
    const model = await makeModel();
    const { epoch } = await model.fit(x, y, {
      epochs: 50,
      callbacks: { onEpochEnd: (number) => void (model.stopTraining = number === 1) },
    });
    expect(epoch).toEqual([0, 1]);
    expect((await model.fit(x, y)).epoch).toEqual([0]); // fit takes stopTraining back
    expect(model.stopTraining).toBe(false);
  });

  it('ends by stopTraining at any time', async () => {
    const model = await makeModel();
    const history = model.fit(x, y, { epochs: 1_000_000 });
    await wait(50);
    expect(model.isTraining).toBe(true);
    model.stopTraining = true;
    expect((await history).epoch.length).toBeLessThan(1_000_000);
    expect(model.isTraining).toBe(false);
  });

  it('ends by a signal, soon, and the model can be used on', async () => {
    const model = await makeModel();
    const latencies: number[] = [];
    for (let i = 0; i < 5; ++i) {
      const controller = new AbortController();
      const history = model.fit(x, y, { epochs: 1_000_000, signal: controller.signal });
      await wait(100);
      const aborted = performance.now();
      controller.abort();
      expect((await history).epoch.length).toBeLessThan(1_000_000);
      latencies.push(performance.now() - aborted);
    }
    expect(latencies.sort((a, b) => a - b)[2]).toBeLessThan(50); // the median: it is not alone
    expect((await model.fit(x, y, { signal: AbortSignal.abort() })).epoch).toEqual([]);
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  it('goes on for several models at once, each as if it were alone', async () => {
    const alone = await Promise.all([1, 2, 3].map((seed) => makeLocalModel(seed).fit(x, y, { epochs: 2 })));
    const together = await Promise.all(
      [1, 2, 3].map(async (seed) => (await makeModel(mlp, seed)).fit(x, y, { epochs: 2 })),
    );
    expect(together).toEqual(alone);
  });

  it('answers predictions meanwhile', async () => {
    const model = await makeModel();
    const history = model.fit(x, y, { epochs: 1_000_000 });
    const began = performance.now();
    for (let i = 0; i < 10; ++i) expect(await model.predict(x.subarray(0, 784))).toHaveLength(10);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(model.isTraining).toBe(true);
    await model.dispose();
    await history;
  });

  it('takes large data without a copy where it is marked', async () => {
    const rows = 20_000;
    const large = new Float32Array(rows * 784).fill(0.5);
    const classes = new Uint8Array(rows).fill(3);
    const model = await makeModel();
    await model.fit(transfer(large), classes, { batchSize: 512 });
    expect([large.length, classes.length]).toEqual([0, rows]);
    expect((await model.evaluate(new Float32Array(784 * rows).fill(0.5), classes))['accuracy']).toBe(1);
  });

  it('fills an output', async () => {
    const model = await makeModel();
    const output = new Float32Array(10_000);
    expect(await model.predict(x, { output })).toBe(output);
    expect(output).toEqual(makeLocalModel().predict(x));
    await expect(model.predict(x, { output: new Float32Array(3) })).rejects.toThrow(RangeError);
  });
});

describe('Errors in a worker', () => {
  const outcome = async (action: () => unknown) => {
    try {
      return await action();
    } catch (error) {
      return [(error as Error).constructor, (error as Error).message];
    }
  };

  it.each<[string, (model: local.Sequential) => unknown]>([
    ['a wrong type', (model) => model.predict('text' as never)],
    ['a wrong length', (model) => model.predict(new Float32Array(5))],
    ['a wrong option', (model) => model.fit(x, y, { epoch: 3 } as never)],
    ['a wrong callback', (model) => model.fit(x, y, { callbacks: { onEpochEnds() {} } as never })],
    ['a callback that is none', (model) => model.fit(x, y, { callbacks: { onEpochEnd: 3 as never } })],
    ['no signal', (model) => model.fit(x, y, { signal: {} as never })],
    ['a number out of range', (model) => model.fit(x, y, { batchSize: 0 })],
    ['a wrong name', (model) => model.compile({ optimizer: 'adamm' as never, loss: 'huber' })],
  ])('are those that it throws here: %s', async (_what, action) => {
    const here = await outcome(() => action(makeLocalModel()));
    const model = await makeModel();
    expect(await outcome(() => action(model as never))).toEqual(here);
    expect(here).toEqual([expect.any(Function), expect.stringContaining('expected')]);
  });

  it('include those of a model in use, or disposed of', async () => {
    const model = await makeModel();
    const history = model.fit(x, y, { epochs: 1_000_000 });
    await expect(model.fit(x, y)).rejects.toThrow('expected an idle model');
    await model.dispose();
    expect(model.isDisposed).toBe(true);
    await history;
    await expect(model.predict(x)).rejects.toThrow('expected a live model');
    await model.dispose();
  });

  it('of a callback end training, and arrive as they were thrown', async () => {
    const model = await makeModel();
    const error = new (class Mine extends Error {})('mine');
    const fail = () => {
      throw error;
    };
    await expect(model.fit(x, y, { callbacks: { onEpochEnd: fail } })).rejects.toBe(error);
    await expect(model.summary(fail)).rejects.toBe(error);
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });
});

describe('Memory in a worker', () => {
  /** A worker that says, when it is asked by name, how large the core's memory is. */
  const observed = (name: string) =>
    new URL(
      `data:text/javascript,${encodeURIComponent(`
        const instantiate = WebAssembly.instantiate;
        let memory;
        WebAssembly.instantiate = async (...args) => {
          const instance = await instantiate(...args);
          memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
          return instance;
        };
        const questions = new BroadcastChannel('${name}');
        questions.onmessage = () => questions.postMessage(memory.buffer.byteLength);
        questions.unref();
        await import('${DIST}worker-host.js');
      `)}`,
    );
  const ask = (name: string, patienceMs = 5000) =>
    new Promise<number | undefined>((resolve) => {
      const questions = new BroadcastChannel(name);
      const done = (size?: number) => {
        clearTimeout(timer);
        questions.close();
        resolve(size);
      };
      const timer = setTimeout(done, patienceMs);
      questions.onmessage = (event) => done((event as MessageEvent<number>).data);
      questions.postMessage('size');
    });

  it('stays as it is over a thousand models that are disposed of', async () => {
    const own = await connect({ workerUrl: observed('disposed') });
    for (let i = 0; i < 20; ++i) await (await makeModel(own, i)).dispose();
    const before = await ask('disposed');
    for (let i = 0; i < 1000; ++i) {
      const model = await makeModel(own, i);
      await model.predict(x.subarray(0, 784));
      await model.dispose();
    }
    expect(await ask('disposed')).toBe(before);
    expect(before).toBeGreaterThan(0);
    own.terminate();
  });

  it('comes back from models that are forgotten', async () => {
    const own = await connect({ workerUrl: observed('forgotten') });
    for (let i = 0; i < 300; ++i) {
      await makeModel(own, i); // 0.4 MB and more
      if (i % 10 === 9) {
        await wait(1);
        collectGarbage();
        await wait(1); // in which the registry hears of them
      }
    }
    expect(await ask('forgotten')).toBeLessThan(60 * 2 ** 20);
    own.terminate();
  });

  it('ends with a worker that is forgotten, and not before its models are', async () => {
    let model: RemoteModel | undefined = await (async () =>
      makeModel(await connect({ workerUrl: observed('ended') })))();
    for (let i = 0; i < 10; ++i) {
      await wait(10);
      collectGarbage();
    }
    expect(await model.countParams()).toBe(25_450);
    model = undefined;
    await expect
      .poll(
        async () => {
          collectGarbage();
          return ask('ended', 200);
        },
        { timeout: 10_000 },
      )
      .toBeUndefined();
  });
});

describe('A worker that ends', () => {
  /** A worker in which `code` runs once it is told to. */
  const doomed = (code: string) =>
    new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { setTimeout } from 'node:timers';
        const orders = new BroadcastChannel('doom');
        orders.onmessage = () => { orders.close(); ${code} };
        await import('${DIST}worker-host.js');
      `)}`,
    );
  const order = () => {
    const orders = new BroadcastChannel('doom');
    orders.postMessage('now');
    orders.close();
  };

  it.each([
    ['an error that nobody catches', `setTimeout(() => { throw new TypeError('boom'); });`, 'boom'],
    ['its thread', 'process.exit(3);', 'its thread ended with code 3'],
    [
      'an abort of the core',
      `performance.now = () => { throw new WebAssembly.RuntimeError('Aborted(OOM)'); };`,
      'Aborted(OOM)',
    ],
  ])('by %s rejects what waits and every later call', async (_what, code, reason) => {
    const own = await connect({ workerUrl: doomed(code) });
    const model = await makeModel(own);
    const history = model.fit(x, y, { epochs: 1_000_000 }).catch((error: unknown) => error);
    await wait(50);
    order();
    const expected = new Error(`mlp-wasm: the worker ended: ${reason}`);
    expect(await history).toEqual(expected);
    await expect(model.predict(x)).rejects.toThrow(expected);
    await expect(own.sequential({ layers: LAYERS })).rejects.toThrow(expected);
    own.terminate();
  });

  it('by terminate too, at any time', async () => {
    const own = await connect();
    const model = await makeModel(own);
    const pending = [
      model.fit(x, y, { epochs: 1_000_000, callbacks: { onEpochEnd: () => wait(10_000) } }),
      model.predict(x),
    ];
    own.terminate();
    for (const call of [...pending, model.predict(x)]) {
      await expect(call).rejects.toThrow(new Error('mlp-wasm: the worker was terminated'));
    }
    own.terminate();
    model.stopTraining = true;
    await (model as unknown as AsyncDisposable)[Symbol.asyncDispose]();
  });

  it('lets Node end, also when nobody ends it', async () => {
    const source = `
      import { connect } from '${DIST}worker.js';
      const mlp = await connect();
      const model = await mlp.sequential({ seed: 1, layers: [mlp.dense({ units: 1, inputShape: [2] })] });
      await model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      model.fit([[1, 2]], [3], { epochs: 20, callbacks: { onEpochEnd: () => new Promise((resolve) => setTimeout(resolve, 5)) } })
        .then(({ epoch }) => console.log(epoch.length));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], {
      timeout: 20_000,
    });
    expect(stdout).toBe('20\n');
  });
});

describe('connect', () => {
  it.each<[string, unknown, new () => Error, string]>([
    ['no object', 5, TypeError, 'connect: options: expected an object, got 5'],
    ['no address', { workerUrl: 5 }, TypeError, 'connect: workerUrl: expected a string or a URL, got 5'],
    ['no time', { timeoutMs: 0 }, RangeError, 'connect: timeoutMs: expected an integer from 1'],
    ['an option of init', { simd: 'fast' }, TypeError, "init: simd: expected 'relaxed', true or false, got 'fast'"],
    ['an unknown option', { thread: 2 }, RangeError, "got 'thread'. Did you mean 'threads'?"],
  ])('refuses %s', async (_what, options, type, message) => {
    const error = (await connect(options as never).catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(message);
  });

  it('says when the script is missing', async () => {
    await expect(connect({ workerUrl: `${DIST}nowhere.js` })).rejects.toThrow(
      /^mlp-wasm: the worker could not be started: Cannot find module .*nowhere\.js/,
    );
  });

  it('says when it fails, or is no module of this package', async () => {
    await expect(connect({ workerUrl: 'data:text/javascript,throw new Error("early")' })).rejects.toThrow(
      'mlp-wasm: the worker could not be started: early',
    );
    await expect(connect({ workerUrl: 'data:text/javascript,0' })).rejects.toThrow(
      'mlp-wasm: the worker could not be started: its thread ended with code 0',
    );
  });

  it('says when it does not start in time', async () => {
    const workerUrl = 'data:text/javascript,setInterval(() => {}, 1000)';
    await expect(connect({ workerUrl, timeoutMs: 200 })).rejects.toThrow(
      `mlp-wasm: the worker could not be started: its script has not run from ${workerUrl} within 200 ms`,
    );
  });

  it('says what it waited for where a server never answers', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const wasmUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mlp.wasm`;
    try {
      await expect(connect({ wasmUrl, timeoutMs: 1500 })).rejects.toThrow(
        `mlp-wasm: the worker could not be started: the core has not been loaded from ${wasmUrl} within 1500 ms`,
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it.each([new Map(), new Date(), [], null, 5])('refuses %o for options', async (options) => {
    await expect(connect(options as never)).rejects.toThrow(TypeError);
  });

  it('says when the core is missing, as init does', async () => {
    const server = createServer((_, response) => {
      response.statusCode = 404;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const wasmUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mlp.wasm`;
    try {
      for (const given of [wasmUrl, new URL(wasmUrl)]) {
        await expect(connect({ wasmUrl: given })).rejects.toThrow(
          `mlp-wasm: could not load the WebAssembly module from ${wasmUrl}: the server answered 404`,
        );
      }
    } finally {
      server.close();
    }
  });
});
