import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
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
/** The program of the README, with data before it and its outcome as JSON after it. */
let program: string;

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
  await writeFile(
    join(app, 'data.ts'),
    `import { generateDigits } from 'mlp-wasm/digits';
    export const { x, y } = await generateDigits({ count: 500, seed: 1 });
    export const { x: xTest, y: yTest } = await generateDigits({ count: 100, seed: 2 });
    `,
  );
  program = `import { x, xTest, y, yTest } from './data.js';
    ${shown!}
    const outcome = {
      loss, accuracy, epochs: history.epoch.length, names: Object.keys(history.history),
      probabilities: probabilities.length, weights: weights.map(({ name, shape }) => name + ' ' + shape),
      disposed: model.isDisposed,
    };
    `;
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

  it.each(['mlp-relaxed', 'mlp'])('gives a page at most 100 kB to load, compressed: %s', async (loaded) => {
    const dist = join(app, 'node_modules/mlp-wasm/dist');
    const sizes = new Map<string, number>();
    /** A module and what it imports, but for what only threads want. */
    const visit = async (path: string): Promise<void> => {
      if (sizes.has(path) || path === 'mlp-threads.js') return;
      const source = await readFile(join(dist, path));
      sizes.set(path, gzipSync(source, { level: 9 }).length);
      const imports = source.toString('utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+\.js)["']/g);
      for (const [, specifier] of imports) await visit(normalize(join(dirname(path), specifier!)));
    };
    await visit('index.js');
    sizes.set(`${loaded}.wasm`, gzipSync(await readFile(join(dist, `${loaded}.wasm`)), { level: 9 }).length);
    expect([...sizes.keys()]).toEqual(['index.js', `${loaded}.wasm`]);
    const total = [...sizes.values()].reduce((sum, size) => sum + size);
    const kilobytes = (size: number) => (size / 1000).toFixed(1);
    const shown = [...sizes].map(([name, size]) => `${name} ${kilobytes(size)}`).join(', ');
    console.log(`a page loads ${kilobytes(total)} kB gzipped: ${shown}; tarball ${kilobytes(packed.size)} kB`);
    expect(total).toBeLessThanOrEqual(100_000);
  });
});

describe('Installed in an empty folder', () => {
  it('compiles under tsc --strict and runs in Node: the program of the README', async () => {
    await writeFile(join(app, 'program.ts'), `${program}\nconsole.log(JSON.stringify(outcome));`);
    const options = { strict: true, target: 'es2022', module: 'nodenext', types: [], outDir: 'compiled' };
    await writeFile(
      join(app, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['program.ts'] }),
    );
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
    ['with the newest libraries', { module: 'preserve', moduleResolution: 'bundler', target: 'esnext' }],
  ])('has types that check, with no help from skipLibCheck, %s', async (_name, options) => {
    const source = `
      import { init, dense, sequential, type DigitSet, type History, type Logs, type Sequential, type Weight } from 'mlp-wasm';
      import { generateDigits } from 'mlp-wasm/digits';
      const model: Sequential = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
      const predictions: Float32Array = model.predict([[1]]);
      const history: Promise<History> = model.fit([[1]], [1], { callbacks: { onEpochEnd(epoch: number, logs: Logs) {} } });
      const weights: Weight[] = model.getWeights();
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
      export { bytes, digits, history, predictions, weights, wrong };
    `;
    await writeFile(join(app, 'types.ts'), source);
    const compilerOptions = { ...options, strict: true, noEmit: true, skipLibCheck: false, types: [] };
    await writeFile(
      join(app, 'tsconfig.types.json'),
      JSON.stringify({ compilerOptions, files: ['types.ts', 'program.ts'] }),
    );
    await writeFile(join(app, 'program.ts'), program);
    await compile('tsconfig.types.json');
  });

  it('lends out the wasm files by name', async () => {
    const source = `console.log(...['mlp', 'mlp-scalar', 'digits'].map((name) => import.meta.resolve('mlp-wasm/' + name + '.wasm')))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source], { cwd: app });
    expect(stdout).toMatch(/dist\/mlp\.wasm .*dist\/mlp-scalar\.wasm .*dist\/digits\.wasm/);
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
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    await mkdir(join(app, 'src'));
    // What runs in all of the pages below.
    await writeFile(join(app, 'src/data.js'), await readFile(join(app, 'data.ts'), 'utf8'));
    await writeFile(
      join(app, 'src/main.js'),
      `${program}\ndocument.querySelector('#outcome').textContent = JSON.stringify(outcome);`,
    );
    await writeFile(join(app, 'index.html'), page('<script type="module" src="./src/main.js"></script>'));
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
      build: { outDir, emptyOutDir: true, target: 'esnext' },
    });
    const files = await readdir(join(outDir, 'assets'));
    expect(files.filter((name) => name.endsWith('.wasm'))).toHaveLength(FLAVOURS.length + DIGITS.length);
    const site = await serve(outDir, '/deep/down/');
    try {
      await expectOutcomeAt(site.url);
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
      await expectOutcomeAt(server.resolvedUrls!.local[0]!);
    } finally {
      await server.close();
    }
  });

  const importMap = (target: string) =>
    `<script type="importmap">{ "imports": { "mlp-wasm": "${target}index.js", "mlp-wasm/digits": "${target}digits.js" } }</script>`;
  const MAIN = '<script type="module" src="./src/main.js"></script>';

  it('runs from a plain static server, by an import map', async () => {
    await writeFile(
      join(app, 'static.html'),
      page(importMap('./node_modules/mlp-wasm/dist/') + MAIN),
    );
    const site = await serve(app, '/some/where/');
    try {
      await expectOutcomeAt(`${site.url}static.html`);
    } finally {
      await site.close();
    }
  });

  it('finds its wasm where the dev server of Vite 7 and before leaves it', async () => {
    // Those serve the modules from node_modules/.vite/deps, and nothing else from there.
    const deps = join(app, 'node_modules/.vite/deps');
    await rm(deps, { recursive: true, force: true });
    await cp(join(app, 'node_modules/mlp-wasm/dist'), deps, {
      recursive: true,
      filter: (path) => !path.endsWith('.wasm'),
    });
    await writeFile(join(app, 'vite7.html'), page(importMap('/node_modules/.vite/deps/') + MAIN));
    const site = await serve(app, '/');
    try {
      await expectOutcomeAt(`${site.url}vite7.html`);
    } finally {
      await site.close();
    }
  });
});
