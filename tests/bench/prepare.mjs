/** Prepares the peers, the package and the data, before anything is measured. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { prepareData, prepareMnist, readFloats } from './data/prepare.mjs';
import { BENCH, DIST, ROOT } from './paths.mjs';
import { reference } from './reference.mjs';
import { W1 } from './works/w1.mjs';

/** Installs what package-lock.json names, unless it is installed already. */
export function installPeers() {
  const packages = (file) => JSON.parse(readFileSync(path.join(BENCH, file), 'utf8')).packages;
  const installed = 'node_modules/.package-lock.json';
  if (existsSync(path.join(BENCH, installed))) {
    const there = packages(installed);
    const wanted = Object.entries(packages('package-lock.json')).filter(([name, { optional }]) => name && !optional);
    if (wanted.every(([name, { version }]) => there[name]?.version === version)) return;
  }
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], BENCH); // brain.js would build a GPU library
}

/** Builds dist/ when it is missing; another folder has to be there. */
export function buildPackage(dist) {
  if (existsSync(path.join(dist, 'index.js'))) return;
  if (dist !== DIST) throw new Error(`${dist} has no index.js: is it a built package?`);
  run(process.execPath, ['scripts/build.mjs', '--package'], ROOT);
}

/** @returns {Promise<{ folder: string, mnist: boolean }>} the folder of data, complete with what the peers need */
export async function prepareFiles(kind) {
  const folder = prepareData(kind);
  reference(folder, W1); // P1 and P2 predict with W1's trained weights
  const onnx = path.join(folder, 'W1.onnx');
  if (!existsSync(onnx)) {
    const { onnxModel } = await import('./data/onnx.mjs'); // not before installPeers()
    writeFileSync(onnx, onnxModel(W1, readFloats(folder, 'W1.trained')));
  }
  return { folder, mnist: prepareMnist(folder) };
}

function run(command, args, cwd) {
  console.log(`> ${command} ${args.join(' ')}   (in ${path.relative(ROOT, cwd) || '.'})`);
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error ?? status !== 0) throw new Error(`${command} failed: ${error?.message ?? `status ${status}`}`);
}
