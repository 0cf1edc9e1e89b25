/** Owner of the MNIST part of the form: the four files, chosen, dropped or served. */
import { element, make } from './dom.js';
import { isServed, MNIST_NAMES, withFiles } from './mnist-files.js';
import type { PageStore } from './state.js';
import type { Trainer } from './trainer.js';
import { MNIST_PARTS } from './training-messages.js';

export function mountMnistPanel(store: PageStore, trainer: Trainer): void {
  const input = element('mnist-files', HTMLInputElement);
  const note = element('mnist-note', HTMLElement);
  const error = element('mnist-error', HTMLElement);
  const rows = MNIST_PARTS.map((part) => {
    const row = make('li');
    const count = make('span', 'mnist-count');
    row.append(make('span', 'mnist-name', MNIST_NAMES[part]), ' ', count);
    element('mnist-parts', HTMLUListElement).append(row);
    return { part, row, count };
  });

  /** One batch of files after the other: each is added to what the one before left. */
  let queue = Promise.resolve();
  const take = (files: readonly File[]): void => {
    if (files.length === 0) return;
    store.set({ fields: { ...store.state.fields, data: 'mnist' } });
    note.textContent = 'Reading …';
    queue = queue.then(async () => {
      const found = await withFiles(store.state.mnist, files, (file) => trainer.inspect(file));
      store.set({ mnist: { ...found, served: store.state.mnist.served } });
      const tone = found.error ? ('error' as const) : ('plain' as const);
      const ready = MNIST_PARTS.every((part) => found.given[part]);
      const text = found.error || (ready ? 'MNIST is ready.' : 'Some files of MNIST are still missing.');
      store.set({ status: { text, tone } });
    });
  };
  input.addEventListener('change', () => {
    take(Array.from(input.files ?? []));
    input.value = ''; // The same file, mended, can be chosen again.
  });
  mountDrop(take);

  store.on(['mnist'], () => {
    const { given, served, error: sentence } = store.state.mnist;
    for (const { part, row, count } of rows) {
      const file = given[part];
      row.classList.toggle('is-here', file !== undefined || served === true);
      count.textContent = file ? file.count.toLocaleString('en') : served ? 'on this server' : 'missing';
    }
    error.textContent = sentence;
    const complete = MNIST_PARTS.every((part) => given[part]);
    if (complete) note.textContent = 'All four are here.';
    else if (served) note.textContent = 'or train on the copies that this server has.';
    else note.textContent = 'or drop them anywhere on this page.';
  });
  // Asked only of those who want it: where there are no such files, the browser's console calls it an error.
  let asked = false;
  store.on(['fields'], () => {
    if (asked || store.state.fields.data !== 'mnist') return;
    asked = true;
    void isServed().then((served) => store.set({ mnist: { ...store.state.mnist, served } }));
  });
}

/** Files dropped anywhere on the page. */
function mountDrop(take: (files: readonly File[]) => void): void {
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  const show = (over: boolean): void => void document.body.classList.toggle('is-dropping', over);
  window.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(true);
  });
  window.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) show(false);
  });
  window.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(false);
    take(Array.from(event.dataTransfer!.files));
  });
}
