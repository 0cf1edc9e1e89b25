import { execFile, execFileSync } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { build as esbuild } from 'esbuild';
import { build, createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hear, ISOLATION, launch, serve } from '../../browser/chromium.js';
import { programsIn, type Program } from '../../programs.mjs';

// The package as its users get it: packed, installed into an empty folder, compiled against, bundled, served.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const run = promisify(execFile);

/** Output of `npm pack --json`. */
interface Packed {
  filename: string;
  size: number;
  unpackedSize: number;
  files: { path: string }[];
}

let folder: string;
/** The folder that the package is installed in. */
let app: string;
let packed: Packed;
/** The first programs of the documentation for this thread and for a worker, with their outcome after them. */
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

  const [shown] = programsIn('web/docs/start.md');
  const [shownWorker] = programsIn('web/docs/guide/workers.md');
  const complete = ({ code }: Program) => `${code}
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
    probabilities: 5000,
    weights: ['dense/kernel 784,128', 'dense/bias 128', 'dense_1/kernel 128,10', 'dense_1/bias 10'],
    disposed: true,
  });
}

const FLAVOURS = ['mlp', 'mlp-relaxed', 'mlp-threads', 'mlp-relaxed-threads', 'mlp-scalar'];
const SMALL = ['digits', 'digits-scalar', 'predict', 'predict-scalar'];

describe('The tarball', () => {
  it('holds what users need and nothing else', () => {
    const outside = packed.files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'));
    const documents = ['CHANGELOG.md', 'EXAMPLES.md', 'LICENSE', 'README.md', 'THIRD_PARTY_NOTICES.md'];
    expect(outside.sort()).toEqual([...documents, 'package.json']);
    for (const { path } of packed.files) {
      if (path.startsWith('dist/')) expect(path).toMatch(/^dist\/[\w/-]+\.(js|js\.map|d\.ts|wasm)$/);
    }
  });

  it('has its declarations and every flavour', () => {
    const names = packed.files.map(({ path }) => path);
    expect(names).toEqual(
      expect.arrayContaining([
        ...[...FLAVOURS, ...SMALL].map((name) => `dist/${name}.wasm`),
        'dist/mlp-threads.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/charts.js',
        'dist/charts/index.d.ts',
        'dist/digits.js',
        'dist/files.js',
        'dist/formats/index.d.ts',
        'dist/storage.js',
        'dist/storage/index.d.ts',
        'dist/data/digits.d.ts',
        'dist/predict.js',
        'dist/predict/predict.d.ts',
        'dist/thread.js',
        'dist/tables.js',
        'dist/tables/index.d.ts',
        'dist/worker.js',
        'dist/worker/connect.d.ts',
        'dist/worker-host.js',
      ]),
    );
  });

  it('lends out by name every file that may have to be copied', async () => {
    const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { exports: object };
    const entries = /^(?:index|charts|digits|files(?:-[\w-]+)?|predict|storage|tables|worker)\.js$/;
    const files = packed.files.map(({ path }) => /^dist\/([\w-]+\.(?:js|wasm))$/.exec(path)?.[1] ?? '');
    const lent = Object.keys(exports).flatMap((name) => /^\.\/(.+\.(?:js|wasm))$/.exec(name)?.[1] ?? []);
    expect(lent.sort()).toEqual(files.filter((file) => file !== '' && !entries.test(file)).sort());
  });

  it('has code that bundlers understand whole, in short lines, with maps to its sources', async () => {
    const dist = join(ROOT, 'dist');
    const read = (file: string) => readFile(join(dist, file), 'utf8');
    for (const file of (await readdir(dist)).filter((name) => name.endsWith('.js'))) {
      const code = await read(file);
      const lengths = code.split('\n').map((line) => line.length);
      expect([file, Math.max(...lengths) < 1000], `${Math.max(...lengths)}`).toEqual([file, true]);
      expect(code, file).not.toMatch(/[^\\]\\\n/); // a string over two lines, into which Rollup writes its indentation
      // Vite 5 to 7 make no worker of it, unless told `worker: { format: 'es' }`, as one with mlp-wasm/files must be.
      if (!file.startsWith('files')) expect(code, file).not.toMatch(/\bimport\(\s*["'`]/);
      // Parcel would bring a polyfill for it; but train.py, which exportTraining carries along as text, speaks of processes.
      if (!file.startsWith('files-export-training')) expect(code, file).not.toMatch(/[^.\w]process\b(?!["':])/);
      // Vite looks for the address of each file by this expression, and others for the same.
      const addresses = code.matchAll(/new URL\("\.\/([\w-]+\.(?:js|wasm))",import\.meta\.url\)/g);
      const whole = [...addresses].map(([, name]) => name!);
      expect(whole.length, file).toBe((code.match(/new URL\(\s*"\.\//g) ?? []).length);
      for (const name of whole) expect(await readdir(dist)).toContain(name);
      if (file === 'mlp-threads.js') continue;
      const { sources, mappings } = JSON.parse(await read(`${file}.map`)) as { sources: string[]; mappings: string };
      // A chunk that only hands on what others have, because it is imported both at once and on demand, has no sources.
      if (/^(?:import[^;]+;)+export\{[^}]+\};\n\/\/[^\n]+\n$/.test(code)) continue;
      expect([file, sources.some((source) => /web\/src\/|node_modules\/fflate\//.test(source))]).toEqual([file, true]);
      expect(mappings.split(';').length).toBeGreaterThanOrEqual(lengths.length - 2);
    }
    for (const { path } of packed.files.filter(({ path }) => path.endsWith('.d.ts'))) {
      // Arrays are not generic before TypeScript 5.7, nor globals of WebAssembly in its first.
      const declarations = (await readFile(join(ROOT, path), 'utf8')).replace(/\/\*.*?\*\//gs, '');
      expect(declarations, path).not.toMatch(/\b((Float|Uint|Int)\d+(Clamped)?Array|WebAssembly\.Global)</);
    }
  });

  it('has documents whose links lead to what is in it, or to the repository', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const [begin] = readme.split('npm install mlp-wasm');
    expect(begin!.split('\n').length).toBeLessThan(10);
    const { repository, homepage, bugs } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      repository: { url: string };
      homepage: string;
      bugs: string;
    };
    const home = /^git\+(https:\/\/github\.com\/[\w-]+\/[\w-]+)\.git$/.exec(repository.url)![1]!;
    expect([homepage, bugs]).toEqual([`${home}#readme`, `${home}/issues`]);

    const paths = packed.files.map(({ path }) => path);
    for (const document of paths.filter((path) => path.endsWith('.md'))) {
      const text = await readFile(join(ROOT, document), 'utf8');
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
        heading!
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      const images = [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, image]) => image!);
      // npm shows those of the repository.
      for (const image of images) await access(join(ROOT, image));
      const inline = [...text.matchAll(/(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
      const references = [...text.matchAll(/^\[[^\]]+\]: (\S+)$/gm)].map(([, link]) => link!);
      for (const link of [...inline, ...references]) {
        const [, path] = new RegExp(`^${home}/(?:blob|tree)/main/([^#]+)`).exec(link) ?? [];
        if (path) await access(join(ROOT, path));
        else if (link.startsWith('#')) expect(headings, document).toContain(link.slice(1));
        else if (!/^https?:/.test(link)) expect(paths, document).toContain(link);
      }
      const named = [...text.matchAll(/\]\[([\w-]+)\]/g)].map(([, name]) => name!);
      for (const name of named) expect(text, document).toContain(`\n[${name}]: http`);
    }
  });

  it('names those whose code is compiled into it', async () => {
    const notices = await readFile(join(app, 'node_modules/mlp-wasm/THIRD_PARTY_NOTICES.md'), 'utf8');
    const parts = [
      'Eigen 3.4',
      'libc++',
      'libc++abi',
      'compiler-rt',
      'emmalloc',
      'musl',
      'Arm Limited',
      'SunPro',
      'idb',
    ];
    for (const part of parts) expect(notices).toContain(part);
    for (const licence of ['Mozilla Public License 2.0', 'Apache License 2.0', 'MIT licence']) {
      expect(notices).toContain(licence);
    }
    expect(notices).toContain('https://gitlab.com/libeigen/eigen/-/tree/3.4.0'); // the source that MPL-2.0 asks for
  });

  it('needs no other package and runs no script when it is installed', async () => {
    const manifest = JSON.parse(await readFile(join(app, 'node_modules/mlp-wasm/package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies']) {
      expect(manifest).not.toHaveProperty(kind);
    }
    const scripts = Object.keys(manifest['scripts'] ?? {});
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts).not.toContain(script);
    expect((await readdir(join(app, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['mlp-wasm']);
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

  it.each(['mlp-relaxed', 'mlp'])('gives a page at most 124 kB to load, compressed, unbundled: %s', async (loaded) => {
    const sizes = await sizesOf(['index.js'], loaded);
    report('a page', sizes);
    expect([...sizes.keys()]).toEqual(['index.js', `${loaded}.wasm`]);
    expect(sumOf(sizes)).toBeLessThanOrEqual(124_000);
  });

  it('gives it at most 16 kB more to load where there is a worker, of which little is for the page itself', async () => {
    const sizes = await sizesOf(['worker.js', 'worker-host.js'], 'mlp-relaxed');
    report('a page with a worker', sizes);
    expect(sumOf(sizes)).toBeLessThanOrEqual(sumOf(await sizesOf(['index.js'], 'mlp-relaxed')) + 16_000);
    expect(sizes.get('worker.js')).toBeLessThanOrEqual(11_500);
    expect([...sizes.keys()].sort()).toEqual(['mlp-relaxed.wasm', 'worker-host.js', 'worker.js']);
  });

  it('gives it at most 24 kB more to load for tables, beside the stores, which share the core of the page', async () => {
    const sizes = await sizesOf(['tables.js'], 'mlp-relaxed');
    report('a page with tables', sizes);
    expect([...sizes.keys()].sort()).toEqual(['index.js', 'mlp-relaxed.wasm', 'storage.js', 'tables.js']);
    expect(sizes.get('tables.js')).toBeLessThanOrEqual(24_000);
  });

  function report(who: string, sizes: Map<string, number>) {
    const kilobytes = (size: number) => (size / 1000).toFixed(1);
    const each = [...sizes].map(([name, size]) => `${name} ${kilobytes(size)}`).join(', ');
    console.log(`${who} loads ${kilobytes(sumOf(sizes))} kB gzipped: ${each}; tarball ${kilobytes(packed.size)} kB`);
  }
});

/** Types: a model in a worker has the types of a model. */
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
  it.each(['main', 'worker'])('compiles under tsc --strict and runs in Node: the documentation, %s', async (which) => {
    const text = which === 'main' ? program : workerProgram;
    await writeFile(join(app, 'program.ts'), `${text}\nconsole.log(JSON.stringify(outcome));`);
    const options = { strict: true, target: 'es2022', module: 'nodenext', types: [], outDir: 'compiled' };
    await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['program.ts'] }));
    await compile('tsconfig.json');
    const { stdout } = await run(process.execPath, ['compiled/program.js'], { cwd: app });
    expectOutcome(stdout.trim().split('\n').at(-1)!);
  });

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
    [
      'as TypeScript did before it knew of exports',
      { module: 'esnext', moduleResolution: 'node10', target: 'es2022', ignoreDeprecations: '6.0' },
    ],
    ['with the newest libraries', { module: 'preserve', moduleResolution: 'bundler', target: 'esnext' }],
  ])('has types that check, with no help from skipLibCheck, %s', async (_name, options) => {
    const source = `
      import { earlyStopping, init, dense, loadCheckpoint, schedules, sequential, warmup, type DigitSet, type History, type Logs, type Sequential, type Weight } from 'mlp-wasm';
      import { generateDigits } from 'mlp-wasm/digits';
      import { calibrationChart, confusionChart, lossChart, type Chart, type LossChart } from 'mlp-wasm/charts';
      import { exportModel, loadAny, type ExportedFile, type LoadAnyOptions, type ModelSource } from 'mlp-wasm/files';
      import { listModels, load as loadFrom, loadBytes, save, type SaveResult, type StoredModel } from 'mlp-wasm/storage';
      import { init as load, loadModel, predict, type InitOptions, type Inputs, type PredictOptions, type Predictor } from 'mlp-wasm/predict';
      export const guess = async (bytes: Uint8Array | ArrayBuffer, x: Inputs) => {
        const options: InitOptions = { wasmUrl: new URL('http://a/'), timeoutMs: 5 };
        await load(options);
        const model: Predictor = await loadModel(bytes);
        const [[features], [units]]: [[number], [number]] = [model.inputShape, model.outputShape];
        const made: Float32Array = model.predict(x, { batchSize: 5 });
        const output = new Float32Array(new SharedArrayBuffer(4));
        const filled = predict(model, x, { output });
        const settings: PredictOptions<Float32Array> = { output: filled };
        model[Symbol.dispose]();
        // @ts-expect-error
        predict(model, 'text');
        // @ts-expect-error
        await load({ threads: 2 });
        // @ts-expect-error
        model.fit(x, x);
        // @ts-expect-error
        await loadModel('file');
        return [features, units, made, filled, settings, model.name, model.isDisposed];
      };
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
      const stored: Promise<SaveResult> = save(model, 'indexeddb://a', { method: 'POST', headers: { a: 'b' } });
      save(model.checkpoint(), new URL('https://a/b'));
      const found: Promise<Sequential> = loadFrom(new Blob([]), { onProgress({ loaded, total }: { loaded: number; total?: number }) {} });
      const copied: Promise<Uint8Array> = loadBytes('indexeddb://a');
      const stores: Promise<Record<string, StoredModel>> = listModels();
      const chart: LossChart = lossChart(document.body, { metric: 'accuracy' });
      model.fit([[1]], [1], { callbacks: [chart] });
      const diagram: Chart<{ probabilities: ArrayLike<number>; labels: ArrayLike<number> }> = calibrationChart(document.body, { probabilities: [0.5], labels: [1] });
      // @ts-expect-error
      confusionChart(document.body, [[1]]);
      // @ts-expect-error
      save(model.save(), 'indexeddb://a');
      // @ts-expect-error
      loadFrom('indexeddb://a', { method: 'PUT' });
      export { bytes, chart, copied, diagram, digits, found, history, predictions, stored, stores, walk, weights, wrong };
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

  it('shows the line of a program from which an uncaught error comes, and not its own code', async () => {
    const source = `import { dense } from 'mlp-wasm';\n\nfunction build() {\n  dense({ units: -1 });\n}\nbuild();\n`;
    await writeFile(join(app, 'boom.mjs'), source);
    const error = await run(process.execPath, ['boom.mjs'], { cwd: app }).catch((error: { stderr: string }) => error);
    expect(error.stderr).toContain('RangeError: dense: units: expected an integer from 1');
    expect(error.stderr).toMatch(/at build \(.*boom\.mjs:4:3\)/);
    expect(error.stderr.length).toBeLessThan(4000);
  });

  it('predicts in Node, with nothing loaded that trains', async () => {
    const source = `
      import { dense, init, sequential } from 'mlp-wasm';
      import { writeFile } from 'node:fs/promises';
      await init({ deterministic: true });
      const model = sequential({ seed: 1, layers: [dense({ units: 9, activation: 'gelu', inputShape: [3] }), dense({ units: 2 })] });
      await writeFile('model.safetensors', await model.save());
      console.log(model.predict([1, 2, 3]).join());
    `;
    await writeFile(join(app, 'save.mjs'), source);
    const { stdout: expected } = await run(process.execPath, ['save.mjs'], { cwd: app });
    const program = `
      import { loadModel, predict } from 'mlp-wasm/predict';
      import { readFile } from 'node:fs/promises';
      const { instantiate } = WebAssembly;
      let instances = 0;
      WebAssembly.instantiate = (...args) => (++instances, instantiate(...args));
      const model = await loadModel(await readFile('model.safetensors'));
      console.log(predict(model, [1, 2, 3]).join());
      if (instances !== 1) throw new Error(instances + ' modules');
    `;
    await writeFile(join(app, 'predict.mjs'), program);
    expect((await run(process.execPath, ['predict.mjs'], { cwd: app })).stdout).toBe(expected);
    // Bundled, where there is no import.meta.url, it finds its file where it is installed.
    const outfile = join(app, 'predict-bundle.cjs');
    const contents = program.replace(
      /await (loadModel\([^]*)$/,
      'readFile("model.safetensors").then(loadModel).then((model) => console.log(predict(model, [1, 2, 3]).join()));',
    );
    expect(contents).not.toBe(program);
    await esbuild({
      stdin: { contents, resolveDir: app },
      outfile,
      bundle: true,
      format: 'cjs',
      platform: 'node',
      logLevel: 'silent',
    });
    expect((await run(process.execPath, [outfile], { cwd: app })).stdout).toBe(expected);
  });

  it.each(['iife', 'cjs'] as const)(
    'runs from a bundle of esbuild as %s, which has no import.meta.url',
    async (format) => {
      const entry = `import { init, sequential, dense } from 'mlp-wasm';
      init(globalThis.options).then(
        () => console.log(sequential({ layers: [dense({ units: 1, inputShape: [1], kernelInitializer: 'ones' })] }).predict([7])[0]),
        (error) => console.log(error.message),
      );`;
      const outfile = join(folder, `bundle-${format}.cjs`);
      const options = { outfile, bundle: true, format, logLevel: 'silent' } as const;
      await esbuild({ stdin: { contents: entry, resolveDir: app }, ...options });
      const runIn = async (cwd: string, before = '') => {
        const source = `${before}; require(${JSON.stringify(outfile)})`;
        return (await run(process.execPath, ['--eval', source], { cwd })).stdout.trim();
      };
      const file = JSON.stringify(join(app, 'node_modules/mlp-wasm/dist/mlp.wasm'));
      expect(await runIn(folder, `globalThis.options = { wasmBinary: require('fs').readFileSync(${file}) }`)).toBe('7');
      expect(await runIn(app)).toBe('7'); // found where it is installed
      expect(await runIn(folder)).toMatch(/this bundle has no import\.meta\.url: .*pass wasmUrl or wasmBinary/);
    },
  );

  it('lends out files by name', async () => {
    const source = `console.log(...['mlp.wasm', 'mlp-scalar.wasm', 'digits.wasm', 'predict.wasm', 'worker-host.js'].map((name) => import.meta.resolve('mlp-wasm/' + name)))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source], { cwd: app });
    expect(stdout).toMatch(
      /dist\/mlp\.wasm .*dist\/mlp-scalar\.wasm .*dist\/digits\.wasm .*dist\/predict\.wasm .*dist\/worker-host\.js/,
    );
  });

  it('keeps its insides to itself', async () => {
    const source = `await import('mlp-wasm/dist/thread.js')`;
    const child = run(process.execPath, ['--input-type=module', '--eval', source], { cwd: app });
    await expect(child).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  /** Fails with what the compiler says. */
  async function compile(project: string) {
    await run(process.execPath, [TSC, '--project', project], { cwd: app }).catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
  }
});

// Further bundlers, versions and browsers are in tests/engines.
describe('In Chromium', () => {
  const MAIN = '<script type="module" src="./src/main.js"></script>';
  const WORKER = '<script type="module" src="./src/worker.js"></script>';
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    await mkdir(join(app, 'src'));
    // The program of all the pages below.
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
    hear(tab, complaints);
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
    expect(files.filter((name) => name.endsWith('.wasm'))).toHaveLength(FLAVOURS.length + 2); // the digits' two, too
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
    expect(source).toContain('await init()'); // this second call leaves the threads as they are
    await writeFile(join(app, 'threads.html'), page('<script type="module" src="./src/threads.js"></script>'));
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
    const site = await serve(outDir, '/deep/down/', ISOLATION);
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
});
