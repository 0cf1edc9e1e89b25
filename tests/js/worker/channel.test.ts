import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { Channel } from '../../../web/src/worker/channel.js';
import type { Incoming } from '../../../web/src/worker/protocol.js';
import { transfer } from '../../../web/src/worker/values.js';

// Both ends in one thread, with real ports between them: what crosses is cloned or moved as it is between
// threads.

type Remote = Record<string, (...args: unknown[]) => Promise<unknown>>;

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** The page's view of `object`, which stays with the worker, and the messages that crossed. */
async function far(object: object): Promise<{ remote: Remote; page: Channel; messages: string[] }> {
  const { port1, port2 } = new MessageChannel();
  const messages: string[] = [];
  const end = (port: typeof port1, isWorker: boolean) => {
    const channel = new Channel(
      { postMessage: (message, buffers) => port.postMessage(message, buffers as ArrayBuffer[]) },
      isWorker,
    );
    port.on('message', (message: Incoming) => {
      messages.push(message.kind); // not the message, into which what is freed is unpacked
      channel.receive(message);
    });
    return channel;
  };
  const page = end(port1, false);
  // As the package is offered: an object that is not just data.
  const offered = Object.assign(Object.create({}) as object, object);
  end(port2, true).offer({ offer: () => offered });
  open.push(() => port1.close());
  return { remote: (await page.start('offer', [])) as Remote, page, messages };
}

const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

