import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InitOptions } from 'mlp-wasm';
import type { DigitsOptions } from 'mlp-wasm/digits';
import { DIST, DIST_PATH, inThread } from '../support/thread.js';

// Loading happens once per realm, so each test has a thread of its own.

/** Loads the module with these options, one after another, and says how each went; then uses it. */
async function load(...options: unknown[]): Promise<{ outcomes: string[]; prediction?: number }> {
  return inThread(async ({ init, sequential, dense }, options) => {
    const outcomes: string[] = [];
    for (const one of options) {
      try {
        await init(one as InitOptions);
        outcomes.push('loaded');
      } catch (error) {
        outcomes.push(`${(error as Error).name}: ${(error as Error).message}`);
      }
    }
    if (!outcomes.includes('loaded')) return { outcomes };
    const model = sequential({ layers: [dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })] });
    return { outcomes, prediction: model.predict([[1, 2]])[0]! };
  }, options);
}

const LOADED = { outcomes: ['loaded'], prediction: 3 };

let server: Server;
let site: string;
let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  wasm = new Uint8Array(await readFile(`${DIST_PATH}mlp.wasm`));
  server = createServer((request, response) => {
    const answers: Record<string, [status: number, type: string, body: Uint8Array | string]> = {
      '/mlp.wasm': [200, 'application/wasm', wasm],
      '/parameter.wasm': [200, 'application/wasm; charset=utf-8', wasm],
      '/octets.wasm': [200, 'application/octet-stream', wasm],
      '/text.wasm': [200, 'text/plain', wasm],
      '/page.wasm': [200, 'text/html', '<!doctype html><title>Nothing here</title>'],
      '/liar.wasm': [200, 'application/wasm', '<!doctype html><title>Nothing here</title>'],
      '/broken.wasm': [500, 'text/plain', 'Oops'],
      '/cut.wasm': [200, 'application/wasm', wasm.subarray(0, 1000)],
    };
    const [status, type, body] = answers[request.url!] ?? [404, 'text/html', 'Not found'];
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('init loads the module', () => {
  it.each<[string, () => unknown]>([
    ['without options, from beside the package', () => undefined],
    ['with empty options', () => ({})],
    ['with options that are undefined', () => ({ wasmUrl: undefined, wasmBinary: undefined, simd: undefined })],
    ['without SIMD', () => ({ simd: false })],
    ['from a file: address', () => ({ wasmUrl: pathToFileURL(`${DIST_PATH}mlp.wasm`).href })],
    ['from an http: address', () => ({ wasmUrl: `${site}/mlp.wasm` })],
    ['from a server that adds a parameter to the media type', () => ({ wasmUrl: `${site}/parameter.wasm` })],
    ['from a server with no idea of media types', () => ({ wasmUrl: `${site}/octets.wasm` })],
    ['from a server with a wrong idea of them', () => ({ wasmUrl: `${site}/text.wasm` })],
    ['from bytes', () => ({ wasmBinary: wasm })],
    ['from an ArrayBuffer', () => ({ wasmBinary: wasm.buffer })],
    ['from a WebAssembly.Module', () => ({ wasmBinary: new WebAssembly.Module(wasm) })],
    ['from bytes, though an address is given as well', () => ({ wasmBinary: wasm, wasmUrl: `${site}/nowhere.wasm` })],
    [
      'from a data: address',
      () => ({ wasmUrl: `data:application/wasm;base64,${Buffer.from(wasm).toString('base64')}` }),
    ],
  ])('%s', async (_name, options) => {
    expect(await load(options())).toEqual(LOADED);
  });

  it('from a URL object', async () => {
    const prediction = await inThread(async ({ init, sequential, dense }, dist) => {
      await init({ wasmUrl: new URL('mlp.wasm', dist) });
      return sequential({
        layers: [dense({ units: 1, inputShape: [1], kernelInitializer: 'ones' })],
      }).predict([[5]])[0];
    }, DIST);
    expect(prediction).toBe(5);
  });

  it('once, however often and at once it is called', async () => {
    const same = await inThread(async ({ init }, _data, { mlp }) => {
      await Promise.all([init(), init({ simd: true }), init()]);
      const first = mlp();
      await init();
      return first === mlp();
    }, undefined);
    expect(same).toBe(true);
  });

  it('in the flavour that was asked for', async () => {
    const sizes = await Promise.all(
      [true, false].map((simd) =>
        inThread(async ({ init }, simd) => {
          const compiled: number[] = [];
          const compile = WebAssembly.compile.bind(WebAssembly);
          WebAssembly.compile = (bytes) => {
            compiled.push(bytes.byteLength);
            return compile(bytes);
          };
          await init({ simd });
          return compiled;
        }, simd),
      ),
    );
    const scalar = await readFile(`${DIST_PATH}mlp-scalar.wasm`);
    expect(sizes).toEqual([[wasm.length], [scalar.length]]);
  });
});

describe('init says what was wrong', () => {
  const prefix = 'Error: mlp-wasm: could not load the WebAssembly module from ';

  it.each<[string, () => InitOptions, source: () => string, reason: RegExp]>([
    [
      'with a file that is not there',
      () => ({ wasmUrl: `${DIST}nowhere.wasm` }),
      () => `${DIST}nowhere.wasm`,
      /ENOENT/,
    ],
    [
      'with a page in the place of the module',
      () => ({ wasmUrl: `${site}/page.wasm` }),
      () => `${site}/page.wasm`,
      /it is not WebAssembly: it begins with "<!doctype html>.*\. Expected mlp\.wasm of this mlp-wasm/,
    ],
    [
      'with a page that claims to be the module',
      () => ({ wasmUrl: `${site}/liar.wasm` }),
      () => `${site}/liar.wasm`,
      /expected magic word/,
    ],
    [
      'with an address that the server does not know',
      () => ({ wasmUrl: `${site}/nowhere.wasm` }),
      () => `${site}/nowhere.wasm`,
      /the server answered 404 Not Found\. Expected mlp\.wasm of this mlp-wasm, beside it or at wasmUrl/,
    ],
    [
      'with a server in trouble',
      () => ({ wasmUrl: `${site}/broken.wasm` }),
      () => `${site}/broken.wasm`,
      /the server answered 500/,
    ],
    ['with half a module', () => ({ wasmUrl: `${site}/cut.wasm` }), () => `${site}/cut.wasm`, /WebAssembly/],
    [
      'with a server that is not there',
      () => ({ wasmUrl: 'http://127.0.0.1:1/mlp.wasm' }),
      () => 'http://127.0.0.1:1/mlp.wasm',
      /fetch/,
    ],
    ['with an address that is none', () => ({ wasmUrl: 'mlp.wasm' }), () => 'mlp.wasm', /URL/],
    [
      'with bytes that are no module',
      () => ({ wasmBinary: new Uint8Array([1, 2, 3]) }),
      () => 'the given wasmBinary',
      /WebAssembly/,
    ],
    ['with no bytes', () => ({ wasmBinary: new Uint8Array(0) }), () => 'the given wasmBinary', /WebAssembly/],
    // The empty module: (module)
    [
      'with a module of someone else',
      () => ({ wasmBinary: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]) }),
      () => 'the given wasmBinary',
      /./,
    ],
  ])('%s', async (_name, options, source, reason) => {
    const { outcomes } = await load(options());
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]!.startsWith(`${prefix}${source()}: `)).toBe(true);
    expect(outcomes[0]!.slice(prefix.length)).toMatch(reason);
  });

  const OPTIONS = "'wasmUrl', 'wasmBinary', 'timeoutMs', 'simd', 'deterministic', 'threads'";
  it.each<[unknown, string]>([
    [null, 'TypeError: init: options: expected an object, got null'],
    ['mlp.wasm', "TypeError: init: options: expected an object, got 'mlp.wasm'"],
    [
      { wasmURL: 'mlp.wasm' },
      `RangeError: init: options: option: expected one of ${OPTIONS}, got 'wasmURL'. Did you mean 'wasmUrl'?`,
    ],
    [{ wasmUrl: 5 }, 'TypeError: init: wasmUrl: expected a string or a URL, got 5'],
    [{ wasmUrl: '' }, "RangeError: init: wasmUrl: expected a string that is not empty, got ''"],
    [
      { wasmBinary: 'AGFzbQ' },
      "TypeError: init: wasmBinary: expected a Uint8Array, an ArrayBuffer or a WebAssembly.Module, got 'AGFzbQ'",
    ],
    [
      { wasmBinary: [0, 97] },
      'TypeError: init: wasmBinary: expected a Uint8Array, an ArrayBuffer or a WebAssembly.Module, got Array(2)',
    ],
    [{ timeoutMs: 0 }, 'RangeError: init: timeoutMs: expected an integer from 1 to 2147483647, got 0'],
    [{ simd: 'yes' }, "TypeError: init: simd: expected 'relaxed', true or false, got 'yes'"],
  ])('with options of %j', async (options, message) => {
    expect(await load(options)).toEqual({ outcomes: [message] });
    expect((await load(undefined, options)).outcomes).toEqual(['loaded', message]);
  });

  it('with a server that takes the call and never answers, in the time that it was given', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const wasmUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/mlp.wasm`;
    try {
      const { outcomes } = await load({ wasmUrl, timeoutMs: 50 });
      expect(outcomes[0]).toContain(`from ${wasmUrl}: it has not arrived within 50 ms, the timeoutMs`);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it('with the module of the digits', async () => {
    const { outcomes } = await load({ wasmUrl: `${DIST}digits.wasm` });
    expect(outcomes[0]).toContain('Expected mlp.wasm of this mlp-wasm');
  });

  it('where a policy forbids WebAssembly to be compiled', async () => {
    const message = await inThread(async ({ init }) => {
      WebAssembly.compile = () =>
        Promise.reject(new WebAssembly.CompileError("'unsafe-eval' is not an allowed source"));
      return init().catch((error: Error) => error.message);
    }, undefined);
    expect(message).toContain("Content-Security-Policy needs script-src 'wasm-unsafe-eval'");
  });

  const RUNS = 'expected what runs since the first init() (simd: true, threads: 1, deterministic: true)';
  it.each<[InitOptions, InitOptions, string | undefined]>([
    [{ simd: true }, { simd: false }, `init: simd: ${RUNS}, got false`],
    [{ simd: true }, { threads: 2 }, `init: threads: ${RUNS}, got 2`],
    [{ simd: true }, { deterministic: true }, undefined],
    [{ simd: true }, { simd: true, threads: 1, deterministic: false, timeoutMs: 5 }, undefined],
    [{ threads: 2 }, { threads: 2 }, undefined],
    [{ threads: 2 }, {}, undefined],
  ])('when it was called with %j and is with %j, if what runs does not fulfil that', async (first, then, message) => {
    const { outcomes } = await load(first, then);
    expect(outcomes).toEqual(['loaded', message === undefined ? 'loaded' : `RangeError: ${message}`]);
  });

  it('and tries again when it is called again', async () => {
    const { outcomes, prediction } = await load(
      { wasmUrl: `${site}/nowhere.wasm` },
      { wasmUrl: `${site}/page.wasm` },
      undefined,
    );
    expect(outcomes).toEqual([expect.stringContaining('404'), expect.stringContaining('page.wasm'), 'loaded']);
    expect(prediction).toBe(3);
  });

  it('to each of those who wait for it', async () => {
    const outcomes = await inThread(async ({ init }, wasmUrl) => {
      const settled = await Promise.allSettled([init({ wasmUrl }), init()]);
      await init();
      return settled.map(({ status }) => status);
    }, `${site}/nowhere.wasm`);
    expect(outcomes).toEqual(['rejected', 'rejected']);
  });
});

describe('The digits load their own module', () => {
  let bytes: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    bytes = new Uint8Array(await readFile(`${DIST_PATH}digits.wasm`));
  });

  /** Loads the module with these options, one after another, says how each went, and makes a digit. */
  const loadDigits = (...options: unknown[]) =>
    inThread(async ({ loadDigits, generateDigits }, options) => {
      const outcomes: string[] = [];
      for (const one of options) {
        try {
          await loadDigits(one as DigitsOptions);
          outcomes.push('loaded');
        } catch (error) {
          outcomes.push(`${(error as Error).name}: ${(error as Error).message}`);
        }
      }
      return { outcomes, label: (await generateDigits({ count: 1 })).y[0] };
    }, options);

  it.each<[string, () => unknown[]]>([
    ['by themselves', () => []],
    ['without options', () => [undefined]],
    ['with options that are undefined', () => [{ wasmUrl: undefined, wasmBinary: undefined }]],
    ['from an address', () => [{ wasmUrl: `${DIST}digits.wasm` }]],
    ['from bytes', () => [{ wasmBinary: bytes, wasmUrl: `${site}/nowhere.wasm` }]],
    ['from an ArrayBuffer', () => [{ wasmBinary: bytes.buffer }]],
  ])('%s', async (_name, options) => {
    const given = options();
    expect(await loadDigits(...given)).toEqual({ outcomes: given.map(() => 'loaded'), label: 1 });
  });

  it('once, and without the network’s', async () => {
    const compiled = await inThread(async ({ generateDigits, normalizeDigit }) => {
      const compiled: number[] = [];
      const compile = WebAssembly.compile.bind(WebAssembly);
      WebAssembly.compile = (bytes) => {
        compiled.push(bytes.byteLength);
        return compile(bytes);
      };
      await Promise.all([generateDigits({ count: 1 }), normalizeDigit(new Uint8Array(1), 1, 1)]);
      await generateDigits({ count: 1 });
      return compiled;
    }, undefined);
    expect(compiled).toEqual([bytes.length]);
  });

  it('with the same digits in engines without SIMD', async () => {
    const [simd, scalar] = await Promise.all(
      ['digits.wasm', 'digits-scalar.wasm'].map((file) =>
        inThread(async ({ loadDigits, generateDigits }, wasmUrl) => {
          await loadDigits({ wasmUrl });
          return generateDigits({ count: 600, seed: 3 });
        }, `${DIST}${file}`),
      ),
    );
    expect(scalar).toEqual(simd);
  });

  it('in little memory, however many are made', async () => {
    const bytes = await inThread(async ({ generateDigits }) => {
      const instantiate = WebAssembly.instantiate.bind(WebAssembly) as (
        module: WebAssembly.Module,
      ) => Promise<WebAssembly.Instance>;
      let memory: WebAssembly.Memory;
      WebAssembly.instantiate = (async (module: WebAssembly.Module) => {
        const instance = await instantiate(module);
        memory = instance.exports['memory'] as WebAssembly.Memory;
        return instance;
      }) as unknown as typeof WebAssembly.instantiate;
      await generateDigits({ count: 5000 });
      return memory!.buffer.byteLength;
    }, undefined);
    expect(bytes).toBeLessThanOrEqual(2 ** 20);
  });

  const EXPECTED = 'Expected digits.wasm of this mlp-wasm, beside it or at wasmUrl';

  it('or say what was wrong, and try again', async () => {
    const prefix = 'Error: mlp-wasm: could not load the WebAssembly module from ';
    const { outcomes, label } = await loadDigits(
      { wasmUrl: `${site}/nowhere.wasm` },
      { wasmBinary: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]) }, // (module)
      { wasmUrl: 5 },
      { wasmBinary: 'AGFzbQ' },
      { simd: false },
      null,
    );
    expect(outcomes).toEqual([
      `${prefix}${site}/nowhere.wasm: the server answered 404 Not Found. ${EXPECTED}`,
      `${prefix}the given wasmBinary: it is another module. ${EXPECTED}`,
      'TypeError: loadDigits: wasmUrl: expected a string or a URL, got 5',
      "TypeError: loadDigits: wasmBinary: expected a Uint8Array, an ArrayBuffer or a WebAssembly.Module, got 'AGFzbQ'",
      "RangeError: loadDigits: options: option: expected one of 'wasmUrl', 'wasmBinary', 'timeoutMs', got 'simd'.",
      'TypeError: loadDigits: options: expected an object, got null',
    ]);
    expect(label).toBe(1);
  });

  it('and say so when there is no memory for so many', async () => {
    const message = await inThread(async ({ generateDigits }) => {
      const error: unknown = await generateDigits({ count: 2 ** 31 - 1 }).catch((error: unknown) => error);
      return String(error);
    }, undefined);
    expect(message).toBe('RangeError: out of memory: expected room for 6424576 MB more');
  });
});

describe('Before init', () => {
  it('everything that needs the module says to call it', async () => {
    const outcomes = await inThread(async ({ sequential, dense, loadModel, writeSafetensors }) => {
      const config = JSON.stringify({ name: 'a', seed: 1, layers: [dense({ units: 1, inputShape: [1] })] });
      const tensors = [
        { name: 'dense/kernel', shape: [1, 1], data: new Float32Array(1) },
        { name: 'dense/bias', shape: [1], data: new Float32Array(1) },
      ];
      const file = writeSafetensors(tensors, { format: 'mlp-wasm', version: '1', config });
      const outcomes: string[] = [];
      for (const call of [
        () => sequential({ layers: [dense({ units: 1, inputShape: [1] })] }),
        () => loadModel(file),
      ]) {
        try {
          await call();
          outcomes.push('done');
        } catch (error) {
          outcomes.push(`${(error as Error).name}: ${(error as Error).message}`);
        }
      }
      return outcomes;
    }, undefined);
    const message = 'Error: mlp-wasm is not loaded yet: call `await init()` first';
    expect(outcomes).toEqual([message, message]);
  });

  it('dense and the file readers work', async () => {
    const done = await inThread(({ dense, readCsv, readSafetensors, writeSafetensors }) => {
      dense({ units: 1 });
      readCsv('1,2\n');
      return readSafetensors(writeSafetensors([])).tensors.length;
    }, undefined);
    expect(done).toBe(0);
  });
});
