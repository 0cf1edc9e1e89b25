/** Entries of run.mjs: `fuzz/NAME`, for each reader. */
import { fuzz, MOST_BESIDE } from './fuzz.js';

export async function run({ name, seed, count }: { name: string; seed: number; count: number }) {
  const { faults, ...figures } = await fuzz(name.slice('fuzz/'.length), seed, count);
  const { read, refused, cpu, worstCpu, worstTimes } = figures;
  const findings =
    `${read.toLocaleString('en')} read, ${refused.toLocaleString('en')} refused; CPU ${(cpu / 1000).toFixed(0)} s, ` +
    `at most ${worstCpu.toFixed(0)} ms a call; memory at most ${worstTimes.toFixed(2)} × the input and ${MOST_BESIDE / 1024} kB`;
  return { findings, faults };
}
