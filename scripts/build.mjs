// Builds the package into dist/ and, unless called with --package, the page into build/page.
import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, run } from './run.mjs';
import { setup } from './setup.mjs';

const at = (...parts) => path.join(ROOT, ...parts);
const PRETRAINED = at('build/pretrained.safetensors');

const newer = (file, than) => existsSync(file) && statSync(file).mtimeMs > statSync(than).mtimeMs;

/** C++ → dist/mlp.js, dist/mlp.wasm …; TypeScript → dist/*.js, dist/*.d.ts. */
export function buildPackage() {
  // Debian's Emscripten looks for its own acorn only where Debian's own node would.
  const env = existsSync('/usr/share/nodejs/acorn') ? { NODE_PATH: '/usr/share/nodejs' } : {};
  const configured = at('build/web/CMakeCache.txt');
  if (!newer(configured, at('CMakeLists.txt'))) run('emcmake', ['cmake', '--preset', 'web'], { env });
  run('cmake', ['--build', '--preset', 'web', '--parallel', String(availableParallelism())], { env });
  removeStaleOutput();
  run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);
}

// What tsc wrote for a source that is gone must not be published; the glue and the modules are CMake's.
function removeStaleOutput() {
  for (const name of readdirSync(at('dist'))) {
    if (!/^mlp[^/]*\.(js|wasm)$/.test(name)) rmSync(at('dist', name), { recursive: true });
  }
}

/** Trains the network that the page starts with, unless the one there was made by this very module. */
function pretrain() {
  if (newer(PRETRAINED, at('dist/mlp.wasm')) && newer(PRETRAINED, at('scripts/pretrain.mjs'))) return;
  run(process.execPath, [at('scripts/pretrain.mjs'), PRETRAINED]);
}

export function buildPage() {
  pretrain();
  run(process.execPath, [at('node_modules/vite/bin/vite.js'), 'build', 'web/demo', '--logLevel', 'warn']);
  copyFileSync(PRETRAINED, at('build/page/pretrained.safetensors'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup('build');
  buildPackage();
  if (!process.argv.includes('--package')) buildPage();
}
