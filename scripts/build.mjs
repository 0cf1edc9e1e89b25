// Builds the package into dist/ and, unless called with --package, the page into build/page.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { breakLines } from './lines.mjs';
import { finalRelaxedOpcodes } from './relaxed.mjs';
import { ROOT, run } from './run.mjs';
import { setup } from './setup.mjs';

const at = (...parts) => path.join(ROOT, ...parts);
/** The modules that CMakeLists.txt makes: the network's, with glue, and those without. */
const FLAVOURS = ['mlp', 'mlp-relaxed', 'mlp-threads', 'mlp-relaxed-threads', 'mlp-scalar'];
const SMALL = ['digits', 'digits-scalar', 'predict', 'predict-scalar'];

const newer = (file, than) => existsSync(file) && statSync(file).mtimeMs > statSync(than).mtimeMs;

/**
 * The glue's own ways to fetch its module, which are dead because the package hands it one. They go where all of them
 * are there, as in Debian's Emscripten.
 */
const DEAD_GLUE = [
  /var _scriptDir = [^;]*;/,
  /var ENVIRONMENT_IS_WEB=.*?(?=var out=)/s,
  /var dataURIPrefix.*?(?=function createWasm\()/s,
  /function receiveInstantiationResult\(.*?(?=if\(Module\["instantiateWasm"\]\))/s,
  /instantiateAsync\(\)\.catch\(readyPromiseReject\);/,
  /Module\["preloadedImages"\]=\{\};Module\["preloadedAudios"\]=\{\};/,
];

function readGlue(file) {
  const source = readFileSync(file, 'utf8');
  if (!DEAD_GLUE.every((dead) => dead.test(source))) return source;
  return DEAD_GLUE.reduce((glue, dead) => glue.replace(dead, ''), source);
}

/** The core's names and options as a JavaScript module: see cpp/bindings/catalogue.cc. */
function catalogueModule() {
  const unused = new Proxy({}, { get: () => () => 0 }); // of the C library, which no text needs
  const module = new WebAssembly.Module(readFileSync(at('build/web/catalogue.wasm')));
  const { exports } = new WebAssembly.Instance(module, { env: unused, wasi_snapshot_preview1: unused });
  exports._initialize();
  const start = exports.catalogueModule();
  const bytes = new Uint8Array(exports.memory.buffer, start);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** Lines are about as long as this at least: see lines.mjs. */
const LINE = 160;

/** Writes what esbuild made, in lines, and with the comments that it drops, by which bundlers leave an import alone. */
function writeBundles(outputFiles, hasMap) {
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  for (const [file, text] of texts) {
    if (!file.endsWith('.js')) continue;
    const { code, map } = breakLines(text, JSON.parse(texts.get(`${file}.map`)), LINE);
    const ignored = 'import(/* webpackIgnore: true *//* turbopackIgnore: true *//* @vite-ignore */';
    const link = hasMap ? `//# sourceMappingURL=${path.basename(file)}.map\n` : '';
    writeFileSync(file, code.replace(/\bimport\((?=await\b)/g, ignored) + link);
    if (hasMap) writeFileSync(`${file}.map`, JSON.stringify(map));
  }
}

/** C++ → build/web; then, with the TypeScript, all of dist/ anew. */
export async function buildPackage() {
  buildModules();
  await bundlePackage();
}

function buildModules() {
  // Debian's Emscripten looks for its own acorn only where Debian's own node would.
  const env = existsSync('/usr/share/nodejs/acorn') ? { NODE_PATH: '/usr/share/nodejs' } : {};
  if (!newer(at('build/web/CMakeCache.txt'), at('CMakeLists.txt')))
    run('emcmake', ['cmake', '--preset', 'web'], { env });
  run('cmake', ['--build', '--preset', 'web', '--parallel', String(availableParallelism())], { env });
}

/**
 * One file each, because a file that asks for another costs a page a way to the server and back. But some import others
 * (see SHARED), and files.js has one more for each format, which is loaded when it is asked for.
 */
const ENTRIES = {
  index: 'web/src/index.ts',
  charts: 'web/src/charts/index.ts',
  digits: 'web/src/data/digits.ts',
  files: 'web/src/formats/index.ts',
  predict: 'web/src/predict/predict.ts',
  storage: 'web/src/storage/index.ts',
  tables: 'web/src/tables/index.ts',
  thread: 'web/src/wasm/thread.ts',
  worker: 'web/src/worker/connect.ts',
  'worker-host': 'web/src/worker/host.ts',
};

/** Entries that other rooms import as they are: index.js because all models must be of one core. */
const SHARED = {
  'index.js': { path: './index.js', importers: ['formats', 'storage', 'tables'] },
  [path.join('storage', 'index.js')]: { path: './storage.js', importers: ['formats', 'tables'] },
};

/** The glue of the threads; it leaves itself where importThreadedGlue() in web/src/wasm/module.ts looks for it, too. */
const THREADED_GLUE = `import createMlp from './mlp-threads.js';
globalThis[Symbol.for('mlp-wasm/mlp-threads.js')] = createMlp;
export default createMlp;`;

/** The modules that are built already, and the TypeScript → dist/; and for the tests build/internals/. */
export async function bundlePackage() {
  rmSync(at('dist'), { recursive: true, force: true });
  await bundle(at('dist'), ENTRIES);
  run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);
  rmSync(at('build/internals'), { recursive: true, force: true });
  await bundle(at('build/internals'), { index: 'tests/js/support/internals.ts', thread: ENTRIES.thread });
}

async function bundle(outdir, entries) {
  const { build } = await import('esbuild'); // not before setup() has installed it
  const common = {
    outdir,
    format: 'esm',
    target: 'es2022',
    minify: true,
    define: { process: 'undefined' }, // the glue's own; ours is globalThis.process, for which bundlers bring no polyfill
    sourcemap: 'external',
    write: false,
    logLevel: 'warning',
  };
  const core = {
    name: 'core',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^\.\/mlp\.js$/ }, () => ({ path: at('build/web/mlp.js'), sideEffects: false }));
      onLoad({ filter: /\/build\/web\/mlp\.js$/ }, ({ path }) => ({ contents: readGlue(path), loader: 'js' }));
      onResolve({ filter: /^\.\/catalogue\.js$/ }, () => ({
        path: 'catalogue',
        namespace: 'core',
        sideEffects: false,
      }));
      onLoad({ filter: /^catalogue$/, namespace: 'core' }, () => ({ contents: catalogueModule(), loader: 'js' }));
    },
  };
  // The entries that rooms above them import stay files of their own, in the same folder.
  const shared = {
    name: 'shared',
    setup({ onResolve }) {
      onResolve({ filter: /\/index\.js$/ }, ({ importer, path: file }) => {
        const room = path.relative(at('web/src'), importer).split(path.sep)[0];
        const entry = SHARED[path.relative(at('web/src'), path.resolve(path.dirname(importer), file))];
        return entry?.importers.includes(room) ? { path: entry.path, external: true } : undefined;
      });
    },
  };
  // fflate is one file, of which esbuild makes one chunk: whoever reads an archive would load what packs one, too. So each
  // file that imports it has a copy, of which what it does not use is left out.
  const apart = {
    name: 'apart',
    setup({ onResolve }) {
      onResolve({ filter: /^fflate$/ }, ({ importer }) => {
        const suffix = `?${path.basename(importer)}`;
        return { path: at('node_modules/fflate/esm/browser.js'), suffix, sideEffects: false };
      });
    },
  };
  mkdirSync(outdir, { recursive: true });
  for (const [out, file] of Object.entries(entries)) {
    const { outputFiles } = await build({
      ...common,
      entryPoints: [{ in: at(file), out }],
      bundle: true,
      loader: { '.py': 'text', '.txt': 'text', '.html': 'text' },
      splitting: true, // because formats are imported only when they are needed
      chunkNames: `${out}-[name]-[hash]`,
      alias: { 'mlp-wasm': at('web/src/index.ts') }, // for the tests' internals.ts
      plugins: [core, shared, apart],
    });
    writeBundles(outputFiles, true);
  }
  const threads = { resolveDir: at('build/web'), sourcefile: 'threaded-glue.js', contents: THREADED_GLUE };
  writeBundles(
    (
      await build({
        ...common,
        stdin: threads,
        bundle: true,
        outdir: undefined,
        outfile: path.join(outdir, 'mlp-threads.js'),
      })
    ).outputFiles,
    false,
  );
  for (const name of [...FLAVOURS, ...SMALL]) {
    const { bytes } = finalRelaxedOpcodes(readFileSync(at(`build/web/${name}.wasm`)));
    writeFileSync(path.join(outdir, `${name}.wasm`), bytes);
  }
}

export function buildPage() {
  run(process.execPath, [at('node_modules/vite/bin/vite.js'), 'build', 'web/demo', '--logLevel', 'warn']);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup('build');
  await buildPackage();
  if (!process.argv.includes('--package')) buildPage();
}