describe('Data', () => {
  it.each([
    ['numbers and text', [1, NaN, -0, 'text', true, null, undefined, 5n]],
    ['objects in objects', { a: { b: [{ c: 1 }, undefined, [2, [3]]] }, d: undefined }],
    [
      'arrays of every type',
      [new Float32Array([1, 2]), new Uint8Array([3]), new Int32Array(2), new DataView(new ArrayBuffer(3))],
    ],
    [
      'buffers, dates, maps',
      { b: new Uint8Array([1, 2]).buffer, d: new Date(5), m: new Map([[1, { a: 1 }]]), s: new Set([1]) },
    ],
  ])('crosses and comes back as it was: %s', async (_what, value) => {
    const { remote } = await far({ echo: (given: unknown) => given });
    expect(await remote['echo']!(value)).toStrictEqual(value);
  });

  it('is copied, and of a window of a large buffer only the window', async () => {
    const { remote } = await far({
      size: (x: Float32Array) => x.buffer.byteLength,
      second: (x: Float32Array) => x[1],
    });
    const x = new Float32Array(1000).fill(1).subarray(10, 12);
    expect(await remote['size']!(x)).toBe(8);
    x[1] = 5;
    const answer = remote['second']!(x);
    x[1] = 6; // after the call
    expect(await answer).toBe(5);
    expect(x.length).toBe(2);
  });

  it('is moved where it is marked, once', async () => {
    const { remote } = await far({
      sum: ({ a }: { a: Float32Array }) => a.reduce((sum, value) => sum + value),
    });
    const a = new Float32Array([1, 2, 3]);
    const { buffer } = a;
    expect(await remote['sum']!(transfer({ a }))).toBe(6);
    expect([a.length, buffer.byteLength]).toEqual([0, 0]);
    const whole = { a: new Float32Array([4]) };
    await remote['sum']!(transfer(whole));
    whole.a = new Float32Array([5]);
    expect(await remote['sum']!(whole)).toBe(5);
    expect(whole.a.length).toBe(1);
  });

  it('moves one buffer for two windows of it', async () => {
    const { remote } = await far({ both: (a: Uint8Array, b: Uint8Array) => a[0]! + b[0]! });
    const { buffer } = new Uint8Array([1, 2, 3, 4]);
    expect(await remote['both']!(transfer(new Uint8Array(buffer, 0, 2)), transfer(new Uint8Array(buffer, 2)))).toBe(4);
  });

  it('that was moved is refused, by name, and a call that is refused moves nothing', async () => {
    const { remote } = await far({ sum: (...all: Float32Array[]) => all.flatMap((x) => [...x]).length });
    const x = new Float32Array([1, 2, 3]);
    await remote['sum']!(transfer(x));
    const other = transfer(new Float32Array(2));
    const moved = 'sum: argument 2: expected data, got an array that was moved to another thread before (transfer)';
    await expect(remote['sum']!(other, transfer(x))).rejects.toThrow(new TypeError(moved));
    await expect(remote['sum']!({ x })).rejects.toThrow(/^sum: argument 1\.x: expected data/);
    await expect(remote['sum']!(other, x.buffer)).rejects.toThrow(moved);
    await expect(remote['sum']!(other, Symbol('s'))).rejects.toThrow('could not be cloned');
    expect(other).toHaveLength(2);
    expect(await remote['sum']!(other)).toBe(2); // still marked
    expect(other).toHaveLength(0);
  });

  it('takes a window of a Node Buffer, which shares its memory with others', async () => {
    const { remote } = await far({ text: (bytes: Uint8Array) => String.fromCharCode(...bytes) });
    expect(await remote['text']!(Buffer.from('abc'))).toBe('abc');
  });

  it('leaves shared memory readable to both', async () => {
    const { remote } = await far({ write: (x: Int32Array) => void (x[0] = 7) });
    const x = new Int32Array(new SharedArrayBuffer(8));
    await remote['write']!(x);
    expect(x[0]).toBe(0);
    await remote['write']!(transfer(x));
    expect(x[0]).toBe(7);
  });

  it('comes back moved', async () => {
    const kept: { last?: Float32Array } = {};
    const { remote } = await far({ make: () => (kept.last = new Float32Array(10)) });
    expect(await remote['make']!()).toHaveLength(10);
    expect(kept.last).toHaveLength(0);
  });

  it('fills an output with the answer', async () => {
    const { remote } = await far({
      fill: (_: number, { output }: { output: Float32Array }) => output.fill(3),
    });
    const output = new Float32Array(4);
    expect(await remote['fill']!(1, { output })).toBe(output);
    expect([...output]).toEqual([3, 3, 3, 3]);
    const moved = transfer(new Float32Array(2));
    expect(await remote['fill']!(1, { output: moved })).toEqual(new Float32Array([3, 3]));
  });

  it.each([
    ['argument', (remote: Remote) => remote['echo']!(Symbol('s'))],
    ['result', (remote: Remote) => remote['symbol']!()],
  ])('that can not be cloned rejects the call: as %s', async (_what, call) => {
    const { remote } = await far({ echo: (given: unknown) => given, symbol: () => Symbol('s') });
    await expect(call(remote)).rejects.toThrow('could not be cloned');
    expect(await remote['echo']!(1)).toBe(1);
  });

  it('sends addresses as text', async () => {
    const { remote } = await far({ echo: (given: unknown) => given });
    expect(await remote['echo']!({ at: new URL('http://a/b') })).toEqual({ at: 'http://a/b' });
  });
});

describe('Errors', () => {
  class Mine extends TypeError {
    extra = 5;
  }

  it.each([
    new Error('a'),
    new TypeError('b'),
    new RangeError('c'),
    new SyntaxError('d', { cause: new RangeError('why', { cause: 'text' }) }),
    new DOMException('e', 'AbortError'),
  ])('keep class, message and cause: %o', async (error) => {
    const { remote } = await far({
      fail() {
        throw error;
      },
    });
    const caught = (await remote['fail']!().catch((reason: unknown) => reason)) as Error;
    expect(caught).not.toBe(error);
    expect(caught.constructor).toBe(error.constructor);
    expect([caught.name, caught.message]).toEqual([error.name, error.message]);
    if (!(error instanceof DOMException)) expect(caught.stack).toBe(error.stack);
    expect('cause' in caught).toBe('cause' in error);
    expect(caught.cause).toEqual(error.cause);
  });

  it('of a class of their own keep their name, and the class that they are of', async () => {
    const { remote } = await far({
      fail: () => Promise.reject(Object.assign(new Mine('m'), { name: 'Mine' })),
      rejectText: () => Promise.reject('text'),
    });
    const caught = (await remote['fail']!().catch((reason: unknown) => reason)) as Error;
    expect(caught).toBeInstanceOf(TypeError);
    expect(String(caught)).toBe('Mine: m');
    await expect(remote['rejectText']!()).rejects.toBe('text');
  });

  it('come home as themselves', async () => {
    const { remote } = await far({ run: async (callback: () => unknown) => void (await callback()) });
    const error = new Mine('from a callback');
    const fail = () => {
      throw error;
    };
    expect(await remote['run']!(fail).catch((reason: unknown) => reason)).toBe(error);
  });
});

