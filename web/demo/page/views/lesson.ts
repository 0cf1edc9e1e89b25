/** Owner of `lesson` in the store, which the address names; the panel with its text is loaded when the first one is on. */
import { addressed } from '../address.js';
import { element } from '../dom.js';
import { frame } from '../words/frame.js';
import { fill } from './tabs.js';
import type { PageParts } from './views.js';

export function lessonOf(query: URLSearchParams): string | undefined {
  return query.get('lesson') ?? undefined;
}

export function mountLesson(page: PageParts): void {
  const { store } = page;
  const panel = element('lesson', HTMLElement);
  panel.tabIndex = -1; // the focus goes there when a lesson is begun
  panel.setAttribute('aria-label', frame.titles['lessons']!);
  window.addEventListener('hashchange', () => store.set({ lesson: lessonOf(addressed()) }));
  let isFilled = false;
  store.on(['lesson'], () => {
    panel.hidden = store.state.lesson === undefined;
    if (panel.hidden || isFilled) return;
    isFilled = true;
    fill(panel, () => import('./lessons/panel.js'), page);
  });
}
