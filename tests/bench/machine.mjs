/** Machine and software that the figures were made with. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { BENCH } from './paths.mjs';

export function machine(chromiumVersion) {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    simd: simdOf(),
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${distribution()}, Linux ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    chromium: chromiumVersion,
  };
}

/** Versions of the packages that package-lock.json names. */
export function peerVersions() {
  const { packages } = JSON.parse(readFileSync(path.join(BENCH, 'package-lock.json'), 'utf8'));
  const direct = Object.keys(packages[''].devDependencies);
  return Object.fromEntries(direct.map((name) => [name, packages[`node_modules/${name}`].version]));
}

function distribution() {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))[1];
  } catch {
    return process.platform;
  }
}

function simdOf() {
  try {
    const flags = /^flags\s*:\s*(.*)/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))[1].split(' ');
    return ['sse4_2', 'avx2', 'fma', 'avx512f'].filter((name) => flags.includes(name)).join(' ');
  } catch {
    return undefined;
  }
}
