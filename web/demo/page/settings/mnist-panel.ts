/** Owner of the MNIST part of the form: the four files, chosen, dropped or served. */
import { MNIST_PARTS } from '../../shared/digit-work.js';
import { element, make } from '../dom.js';
import type { Arrivals } from '../drop/arrivals.js';
import type { PageStore } from '../state.js';
import { inspect } from '../training/digit-sets.js';
import { words } from '../words/first-view.js';
import { whole } from '../words/numbers.js';
import { missingParts, withFiles } from './mnist-files.js';

const { mnist: say } = words;

export function mountMnistPanel(store: PageStore, arrivals: Arrivals): void {
  const input = element('mnist-files', HTMLInputElement);
  const note = element('mnist-note', HTMLElement);
  const error = element('mnist-error', HTMLElement);
  const list = element('mnist-parts', HTMLUListElement);
  const rows = MNIST_PARTS.map((part) => {
    const row = make('li');
    const count = make('span', 'mnist-count');
    row.append(make('span', 'mnist-name', say.parts[part]), ' ', count);
    list.append(row);
    return { part, row, count };
  });

  /** Handles one batch of files after the other, because each adds to the result of the one before. */
  let queue = Promise.resolve();
  const take = (files: readonly File[]): void => {
    if (files.length === 0) return;
    note.textContent = say.reading;
    queue = queue.then(async () => {
      const { taken, ...mnist } = await withFiles(store.state.mnist, files, inspect);
      store.set({ mnist });
      // MNIST is chosen only if a file was of use: dropping a picture of a cat does not ask for it.
      if (taken > 0) store.set({ fields: { ...store.state.fields, data: 'mnist' } });
      const text = mnist.error || (missingParts(mnist).length === 0 ? say.ready : progressOf(mnist));
      store.set({ status: { text, tone: mnist.error ? 'error' : 'plain' } });
    });
  };
  input.addEventListener('change', () => {
    take(Array.from(input.files ?? []));
    input.value = ''; // The same file, mended, can be chosen again.
  });
  arrivals.on('train', take);

  store.on(['mnist'], () => {
    const { mnist } = store.state;
    const missing = missingParts(mnist);
    list.hidden = missing.length === MNIST_PARTS.length;
    for (const { part, row, count } of rows) {
      const file = mnist.given[part];
      row.classList.toggle('is-here', file !== undefined);
      count.textContent = file ? whole(file.count) : say.missing;
    }
    error.textContent = mnist.error;
    note.textContent = missing.length === 0 ? say.here : mnist.served ? say.served : say.drop;
  });
}

/** A sentence on the parts that are still missing. */
function progressOf(mnist: Parameters<typeof missingParts>[0]): string {
  return say.still(missingParts(mnist).map((part) => say.parts[part]));
}
