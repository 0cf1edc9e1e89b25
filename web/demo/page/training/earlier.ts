/** The runs whose lines stand behind those of the present one. */
import type { PastRun } from './past-runs.js';
import type { Run } from './run.js';

const AT_MOST = 6;

/** Those that are pinned; where none is, the latest. */
export function earlierRuns(runs: readonly PastRun[], present: Pick<Run, 'began'>): readonly PastRun[] {
  const others = runs.filter(({ began }) => began !== present.began);
  const pinned = others.filter(({ isPinned }) => isPinned);
  return pinned.length > 0 ? pinned.slice(0, AT_MOST) : others.slice(0, 1);
}
