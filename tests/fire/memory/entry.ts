/** The entries `memory/…` of run.mjs. */
import { ALLOCATING, SIZED, TAKING_LITTLE } from 'mlp-wasm/internals';
import { inThread } from '../../js/support/thread.js';

/** Tries each call in a heap of its own: `count` gaps from 100 kB to 64 MB, or `count` sizes from 64 kB to 8 GB. */
export async function run({ name, count }: { name: string; count: number }) {
  const nearEnd = name === 'memory/near-end';
  const faults: string[] = [];
  const sum = { done: 0, refused: 0 };
  for (const call of Object.keys(nearEnd ? ALLOCATING : SIZED)) {
    const outcomes = await inThread(
      async ({ init }, { call, count, nearEnd }, { nearTheEnd, ofEverySize }) => {
        await init();
        if (!nearEnd)
          return ofEverySize(
            call,
            Array.from({ length: count }, (_, i) => 16 + (17 * i) / (count - 1)),
          );
        return nearTheEnd(call, { most: 2 ** 26, least: 1e5, factor: (2 ** 26 / 1e5) ** (1 / count) });
      },
      { call, count, nearEnd },
    ).catch((error: unknown) => ({ done: 0, refused: 0, wrong: [String(error)] }));
    console.log(`  ${call}: ${outcomes.done} done, ${outcomes.refused} refused`);
    sum.done += outcomes.done;
    sum.refused += outcomes.refused;
    faults.push(...outcomes.wrong.map((wrong) => `${call}: ${wrong}`));
    if (outcomes.refused === 0 && !(nearEnd && TAKING_LITTLE.includes(call))) faults.push(`${call}: never refused`);
    if (outcomes.done === 0) faults.push(`${call}: never done`);
  }
  return {
    findings: `${sum.done.toLocaleString('en')} calls done, ${sum.refused.toLocaleString('en')} refused`,
    faults,
  };
}