describe('Functions', () => {
  it('are called over there, with their object as this, and awaited', async () => {
    const { remote } = await far({
      run: async ({ on }: { on(value: number): Promise<number> }) => [await on(1), await on(2)],
    });
    const callbacks = {
      total: 0,
      async on(value: number) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return (this.total += value);
      },
    };
    expect(await remote['run']!({ on: callbacks.on.bind(callbacks) })).toEqual([1, 3]);
    expect(await remote['run']!(callbacks)).toEqual([4, 6]);
    expect(callbacks.total).toBe(6);
  });

  it('are those of a class too, which are not among the keys', async () => {
    const { remote } = await far({
      run: async (given: { on(): unknown }) => [Object.keys(given), await given.on()],
    });
    class Counter {
      count = 4;
      on() {
        return ++this.count;
      }
    }
    expect(await remote['run']!(new Counter())).toEqual([['count'], 5]);
  });

  it('fail the call they were given to, even where nobody awaits them', async () => {
    const { remote } = await far({ each: (print: (line: string) => void) => ['a', 'b'].forEach(print) });
    const lines: string[] = [];
    await remote['each']!((line: string) => void lines.push(line));
    expect(lines).toEqual(['a', 'b']);
    await expect(
      remote['each']!(() => {
        throw new RangeError('full');
      }),
    ).rejects.toThrow(new RangeError('full'));
  });

  it('of an object for callbacks cross, and what else that has stays here, whatever it is', async () => {
    const { remote } = await far({
      train: async (callback: { onEpochEnd(epoch: number): unknown }) => [
        Object.keys(callback),
        await callback.onEpochEnd(4),
      ],
    });
    const callback = {
      element: () => undefined,
      symbol: Symbol('not sent'),
      map: new Map([[1, () => undefined]]),
      onEpochEnd(epoch: number) {
        return [epoch, this.map.size];
      },
    };
    expect(await remote['train']!(callback)).toEqual([
      ['element', 'onEpochEnd'],
      [4, 1],
    ]);
  });

  it('that never answer hold up only who waits for them', async () => {
    const never = new Promise(() => {});
    const { remote } = await far({
      async race(call: () => Promise<unknown>) {
        return Promise.race([call(), Promise.resolve('first')]);
      },
    });
    expect(await remote['race']!(() => never)).toBe('first');
  });

  it('are called when the properties of what they belong to are known here', async () => {
    class Trainer {
      steps = 0;
      async train(onStep: () => unknown) {
        for (; this.steps < 3;) {
          ++this.steps;
          await onStep();
        }
      }
    }
    const { remote } = await far({ make: () => new Trainer() });
    const trainer = (await remote['make']!()) as { steps: number; train(onStep: () => unknown): Promise<void> };
    const seen: number[] = [];
    await trainer.train(() => void seen.push(trainer.steps));
    expect(seen).toEqual([1, 2, 3]);
  });

  it('of the worker come here, and go back as themselves', async () => {
    const twice = (x: number) => 2 * x;
    const { remote } = await far({
      give: () => ({ twice }),
      call: (given: (x: number) => number) => typeof given(4),
    });
    const { twice: remoteTwice } = (await remote['give']!()) as { twice(x: number): Promise<number> };
    expect(await remoteTwice(4)).toBe(8);
    expect(await remote['call']!(remoteTwice)).toBe('number'); // and no promise
  });
});

