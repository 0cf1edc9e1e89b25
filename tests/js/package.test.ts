import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { build as esbuild } from 'esbuild';
import { build, createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, serve } from '../browser/chromium.js';

// The package as its users get it: packed, installed into an empty folder, compiled against, bundled, served.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const run = promisify(execFile);

/** What `npm pack --json` says. */
interface Packed {
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string }[];
}

let folder: string;
/** Where the package is installed. */
let app: string;
let packed: Packed;
/** The programs of the README, with data before them and their outcome as JSON after them. */
let program: string;
let workerProgram: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlp-wasm-package-'));
  app = join(folder, 'app');
  await mkdir(app);
  // Packs what is built: building is the job of `npm test` before and of prepack for who publishes.
  const output = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  packed = (JSON.parse(output) as [Packed])[0];
  await writeFile(join(app, 'package.json'), '{ "name": "app", "private": true, "type": "module" }');
  const install = ['install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename)];
  execFileSync('npm', install, { cwd: app, stdio: 'ignore' });

  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, shown] = /```js\n(import \{ init.*?)```/s.exec(readme)!;
  const [, shownWorker] = /```js\n(import \{ connect.*?)```/s.exec(readme)!;
  await writeFile(
    join(app, 'data.ts'),
    `import { generateDigits } from 'mlp-wasm/digits';
    export const { x, y } = await generateDigits({ count: 500, seed: 1 });
    export const { x: xTest, y: yTest } = await generateDigits({ count: 100, seed: 2 });
    `,
  );
  const complete = (text: string) => `import { x, xTest, y, yTest } from './data.js';
    ${text}
    const outcome = {
      loss, accuracy, epochs: history.epoch.length, names: Object.keys(history.history),
      probabilities: probabilities.length, weights: weights.map(({ name, shape }) => name + ' ' + shape),
      disposed: model.isDisposed,
    };
    `;
  program = complete(shown!);
  workerProgram = complete(shownWorker!);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function expectOutcome(text: string) {
  const { loss, accuracy, ...rest } = JSON.parse(text) as Record<string, unknown>;
  expect(loss).toSatisfy(Number.isFinite);
  expect(accuracy).toBeGreaterThan(0.3);
  expect(rest).toEqual({
    epochs: 5,
    names: ['loss', 'accuracy', 'valLoss', 'valAccuracy'],
    probabilities: 1000,
    weights: ['dense/kernel 784,128', 'dense/bias 128', 'dense_1/kernel 128,10', 'dense_1/bias 10'],
    disposed: true,
  });
}

/** A page loads the second by itself, or the first where its engine has no relaxed SIMD. */
const FLAVOURS = ['mlp', 'mlp-relaxed', 'mlp-threads', 'mlp-relaxed-threads', 'mlp-scalar'];
const DIGITS = ['digits', 'digits-scalar'];

