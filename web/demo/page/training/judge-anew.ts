/** Figures of a network that got its weights in another way than by its training. */
import { mnistSource } from '../settings/mnist-files.js';
import type { PageStore } from '../state.js';
import { digitsOf, generatedSource } from './digit-sets.js';
import { showMistakes } from './show.js';
import type { RemoteModel } from './worker.js';

/**
 * Its validation accuracy and its mistakes, on the digits that its run left out. Where these are not at hand any more, as
 * MNIST's files may not be, there are none: those of the old weights would be wrong.
 */
export async function judgeAnew(
  store: PageStore,
  model: RemoteModel,
  signal: AbortSignal,
  isCurrent: () => boolean,
): Promise<void> {
  const { run, mnist } = store.state;
  if (run.valAccuracy === undefined || !run.settings) return;
  const source = run.settings.data === 'mnist' ? mnistSource(mnist) : generatedSource(run.settings);
  const digits = source?.key === run.digits ? await digitsOf(source!, signal, () => Promise.resolve()) : undefined;
  if (digits) await showMistakes(store, model, isCurrent, digits.heldOut);
  if (!isCurrent()) return;
  const { valAccuracy: _old, ...others } = store.state.run;
  if (!digits) {
    store.set({ run: others, mistakes: undefined });
    return;
  }
  const { wrong, total } = store.state.mistakes!;
  store.set({ run: { ...others, valAccuracy: 1 - wrong / total } });
}