describe('Signals', () => {
  const library = {
    wait: (signal: AbortSignal) =>
      new Promise((_, reject) => {
        if (signal.aborted) reject(signal.reason as Error);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
    state: (signal: AbortSignal) => [signal instanceof AbortSignal, signal.aborted],
  };

  it('abort over there, with their reason', async () => {
    const { remote } = await far(library);
    const controller = new AbortController();
    const waiting = remote['wait']!(controller.signal);
    expect(await remote['state']!(controller.signal)).toEqual([true, false]);
    controller.abort();
    await expect(waiting).rejects.toBe(controller.signal.reason);
    await expect(remote['wait']!(AbortSignal.abort('text'))).rejects.toBe('text');
  });

  it.each<[string, unknown, unknown]>([
    ['a symbol', Symbol('why'), 'the reason can not be sent to another thread: it is a symbol'],
    ['a function', () => {}, 'the reason can not be sent to another thread: it is a function'],
    ['an object with one', { f: () => {} }, 'the reason can not be sent to another thread: it is a object'],
  ])('abort with whatever reason: %s', async (_what, reason, message) => {
    const { remote } = await far(library);
    const controller = new AbortController();
    const waiting = remote['wait']!(controller.signal);
    controller.abort(reason);
    const error = (await waiting.catch((caught: unknown) => caught)) as DOMException;
    expect([error.name, error.message]).toEqual(['AbortError', message]);
    await expect(remote['wait']!(AbortSignal.abort(reason))).rejects.toThrow(message);
  });

  it('and an error arrives although its cause can not be sent', async () => {
    const { remote } = await far({
      fail() {
        throw new RangeError('no', { cause: Symbol('why') });
      },
    });
    const error = (await remote['fail']!().catch((caught: unknown) => caught)) as Error;
    expect([error.name, error.message, (error.cause as Error).message]).toEqual([
      'RangeError',
      'no',
      'the cause can not be sent to another thread: it is a symbol',
    ]);
  });

  it('that are collected leave the objects of the other end alone', async () => {
    class Counter {
      count = 0;
      add() {
        return ++this.count;
      }
    }
    const { remote } = await far({ ...library, make: () => new Counter() });
    const counters: { count: number; add(): Promise<number> }[] = [];
    for (let i = 0; i < 40; ++i) counters.push((await remote['make']!()) as (typeof counters)[number]);
    await (async () => {
      for (let i = 0; i < 40; ++i) await remote['state']!(new AbortController().signal);
    })();
    for (let i = 0; i < 5; ++i) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      collectGarbage();
    }
    for (const counter of counters) await counter.add();
    expect(counters.map(({ count }) => count)).toEqual(counters.map(() => 1));
  });

  it('are listened to once, however often they are sent', async () => {
    const { remote, messages } = await far(library);
    const controller = new AbortController();
    for (let i = 0; i < 5; ++i) await remote['state']!(controller.signal);
    controller.abort();
    expect(await remote['state']!(controller.signal)).toEqual([true, true]);
    expect(messages.filter((kind) => kind === 'abort')).toHaveLength(1);
  });
});

describe('Iterators', () => {
  const log: string[] = [];
  class Counter {
    value = 0;
    async *count(to: number) {
      try {
        while (this.value < to) {
          log.push(`makes ${this.value}`);
          yield { value: this.value++ };
        }
        return 'end';
      } finally {
        log.push('ended');
      }
    }
    refuse() {
      throw new RangeError('no');
    }
  }
  type RemoteCounter = {
    value: number;
    count(to: number): AsyncGenerator<{ value: number }, string, undefined>;
    refuse(): AsyncGenerator<never>;
  };
  const counter = async () => {
    log.length = 0;
    const { remote } = await far({ make: () => new Counter() });
    return (await remote['make']!()) as RemoteCounter;
  };

  it('are pulled, one value at a time', async () => {
    const remote = await counter();
    const values: number[] = [];
    for await (const { value } of remote.count(3)) {
      expect(log).toEqual(Array.from({ length: value + 1 }, (_, i) => `makes ${i}`));
      expect(remote.value).toBe(value + 1); // as of the last message
      values.push(value);
    }
    expect(values).toEqual([0, 1, 2]);
    expect(log.at(-1)).toBe('ended');
    expect(remote.value).toBe(3);
  });

  it('end where they are left', async () => {
    const remote = await counter();
    for await (const { value } of remote.count(100)) if (value === 1) break;
    expect(log).toEqual(['makes 0', 'makes 1', 'ended']);
  });

  it('give their last value, and take errors', async () => {
    const remote = await counter();
    const one = remote.count(1);
    expect(await one.next()).toEqual({ value: { value: 0 }, done: false });
    expect(await one.next()).toEqual({ value: 'end', done: true });
    const other = (await counter()).count(5);
    await other.next();
    await expect(other.throw(new RangeError('enough'))).rejects.toThrow(new RangeError('enough'));
    expect(log.at(-1)).toBe('ended');
  });

  it('of the page are pulled too, whatever is iterated over', async () => {
    const { remote } = await far({
      async sum(values: AsyncIterable<number>) {
        let sum = 0;
        for await (const value of values) if ((sum += value) > 100) break;
        return sum;
      },
    });
    let left = 0;
    async function* count(to: number) {
      try {
        for (let value = 1; value <= to; ++value) yield value;
      } finally {
        ++left;
      }
    }
    expect(await remote['sum']!(count(4))).toBe(10);
    expect(await remote['sum']!({ [Symbol.asyncIterator]: () => count(3) })).toBe(6);
    expect(await remote['sum']!(count(1000))).toBe(105);
    expect(left).toBe(3);
  });

  it('of the page may be synchronous, and are opened as often as they are iterated over', async () => {
    const { remote } = await far({
      async sum(make: AsyncIterable<number> | (() => Promise<AsyncIterable<number>>), times: number) {
        let sum = 0;
        for (let i = 0; i < times; ++i) {
          for await (const value of typeof make === 'function' ? await make() : make) sum += value;
        }
        return sum;
      },
    });
    function* count() {
      yield* [1, 2, 3];
    }
    class Often {
      *[Symbol.iterator]() {
        yield* count();
      }
    }
    expect(await remote['sum']!(count(), 1)).toBe(6);
    expect(await remote['sum']!(count, 2)).toBe(12);
    expect(await remote['sum']!(new Often(), 2)).toBe(12);
    expect(
      await remote['sum']!(
        {
          [Symbol.asyncIterator]: async function* () {
            yield* count();
          },
        },
        2,
      ),
    ).toBe(12);
    expect(await remote['sum']!([1, 2, 3].values(), 1)).toBe(6);
  });

  it('reject where the call fails', async () => {
    const remote = await counter();
    await expect(remote.refuse().next()).rejects.toThrow(new RangeError('no'));
  });
});

describe('Objects', () => {
  class Model {
    stop = false;
    #phase = 'idle';
    get phase() {
      return this.#phase;
    }
    get sizes() {
      return [1, 2];
    }
    get refuses(): number {
      throw new Error('not yet');
    }
    async run() {
      this.#phase = 'running';
      while (!this.stop) await new Promise((resolve) => setTimeout(resolve));
      this.#phase = 'done';
    }
    is(other: unknown) {
      return other === this;
    }
    disposed = false;
    dispose() {
      this.disposed = true;
    }
  }
  const made: Model[] = [];
  const library = { make: () => (made.push(new Model()), made.at(-1)) };
  type RemoteModel = Omit<Model, 'is' | 'dispose'> & {
    is(other: unknown): Promise<boolean>;
    dispose(): Promise<void>;
  };

  it('show their properties as of the last message', async () => {
    const { remote } = await far(library);
    const model = (await remote['make']!()) as RemoteModel;
    expect([model.phase, model.sizes, model.refuses]).toEqual(['idle', [1, 2], undefined]);
    const run = model.run();
    await expect.poll(() => model.phase, { timeout: 60_000 }).toBe('running'); // although nothing is asked
    expect(await model.is(model)).toBe(true); // itself, back over there
    model.stop = true;
    expect(model.stop).toBe(true);
    await run;
    expect(model.phase).toBe('done');
    expect(() => ((model as { phase: string }).phase = 'x')).toThrow(TypeError);
  });

  it('are one object here, however often they come, and free over there when that is forgotten', async () => {
    const model = new Model();
    const { remote } = await far({ get: () => model, run: async (call: () => unknown) => void (await call()) });
    await (async () => {
      const one = await remote['get']!();
      expect(await remote['get']!()).toBe(one);
    })();
    expect(model.disposed).toBe(false);
    for (let i = 0; i < 20 && !model.disposed; ++i) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      collectGarbage();
      await remote['run']!(() => undefined);
    }
    expect(model.disposed).toBe(true);
  });

  it('say what they refuse to be set to, and stay as they are', async () => {
    class Positive {
      #value = 1;
      get value() {
        return this.#value;
      }
      set value(value: number) {
        if (!(value > 0)) throw new RangeError(`expected a positive number, got ${value}`);
        this.#value = value;
      }
      get() {
        return this.#value;
      }
    }
    const { remote } = await far({ make: () => new Positive() });
    const positive = (await remote['make']!()) as { value: number; get(): Promise<number> };
    const listeners = process.rawListeners('unhandledRejection') as ((error: unknown) => void)[];
    process.removeAllListeners('unhandledRejection');
    try {
      const refused = new Promise((resolve) => process.once('unhandledRejection', resolve));
      positive.value = -5;
      expect(await refused).toEqual(new RangeError('expected a positive number, got -5'));
      expect(await positive.get()).toBe(1);
      expect(positive.value).toBe(1);
      positive.value = 3;
      expect(await positive.get()).toBe(3);
    } finally {
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
  });

  it('are disposed of by using', async () => {
    const { remote } = await far(library);
    const model = (await remote['make']!()) as RemoteModel & AsyncDisposable;
    await model[Symbol.asyncDispose]();
    expect(made.at(-1)!.disposed).toBe(true);
    expect(model.disposed).toBe(true);
  });

  it('and functions, errors and signals are freed when the other end has forgotten them', async () => {
    const { remote } = await far({ ...library, run: async (call: () => unknown) => void (await call()) });
    const weak: WeakRef<object>[] = [];
    await (async () => {
      const model = (await remote['make']!()) as RemoteModel;
      const held = { a: 5 };
      const callback = () => held;
      const { signal } = new AbortController();
      weak.push(new WeakRef(model), new WeakRef(held), new WeakRef(signal));
      await remote['run']!(callback);
      await model.is(signal);
    })();
    const model = made.at(-1)!;
    for (let i = 0; i < 20; ++i) {
      await new Promise((resolve) => setTimeout(resolve, 20)); // a new task: WeakRefs hold on for one
      collectGarbage();
      await remote['run']!(() => undefined);
    }
    expect([model.disposed, ...weak.map((ref) => ref.deref() === undefined)]).toEqual([true, true, true, true]);
  });

  it('stay while a call on them has no answer yet', async () => {
    const { remote } = await far(library);
    const run = (async () => ((await remote['make']!()) as RemoteModel).run())();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const model = made.at(-1)!;
    for (let i = 0; i < 5; ++i) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(model.disposed).toBe(false);
    model.stop = true;
    await run;
  });
});

describe('A channel that is closed', () => {
  it('rejects what waits, and every later call', async () => {
    const { remote, page } = await far({ wait: () => new Promise(() => {}) });
    const waiting = remote['wait']!();
    page.close('closed: over', new RangeError('why'));
    for (const call of [waiting, remote['wait']!()]) {
      const error = (await call.catch((reason: unknown) => reason)) as Error;
      expect([error.message, error.cause]).toEqual(['closed: over', new RangeError('why')]);
    }
  });
});
