/** PyTorch through Debian's python3-torch, with OpenBLAS on its library path where there is one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { BENCH } from '../paths.mjs';
import { answerOf } from './answer.mjs';
import { asArguments } from './arguments.mjs';

const PYTHON = process.env.BENCH_PYTHON ?? '/usr/bin/python3';
const OPENBLAS = [
  process.env.OPENBLAS_DIR,
  '/usr/lib/x86_64-linux-gnu/openblas-pthread',
  '/usr/lib/aarch64-linux-gnu/openblas-pthread',
].filter(Boolean);

let missing;

/** @returns {string | undefined} why PyTorch cannot be had. */
export function torchMissing() {
  missing ??= spawnSync(PYTHON, ['-c', 'import torch']).status === 0 ? '' : `${PYTHON} has no torch (python3-torch)`;
  return missing || undefined;
}

export const openBlas = () => OPENBLAS.find((folder) => existsSync(path.join(folder, 'libblas.so.3')));

/** @param {{ core?: string, threads: number }} flavour OpenBLAS's name of the kernels to use; none: the BLAS it links */
export function measureTorch(job, { core, threads }) {
  const env = { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), OMP_WAIT_POLICY: 'PASSIVE' };
  if (core) Object.assign(env, { OPENBLAS_CORETYPE: core, LD_LIBRARY_PATH: openBlas() });
  const script = path.join(BENCH, 'peers/torch_mlp.py');
  return answerOf(PYTHON, [script, ...asArguments(job), `threads=${threads}`], env);
}
