import { expect, it } from 'vitest';

interface Kills {
  killInChromium(options: {
    seed: number;
    count: number;
    faults: string[];
    log(line: string): void;
  }): Promise<{ kills: number }>;
}

it('training goes on to the same bits, and every promise settles, when a page’s workers are killed', async () => {
  const url = new URL('../fire/chromium.mjs', import.meta.url).href;
  const { killInChromium } = (await import(/* @vite-ignore */ url)) as Kills;
  const faults: string[] = [];
  const { kills } = await killInChromium({ seed: 7, count: 2, faults, log: () => {} });
  expect(faults).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(2);
});
