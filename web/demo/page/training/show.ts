/** A network while it learns, as it is seen: its reading of the drawing, its kernels, its mistakes. */
import type { Digits } from '../../shared/digit-work.js';
import { activationsOf, inputOf, readingOf, tilesOf } from '../reading/look-inside.js';
import type { PageStore } from '../state.js';
import type { Pace } from './pace.js';
import { networkOf } from './run.js';
import type { RemoteModel } from './worker.js';

export const BYTES = 1 / 255; // ink is 1

/** Says if a network is still the one to be shown. */
type IsCurrent = () => boolean;

/** Shows the reading of the drawing, and the kernels when they are due. */
export async function showReading(
  store: PageStore,
  model: RemoteModel,
  isCurrent: IsCurrent,
  tiles: Pace,
): Promise<void> {
  const { pixels } = store.state;
  const layers = networkOf(store.state.run);
  const traced = pixels && (await model.forwardTrace(inputOf(pixels)));
  if (!isCurrent()) return;
  if (traced && store.state.pixels === pixels) {
    store.set({ answer: { ...readingOf(activationsOf(layers, traced)), by: 'trained', of: pixels } });
  }
  await tiles.run(async () => {
    const [kernel] = await model.getWeights();
    if (isCurrent()) store.set({ kernels: { ...tilesOf(kernel!), by: 'trained' } });
  });
}

export async function showMistakes(
  store: PageStore,
  model: RemoteModel,
  isCurrent: IsCurrent,
  heldOut: Digits,
): Promise<void> {
  const { judge } = await import('./judge.js');
  const probabilities = await model.predict({ data: heldOut.pixels, scale: BYTES });
  if (isCurrent()) store.set({ mistakes: judge(heldOut, probabilities) });
}
