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
 * Bundlers make a worker one classic script unless told otherwise: Vite 8 would put the glue of the threads into it,
 * Vite 7 fails. So they see it beside worker-host.js as a file, which that imports by its address.
 */
function hideImport(file) {
  const source = readFileSync(file, 'utf8');
  const hidden = source.replace(
    /\bimport\(("\.\/mlp-threads\.js")\)/,
    'import(/* webpackIgnore: true */ /* @vite-ignore */ new URL($1, import.meta.url).href)',
  );
  if (hidden === source) throw new Error(`${file}: expected an import of mlp-threads.js`);
  writeFileSync(file, hidden);
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
  const glue = (file) => ({ path: at('build/web', file), sideEffects: false });
  const bundled = {
    ...common,
    bundle: true,
    external: ['./mlp-threads.js'],
    plugins: [{ name: 'glue', setup: ({ onResolve }) => onResolve({ filter: /^\.\/mlp\.js$/ }, () => glue('mlp.js')) }],
  };
  // One file each, because a file that asks for another costs a page a way to the server and back.
  const entries = ['index', 'digits', 'thread', 'worker', 'worker-host'];
  await build({ ...bundled, entryPoints: entries.map((name) => at(`web/src/${name}.ts`)) });
  hideImport(at('dist/worker-host.js'));
  await build({ ...common, entryPoints: [glue('mlp-threads.js').path] });
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
