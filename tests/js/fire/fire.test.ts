import { expect, it } from 'vitest';

// Short forms of what `npm run test:fire` does for minutes: the same properties of fewer draws.

interface Outcome {
  findings: string;
  faults: string[];
}

type Run = (options: { name: string; seed: number; count: number }) => Promise<Outcome>;

async function stands(entry: string, options: Parameters<Run>[0]): Promise<void> {
  const url = new URL(`../../fire/entries/${entry}.mjs`, import.meta.url).href;
  const { run } = (await import(/* @vite-ignore */ url)) as { run: Run };
  const { findings, faults } = await run(options);
  console.log(findings);
  expect(faults).toEqual([]);
}

it('training goes on to the same bits after 60 random stops', () =>
  stands('resume', { name: 'resume', seed: 2026, count: 60 }));

it('nothing grows in 200 rounds of making, training and disposing', () =>
  stands('soak', { name: 'soak/rounds', seed: 1, count: 200 }));

it('nothing grows with 20 workers', () => stands('soak', { name: 'soak/workers', seed: 1, count: 20 }));
