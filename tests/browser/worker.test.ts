/** `mlp-wasm/worker` in Chromium: from a static server, by an import map, under a strict policy. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import * as mlp from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { closeInSilence, hear, ISOLATION, launch, type Site } from './chromium.js';
import { makeLibrary, serveLibrary, type Library } from './library.js';

declare const library: Library;

let made: Awaited<ReturnType<typeof makeLibrary>>;
let browser: Browser;
let sites: Record<'plain' | 'isolated' | 'withoutWorkers', Site>;
let complaints: string[] = [];

beforeAll(async () => {
  made = await makeLibrary();
  browser = await launch();
  sites = {
    plain: await serveLibrary(made.folder),
    isolated: await serveLibrary(made.folder, ISOLATION),
    withoutWorkers: await serveLibrary(made.folder, {}, "'none'"),
  };
});
afterAll(async () => {
  await browser?.close();
  await Promise.all(Object.values(sites ?? {}).map((site) => site.close()));
  await made?.remove();
});
afterEach(() => closeInSilence(browser, complaints));

async function open({ url }: Site = sites.plain): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  hear(page, complaints);
  await page.goto(url); // returns once the module has run
  return page;
}

const noWorkers = (page: Page) => expect.poll(() => page.workers().length, { timeout: 10_000 }).toBe(0);

/** The error of connect with these options. */
const connectError = (page: Page, options: object = {}) =>
  page.evaluate(async (given) => {
    try {
      (await library.connect(given)).terminate();
      return 'no error';
    } catch (error) {
      return String(error);
    }
  }, options);

describe('A worker in Chromium', () => {
  it('gives the bits of Node, and of the page', async () => {
    const page = await open();
    const answer = await page.evaluate(async () => {
      const remote = await library.connect({ deterministic: true });
      const { x, y } = await library.digits.generateDigits({ count: 500, seed: 1 });
      const model = await remote.sequential({
        seed: 42,
        layers: [
          remote.dense({ units: 32, activation: 'relu', inputShape: [784] }),
          remote.dense({ units: 10, activation: 'softmax' }),
        ],
      });
      await model.compile({
        optimizer: 'adam',
        loss: 'sparseCategoricalCrossentropy',
        metrics: ['accuracy'],
      });
      const epochs: number[] = [];
      const { history } = await model.fit(x, y, {
        epochs: 5,
        validationSplit: 0.1,
        callbacks: { onEpochEnd: (epoch) => void epochs.push(epoch) },
      });
      const moved = await model.predict(library.transfer(x));
      const answer = { epochs, history, predictions: [...moved], left: x.length };
      remote.terminate();
      return answer;
    });
    await mlp.init({ deterministic: true });
    const { x, y } = await generateDigits({ count: 500, seed: 1 });
    const model = mlp.sequential({
      seed: 42,
      layers: [
        mlp.dense({ units: 32, activation: 'relu', inputShape: [784] }),
        mlp.dense({ units: 10, activation: 'softmax' }),
      ],
    });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const { history } = await model.fit(x, y, { epochs: 5, validationSplit: 0.1 });
    expect(answer).toEqual({
      epochs: [0, 1, 2, 3, 4],
      history,
      predictions: [...model.predict(x)],
      left: 0,
    });
    await noWorkers(page);
  });

  it('has threads of its own where the page is isolated', async () => {
    const page = await open(sites.isolated);
    const backend = await page.evaluate(async () => {
      const remote = await library.connect({ threads: 2 });
      const answer = await remote.backend();
      remote.terminate();
      return answer;
    });
    expect(backend).toEqual({ simd: 'relaxed', threads: 2, deterministic: false });
    await noWorkers(page);
  });

  it('leaves the page its time, ends by a signal soon, and answers meanwhile', async () => {
    const page = await open();
    const { latencies, longestMs, predictions, errors } = await page.evaluate(async () => {
      const remote = await library.connect();
      const { x, y } = await library.digits.generateDigits({ count: 2000, seed: 1 });
      const model = await remote.sequential({
        seed: 1,
        layers: [remote.dense({ units: 256, activation: 'relu', inputShape: [784] }), remote.dense({ units: 10 })],
      });
      await model.compile({
        optimizer: 'sgd',
        loss: { name: 'sparseCategoricalCrossentropy', fromLogits: true },
      });
      const latencies: number[] = [];
      let longestMs = 0;
      let predictions = 0;
      for (let i = 0; i < 5; ++i) {
        const controller = new AbortController();
        const history = model.fit(x, y, { epochs: 1_000_000, signal: controller.signal });
        let last = performance.now();
        for (const end = last + 200; last < end;) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          longestMs = Math.max(longestMs, performance.now() - last);
          last = performance.now();
        }
        predictions += (await model.predict(x.subarray(0, 784))).length;
        const aborted = performance.now();
        controller.abort();
        await history;
        latencies.push(performance.now() - aborted);
      }
      const errors: string[] = [];
      for (const [bad, options] of [
        ['text', {}],
        [x, { batchSize: 0 }],
        [x, { callbacks: { onEpochEnd: () => Promise.reject(new DOMException('enough', 'AbortError')) } }],
      ] as const) {
        await model.fit(bad as never, y, options).catch((error: unknown) => {
          const { constructor, name } = error as Error;
          errors.push(`${constructor.name} ${name}`);
        });
      }
      remote.terminate();
      return { latencies, longestMs, predictions, errors };
    });
    expect(latencies.sort((a, b) => a - b)[2]).toBeLessThan(50);
    expect(longestMs).toBeLessThan(500);
    expect(predictions).toBe(50);
    expect(errors).toEqual(['TypeError TypeError', 'RangeError RangeError', 'DOMException AbortError']);
  });

  it('frees models that are disposed of', async () => {
    const page = await open();
    const parameters = await page.evaluate(async () => {
      const remote = await library.connect();
      let sum = 0;
      // 8 MB of memory each: together more than WebAssembly has.
      for (let i = 0; i < 600; ++i) {
        const model = await remote.sequential({
          seed: i,
          layers: [remote.dense({ units: 1000, inputShape: [1000], kernelInitializer: 'ones' })],
        });
        sum += await model.countParams();
        await model.dispose();
      }
      remote.terminate();
      return sum;
    });
    expect(parameters).toBe(600 * 1_001_000);
  });

  it('is one of several, each by itself', async () => {
    const page = await open();
    const backends = await page.evaluate(async () => {
      const remotes = await Promise.all([library.connect(), library.connect({ simd: false })]);
      remotes[0].terminate();
      return Promise.all(remotes.map((remote) => remote.backend().catch((error: unknown) => String(error))));
    });
    expect(backends).toEqual([
      'Error: mlp-wasm: the worker was terminated',
      { simd: false, threads: 1, deterministic: true },
    ]);
  });
});

