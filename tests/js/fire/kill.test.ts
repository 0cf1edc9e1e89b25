import { expect, it } from 'vitest';

// The short form of the kills of `npm run test:fire`, in Node's threads; tests/browser/kill.test.ts has a page's workers.

interface Kills {
  killInNode(options: {
    seed: number;
    count: number;
    faults: string[];
    log(line: string): void;
  }): Promise<{ kills: number }>;
}

it('training goes on to the same bits, and every promise settles, when workers are killed', async () => {
  const url = new URL('../../fire/entries/kill.mjs', import.meta.url).href;
  const { killInNode } = (await import(/* @vite-ignore */ url)) as Kills;
  const faults: string[] = [];
  const { kills } = await killInNode({ seed: 7, count: 5, faults, log: () => {} });
  expect(faults).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(5);
});
