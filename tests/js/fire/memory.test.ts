import { expect, it } from 'vitest';
import { ALLOCATING, SIZED, TAKING_LITTLE } from 'mlp-wasm/internals';
import { inThread } from '../support/thread.js';

// A short run of `npm run test:fire -- --only memory`. Each test has a heap of its own.

it('with 0.1 to 64 MB left of the 4 GB each call is refused or done, and does no harm', async () => {
  const outcomes = await inThread(async ({ init }, names, { nearTheEnd }) => {
    await init();
    const outcomes: Record<string, Awaited<ReturnType<typeof nearTheEnd>>> = {};
    for (const name of names) outcomes[name] = await nearTheEnd(name, { most: 2 ** 26, least: 1e5, factor: 5 });
    return outcomes;
  }, Object.keys(ALLOCATING));
  for (const [name, { done, refused, wrong }] of Object.entries(outcomes)) {
    expect(wrong, name).toEqual([]);
    expect(done, `how often ${name} was done`).toBeGreaterThan(0);
    if (!TAKING_LITTLE.includes(name)) expect(refused, `how often ${name} was refused`).toBeGreaterThan(0);
  }
});

it('asked for 1 MB to 8 GB beside live models each call is refused or done, and does no harm', async () => {
  const outcomes = await inThread(async ({ init }, names, { ofEverySize }) => {
    await init();
    const outcomes: Record<string, Awaited<ReturnType<typeof ofEverySize>>> = {};
    for (const name of names) outcomes[name] = await ofEverySize(name, [20, 25, 32, 32.5, 33]);
    return outcomes;
  }, Object.keys(SIZED));
  for (const [name, { done, refused, wrong }] of Object.entries(outcomes)) {
    expect(wrong, name).toEqual([]);
    expect(done, `how often ${name} was done`).toBeGreaterThan(0);
    expect(refused, `how often ${name} was refused`).toBeGreaterThan(0);
  }
});
