/** The parts further down the page, loaded after those in view. */
import { mountMnistPanel } from '../settings/mnist-panel.js';
import type { PageStore } from '../state.js';
import { mountCharts } from './charts.js';
import { mountKernels } from './kernels.js';
import { mountMistakes } from './mistakes.js';

export function mountBelow(store: PageStore): void {
  mountMnistPanel(store);
  mountCharts(store);
  mountKernels(store);
  mountMistakes(store);
}
