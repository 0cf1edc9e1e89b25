// Builds the package into dist/ and, unless called with --package, the page into build/page.
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { finalRelaxedOpcodes } from './relaxed.mjs';
import { ROOT, run } from './run.mjs';
import { setup } from './setup.mjs';

const at = (...parts) => path.join(ROOT, ...parts);
/** The modules that CMakeLists.txt makes: the network's, with glue, and the digits', without. */
const FLAVOURS = ['mlp', 'mlp-relaxed', 'mlp-threads', 'mlp-relaxed-threads', 'mlp-scalar'];
const DIGITS = ['digits', 'digits-scalar'];
const PRETRAINED = at('build/pretrained.safetensors');

const newer = (file, than) => existsSync(file) && statSync(file).mtimeMs > statSync(than).mtimeMs;

/**
 * Bundlers make a worker one classic script unless told otherwise: Vite 8 would put all flavours into it,
 * Vite 7 fails. So they see the flavours of worker-host.js as files, of which it imports one by its address.
 */
function hideImports(file) {
  let imports = 0;
  const source = readFileSync(file, 'utf8').replace(/\bimport\(("\.\/mlp[^"]*")\)/g, (_, name) => {
    ++imports;
    return `import(/* webpackIgnore: true */ /* @vite-ignore */ new URL(${name}, import.meta.url).href)`;
  });
  if (imports !== FLAVOURS.length)
    throw new Error(`${file}: expected an import of every flavour, got ${imports}`);
  writeFileSync(file, source);
}

/** C++ → build/web; then, with the TypeScript, all of dist/ anew. */
export async function buildPackage() {
  // Debian's Emscripten looks for its own acorn only where Debian's own node would.
  const env = existsSync('/usr/share/nodejs/acorn') ? { NODE_PATH: '/usr/share/nodejs' } : {};
  if (!newer(at('build/web/CMakeCache.txt'), at('CMakeLists.txt')))
    run('emcmake', ['cmake', '--preset', 'web'], { env });
  run('cmake', ['--build', '--preset', 'web', '--parallel', String(availableParallelism())], { env });

  rmSync(at('dist'), { recursive: true, force: true });
  const { build } = await import('esbuild'); // not before setup() has installed it
  const common = { outdir: at('dist'), format: 'esm', target: 'es2022', minify: true, logLevel: 'warning' };
  const external = FLAVOURS.map((name) => `./${name}.js`);
  // In few files, which compress better than many; wasm.js is for the tests, thread.js for the core's
  // threads.
  await build({
    ...common,
    entryPoints: ['index', 'digits', 'wasm', 'thread'].map((name) => at(`web/src/${name}.ts`)),
    bundle: true,
    splitting: true,
    chunkNames: 'core-[hash]',
    external,
  });
  // Each by itself: index.js shall not come in more pieces for them.
  for (const name of ['worker', 'worker-host']) {
    await build({ ...common, entryPoints: [at(`web/src/${name}.ts`)], bundle: true, external });
  }
  hideImports(at('dist/worker-host.js'));
  await build({
    ...common,
    entryPoints: FLAVOURS.map((name) => at(`build/web/${name}.js`)),
    outbase: at('build/web'),
  });
  for (const name of [...FLAVOURS, ...DIGITS]) {
    const { bytes } = finalRelaxedOpcodes(readFileSync(at(`build/web/${name}.wasm`)));
    writeFileSync(at(`dist/${name}.wasm`), bytes);
  }
  run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);
}

/** Trains the network that the page starts with, unless the one there was made by this very module. */
function pretrain() {
  if (newer(PRETRAINED, at('build/web/mlp.wasm')) && newer(PRETRAINED, at('scripts/pretrain.mjs'))) return;
  run(process.execPath, [at('scripts/pretrain.mjs'), PRETRAINED]);
}

export function buildPage() {
  pretrain();
  run(process.execPath, [at('node_modules/vite/bin/vite.js'), 'build', 'web/demo', '--logLevel', 'warn']);
  copyFileSync(PRETRAINED, at('build/page/pretrained.safetensors'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup('build');
  await buildPackage();
  if (!process.argv.includes('--package')) buildPage();
}
