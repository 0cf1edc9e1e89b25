/** The parts further down the page, loaded after those in view. */
import { mountPrint } from '../print/print.js';
import { mountMnistPanel } from '../settings/mnist-panel.js';
import { mountNetworkEditor } from '../settings/network-editor.js';
import type { PageStore } from '../state.js';
import { mountCharts } from './charts.js';
import { mountKernels } from './kernels.js';
import { mountMistakes } from './mistakes.js';
import { PastRuns } from './past-runs.js';

export { CHARTS, drawingOf } from './charts.js';
export { paintKernels } from './kernels.js';

/** @param isTaken takes a dropped file that is a picture, and says so */
export function mountBelow(store: PageStore, isTaken: (file: File) => boolean): PastRuns {
  mountPrint(store);
  mountMnistPanel(store, isTaken);
  mountNetworkEditor(store);
  mountCharts(store);
  mountKernels(store);
  mountMistakes(store);
  return new PastRuns(store);
}