describe('The tarball', () => {
  it('holds what users need and nothing else', () => {
    const outside = packed.files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'));
    expect(outside.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    for (const { path } of packed.files) {
      if (path.startsWith('dist/')) expect(path).toMatch(/^dist\/[\w/-]+\.(js|d\.ts|wasm)$/);
    }
  });

  it('has its declarations and every flavour', () => {
    const names = packed.files.map(({ path }) => path);
    expect(names).toEqual(
      expect.arrayContaining([
        ...[...FLAVOURS, ...DIGITS].map((name) => `dist/${name}.wasm`),
        'dist/mlp-threads.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/digits.js',
        'dist/digits.d.ts',
        'dist/thread.js',
        'dist/worker.js',
        'dist/worker.d.ts',
        'dist/worker-host.js',
      ]),
    );
  });

  it('needs no other package and runs no script when it is installed', async () => {
    const manifest = JSON.parse(
      await readFile(join(app, 'node_modules/mlp-wasm/package.json'), 'utf8'),
    ) as Record<string, unknown>;
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies']) {
      expect(manifest).not.toHaveProperty(kind);
    }
    const scripts = Object.keys(manifest['scripts'] ?? {});
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(scripts).not.toContain(script);
    expect((await readdir(join(app, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
      'mlp-wasm',
    ]);
  });

  /** The flavour that is loaded, the modules and what they import, but for what only threads want; with their sizes. */
  async function sizesOf(entries: string[], loaded: string): Promise<Map<string, number>> {
    const dist = join(app, 'node_modules/mlp-wasm/dist');
    const sizes = new Map<string, number>();
    const visit = async (path: string): Promise<void> => {
      if (sizes.has(path) || path === 'mlp-threads.js') return;
      const source = await readFile(join(dist, path));
      sizes.set(path, gzipSync(source, { level: 9 }).length);
      if (path.endsWith('.wasm')) return;
      const imports = source.toString('utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+\.js)["']/g);
      for (const [, specifier] of imports) await visit(normalize(join(dirname(path), specifier!)));
    };
    for (const entry of [...entries, `${loaded}.wasm`]) await visit(entry);
    return sizes;
  }

  const sumOf = (sizes: Map<string, number>) => [...sizes.values()].reduce((sum, size) => sum + size);

  it.each(['mlp-relaxed', 'mlp'])('gives a page at most 103 kB to load, compressed, unbundled: %s', async (loaded) => {
    const sizes = await sizesOf(['index.js'], loaded);
    report('a page', sizes);
    expect([...sizes.keys()]).toEqual(['index.js', `${loaded}.wasm`]);
    expect(sumOf(sizes)).toBeLessThanOrEqual(103_000);
  });

  it('gives it at most 11 kB more to load where there is a worker, of which little is for the page itself', async () => {
    const sizes = await sizesOf(['worker.js', 'worker-host.js'], 'mlp-relaxed');
    report('a page with a worker', sizes);
    expect(sumOf(sizes)).toBeLessThanOrEqual(sumOf(await sizesOf(['index.js'], 'mlp-relaxed')) + 11_000);
    expect(sizes.get('worker.js')).toBeLessThanOrEqual(8000);
    expect([...sizes.keys()].sort()).toEqual(['mlp-relaxed.wasm', 'worker-host.js', 'worker.js']);
  });

  function report(who: string, sizes: Map<string, number>) {
    const kilobytes = (size: number) => (size / 1000).toFixed(1);
    const each = [...sizes].map(([name, size]) => `${name} ${kilobytes(size)}`).join(', ');
    console.log(
      `${who} loads ${kilobytes(sumOf(sizes))} kB gzipped: ${each}; tarball ${kilobytes(packed.size)} kB`,
    );
  }
});

/** What stands for a model in a worker is typed as the model is. */
const WORKER_TYPES = `
  import type { History, InitOptions, Logs, Sequential, Weight } from 'mlp-wasm';
  import { generateDigits } from 'mlp-wasm/digits';
  import { connect, transfer, type ConnectOptions, type Inputs, type RemoteMlp, type RemoteModel } from 'mlp-wasm/worker';
  const options: ConnectOptions = { simd: true, threads: 'auto', workerUrl: new URL('http://a/'), timeoutMs: 5 };
  const asInit: ConnectOptions = {} as InitOptions;
  const mlp: RemoteMlp = await connect(options);
  const model: RemoteModel = await mlp.sequential({ layers: [mlp.dense({ units: 1, inputShape: [1] })] });
  const predictions: Float32Array<ArrayBuffer> = await model.predict(transfer(new Float32Array(5)));
  const output = new Float32Array(new SharedArrayBuffer(4));
  const filled: Float32Array<SharedArrayBuffer> = await model.predict([[1]], { output });
  const history: History = await model.fit([[1]], [1], { callbacks: { onEpochEnd(epoch: number, logs: Logs) {} } });
  const weights: Weight[] = await model.getWeights();
  await model.setWeights(weights);
  const bytes: Uint8Array = await model.save();
  const loaded: RemoteModel = await mlp.loadModel(bytes);
  const { x, y } = await generateDigits({ count: 3, seed: 1 });
  const logs: Logs = await model.evaluate(x, y);
  const name: string = model.name;
  const names: readonly string[] = mlp.ACTIVATIONS;
  const inputs: Inputs = new Uint8Array(3);
  model.stopTraining = true;
  model[Symbol.dispose]();
  await model[Symbol.asyncDispose]();
  mlp.terminate();
  // @ts-expect-error
  model.name = 'fixed';
  // @ts-expect-error
  mlp.init();
  // @ts-expect-error
  const early: Float32Array = model.predict([[1]]);
  // @ts-expect-error
  model.compile({ optimizer: 'adamm', loss: 'meanSquaredError' });
  // @ts-expect-error
  model.fit('text', [1]);
  // @ts-expect-error
  model.train();
  // @ts-expect-error
  const local: Sequential = model;
  // @ts-expect-error
  connect({ workerUrl: 5 });
  // @ts-expect-error
  transfer(5);
  export { asInit, early, filled, history, inputs, loaded, local, logs, name, names, predictions };
`;

describe('Installed in an empty folder', () => {
  it.each(['main', 'worker'])(
    'compiles under tsc --strict and runs in Node: the README, %s',
    async (which) => {
      const text = which === 'main' ? program : workerProgram;
      await writeFile(join(app, 'program.ts'), `${text}\nconsole.log(JSON.stringify(outcome));`);
      const options = { strict: true, target: 'es2022', module: 'nodenext', types: [], outDir: 'compiled' };
      await writeFile(
        join(app, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: options, files: ['program.ts'] }),
      );
      await compile('tsconfig.json');
      const { stdout } = await run(process.execPath, ['compiled/program.js'], { cwd: app });
      expectOutcome(stdout.trim().split('\n').at(-1)!);
    },
  );

  it('runs in Node as plain JavaScript, from CommonJS as well', async () => {
    const source = `import('mlp-wasm').then(async ({ init, sequential, dense }) => {
      await init();
      console.log(sequential({ layers: [dense({ units: 1, inputShape: [1], kernelInitializer: 'ones' })] }).predict([[7]])[0]);
    });`;
    await writeFile(join(app, 'program.cjs'), source);
    expect((await run(process.execPath, ['program.cjs'], { cwd: app })).stdout).toBe('7\n');
  });

  it.each([
    ['as Node resolves', { module: 'nodenext', target: 'es2022' }],
    ['as bundlers resolve', { module: 'esnext', moduleResolution: 'bundler', target: 'es2022' }],
    ['with the newest libraries', { module: 'preserve', moduleResolution: 'bundler', target: 'esnext' }],
  ])('has types that check, with no help from skipLibCheck, %s', async (_name, options) => {
    const source = `
      import { earlyStopping, init, dense, loadCheckpoint, schedules, sequential, warmup, type DigitSet, type History, type Logs, type Sequential, type Weight } from 'mlp-wasm';
      import { generateDigits } from 'mlp-wasm/digits';
      const model: Sequential = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
      const predictions: Float32Array = model.predict([[1]]);
      const history: Promise<History> = model.fit([[1]], [1], { callbacks: { onEpochEnd(epoch: number, logs: Logs) {} } });
      const weights: Weight[] = model.getWeights();
      const rate: number = model.learningRate;
      model.learningRate = schedules.step({ initialLearningRate: rate, stepSize: 5 });
      model.learningRate = warmup((step) => 1 / (1 + step), { steps: 5 });
      const walk = async () => {
        for await (const { epoch, loss } of model.steps([[1]], [1], { every: 2 })) if (epoch + loss > 9) break;
        const { terminated }: History = await model.fitDataset(async function* () { yield { x: [[1]], y: [1] }; }, {
          callbacks: [earlyStopping({ monitor: 'loss' }), { setModel(model: Sequential) {} }],
          verbose: 1,
        });
        const loaded: Sequential = await loadCheckpoint(model.checkpoint());
        return [terminated?.layer, loaded];
      };
      // @ts-expect-error
      schedules.cosineDecay({ initialLearningRate: 1 });
      // @ts-expect-error
      earlyStopping({ patients: 1 });
      // @ts-expect-error
      model.fit([[1]], [1], { every: 5 });
      const bytes: Promise<Uint8Array> = model.save();
      const digits: Promise<DigitSet> = generateDigits({ count: 1 });
      // @ts-expect-error
      dense({ units: 1, activation: 'rellu' });
      // @ts-expect-error
      dense({ unit: 1 });
      // @ts-expect-error
      model.compile({ optimizer: 'adamm', loss: 'meanSquaredError' });
      // @ts-expect-error
      model.predict('text');
      // @ts-expect-error
      const wrong: string = model.countParams();
      // @ts-expect-error
      init({ wasmUrl: 5 });
      export { bytes, digits, history, predictions, walk, weights, wrong };
    `;
    await writeFile(join(app, 'types.ts'), source);
    await writeFile(join(app, 'worker-types.ts'), WORKER_TYPES);
    const compilerOptions = { ...options, strict: true, noEmit: true, skipLibCheck: false, types: [] };
    await writeFile(
      join(app, 'tsconfig.types.json'),
      JSON.stringify({
        compilerOptions,
        files: ['types.ts', 'worker-types.ts', 'program.ts', 'worker-program.ts'],
      }),
    );
    await writeFile(join(app, 'program.ts'), program);
    await writeFile(join(app, 'worker-program.ts'), workerProgram);
    await compile('tsconfig.types.json');
  });

  it('lends out files by name', async () => {
    const source = `console.log(...['mlp.wasm', 'mlp-scalar.wasm', 'digits.wasm', 'worker-host.js'].map((name) => import.meta.resolve('mlp-wasm/' + name)))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source], { cwd: app });
    expect(stdout).toMatch(/dist\/mlp\.wasm .*dist\/mlp-scalar\.wasm .*dist\/digits\.wasm .*dist\/worker-host\.js/);
  });

  it('keeps its insides to itself', async () => {
    const source = `await import('mlp-wasm/dist/thread.js')`;
    const child = run(process.execPath, ['--input-type=module', '--eval', source], { cwd: app });
    await expect(child).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  /** Fails with what the compiler says. */
  async function compile(project: string) {
    await run(process.execPath, [TSC, '--project', project], { cwd: app }).catch(
      (error: { stdout: string }) => {
        throw new Error(error.stdout);
      },
    );
  }
});

describe('In Chromium', () => {
  const MAIN = '<script type="module" src="./src/main.js"></script>';
  const WORKER = '<script type="module" src="./src/worker.js"></script>';
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    await mkdir(join(app, 'src'));
    // What runs in all of the pages below.
    await writeFile(join(app, 'src/data.js'), await readFile(join(app, 'data.ts'), 'utf8'));
    const show = `document.querySelector('#outcome').textContent = JSON.stringify(outcome);`;
    await writeFile(join(app, 'src/main.js'), `${program}\n${show}`);
    await writeFile(join(app, 'src/worker.js'), `${workerProgram}\n${show}`);
    await writeFile(join(app, 'index.html'), page(MAIN));
    await writeFile(join(app, 'worker.html'), page(WORKER));
  });
  afterAll(() => browser?.close());

  function page(scripts: string): string {
    return `<!doctype html><title>App</title><link rel="icon" href="data:,"><p id="outcome"></p>${scripts}`;
  }

  async function expectOutcomeAt(url: string) {
    const tab = await browser.newPage();
    const complaints: string[] = [];
    tab.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    tab.on('pageerror', (error) => complaints.push(String(error)));
    try {
      await tab.goto(url);
      const outcome = tab.locator('#outcome').filter({ hasText: '{' });
      await outcome.waitFor({ timeout: 20_000 }).catch(() => {});
      expect(complaints).toEqual([]);
      expectOutcome((await outcome.textContent())!);
    } finally {
      await tab.close();
    }
  }

  it('runs from an app that Vite built, under any path', async () => {
    const outDir = join(folder, 'built');
    await build({
      root: app,
      configFile: false,
      base: './',
      logLevel: 'silent',
      build: {
        outDir,
        emptyOutDir: true,
        target: 'esnext',
        rolldownOptions: { input: [join(app, 'index.html'), join(app, 'worker.html')] },
      },
    });
    const files = await readdir(join(outDir, 'assets'));
    expect(files.filter((name) => name.endsWith('.wasm'))).toHaveLength(FLAVOURS.length + DIGITS.length);
    // The worker is told where the glue of the threads is, and does not hold it itself.
    expect(files.filter((name) => /^mlp-threads.*\.js$/.test(name)).length).toBeGreaterThanOrEqual(1);
    const site = await serve(outDir, '/deep/down/');
    try {
      await expectOutcomeAt(site.url);
      await expectOutcomeAt(`${site.url}worker.html`);
    } finally {
      await site.close();
    }
  });

  it('runs with threads from an app that Vite built, where the page is isolated', async () => {
    const source = await readFile(join(app, 'src/main.js'), 'utf8');
    await writeFile(
      join(app, 'src/threads.js'),
      `import { backend, init as start } from 'mlp-wasm';
      await start({ threads: 2 });
      if (backend().threads !== 2) throw new Error('one thread');
      await import('./main.js');`,
    );
    expect(source).toContain('await init()'); // which leaves the threads as they are
    await writeFile(
      join(app, 'threads.html'),
      page('<script type="module" src="./src/threads.js"></script>'),
    );
    const outDir = join(folder, 'built-threads');
    await build({
      root: app,
      configFile: false,
      base: './',
      logLevel: 'silent',
      build: {
        outDir,
        emptyOutDir: true,
        target: 'esnext',
        rolldownOptions: { input: join(app, 'threads.html') },
      },
    });
    const site = await serve(outDir, '/deep/down/', {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    try {
      await expectOutcomeAt(`${site.url}threads.html`);
    } finally {
      await site.close();
    }
  });

  it("runs under Vite's dev server, with nothing configured", async () => {
    const server = await createServer({
      root: app,
      configFile: false,
      logLevel: 'silent',
      server: { host: '127.0.0.1', port: 0 },
    });
    try {
      await server.listen();
      const [url] = server.resolvedUrls!.local;
      await expectOutcomeAt(url!);
      await expectOutcomeAt(`${url}worker.html`);
    } finally {
      await server.close();
    }
  });

  const importMap = (folder: string) => {
    const files = { 'mlp-wasm': 'index.js', 'mlp-wasm/digits': 'digits.js', 'mlp-wasm/worker': 'worker.js' };
    const imports = Object.entries(files).map(([name, file]) => `"${name}": "${folder}/${file}"`);
    return `<script type="importmap">{ "imports": { ${imports.join(', ')} } }</script>`;
  };

  it('runs from a plain static server, by an import map', async () => {
    const map = importMap('./node_modules/mlp-wasm/dist');
    await writeFile(join(app, 'static.html'), page(map + MAIN));
    await writeFile(join(app, 'static-worker.html'), page(map + WORKER));
    const site = await serve(app, '/some/where/');
    try {
      await expectOutcomeAt(`${site.url}static.html`);
      await expectOutcomeAt(`${site.url}static-worker.html`);
    } finally {
      await site.close();
    }
  });

  it('runs from a bundle of esbuild, with the files of the worker beside it', async () => {
    const outdir = join(folder, 'esbuild');
    await esbuild({
      entryPoints: { app: join(app, 'src/worker.js') },
      outdir,
      bundle: true,
      format: 'esm',
      logLevel: 'silent',
    });
    const dist = join(app, 'node_modules/mlp-wasm/dist');
    for (const name of await readdir(dist)) {
      if (/^(worker-host\.js|mlp-threads\.js|.*\.wasm)$/.test(name)) await cp(join(dist, name), join(outdir, name));
    }
    await writeFile(join(outdir, 'index.html'), page('<script type="module" src="./app.js"></script>'));
    const site = await serve(outdir, '/');
    try {
      await expectOutcomeAt(site.url);
    } finally {
      await site.close();
    }
  });

  it('finds its wasm, and its worker, where the dev server of Vite 7 and before leaves it', async () => {
    // Those serve the modules from node_modules/.vite/deps, and nothing else from there.
    const deps = join(app, 'node_modules/.vite/deps');
    await rm(deps, { recursive: true, force: true });
    await cp(join(app, 'node_modules/mlp-wasm/dist'), deps, {
      recursive: true,
      filter: (path) => !path.endsWith('.wasm') && !path.endsWith('worker-host.js'),
    });
    const map = importMap('/node_modules/.vite/deps');
    await writeFile(join(app, 'vite7.html'), page(map + MAIN));
    await writeFile(join(app, 'vite7-worker.html'), page(map + WORKER));
    const site = await serve(app, '/');
    try {
      await expectOutcomeAt(`${site.url}vite7.html`);
      await expectOutcomeAt(`${site.url}vite7-worker.html`);
    } finally {
      await site.close();
    }
  });
});
