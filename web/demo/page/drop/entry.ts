/** Files dropped anywhere on the page; the code that tells them apart is loaded with the first that is dragged over it. */
import type { PageStore } from '../state.js';
import { frame } from '../words/frame.js';
import type { Arrivals } from './arrivals.js';

export interface DropTarget {
  store: PageStore;
  arrivals: Arrivals;
  showPicture(file: File): void;
}

export function mountDrop(target: DropTarget): void {
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  const load = (): Promise<typeof import('./sort.js')> => import('./sort.js');
  const show = (over: boolean): void => void document.body.classList.toggle('is-dropping', over);
  window.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(true);
    load().then(
      ({ words }) => (document.body.dataset['drop'] = words.drop),
      () => undefined, // the drop itself says so
    );
  });
  window.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) show(false);
  });
  window.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    show(false);
    const files = Array.from(event.dataTransfer!.files);
    load()
      .then(({ take }) => take(files, target))
      .catch(() => target.store.set({ status: { text: frame.failed, tone: 'error' } }));
  });
}