describe('A worker in Chromium that ends', () => {
  it.each([
    ['an error that nobody catches', `setTimeout(() => { throw new TypeError('boom'); }, 300)`, /ended: .*boom/],
    [
      'an abort of the core',
      `setTimeout(() => { performance.now = () => { throw new WebAssembly.RuntimeError('Aborted(OOM)'); }; }, 300)`,
      /ended: Aborted\(OOM\)/,
    ],
  ])('by %s rejects what waits and every later call, and the page lives on', async (_what, code, reason) => {
    const page = await open();
    await page.route('**/worker-host.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${await response.text()};${code}` });
    });
    const messages = await page.evaluate(async () => {
      const remote = await library.connect();
      const model = await remote.sequential({ layers: [remote.dense({ units: 1, inputShape: [1] })] });
      await model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const said = (error: unknown) => String(error);
      return [
        await model.fit([[1]], [1], { epochs: 2 ** 30 }).catch(said),
        await model.predict([[1]]).catch(said),
        await remote.backend().catch(said),
      ];
    });
    expect(messages).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(reason) as string));
    await page.unroute('**/worker-host.js');
    expect(await connectError(page)).toBe('no error');
  });
});

describe('connect in Chromium', () => {
  const UNLOADABLE =
    /^Error: mlp-wasm: the worker could not be started: its script could not be loaded from http\S+\/worker-host\.js: /;

  it('says when the policy allows no workers', async () => {
    const page = await open(sites.withoutWorkers);
    expect(await connectError(page)).toMatch(UNLOADABLE);
    complaints = []; // Chromium reports the worker that it refused.
  });

  it('says so in an engine that throws instead', async () => {
    const page = await open();
    await page.evaluate(() => {
      globalThis.Worker = class {
        constructor() {
          throw new DOMException('Not here', 'SecurityError');
        }
      } as unknown as typeof Worker;
    });
    expect(await connectError(page)).toBe('Error: mlp-wasm: the worker could not be started: Not here');
  });

  it('says when the script is missing, or something else, or fails', async () => {
    for (const [answer, said] of [
      [{ status: 404 }, /could not be loaded from \S+worker-host\.js: the server answered 404$/],
      [
        { contentType: 'text/html', body: '<!doctype html>' },
        /: the server says that it is text\/html, not JavaScript$/,
      ],
      [{ contentType: 'text/javascript', body: 'throw new Error("early")' }, /could not be started: .*early/],
    ] as const) {
      const page = await open();
      await page.route('**/worker-host.js', (route) => route.fulfill(answer));
      expect(await connectError(page)).toMatch(said);
      complaints = []; // Chromium reports what is missing.
    }
  });

  it('says when it does not start in time, and ends it', async () => {
    const page = await open();
    await page.route('**/worker-host.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    expect(await connectError(page, { timeoutMs: 300 })).toBe(
      `Error: mlp-wasm: the worker could not be started: its script has not run from ${sites.plain.url}package/worker-host.js within 300 ms`,
    );
    await noWorkers(page);
  });

  it('says when the core is missing, as init does, and ends the worker', async () => {
    const page = await open();
    await page.route('**/mlp-relaxed.wasm', (route) => route.fulfill({ status: 404, body: 'Not found' }));
    expect(await connectError(page)).toBe(
      `Error: mlp-wasm: could not load the WebAssembly module from ${sites.plain.url}package/mlp-relaxed.wasm: the server answered 404 Not Found. Expected mlp-relaxed.wasm of this mlp-wasm, beside it or at wasmUrl`,
    );
    complaints = []; // Chromium reports the 404.
    await noWorkers(page);
  });

  it('takes addresses as the page sees them', async () => {
    const page = await open();
    expect(await connectError(page, { wasmUrl: 'package/mlp.wasm' })).toBe('no error');
    expect(await connectError(page, { workerUrl: 'package/worker-host.js' })).toBe('no error');
    expect(await connectError(page, { wasmUrl: 'nowhere/mlp.wasm' })).toMatch(/path\/nowhere\/mlp\.wasm: .* 404/);
    complaints = []; // Chromium reports the 404.
  });

  it('says what it waited for where a server never answers', async () => {
    const page = await open();
    await page.route('**/mlp-relaxed.wasm', () => new Promise(() => {}));
    expect(await connectError(page, { timeoutMs: 3000 })).toMatch(
      /could not be started: the core has not been loaded from beside http\S+worker-host\.js within 3000 ms$/,
    );
    await noWorkers(page);
  });

  it('starts a script of another origin, a CDN say, by one of its own', async () => {
    const cdn = await serveLibrary(made.folder, { 'access-control-allow-origin': '*' });
    const { origin } = new URL(cdn.url);
    const site = await serveLibrary(made.folder, {}, "'self' blob:", origin);
    const strict = await serveLibrary(made.folder, {}, "'self'", origin);
    try {
      const page = await open(site);
      // As text, because the test's compiler has an import() of its own.
      const threads = await page.evaluate(`(async () => {
        const { connect } = await import(${JSON.stringify(`${cdn.url}package/worker.js`)});
        const mlp = await connect();
        const { threads } = await mlp.backend();
        mlp.terminate();
        return threads;
      })()`);
      expect(threads).toBe(1);
      expect(await connectError(page, { workerUrl: `${cdn.url}package/worker-host.js` })).toBe('no error');
      const nowhere = `${cdn.url}nowhere/worker-host.js`;
      expect(await connectError(page, { workerUrl: nowhere })).toContain(
        `its script could not be loaded from ${nowhere}: `,
      );
      const refused = await open(strict);
      expect(await connectError(refused, { workerUrl: `${cdn.url}package/worker-host.js` })).toContain(
        `${cdn.url}package/worker-host.js`,
      );
      complaints = []; // Chromium reports the 404, and what the policy forbids.
      await noWorkers(page);
    } finally {
      await Promise.all([cdn.close(), site.close(), strict.close()]);
    }
  });
});
