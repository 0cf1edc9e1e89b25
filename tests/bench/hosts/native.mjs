/** The yardstick: builds native/eigen_mlp.cc for each instruction set that this machine has, and measures with it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { BENCH, BUILD } from '../paths.mjs';
import { answerOf } from './answer.mjs';
import { asArguments } from './arguments.mjs';

const SOURCE = path.join(BENCH, 'native/eigen_mlp.cc');
const EIGEN = [process.env.EIGEN3_INCLUDE_DIR, '/usr/include/eigen3', '/usr/local/include/eigen3'].filter(Boolean);

/** Compiler flags and the CPU's own name of what they need. */
const TARGETS = {
  sse: { flags: [], needs: [] },
  avx2: { flags: ['-march=haswell'], needs: ['avx2', 'fma', 'bmi2'] },
  avx512: { flags: ['-march=skylake-avx512'], needs: ['avx512f', 'avx512dq', 'avx512bw', 'avx512vl', 'avx512cd'] },
};

/** @returns {string | undefined} why this target cannot be had; undefined when its program stands ready. */
export function buildNative(target) {
  const { flags, needs } = TARGETS[target];
  const cpu = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const missing = needs.find((feature) => !new RegExp(`^flags.*\\b${feature}\\b`, 'm').test(cpu));
  if (missing) return `the CPU has no ${missing}`;
  const program = programFor(target);
  if (existsSync(program) && statSync(program).mtimeMs > statSync(SOURCE).mtimeMs) return undefined;
  const eigen = EIGEN.find((folder) => existsSync(path.join(folder, 'Eigen/Core')));
  if (!eigen) return 'Eigen is not installed (libeigen3-dev)';
  if (spawnSync('g++', ['--version']).status !== 0) return 'g++ is not installed';
  mkdirSync(BUILD, { recursive: true });
  execFileSync('g++', ['-O3', '-DNDEBUG', '-std=c++17', '-w', ...flags, '-isystem', eigen, SOURCE, '-o', program]);
  return undefined;
}

export const measureNative = (job, target) => answerOf(programFor(target), asArguments(job));

const programFor = (target) => path.join(BUILD, `eigen-mlp-${target}`);
