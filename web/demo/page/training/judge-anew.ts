/** Figures of a network that got its weights in another way than by its training. */
import { mnistSource } from '../settings/mnist-files.js';
import type { PageStore } from '../state.js';
import { digitsOf, generatedSource } from './digit-sets.js';
import { showMistakes } from './show.js';
import type { RemoteModel } from './worker.js';

/**
 * Its validation accuracy and its mistakes, on the digits that its run left out; true if there are any now. Where these
 * are not at hand any more, as MNIST's files may not be, there are none.
 */
export async function judgeAnew(store: PageStore, model: RemoteModel, isCurrent: () => boolean): Promise<boolean> {
  const { run, mnist } = store.state;
  const wasJudged = run.curve.valAccuracy.some((value) => value !== null);
  if (!wasJudged || !run.settings) return false;
  const source = run.settings.data === 'mnist' ? mnistSource(mnist) : generatedSource(run.settings);
  if (!source || source.key !== run.digits) return false;
  // Its own switch, because that of the run may be off since Stop.
  const stop = new AbortController();
  const digits = await digitsOf(source, stop.signal, () => {
    if (!isCurrent()) stop.abort();
    return Promise.resolve();
  });
  await showMistakes(store, model, isCurrent, digits.heldOut);
  if (!isCurrent()) return false;
  const { wrong, total } = store.state.mistakes!;
  store.set({ run: { ...store.state.run, valAccuracy: 1 - wrong / total } });
  return true;
}
