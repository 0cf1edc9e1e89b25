/** The bundle of each peer for a page: one bundle of minified modules, shared parts in chunks of their own. */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { BENCH, BUILD } from './paths.mjs';

export const COMMON = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  splitting: true,
  external: [...builtinModules, 'node:*'], // for code that does not run in a page
  logLevel: 'error',
  absWorkingDir: BENCH,
};

/**
 * The peers, and the package in `dist` as a bundler would give it to a page, its wasm and workers beside it.
 *
 * @returns the folder that the server hands out as /bench/
 */
export async function bundleForPages(dist) {
  const outdir = path.join(BUILD, 'page');
  rmSync(outdir, { recursive: true, force: true });
  const peers = readdirSync(path.join(BENCH, 'peers')).filter((file) => file.endsWith('.mjs'));
  await build({
    ...COMMON,
    entryPoints: ['hosts/page.mjs', 'hosts/page-worker.mjs', ...peers.map((file) => `peers/${file}`)],
    outdir,
    outbase: '.',
  });
  const packaged = path.join(outdir, 'package');
  cpSync(dist, packaged, { recursive: true });
  await build({
    ...COMMON,
    entryPoints: [path.join(dist, 'index.js')],
    outdir: packaged,
    outbase: dist,
    allowOverwrite: true,
  });
  return outdir;
}
