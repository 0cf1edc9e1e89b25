/** The parts further down the page, loaded after those in view. */
import { mountDrop } from '../drop/entry.js';
import type { DropTarget } from '../drop/entry.js';
import { mountPrint } from '../print/print.js';
import { mountMnistPanel } from '../settings/mnist-panel.js';
import { mountNetworkEditor } from '../settings/network-editor.js';
import { mountCharts } from './charts.js';
import { mountKernels } from './kernels.js';
import { mountMistakes } from './mistakes.js';
import { PastRuns } from './past-runs.js';

export { CHARTS, drawingOf } from './charts.js';
export { paintKernels } from './kernels.js';

export function mountBelow(target: DropTarget): PastRuns {
  const { store, arrivals } = target;
  mountPrint(store);
  mountMnistPanel(store, arrivals);
  mountDrop(target);
  mountNetworkEditor(store);
  mountCharts(store);
  mountKernels(store);
  mountMistakes(store);
  return new PastRuns(store);
}
