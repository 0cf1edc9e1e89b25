/** The entry `sequences` of run.mjs. */
import { runSequences } from './sequences.js';

export async function run({ seed, count }: { seed: number; count: number }) {
  const { done, refused, faults } = await runSequences(seed, count);
  const findings = `${done.toLocaleString('en')} calls done, ${refused.toLocaleString('en')} refused`;
  return { findings, faults };
}
