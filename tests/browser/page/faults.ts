/** Faults of a page that are found by looking at it: by axe, and by watching for what moves. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * The violations of WCAG 2.2 AA and of best practice that axe finds, each with the name of the page's state. It looks when
 * nothing is on its way any more: a button that has just been enabled is pale for a tenth of a second, which is no fault.
 */
export async function axeFaults(page: Page, state: string): Promise<string[]> {
  const { violations } = await page.evaluate(
    async ([source]) => {
      // A debugger may evaluate what the page's policy does not let a script do, but only before anything is awaited.
      if (!('axe' in window)) (0, eval)(source!);
      const look = async () => {
        const ending = document
          .getAnimations()
          .filter(
            ({ effect, playState }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity,
          );
        await Promise.allSettled(ending.map(({ finished }) => finished));
        return (window as unknown as { axe: typeof axe }).axe.run(document, {
          resultTypes: ['violations'],
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        });
      };
      const first = await look();
      // Once more, because something may have been enabled while it looked.
      return first.violations.length > 0 ? look() : first;
    },
    [axe.source],
  );
  return violations.map(({ id, nodes }) => `${state}: ${id} ${nodes.map(({ html }) => html).join(' ')}`);
}

/** @returns tells how far the layout has shifted since, as Chromium counts it: 0 is not at all */
export async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const shifts: number[] = ((window as unknown as { shifts: number[] }).shifts = []);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: 'layout-shift' });
  });
  return () =>
    page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((sum, shift) => sum + shift, 0));
}
