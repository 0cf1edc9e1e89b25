/** The parts further down the page, loaded after those in view. */
import type { PageStore } from '../state.js';
import { mountCharts } from './charts.js';
import { mountKernels } from './kernels.js';
import { mountMistakes } from './mistakes.js';

export function mountBelow(store: PageStore): void {
  mountCharts(store);
  mountKernels(store);
  mountMistakes(store);
}
